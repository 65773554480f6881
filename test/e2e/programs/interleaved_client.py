"""A client of one thread that encrypts in memory and takes turns, as event loops with a queue for each connection do: it
receives for all of its connections before it decrypts for any, and encrypts for all before it sends for any."""
import socket
import ssl
import sys

port, ca, order, *connections = sys.argv[1:]
tls = ssl.create_default_context(cafile=ca)


class connection:
    def __init__(self, steps):
        self.steps = [step.split()[:2] for step in steps.split(";")]
        self.socket = socket.create_connection(("127.0.0.1", int(port)))
        self.received, self.sending = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = tls.wrap_bio(self.received, self.sending, server_hostname="localhost")

    def send(self):
        if self.sending.pending:
            self.socket.sendall(self.sending.read())

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            raise OSError("closed")
        self.received.write(part)

    def handshake(self):
        """Returns whether more has to come."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return True
        return False

    def ask(self, verb, what):
        if verb == "wait":
            open(what).read()
            self.left = 0
            return
        self.path, self.head, self.left = what, b"", None
        self.tls.write(f"GET {what} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())

    def take(self):
        """Returns whether more has to come."""
        try:
            while self.left != 0:
                self.count(self.tls.read(65536))
        except ssl.SSLWantReadError:
            return True
        return False

    def count(self, part):
        if self.left is None:
            self.head += part
            head, end, part = self.head.partition(b"\r\n\r\n")
            if not end:
                return
            self.status = head.split()[1].decode()
            self.size = self.left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        self.left -= len(part)
        if self.left == 0:
            print(f"{self.socket.getsockname()[1]} {self.path} {self.status} {self.size}", flush=True)


def until_done(all_of_them, step):
    waiting = [each for each in all_of_them if step(each)]
    for each in all_of_them:
        each.send()
    while waiting:
        for each in waiting:
            each.receive()
        still = [each for each in waiting if step(each)]
        for each in waiting:
            each.send()
        waiting = still


def take_all(all_of_them):
    until_done(all_of_them, connection.handshake)
    for step in zip(*(each.steps for each in all_of_them)):
        for each, (verb, what) in zip(all_of_them, step):
            each.ask(verb, what)
        for each in all_of_them:
            each.send()
        until_done(all_of_them, connection.take)


for group in [[steps] for steps in connections] if order == "in-turn" else [connections]:
    take_all([connection(steps) for steps in group])
