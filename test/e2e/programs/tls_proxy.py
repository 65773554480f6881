"""An HTTPS proxy: TLS with the client, one CONNECT, then bytes of any kind. Its arguments are those of a server."""
import socket
import ssl
import sys
import threading

port, chain, key = sys.argv[1:4]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(chain, key)


def move(source, target):
    try:
        while part := source.recv(65536):
            target.sendall(part)
    except OSError:
        pass
    target.close()


def serve(plain):
    try:
        client = tls.wrap_socket(plain, server_side=True)
    except OSError:
        return
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(65536)
    host, _, wanted = head.split()[1].decode().rpartition(":")
    server = socket.create_connection((host, int(wanted)))
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    threading.Thread(target=move, args=[server, client], daemon=True).start()
    move(client, server)


listener = socket.create_server(("127.0.0.1", int(port)))
while True:
    threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
