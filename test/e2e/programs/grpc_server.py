"""A gRPC server by grpcio, without protobuf: messages are bytes. Not of the matrix. With no chain it has no TLS.
shop.Orders/Get answers its message, and NOT_FOUND to "none"; List answers it three times; Add answers the number of
messages; Chat answers each."""
import concurrent.futures
import sys

import grpc

port, chain, key = sys.argv[1:4]


def get(message, context):
    if message == b"none":
        context.abort(grpc.StatusCode.NOT_FOUND, "there is no such order")
    context.set_trailing_metadata((("x-cost", "7"),))
    return message


def list_all(message, _):
    for i in range(3):
        yield message + str(i).encode()


def add(messages, _):
    return str(len(list(messages))).encode()


def chat(messages, _):
    yield from messages


handlers = {
    "Get": grpc.unary_unary_rpc_method_handler(get),
    "List": grpc.unary_stream_rpc_method_handler(list_all),
    "Add": grpc.stream_unary_rpc_method_handler(add),
    "Chat": grpc.stream_stream_rpc_method_handler(chat),
}
server = grpc.server(concurrent.futures.ThreadPoolExecutor(8))
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("shop.Orders", handlers)])
if chain:
    with open(key, "rb") as key_file, open(chain, "rb") as chain_file:
        credentials = grpc.ssl_server_credentials([(key_file.read(), chain_file.read())])
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
else:
    server.add_insecure_port(f"127.0.0.1:{port}")
server.start()
server.wait_for_termination()
