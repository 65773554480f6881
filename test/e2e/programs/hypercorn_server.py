"""A server by hypercorn, an ASGI server, with HTTP/2."""
import asyncio
import os
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config

PIECE = 10000
port, chain, key = sys.argv[1:4]


async def answer(scope, receive, send):
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    path = scope["path"]
    print(f"{os.getpid()} {scope['client'][1]} {path}\n", end="", flush=True)
    while (await receive()).get("more_body"):
        pass
    with open(path, "rb") as file:
        body = file.read()
    headers = [(b"content-type", b"application/octet-stream"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    step = PIECE if path.endswith("-many") else max(len(body), 1)
    for i in range(0, len(body), step):
        await send({"type": "http.response.body", "body": body[i : i + step], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


config = Config()
config.bind = [f"127.0.0.1:{port}"]
config.certfile, config.keyfile = chain, key
config.keep_alive_timeout = 60  # a connection may wait for cleartap
asyncio.run(serve(answer, config))
