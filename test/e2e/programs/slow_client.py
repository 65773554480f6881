"""A client that lets its server wait: it asks on all connections, and then takes a little of each answer in turn. So what
the server has written to one connection is sent while it writes to another."""
import socket
import ssl
import sys

PIECE = 1000
port, ca, order, *connections = sys.argv[1:]
tls = ssl.create_default_context(cafile=ca)


class connection:
    def __init__(self, steps):
        self.paths = [step.split()[1] for step in steps.split(";")]
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.connect(("127.0.0.1", int(port)))
        self.own_port = plain.getsockname()[1]
        self.socket = tls.wrap_socket(plain, server_hostname="localhost")
        self.ask()

    def ask(self):
        self.socket.sendall(f"GET {self.paths[0]} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        self.head, self.left = b"", None

    def take(self):
        """Returns whether more is to come."""
        part = self.socket.recv(PIECE if self.left is None else min(PIECE, self.left))
        if self.left is None:
            self.head += part
            if b"\r\n\r\n" not in self.head:
                return True
            head, _, part = self.head.partition(b"\r\n\r\n")
            self.size = self.left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self.left -= len(part)
        if self.left:
            return True
        print(f"{self.own_port} {self.paths.pop(0)} 200 {self.size}", flush=True)
        if self.paths:
            self.ask()
        return bool(self.paths)


open_ones = [connection(steps) for steps in connections]
while open_ones:
    open_ones = [each for each in open_ones if each.take()]
