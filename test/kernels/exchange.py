"""One HTTPS exchange on loopback between http.server and curl, both by OpenSSL. Refuses to know who watches."""

import contextlib
import dataclasses
import http.server
import ssl
import subprocess
import threading

SECONDS_MAX = 60


def text_of_size(name, size):
    """JSON without anything that looks like a secret, of about that many bytes; a moved or lost byte shows."""
    return '{"name":"%s","items":[%s]}' % (name, ",".join(f'"item {i}"' for i in range(size // 12)))


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
        length = int(self.headers["Content-Length"])
        self.server.received = self.rfile.read(length).decode()
        answer = text_of_size("answer to " + self.path, 30_000).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def server(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.certificate = certificate
        running.socket = context.wrap_socket(running.socket, server_side=True)
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()


def make(running, name):
    """curl posts to the server, and each has the whole of what the other sent: what a watcher must see of it."""
    path = "/" + name.replace(" ", "-").replace(",", "")
    sent = text_of_size("question", 20_000)
    address = f"127.0.0.1:{running.server_port}"
    curl = ["curl", "--silent", "--show-error", "--fail", "--max-time", str(SECONDS_MAX)]
    curl += ["--cacert", running.certificate, "--write-out", "\n%{local_port}", "--data-binary", "@-"]
    curl += ["--header", "Content-Type: application/json", "--header", "Expect:", f"https://{address}{path}"]
    done = subprocess.run(curl, input=sent, capture_output=True, text=True, timeout=2 * SECONDS_MAX)
    if done.returncode != 0:
        raise RuntimeError(f"curl: {done.stderr.strip()}")
    answered, _, port = done.stdout.rpartition("\n")
    if running.received != sent or answered != text_of_size("answer to " + path, 30_000):
        raise RuntimeError("the server and curl do not agree on what was sent")
    return Exchange(path, sent, answered, address, f"127.0.0.1:{port}")
