"""A client by httpx with HTTP/2, which encrypts in memory, for all of its connections in one event loop. What is between two
waits is asked at once, each in a stream of its own. It knows no port of its own."""
import asyncio
import ssl
import sys

import httpx

PIECE = 10000


async def pieces(body):
    for i in range(0, len(body), PIECE):
        yield body[i : i + PIECE]


async def ask(client, verb, path, file=None, way="one"):
    content, headers = None, {}
    if file:
        with open(file, "rb") as opened:
            content = opened.read()
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(content))}
    answer = await client.request(
        verb, f"https://localhost:{port}{path}", content=pieces(content) if way == "many" else content, headers=headers
    )
    print(f"0 {path} {answer.status_code} {len(answer.content)}\n", end="", flush=True)


async def take(steps):
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    async with httpx.AsyncClient(http1=False, http2=True, verify=tls, limits=limits, timeout=30) as client:
        asked = []
        for step in steps.split(";"):
            verb, *rest = step.split()
            if verb == "wait":
                await asyncio.gather(*asked)
                asked = []
                await asyncio.get_running_loop().run_in_executor(None, lambda: open(rest[0]).read())
            else:
                asked.append(ask(client, verb, *rest))
        await asyncio.gather(*asked)


port, ca, order, *connections = sys.argv[1:]
tls = ssl.create_default_context(cafile=ca)
async def main():
    if order == "in-turn":
        for steps in connections:
            await take(steps)
    else:
        await asyncio.gather(*map(take, connections))


asyncio.run(main())
