"""Runs a small shop over HTTPS and customers who use it, until the time is over or Ctrl+C."""

import argparse
import errno
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from customers import Customers

REPORT_INTERVAL = 5  # seconds between two lines of progress
EXAMPLES = """\
examples:
  tools/demo                             10 calls a second until Ctrl+C
  tools/demo --seconds 30 --rate 50      50 calls a second for half a minute
  tools/demo --port 8443                 also for a client of your own, e.g.
                                         curl -k https://localhost:8443/products?limit=3

Run it beside `sudo cleartap watch` to see the calls. Passwords, tokens, cookies and card numbers are made up.
"""


class Failure(Exception):
    """What went wrong and how to mend it, in one line."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"demo: {message}; see tools/demo --help\n")


def within(kind, low, high):
    def parse(text):
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of {low}..{high}")
        return value

    return parse


def parse_arguments():
    parser = Parser(
        prog="tools/demo",
        description="Sample HTTPS traffic on loopback: a shop API, and customers who call it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seconds", metavar="N", type=within(float, 0.1, 1_000_000), help="end after N seconds (default: at Ctrl+C)")
    add("--rate", metavar="N", type=within(float, 0.1, 1000), default=10, help="calls a second, at most (default: 10)")
    add("--port", metavar="N", type=within(int, 1, 65535), default=0, help="port of the shop (default: a free one)")
    return parser.parse_args()


def listen(port):
    try:
        return socket.create_server(("127.0.0.1", port), backlog=64)
    except OSError as error:
        causes = {errno.EADDRINUSE: "is taken", errno.EACCES: "needs more rights than this user has"}
        cause = causes.get(error.errno, f"cannot be used: {error.strerror}")
        raise Failure(f"port {port} {cause}; choose another by --port, or none for a free one") from None


def make_certificate(directory):
    """A self-signed one, which the customers trust. Returns the files of the certificate and of its key."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certificate, "-keyout", key]
    made = subprocess.run([*command.split(), *names], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        last = (made.stderr.strip().splitlines() or ["no message"])[-1]
        raise Failure(f"openssl made no certificate ({last}); OpenSSL 1.1.1 or later is needed")
    return certificate, key


def start_shop(listener, certificate, key):
    """A process of its own, so that the two ends of a call are two programs. It ends when its standard input does: when
    this process ends, in whatever way. Ctrl+C does not reach it."""
    shop = [sys.executable, "-B", Path(__file__).with_name("shop.py"), str(listener.fileno()), certificate, key]
    return subprocess.Popen(shop, stdin=subprocess.PIPE, pass_fds=[listener.fileno()], start_new_session=True)


def stop_shop(shop):
    shop.stdin.close()
    try:
        shop.wait(timeout=3)
    except subprocess.TimeoutExpired:
        shop.kill()
        shop.wait()


def say(text, stop):
    """A reader who has gone away ends the demo."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        stop.set()


def call_until_stopped(customers, rate, stop, end):
    begin = reported = time.monotonic()
    calls = calls_reported = 0
    while not stop.is_set() and time.monotonic() < end:
        customers.call()
        calls += 1
        now = time.monotonic()
        if now - reported >= REPORT_INTERVAL:
            say(f"{calls} calls, {(calls - calls_reported) / (now - reported):.1f} a second", stop)
            reported, calls_reported = now, calls
        stop.wait(max(0, min(begin + calls / rate, end) - now))
    say(f"{calls} calls in all", stop)


def run(arguments, directory, stop):
    certificate, key = make_certificate(directory)
    with listen(arguments.port) as listener:
        port = listener.getsockname()[1]
        shop = start_shop(listener, certificate, key)
    try:
        say(f"shop at https://localhost:{port} (process {shop.pid}), called by process {os.getpid()} and by curl", stop)
        end = time.monotonic() + (arguments.seconds or float("inf"))
        call_until_stopped(Customers(port, certificate), arguments.rate, stop, end)
    except OSError as error:
        if not stop.is_set():
            raise Failure(f"the shop does not answer ({error}); start the demo again") from None
    finally:
        stop_shop(shop)


def main():
    arguments = parse_arguments()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup is respected
            signal.signal(number, lambda *_: stop.set())
    Path("/proc/self/comm").write_text("demo-customers")
    try:
        with tempfile.TemporaryDirectory(prefix="cleartap-demo-") as directory:
            run(arguments, Path(directory), stop)
    except Failure as failure:
        sys.exit(f"demo: {failure}")
    except OSError as error:
        sys.exit(f"demo: cannot work in the temporary directory ({error}); name another by TMPDIR")


if __name__ == "__main__":
    main()
