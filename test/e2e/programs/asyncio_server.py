"""A server by asyncio's streams, which encrypt in memory."""
import asyncio
import os
import ssl
import sys

PIECE = 10000
port, chain, key = sys.argv[1:4]


async def answer(reader, writer):
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    path = head.split()[1]
    print(f"{os.getpid()} {writer.get_extra_info('peername')[1]} {path}\n", end="", flush=True)
    if "content-length: " in head.lower():
        await reader.readexactly(int(head.lower().split("content-length: ")[1].split("\r\n")[0]))
    with open(path, "rb") as file:
        body = file.read()
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    step = PIECE if path.endswith("-many") else max(len(body), 1)
    for i in range(0, len(body), step):
        writer.write(body[i : i + step])
        await writer.drain()


async def serve(reader, writer):
    try:
        while True:
            await answer(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    server = await asyncio.start_server(serve, "127.0.0.1", int(port), ssl=tls)
    await server.serve_forever()


asyncio.run(main())
