"""The shop: users, logins, products and orders over HTTPS, all in memory. Knows nothing of who calls."""

import json
import re
import secrets
import socket
import ssl
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

PASSWORD = "correct-horse-battery"
BODY_MAX = 64 * 1024  # bytes of a request
USERS_MAX = ORDERS_MAX = TOKENS_MAX = 1000  # of each; the oldest goes first
CATEGORIES = ("books", "games", "garden")


def keep(table, key, value, size_max):
    table[key] = value
    while len(table) > size_max:
        del table[next(iter(table))]


class Shop:
    """Every method is one operation: it returns a status and a body, or a status and None for no body."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tokens = {}
        self.orders = {}
        self.users = {}
        self.user_last = 0
        for name in ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov"):
            self.add_user({"name": name, "email": name.split()[0].lower() + "@example.com"}, {})

    def login(self, body, _query):
        if body.get("password") != PASSWORD:
            return 401, {"error": "unknown user or wrong password"}
        token = secrets.token_urlsafe(24)
        keep(self.tokens, token, body.get("username"), TOKENS_MAX)
        return 200, {"token": token, "expires_in": 3600}

    def list_users(self, _body, _query):
        return 200, list(self.users.values())[:20]

    def add_user(self, body, _query):
        if not isinstance(body.get("email"), str):
            return 400, {"error": "email is missing"}
        self.user_last += 1
        user = {"id": self.user_last, "name": body.get("name"), "email": body["email"], "active": True}
        keep(self.users, self.user_last, user, USERS_MAX)
        return 201, user

    def show_user(self, _body, _query, number):
        user = self.users.get(int(number))
        return (200, user) if user else (404, {"error": "no such user"})

    def change_user(self, body, _query, number):
        user = self.users.get(int(number))
        if not user:
            return 404, {"error": "no such user"}
        user.update({name: value for name, value in body.items() if name in ("name", "email", "active")})
        return 200, user

    def remove_user(self, _body, _query, number):
        return (204, None) if self.users.pop(int(number), None) else (404, {"error": "no such user"})

    def add_order(self, body, _query):
        if not body.get("items"):
            return 400, {"error": "items are missing"}
        order = {"id": str(uuid.uuid4()), "user_id": body.get("user_id"), "items": body["items"], "status": "paid"}
        keep(self.orders, order["id"], order, ORDERS_MAX)
        return 201, order

    def show_order(self, _body, _query, number):
        order = self.orders.get(number)
        return (200, order) if order else (404, {"error": "no such order"})

    def list_products(self, _body, query):
        category = query.get("category", [CATEGORIES[0]])[0]
        limit = query.get("limit", ["10"])[0]
        if category not in CATEGORIES or not re.fullmatch(r"\d{1,2}", limit):
            return 400, {"error": "category or limit is wrong"}
        names = [f"{category}-{number:03}" for number in range(int(limit))]
        return 200, [{"sku": name, "price": 4.5 + len(name) * n, "in_stock": n % 3 > 0} for n, name in enumerate(names)]


# Method, path, operation, whether it needs a token.
ROUTES = [
    ("POST", r"/login", Shop.login, False),
    ("GET", r"/users", Shop.list_users, True),
    ("POST", r"/users", Shop.add_user, True),
    ("GET", r"/users/(\d{1,9})", Shop.show_user, True),
    ("PATCH", r"/users/(\d{1,9})", Shop.change_user, True),
    ("DELETE", r"/users/(\d{1,9})", Shop.remove_user, True),
    ("POST", r"/orders", Shop.add_order, True),
    ("GET", r"/orders/([0-9a-f-]{36})", Shop.show_order, True),
    ("GET", r"/products", Shop.list_products, False),
]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections alive
    server_version = "demo-shop/1.0"
    wbufsize = -1  # head and body in one write
    disable_nagle_algorithm = True
    timeout = 3600  # seconds without a request

    def answer(self):
        size = self.headers.get("Content-Length", "0")
        if not re.fullmatch(r"\d{1,9}", size) or int(size) > BODY_MAX:
            self.close_connection = True
            return self.send_json(413, {"error": "the body is too long"})
        try:
            body = json.loads(self.rfile.read(int(size)) or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return self.send_json(400, {"error": "the body is not a JSON object"})
        return self.send_json(*self.operate(body))

    do_GET = do_POST = do_PATCH = do_DELETE = answer

    def operate(self, body):
        path, _, query = self.path.partition("?")
        shop = self.server.shop
        for method, pattern, operation, needs_token in ROUTES:
            match = re.fullmatch(pattern, path)
            if not match or method != self.command:
                continue
            with shop.lock:
                if needs_token and self.headers.get("Authorization", "").removeprefix("Bearer ") not in shop.tokens:
                    return 401, {"error": "a valid token is missing"}
                return operation(shop, body, parse_qs(query), *match.groups())
        return 404, {"error": "no such path"}

    def send_json(self, status, body):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if body is not None:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
        if isinstance(body, dict) and "token" in body:
            self.send_header("Set-Cookie", f"session={secrets.token_hex(16)}; Path=/; Secure; HttpOnly")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    def __init__(self, listener):
        super().__init__(listener.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.shop = Shop()

    def handle_error(self, request, client_address):
        """A client that goes away or does not trust the certificate is no error of the shop."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(descriptor, certificate, key):
    Path("/proc/self/comm").write_text("demo-shop")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    listener = socket.socket(fileno=int(descriptor))
    # The handshake is left to the thread of the connection: a client that stalls holds up nobody else.
    server = Server(tls.wrap_socket(listener, server_side=True, do_handshake_on_connect=False))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
