"""A client by asyncio's streams, which encrypt in memory: a task for each connection."""
import asyncio
import ssl
import sys

PIECE = 10000


async def send(writer, verb, path, file=None, way="one"):
    head = f"{verb} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n"
    body = b""
    if file:
        with open(file, "rb") as opened:
            body = opened.read()
        head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{head}\r\n".encode())
    step = PIECE if way == "many" else max(len(body), 1)
    for i in range(0, len(body), step):
        writer.write(body[i : i + step])
        await writer.drain()


async def ask(reader, writer, verb, path, *rest):
    own_port = writer.get_extra_info("sockname")[1]
    await send(writer, verb, path, *rest)
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    size = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
    await reader.readexactly(size)
    print(f"{own_port} {path} {head.split()[1]} {size}\n", end="", flush=True)


async def take(steps):
    reader, writer = await asyncio.open_connection("localhost", int(port), ssl=tls)
    for step in steps.split(";"):
        verb, *rest = step.split()
        if verb == "wait":
            await asyncio.get_running_loop().run_in_executor(None, lambda: open(rest[0]).read())
        else:
            await ask(reader, writer, verb, *rest)
    writer.close()
    await writer.wait_closed()


async def main():
    if order == "in-turn":
        for steps in connections:
            await take(steps)
    else:
        await asyncio.gather(*map(take, connections))


port, ca, order, *connections = sys.argv[1:]
tls = ssl.create_default_context(cafile=ca)
asyncio.run(main())
