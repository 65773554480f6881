"""A client by http.client: a thread for each connection. README.md of the folder above says what it is told."""
import concurrent.futures
import http.client
import os
import ssl
import sys

PIECE = 10000


def content(file, way):
    with open(file, "rb") as opened:
        whole = opened.read()
    return [whole[i : i + PIECE] for i in range(0, len(whole), PIECE)] if way == "many" else whole


def ask(connection, verb, path, file=None, way="one"):
    if connection.sock is None:
        connection.connect()
    own_port = connection.sock.getsockname()[1]
    headers, body = {}, None
    if file:
        body = content(file, way)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": os.path.getsize(file)}
    connection.request(verb, path, body, headers)
    answer = connection.getresponse()
    print(f"{own_port} {path} {answer.status} {len(answer.read())}\n", end="", flush=True)


def take(steps):
    connection = http.client.HTTPSConnection("localhost", int(port), context=tls)
    for step in steps.split(";"):
        verb, *rest = step.split()
        if verb == "wait":
            open(rest[0]).read()
        else:
            ask(connection, verb, *rest)
    connection.close()


port, ca, order, *connections = sys.argv[1:]
tls = ssl.create_default_context(cafile=ca)
with concurrent.futures.ThreadPoolExecutor(1 if order == "in-turn" else len(connections)) as pool:
    list(pool.map(take, connections))
