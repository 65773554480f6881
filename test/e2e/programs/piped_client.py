"""A client by a program that makes a TLS connection of its standard input and output: a process for each connection.
Its command comes first, up to --, with {port} and {ca} to be replaced. It knows no port of its own."""
import concurrent.futures
import subprocess
import sys

PIECE = 10000


def send(program, verb, path, file=None, way="one"):
    head = f"{verb} {path} HTTP/1.1\r\nHost: localhost:{port}\r\n"
    body = b""
    if file:
        with open(file, "rb") as opened:
            body = opened.read()
        head += f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n"
    program.stdin.write(f"{head}\r\n".encode())
    step = PIECE if way == "many" else max(len(body), 1)
    for i in range(0, len(body), step):
        program.stdin.write(body[i : i + step])
        program.stdin.flush()
    program.stdin.flush()


def ask(program, verb, path, *rest):
    send(program, verb, path, *rest)
    while not (line := program.stdout.readline()).startswith(b"HTTP/1.1 "):  # what the program itself has to say
        if not line:
            raise OSError("the program ended without an answer")
    status, size = line.split()[1].decode(), 0
    while (line := program.stdout.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            size = int(line.split()[1])
    program.stdout.read(size)
    print(f"0 {path} {status} {size}\n", end="", flush=True)


def take(steps):
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        for step in steps.split(";"):
            verb, *rest = step.split()
            if verb == "wait":
                open(rest[0]).read()
            else:
                ask(program, verb, *rest)
        program.terminate()


end = sys.argv.index("--")
port, ca, order, *connections = sys.argv[end + 1 :]
command = [word.format(port=port, ca=ca) for word in sys.argv[1:end]]
with concurrent.futures.ThreadPoolExecutor(1 if order == "in-turn" else len(connections)) as pool:
    list(pool.map(take, connections))
