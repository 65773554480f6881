"""The callers of the shop: programs with connections of their own, and curl. Each call is one of a random mix."""

import http.client
import json
import random
import ssl
import subprocess
import uuid
from collections import deque

from shop import CATEGORIES, PASSWORD

AGENTS = ("shop-web/2.4", "shop-mobile/1.9 (Android 14)", "order-batch/0.7")
CARD = "4111 1111 1111 1111"  # the number that payment services give for tests
TIMEOUT = 5  # seconds of one call


class Program:
    """One customer program: a connection that is kept alive, a login."""

    def __init__(self, port, tls, agent):
        self.connection = http.client.HTTPSConnection("localhost", port, context=tls, timeout=TIMEOUT)
        self.headers = {"User-Agent": agent, "Accept": "application/json"}

    def call(self, method, path, body=None, headers=None):
        """Returns what the shop answered: JSON, or None for no body."""
        headers = self.headers | (headers or {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, path, data, headers)
            response = self.connection.getresponse()
            if cookie := response.getheader("Set-Cookie"):
                self.headers["Cookie"] = cookie.split(";")[0]
            return json.loads(response.read() or b"null")
        except http.client.HTTPException as error:
            raise OSError(f"bad answer: {error!r}") from None

    def login(self):
        answer = self.call("POST", "/login", {"username": "ada", "password": PASSWORD})
        self.headers["Authorization"] = f"Bearer {answer['token']}"


class Customers:
    def __init__(self, port, certificate):
        tls = ssl.create_default_context(cafile=certificate)
        self.programs = [Program(port, tls, agent) for agent in AGENTS]
        self.shop = f"https://localhost:{port}"
        # Without the user's own ~/.curlrc and proxies.
        self.curl = ["curl", "--disable", "--noproxy", "*", "--silent", "--output", "/dev/null"]
        self.curl += ["--max-time", str(TIMEOUT), "--cacert", certificate]
        self.orders = deque(maxlen=50)
        self.users_added = deque(maxlen=50)
        mix = {
            self.list_products: 5,
            self.show_user: 5,
            self.add_order: 4,
            self.show_order: 4,
            self.list_users: 2,
            self.add_user: 2,
            self.change_user: 2,
            self.remove_user: 2,
            self.login_again: 1,
            self.miss: 2,
            self.intrude: 1,
            self.use_curl: 3,
        }
        self.calls, self.weights = list(mix), list(mix.values())

    def call(self):
        """Makes one call. A shop that does not answer is an OSError."""
        program = random.choice(self.programs)
        if "Authorization" not in program.headers:
            return program.login()
        return random.choices(self.calls, self.weights)[0](program)

    def list_products(self, program):
        category = random.choice(CATEGORIES)
        program.call("GET", f"/products?category={category}&limit={random.randint(1, 20)}")

    def list_users(self, program):
        program.call("GET", "/users")

    def show_user(self, program):
        program.call("GET", f"/users/{random.randint(1, 4)}")

    def add_user(self, program):
        if len(self.users_added) == self.users_added.maxlen:
            return self.remove_user(program)
        name = random.choice(["Alan Turing", "Katherine Johnson", "Donald Knuth", "Radia Perlman"])
        email = f"{name.split()[0].lower()}.{random.randint(1, 9999)}@example.com"
        user = program.call("POST", "/users", {"name": name, "email": email, "password": PASSWORD})
        if "id" in user:
            self.users_added.append(user["id"])

    def change_user(self, program):
        number = random.choice(self.users_added or [1])
        program.call("PATCH", f"/users/{number}", {"active": random.random() < 0.5})

    def remove_user(self, program):
        number = self.users_added.popleft() if self.users_added else 999999
        program.call("DELETE", f"/users/{number}")

    def add_order(self, program):
        items = [{"sku": f"books-{random.randint(0, 99):03}", "quantity": random.randint(1, 3)}]
        payment = {"card": CARD, "expires": "12/29"}
        order = program.call("POST", "/orders", {"user_id": random.randint(1, 4), "items": items, "payment": payment})
        if "id" in order:
            self.orders.append(order["id"])

    def show_order(self, program):
        program.call("GET", f"/orders/{random.choice(self.orders or [uuid.uuid4()])}")

    def login_again(self, program):
        program.login()

    def miss(self, program):
        program.call("GET", random.choice(["/users/999999", f"/orders/{uuid.uuid4()}", "/favicon.ico", "/carts"]))

    def intrude(self, program):
        if random.random() < 0.5:
            program.call("GET", "/users", headers={"Authorization": f"Bearer {uuid.uuid4().hex}"})
        else:
            program.call("POST", "/login", {"username": "admin", "password": "letmein"})

    def use_curl(self, program):
        token = f"Authorization: {program.headers['Authorization']}"
        path = random.choice(["/users", "/products?category=games&limit=5", f"/users/{random.randint(1, 4)}"])
        # A session of its own, so that Ctrl+C does not reach it: it has its time limit.
        ended = subprocess.run([*self.curl, "--header", token, self.shop + path], start_new_session=True, check=False)
        if ended.returncode != 0:
            raise OSError(f"curl ended with {ended.returncode}")
