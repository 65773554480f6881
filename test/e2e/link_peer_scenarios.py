"""What hostile, careless and broken peers do to a reconstructor: a scenario by name, a line of JSON for each finding.

  strangers ADDRESS CA          before anybody is authorised: plain text, HTTP, frames without TLS, silence
  certificates ADDRESS CA CHAIN KEY VERSION   one TLS handshake, e.g. with the wrong certificate; VERSION is 1.2 or 1.3
  stalled ADDRESS COUNT SOURCES... from each source that many connections that begin a handshake and stop
  frames ADDRESS CA CHAIN KEY NAME            frames after an authorised handshake, each on a connection of its own
  batches ADDRESS CA CHAIN KEY NAME AUTHORITY batches twice, out of order, with gaps and in halves
  many ADDRESS CA CHAIN KEY DOMAIN COUNT AUTHORITY  that many sniffers at once, by a wildcard certificate
"""
import os
import random
import signal
import socket
import ssl
import struct
import sys
import time

from link_peer import *

CLOSE_MAX = 12  # seconds: longer than a silent peer is borne
NESTED = (b"\0\0" + text("@<>+@message")) * 200000
LONGEST = bytes(256 * 1024)


def say_and_watch(address, name, data, wait=True):
    """Sends bytes without TLS; says whether the other side closed."""
    with socket.create_connection(address, timeout=CLOSE_MAX) as peer:
        try:
            peer.sendall(data)
            closed = not wait or drained(peer)
        except OSError:
            closed = True
    say(name=name, closed=closed)


def drained(peer):
    peer.settimeout(CLOSE_MAX)
    try:
        while peer.recv(65536):
            pass
    except socket.timeout:
        return False
    except OSError:
        pass
    return True


def strangers(address, ca):
    killer = frame(CLIENT_HANDSHAKE)
    for turn in range(10):
        say_and_watch(address, "connect and close", b"", wait=False)
        say_and_watch(address, "garbage", os.urandom(600))
        say_and_watch(address, "HTTP", b"GET / HTTP/1.1\r\nHost: recon.test\r\n\r\n")
        say_and_watch(address, "handshake without payload", killer * 20)
        say_and_watch(address, "huge length", header(MESSAGE, 0xFFFFFFFF, 1, 1, 1) + b"A" * 1000)
        # What follows a client's TLS 1.3 handshake is on its way before its lack of a certificate is found.
        try:
            with tls(*address, ca) as peer:
                peer.sendall(killer * 20)
                closed = drained(peer)
        except OSError:
            closed = True
        say(name="no certificate", closed=closed)


def certificates(address, ca, chain, key, version):
    newest = ssl.TLSVersion.TLSv1_2 if version == "1.2" else ssl.TLSVersion.TLSv1_3
    try:
        with tls(*address, ca, chain or None, key or None, newest) as peer:
            peer.settimeout(CLOSE_MAX)
            let_in = len(peer.recv(32)) > 0  # CAF's hello is for those that TLS has authenticated
            say(let_in=let_in, why="")
    except OSError as why:
        say(let_in=False, why=str(why))


def stalled(address, count, *sources):
    client_hello = b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03"
    peers = []
    for _ in range(int(count)):
        for source in sources:
            peer = socket.create_connection(address, timeout=CLOSE_MAX, source_address=(source, 0))
            peer.sendall(client_hello)
            peers.append(peer)
    say(stalled=len(peers))
    signal.pause()


