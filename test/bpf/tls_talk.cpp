#include "test/bpf/tls_talk.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace cleartap {

namespace {

void require(bool condition) {
  if (!condition)
    _exit(99);
}

using context_ptr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using session_ptr = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// A self-signed certificate, made for this run.
context_ptr server_context() {
  auto context = context_ptr{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  auto key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>{EVP_EC_gen("P-256"), EVP_PKEY_free};
  auto certificate = std::unique_ptr<X509, decltype(&X509_free)>{X509_new(), X509_free};
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0);
  require(SSL_CTX_use_certificate(context.get(), certificate.get()) == 1);
  require(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  return context;
}

sockaddr_in loopback(int port) {
  auto address = sockaddr_in{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t local_port(int fd) {
  auto address = sockaddr_in{};
  auto size = socklen_t{sizeof address};
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void serve(int listener, std::size_t expected) {
  auto fd = accept(listener, nullptr, nullptr);
  auto context = server_context();
  auto session = session_ptr{SSL_new(context.get()), SSL_free};
  SSL_set_fd(session.get(), fd);
  require(SSL_accept(session.get()) == 1);
  auto buffer = std::string(65536, '\0');
  for (std::size_t got = 0; got < expected;) {
    auto count = SSL_read(session.get(), buffer.data(), static_cast<int>(buffer.size()));
    require(count > 0);
    got += static_cast<std::size_t>(count);
  }
  require(SSL_write(session.get(), "done", 4) == 4);
  session.reset();
  close(fd);
}

} // namespace

std::string talk_payload(std::size_t index, std::size_t size) {
  auto bytes = std::string(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(index * 31 + i % 251 + i / 251);
  return bytes;
}

std::uint16_t talk(const std::vector<std::size_t>& write_sizes) {
  auto listener = socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(0);
  require(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(listener, 1) == 0);
  auto server = std::thread{serve, listener, std::accumulate(write_sizes.begin(), write_sizes.end(), std::size_t{0})};
  address = loopback(local_port(listener));
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  require(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  auto port = local_port(fd);
  auto context = context_ptr{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  auto session = session_ptr{SSL_new(context.get()), SSL_free};
  SSL_set_fd(session.get(), fd);
  require(SSL_connect(session.get()) == 1);
  for (std::size_t i = 0; i < write_sizes.size(); ++i) {
    auto bytes = talk_payload(i, write_sizes[i]);
    require(SSL_write(session.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size()));
  }
  char answer[4];
  require(SSL_read(session.get(), answer, sizeof answer) == 4);
  session.reset();
  server.join();
  close(fd);
  close(listener);
  return port;
}

pid_t run_in_child(const std::function<void()>& action) {
  auto pid = fork();
  if (pid == 0) {
    action();
    _exit(0);
  }
  auto status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? pid : -1;
}

} // namespace cleartap
