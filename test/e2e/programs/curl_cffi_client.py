"""A client by curl_cffi, a libcurl with BoringSSL inside of python's extension module: a thread for each connection. With
$HTTP=http2 it speaks that, one request after another."""
import concurrent.futures
import os
import sys

import curl_cffi
from curl_cffi import CurlOpt

PIECE = 10000


def content(file, way):
    with open(file, "rb") as opened:
        whole = opened.read()
    return (whole[i : i + PIECE] for i in range(0, len(whole), PIECE)) if way == "many" else whole


def ask(session, verb, path, file=None, way="one"):
    headers, body = {"Expect": ""}, None
    if file:
        body = content(file, way)
        headers |= {"Content-Type": "application/octet-stream", "Content-Length": str(os.path.getsize(file))}
    answer = session.request(verb, f"https://localhost:{port}{path}", headers=headers, content=body)
    print(f"{answer.local_port} {path} {answer.status_code} {len(answer.content)}\n", end="", flush=True)


def take(steps):
    with curl_cffi.Session(http_version=version, curl_options={CurlOpt.CAINFO: ca}) as session:
        for step in steps.split(";"):
            verb, *rest = step.split()
            if verb == "wait":
                open(rest[0]).read()
            else:
                ask(session, verb, *rest)


port, ca, order, *connections = sys.argv[1:]
version = "v2" if os.environ.get("HTTP") == "http2" else "v1"
with concurrent.futures.ThreadPoolExecutor(1 if order == "in-turn" else len(connections)) as pool:
    list(pool.map(take, connections))
