"""A gRPC client by grpcio: each of the server's methods, and WORD in all messages, so that one run is told from another.
Not of the matrix. Its arguments: PORT CA WORD CALL...; a CALL is get, none, gzip, list, add or chat, all at once."""
import concurrent.futures
import sys

import grpc

port, ca, word, *calls = sys.argv[1:]
with open(ca, "rb") as ca_file:
    channel = grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(ca_file.read()))
text = word.encode()
metadata = (("x-word", word),)


def get(message, **options):
    try:
        return channel.unary_unary("/shop.Orders/Get")(message, timeout=20, metadata=metadata, **options).decode()
    except grpc.RpcError as error:
        return error.code().name


def add():
    pieces = [text] * 5
    return channel.stream_unary("/shop.Orders/Add")(iter(pieces), timeout=20, metadata=metadata).decode()


def streamed(method, sent):
    make = channel.stream_stream if method == "Chat" else channel.unary_stream
    return b" ".join(make(f"/shop.Orders/{method}")(sent, timeout=20, metadata=metadata)).decode()


known = {
    "get": lambda: get(text),
    "none": lambda: get(b"none"),
    "gzip": lambda: get(text * 1000, compression=grpc.Compression.Gzip)[: len(text)],
    "list": lambda: streamed("List", text),
    "add": add,
    "chat": lambda: streamed("Chat", iter([text, text])),
}
with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
    for call, result in zip(calls, pool.map(lambda each: known[each](), calls)):
        print(call, result, flush=True)
