"""A peer of a reconstructor that says what it wants, byte by byte: BASP frames of CAF 0.17.6 inside mutual TLS 1.3.

Used by link_peer_scenarios.py. Python alone: the library ssl is all that it needs.
"""
import json
import os
import random
import socket
import ssl
import struct
import time

CLIENT_HANDSHAKE, MESSAGE, ROUTED, MONITOR, DOWN, HEARTBEAT = 1, 2, 3, 4, 5, 6
RESPONSE = 1 << 63
REQUEST_ID = (1 << 60) - 1  # a priority stands between them
NODE_ATOM = 0x3E9AAB9BAC79  # "default"


def say(**what):
    print(json.dumps(what), flush=True)


def header(operation, size=0, data=0, source=0, target=0, flags=0, padding=0):
    return struct.pack(">BHBIQQQ", operation, padding, flags, size, data, source, target)


def frame(operation, payload=b"", **fields):
    return header(operation, len(payload), **fields) + payload


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def text(value):
    value = value.encode() if isinstance(value, str) else value
    return varint(len(value)) + value


def message(types, values):
    """An empty forwarding stack, a type by its name, its values."""
    return b"\0" + b"\0\0" + text(types) + values


def hello(name, epoch, version=2):
    return message("@<>+cleartap::wire_hello", struct.pack(">I", version) + text(name) + struct.pack(">Q", epoch))


def part(number, data, index=0, parts=1):
    return message("@<>+cleartap::wire_part", struct.pack(">QII", number, index, parts) + text(data))


def goodbye(offered, dropped):
    return message("@<>+cleartap::wire_goodbye", struct.pack(">QQ", offered, dropped))


def random_node():
    return struct.pack(">QI", NODE_ATOM, random.randrange(1, 1 << 32)) + os.urandom(20)


def tls(host, port, ca, chain=None, key=None, newest=ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = newest
    if chain:
        context.load_cert_chain(chain, key)
    plain = socket.create_connection((host, port), timeout=10)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(plain)


class Ended(Exception):
    """The other side closed the connection."""


class Link:
    """A connection on which both sides have said CAF's own hello."""

    def __init__(self, *where, introduce=True):
        self.socket = tls(*where)
        self.socket.settimeout(10)
        self.buffer = b""
        self.answers = {}
        self.requests = 0
        self.node = random_node()
        self.server = None
        _, fields, payload = self.read_frame()
        self.server = payload[:32]
        at = 33
        for _ in range(payload[32]):  # application identifiers
            at += 1 + payload[at]
        (self.facade,) = struct.unpack_from(">Q", payload, at)
        if introduce:
            self.send(frame(CLIENT_HANDSHAKE, self.node))

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as why:
            raise Ended(str(why))

    def read(self, size):
        while len(self.buffer) < size:
            try:
                more = self.socket.recv(65536)
            except socket.timeout:
                raise
            except OSError as why:
                raise Ended(str(why))
            if not more:
                raise Ended("closed")
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def read_frame(self):
        operation, _, _, size, data, source, target = struct.unpack(">BHBIQQQ", self.read(32))
        return operation, (data, source, target), self.read(size)

    def ask_later(self, payload, source=7):
        self.requests += 1
        self.send(frame(MESSAGE, payload, data=self.requests, source=source, target=self.facade))
        return self.requests

    def answer(self, request):
        """The watermark, or None for an error."""
        while request not in self.answers:
            operation, (data, _, _), payload = self.read_frame()
            if operation == MESSAGE and data & RESPONSE:
                size = payload[3]
                name = payload[4 : 4 + size]
                mark = struct.unpack_from(">Q", payload, 4 + size + 8)[0] if name == b"@<>+@atom+@u64" else None
                self.answers[data & REQUEST_ID] = mark
        return self.answers.pop(request)

    def ask(self, payload):
        return self.answer(self.ask_later(payload))

    def ended_within(self, seconds):
        """How long it took until the other side closed, or None."""
        begin = time.monotonic()
        while (left := begin + seconds - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(65536):
                    break
            except socket.timeout:
                return None
            except OSError:
                break
        else:
            return None
        return time.monotonic() - begin

    def close(self):
        self.socket.close()


def zstd(data):
    """One frame of raw blocks, with its content size."""
    out = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    blocks = [data[i : i + 65536] for i in range(0, len(data), 65536)] or [b""]
    for i, block in enumerate(blocks):
        out += struct.pack("<I", len(block) << 3 | (i == len(blocks) - 1))[:3] + block
    return out


def signed(value):
    return varint(value << 1)


def exchange(authority, number):
    """A complete GET /users/N that a server was seen to answer."""
    now = time.time_ns()
    no_body = text("") + varint(0) + b"\0"
    body = text('{"id":%d}' % number)
    body += varint(len(body) - 1) + b"\0"
    out = varint(1) + varint(number) + signed(1) + signed(1) + signed(now) + signed(1000)
    out += bytes([1, 0, 0, 6])  # server, openssl, complete, request and response
    out += text("GET") + text("https") + text(authority) + text(f"/users/{number}") + b"\0" + text("HTTP/1.1")
    no_headers = varint(0)  # nor trailers
    out += no_headers + no_headers + no_body
    out += varint(200) + varint(1) + text("content-type") + text("application/json") + no_headers + body
    no_findings = varint(0)
    return out + no_findings + varint(1) + text("python3") + text("/usr/bin/python3") + text("") + varint(0)


def batch(authority, first, count):
    return zstd(b"\x04" + varint(count) + b"".join(exchange(authority, first + i) for i in range(count)))
