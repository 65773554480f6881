"""A server by http.server: a thread for each connection. With FORKS=after a process for each, forked after the handshake:
both ends of the fork have the same connection at the same address. With FORKS=4 so many processes, forked before from one
that has the TLS context, each with one connection at a time."""
import http.server
import os
import socketserver
import ssl
import sys

PIECE = 10000
port, chain, key = sys.argv[1:4]


class handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 0

    def do_GET(self):
        print(f"{os.getpid()} {self.client_address[1]} {self.path}\n", end="", flush=True)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(self.path, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        step = PIECE if self.path.endswith("-many") else max(len(body), 1)
        for i in range(0, len(body), step):
            self.wfile.write(body[i : i + step])

    do_POST = do_GET

    def log_message(self, *_):
        pass


tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(chain, key)
forks = os.environ.get("FORKS", "")
workers = int(forks) if forks.isdigit() else 0


class forking_server(socketserver.ForkingMixIn, http.server.HTTPServer):
    pass


kind = forking_server if forks == "after" else http.server.HTTPServer if workers else http.server.ThreadingHTTPServer
server = kind(("127.0.0.1", int(port)), handler)
server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=forks == "after")
while workers and os.fork():
    workers -= 1
    if not workers:
        os.wait()
server.serve_forever()
