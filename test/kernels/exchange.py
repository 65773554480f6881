"""One HTTPS exchange on loopback between http.server and curl, both by OpenSSL. Refuses to know who watches.

The server is a program of another user with a libssl of its own, in a folder that only its owner may look into."""

import contextlib
import dataclasses
import http.server
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS_MAX = 60
OWNER = 2345
LIBRARIES = ("libssl.so.3", "libcrypto.so.3")


def text_of_size(name, size):
    """JSON without anything that looks like a secret, of about that many bytes; a moved or lost byte shows."""
    return '{"name":"%s","items":[%s]}' % (name, ",".join(f'"item {i}"' for i in range(size // 12)))


def question_of(path):
    return text_of_size("question to " + path, 20_000)


def answer_of(path):
    return text_of_size("answer to " + path, 30_000)


@dataclasses.dataclass
class Exchange:
    path: str
    sent: str
    answered: str
    server: str  # "address:port"
    client: str


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        question = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = answer_of(self.path).encode()
        self.send_response(200 if question == question_of(self.path) else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def serve(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        print(running.server_port, flush=True)
        running.serve_forever()


def private_libraries():
    """A folder of the owner's with copies of what is loaded here."""
    folder = tempfile.mkdtemp(prefix="private-")
    loaded = {Path(line.split()[-1]) for line in Path("/proc/self/maps").read_text().splitlines() if ".so" in line}
    for each in loaded:
        if each.name in LIBRARIES:
            shutil.copy(each, folder)
    assert len(os.listdir(folder)) == len(LIBRARIES), f"not loaded here: {LIBRARIES}"
    os.chown(folder, OWNER, OWNER)
    return folder


@contextlib.contextmanager
def server(certificate, key):
    """A running server: its port."""
    owner = ["setpriv", "--reuid", str(OWNER), "--regid", str(OWNER), "--clear-groups"]
    running = subprocess.Popen(
        [*owner, sys.executable, "-B", __file__, certificate, key],
        stdout=subprocess.PIPE,
        env={**os.environ, "LD_LIBRARY_PATH": private_libraries()},
        text=True,
    )
    try:
        port = running.stdout.readline().strip()
        assert port, "the server does not start"
        yield port
    finally:
        running.kill()
        running.wait()


def make(port, certificate, name):
    """curl posts to the server, and each has the whole of what the other sent: what a watcher must see of it."""
    path = "/" + name.replace(" ", "-").replace(",", "")
    address = f"127.0.0.1:{port}"
    curl = ["curl", "--silent", "--show-error", "--fail", "--max-time", str(SECONDS_MAX)]
    curl += ["--cacert", certificate, "--write-out", "\n%{local_port}", "--data-binary", "@-"]
    curl += ["--header", "Content-Type: application/json", "--header", "Expect:", f"https://{address}{path}"]
    done = subprocess.run(curl, input=question_of(path), capture_output=True, text=True, timeout=2 * SECONDS_MAX)
    if done.returncode != 0:
        raise RuntimeError(f"curl: {done.stderr.strip()}")
    answered, _, local_port = done.stdout.rpartition("\n")
    if answered != answer_of(path):
        raise RuntimeError("curl has not the answer that was sent")
    return Exchange(path, question_of(path), answered, address, f"127.0.0.1:{local_port}")


if __name__ == "__main__":
    serve(*sys.argv[1:])