def killers(link, name):
    """What to send behind the introduction, by name. Each has to end the connection."""
    to = {"data": 1, "source": 7, "target": link.facade}
    nodes = link.node + link.server
    plain_error = b"\1" + struct.pack(">Q", 1) + b"\0\0" + text("@<>")
    deep_error = b"\1" + struct.pack(">Q", 1) + NESTED[:140000]
    greeting = frame(MESSAGE, hello(name, 1), **to)
    begun = part(1, b"x", 0, 256)
    second = {**to, "data": 2}
    return {
        "handshake without payload": frame(CLIENT_HANDSHAKE),
        "a third handshake": frame(CLIENT_HANDSHAKE, link.node, flags=2) + frame(CLIENT_HANDSHAKE, link.node),
        "another node": frame(CLIENT_HANDSHAKE, random_node(), flags=2),
        "a length of 4 GiB": header(MESSAGE, 0xFFFFFFFF, 1, 7, link.facade) + b"A" * 4096,
        "a length of 1 MiB": header(MESSAGE, 1 << 20, 1, 7, link.facade) + b"A" * 4096,
        "an unknown operation": frame(99),
        "a server's handshake": frame(0, link.node, data=3),
        "a routed message": frame(ROUTED, nodes + greeting[32:], **to),
        "flags": frame(MESSAGE, hello(name, 1), flags=1, **to),
        "padding": frame(MESSAGE, hello(name, 1), padding=1, **to),
        "a message to a service of CAF": frame(MESSAGE, hello(name, 1), data=1, source=7, target=1),
        "a service of CAF by its atom": frame(MESSAGE, hello(name, 1), flags=4, data=1, source=7, target=2),
        "no request": frame(MESSAGE, hello(name, 1), data=0, source=7, target=link.facade),
        "an answer": frame(MESSAGE, hello(name, 1), data=RESPONSE | 1, source=7, target=link.facade),
        "200,000 nested messages": frame(MESSAGE, b"\0" + NESTED, **to),
        "16,000 nested messages": frame(MESSAGE, b"\0" + NESTED[:224000], **to),
        "another type": frame(MESSAGE, message("@<>+@strong_actor_ptr", nodes), **to),
        "an exit": frame(MESSAGE, message("@<>+@exit", nodes), **to),
        "a forwarding stack": frame(MESSAGE, b"\x05" + nodes + bytes(200), **to),
        "a number of a type": frame(MESSAGE, b"\0\0\x10" + bytes(20), **to),
        "a name that is longer than its frame": frame(MESSAGE, b"\0\0\0\xff\xff\xff\xff\x0fA", **to),
        "a hello with more": frame(MESSAGE, hello(name, 1) + b"more", **to),
        "monitoring of another actor": frame(MONITOR, nodes, target=link.facade + 1),
        "a down message with nested messages": greeting + frame(DOWN, nodes + deep_error, source=7),
        "a down message of a stranger": frame(DOWN, nodes + plain_error, source=99),
        "a hello of another version": frame(MESSAGE, hello(name, 1, version=99), **to),
        "a hello of another's name": frame(MESSAGE, hello("s1.sniffer.test", 1), **to),
        "a batch before the hello": frame(MESSAGE, part(1, batch(name, 1, 1)), **to),
        "a good-bye before the hello": frame(MESSAGE, goodbye(1, 1), **to),
        "nine senders": greeting
        + b"".join(frame(MESSAGE, begun, data=i, source=i, target=link.facade) for i in range(10, 19)),
        "a request twice": greeting + frame(MESSAGE, part(1, batch(name, 1, 1)), **second) * 2,
        "200 requests at once": greeting
        + b"".join(frame(MESSAGE, part(i, batch(name, i, 1)), **{**to, "data": i + 1}) for i in range(1, 201)),
        "more bytes at once than are granted": greeting
        + b"".join(frame(MESSAGE, part(1, LONGEST, i, 256), **{**to, "data": i + 2}) for i in range(60)),
        "a batch that is none": greeting + frame(MESSAGE, part(1, os.urandom(1000)), **second),
        "a batch of one byte that claims a gigabyte": greeting
        + frame(MESSAGE, part(1, b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", 1 << 30) + b"\x0b\0\0A"), **second),
        "a batch that claims a billion exchanges": greeting
        + frame(MESSAGE, part(1, zstd(b"\x01" + varint(10**9) + bytes(100))), **second),
        "a part that is too long": greeting + frame(MESSAGE, part(1, bytes(256 * 1024 + 1)), **second),
        "half of a frame behind the hello": greeting + header(MESSAGE, 1000, 2, 7, link.facade) + b"A" * 100,
        "half of a frame": header(MESSAGE, 1000, 1, 7, link.facade) + b"A" * 100,
        "silence": b"",
    }


def frames(address, ca, chain, key, name):
    where = (*address, ca, chain, key)
    first = Link(*where)
    names = list(killers(first, name))
    first.close()
    patient = []  # those that are closed for their silence alone, at the same time
    for killer in names:
        link = Link(*where)
        try:
            link.send(killers(link, name)[killer])
        except Ended:
            pass
        if killer == "silence" or killer.startswith("half of a frame"):
            patient.append((killer, link))
            continue
        say(name=killer, closed=link.ended_within(CLOSE_MAX) is not None)
        link.close()
    mutated(where, name)
    for killer, link in patient:
        say(name=killer, closed=link.ended_within(CLOSE_MAX) is not None)


def mutated(where, name):
    """Frames that are nearly right. Some are right, so that only the end of the connection counts."""
    chance = random.Random(1)
    for _ in range(100):
        link = Link(*where, introduce=chance.random() < 0.8)
        data = bytearray(chance.choice(list(killers(link, name).values())) or frame(HEARTBEAT))
        for _ in range(chance.randrange(4)):
            data[chance.randrange(min(len(data), 400))] = chance.randrange(256)
        try:
            link.send(bytes(data[: chance.choice([len(data), chance.randrange(1, len(data) + 1)])]))
        except Ended:
            pass
        link.close()
    say(name="100 mutated frames", closed=True)


def batches(address, ca, chain, key, name, authority):
    where = (*address, ca, chain, key)
    epoch = random.getrandbits(63)
    size = 5
    content = {n: batch(authority, n * size, size) for n in range(1, 8)}

    def begin():
        link = Link(*where)
        return link, link.ask(hello(name, epoch))

    link, mark = begin()
    say(step="an epoch begins at 0", right=mark == 0)
    say(step="a batch is acknowledged", right=link.ask(part(1, content[1])) == 1)
    say(step="and again when it comes twice", right=link.ask(part(1, content[1])) == 1)
    say(step="a gap is refused", right=link.ask(part(3, content[3])) is None)
    say(step="in order it is taken", right=[link.ask(part(n, content[n])) for n in (2, 3)] == [2, 3])
    third = len(content[4]) // 3
    pieces = [content[4][:third], content[4][third : 2 * third], content[4][2 * third :]]
    link.ask(part(4, pieces[0], 0, 3))
    answers = [link.ask(part(4, piece, i, 3)) for i, piece in enumerate(pieces)]
    say(step="a batch may begin again in the middle of its parts", right=answers == [3, 3, 4])
    link.ask(part(5, content[5][:third], 0, 2))
    link.close()

    link, mark = begin()
    say(step="half of a batch is none", right=mark == 4)
    say(step="the whole is", right=link.ask(part(5, content[5])) == 5)
    link.ask_later(part(6, content[6][third:], 1, 2))
    say(step="a second half alone ends the session", right=link.ended_within(CLOSE_MAX) is not None)
    link.close()

    link, mark = begin()
    say(step="the epoch goes on", right=mark == 5)
    turns = [link.ask(part(n, content[n])) for n in (5, 4, 3, 2, 1)]
    say(step="all again and backwards teaches nothing", right=turns == [5] * 5)
    late = [link.ask_later(part(n, content[n])) for n in (7, 6, 7)]
    answers = [link.answer(n) for n in late]
    say(step="the later one first is refused until it is in order", right=answers[0] is None and answers[2] == 7)
    say(step="a good-bye is acknowledged", right=link.ask(goodbye(7 * size, 0)) == 7)
    link.close()
    say(epoch=f"{epoch:016x}", exchanges=7 * size)


def many(address, ca, chain, key, domain, count, authority):
    links = [Link(*address, ca, chain, key) for _ in range(int(count))]
    names = [f"n{i}.{domain}" for i in range(len(links))]
    hellos = [link.ask_later(hello(name, 1)) for link, name in zip(links, names)]
    say(sessions=sum(link.answer(asked) == 0 for link, asked in zip(links, hellos)))
    for number in (1, 2, 3):
        asked = [link.ask_later(part(number, batch(authority, number * 5, 5))) for link in links]
        say(batches=sum(link.answer(each) == number for link, each in zip(links, asked)))
    asked = [link.ask_later(goodbye(15, 0)) for link in links]
    say(farewells=sum(link.answer(each) == 3 for link, each in zip(links, asked)))


def main():
    scenario, address, *rest = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    globals()[scenario]((host, int(port)), *rest)


main()
