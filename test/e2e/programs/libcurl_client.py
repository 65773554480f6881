"""A client by the libcurl that $LIBCURL names, so by any TLS library for which there is a libcurl: a thread for each
connection. python has no part in the TLS of it. With $HTTP=http2 it speaks that, one request after another."""
import concurrent.futures
import ctypes
import os
import sys

PIECE = 10000
URL, CAINFO, POSTFIELDS, CUSTOMREQUEST, HTTPHEADER = 10002, 10065, 10015, 10036, 10023
WRITEFUNCTION, READFUNCTION = 20011, 20012
HTTP_VERSION, NOSIGNAL, UPLOAD, INFILESIZE, POSTFIELDSIZE = 84, 99, 46, 14, 60
RESPONSE_CODE, LOCAL_PORT = 0x200002, 0x20002A

curl = ctypes.CDLL(os.environ["LIBCURL"])
curl.curl_easy_init.restype = ctypes.c_void_p
curl.curl_slist_append.restype = ctypes.c_void_p
callback = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)


class request:
    def __init__(self, handle):
        self.handle, self.size, self.kept = ctypes.c_void_p(handle), 0, []
        curl.curl_easy_reset(self.handle)  # keeps the connection
        self.set(NOSIGNAL, ctypes.c_long(1))
        self.set(HTTP_VERSION, ctypes.c_long(version))
        self.set(CAINFO, ca.encode())
        self.set(WRITEFUNCTION, callback(self.received))
        headers = ctypes.c_void_p(None)
        for header in (b"Content-Type: application/octet-stream", b"Expect:"):
            headers = ctypes.c_void_p(curl.curl_slist_append(headers, header))
        self.set(HTTPHEADER, headers)

    def set(self, option, value):
        self.kept.append(value)
        curl.curl_easy_setopt(self.handle, ctypes.c_int(option), value)

    def number(self, option):
        found = ctypes.c_long()
        curl.curl_easy_getinfo(self.handle, ctypes.c_int(option), ctypes.byref(found))
        return found.value

    def received(self, _, size, count, __):
        self.size += size * count
        return size * count

    def send(self, file, way):
        with open(file, "rb") as opened:
            body = opened.read()
        if way == "many":
            pieces = iter([body[i : i + PIECE] for i in range(0, len(body), PIECE)])

            def next_piece(buffer, *_):
                piece = next(pieces, b"")
                ctypes.memmove(buffer, piece, len(piece))
                return len(piece)

            self.set(UPLOAD, ctypes.c_long(1))
            self.set(READFUNCTION, callback(next_piece))
            self.set(INFILESIZE, ctypes.c_long(len(body)))
        else:
            self.set(POSTFIELDSIZE, ctypes.c_long(len(body)))
            self.set(POSTFIELDS, body)


def ask(handle, verb, path, file=None, way="one"):
    asked = request(handle)
    asked.set(URL, f"https://localhost:{port}{path}".encode())
    asked.set(CUSTOMREQUEST, verb.encode())
    if file:
        asked.send(file, way)
    failure = curl.curl_easy_perform(asked.handle)
    if failure:
        raise OSError(f"libcurl: error {failure}")
    line = f"{asked.number(LOCAL_PORT)} {path} {asked.number(RESPONSE_CODE)} {asked.size}\n"
    print(line, end="", flush=True)


def take(steps):
    handle = curl.curl_easy_init()
    for step in steps.split(";"):
        verb, *rest = step.split()
        if verb == "wait":
            open(rest[0]).read()
        else:
            ask(handle, verb, *rest)
    curl.curl_easy_cleanup(ctypes.c_void_p(handle))


port, ca, order, *connections = sys.argv[1:]
version = 4 if os.environ.get("HTTP") == "http2" else 2  # as libcurl numbers them
curl.curl_global_init(ctypes.c_long(3))
with concurrent.futures.ThreadPoolExecutor(1 if order == "in-turn" else len(connections)) as pool:
    list(pool.map(take, connections))
