#include "test/bpf/tls_talk.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <netinet/tcp.h>
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

/// A memory BIO by another name, whose bytes are not where OpenSSL's own has them.
BIO_METHOD* own_memory() {
  static auto* const made = [] {
    auto* method = BIO_meth_new(BIO_TYPE_MEM, "a program's own");
    BIO_meth_set_create(method, [](BIO* outer) {
      BIO_set_data(outer, BIO_new(BIO_s_mem()));
      BIO_set_init(outer, 1);
      return 1;
    });
    BIO_meth_set_destroy(method, [](BIO* outer) { return BIO_free(static_cast<BIO*>(BIO_get_data(outer))); });
    BIO_meth_set_ctrl(method, [](BIO* outer, int command, long number, void* pointer) {
      return BIO_ctrl(static_cast<BIO*>(BIO_get_data(outer)), command, number, pointer);
    });
    BIO_meth_set_write(method, [](BIO* outer, const char* bytes, int count) {
      return BIO_write(static_cast<BIO*>(BIO_get_data(outer)), bytes, count);
    });
    BIO_meth_set_read(method, [](BIO* outer, char* bytes, int count) {
      auto got = BIO_read(static_cast<BIO*>(BIO_get_data(outer)), bytes, count);
      BIO_clear_retry_flags(outer);
      if (got <= 0)
        BIO_set_retry_read(outer);
      return got;
    });
    return method;
  }();
  return made;
}

using context_ptr = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

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

context_ptr client_context() { return {SSL_CTX_new(TLS_client_method()), SSL_CTX_free}; }

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

/// One end of a connection. Takes the descriptor over.
class tls_end {
public:
  tls_end(context_ptr context, int fd, talk_by how)
      : context_{std::move(context)}, session_{SSL_new(context_.get())}, fd_{fd}, how_{how} {
    const auto at_once = 1; // else an answer of two packets waits 40 ms for the acknowledgement of the first
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (how == talk_by::memory)
      SSL_set_bio(session_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    else if (how == talk_by::own_memory)
      SSL_set_bio(session_, BIO_new(own_memory()), BIO_new(own_memory()));
    else
      SSL_set_fd(session_, fd);
    if (how == talk_by::ssl_bio) {
      bio_ = BIO_new(BIO_f_ssl());
      BIO_set_ssl(bio_, session_, BIO_NOCLOSE);
    }
  }
  tls_end(const tls_end&) = delete;
  tls_end& operator=(const tls_end&) = delete;
  ~tls_end() {
    BIO_free(bio_);
    SSL_free(session_);
    close(fd_);
  }

  void connect() { shake_hands(SSL_connect); }
  void accept() { shake_hands(SSL_accept); }

  void write(const std::string& bytes) {
    auto done = std::size_t{0};
    switch (how_) {
    case talk_by::plain:
      done = static_cast<std::size_t>(SSL_write(session_, bytes.data(), static_cast<int>(bytes.size())));
      break;
    case talk_by::ssl_bio:
      done = static_cast<std::size_t>(BIO_write(bio_, bytes.data(), static_cast<int>(bytes.size())));
      break;
    case talk_by::ex:
    case talk_by::memory:
    case talk_by::own_memory:
      require(SSL_write_ex(session_, bytes.data(), bytes.size(), &done) == 1);
      break;
    }
    require(done == bytes.size());
    flush();
  }

  void read(std::size_t size) {
    auto buffer = std::string(std::min(size, std::size_t{65536}), '\0');
    for (std::size_t got = 0; got < size;)
      got += read_some(buffer, std::min(buffer.size(), size - got));
  }

private:
  bool in_memory() const { return how_ == talk_by::memory || how_ == talk_by::own_memory; }

  void shake_hands(int (*step)(SSL*)) {
    while (step(session_) != 1) {
      require(in_memory());
      flush();
      fill();
    }
    flush();
  }

  std::size_t read_some(std::string& buffer, std::size_t size) {
    if (how_ == talk_by::plain || how_ == talk_by::ssl_bio) {
      auto count = how_ == talk_by::plain ? SSL_read(session_, buffer.data(), static_cast<int>(size))
                                          : BIO_read(bio_, buffer.data(), static_cast<int>(size));
      require(count > 0);
      return static_cast<std::size_t>(count);
    }
    auto count = std::size_t{0};
    while (SSL_read_ex(session_, buffer.data(), size, &count) != 1) {
      require(in_memory());
      fill();
    }
    return count;
  }

  /// What the memory BIO holds goes out.
  void flush() {
    if (!in_memory())
      return;
    auto bytes = std::string(BIO_ctrl_pending(SSL_get_wbio(session_)), '\0');
    if (bytes.empty())
      return;
    BIO_read(SSL_get_wbio(session_), bytes.data(), static_cast<int>(bytes.size()));
    require(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }

  void fill() {
    auto bytes = std::string(65536, '\0');
    auto count = recv(fd_, bytes.data(), bytes.size(), 0);
    require(count > 0);
    BIO_write(SSL_get_rbio(session_), bytes.data(), static_cast<int>(count));
  }

  context_ptr context_;
  SSL* session_;
  BIO* bio_ = nullptr;
  int fd_;
  talk_by how_;
};

using party = std::function<void(tls_end&)>;

std::uint16_t meet(talk_by how, const party& client, const party& server) {
  auto listener = socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(0);
  require(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(listener, 1) == 0);
  auto serving = std::thread{[&] {
    auto end = tls_end{server_context(), accept(listener, nullptr, nullptr), how};
    end.accept();
    server(end);
  }};
  address = loopback(local_port(listener));
  auto fd = socket(AF_INET, SOCK_STREAM, 0);
  require(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  auto port = local_port(fd);
  {
    auto end = tls_end{client_context(), fd, how};
    end.connect();
    client(end);
  }
  serving.join();
  close(listener);
  return port;
}

party asker(const std::vector<std::size_t>& write_sizes) {
  return [&write_sizes](tls_end& end) {
    for (std::size_t i = 0; i < write_sizes.size(); ++i)
      end.write(talk_payload(i, write_sizes[i]));
    end.read(4);
  };
}

party answerer(const std::vector<std::size_t>& write_sizes) {
  return [&write_sizes](tls_end& end) {
    end.read(std::accumulate(write_sizes.begin(), write_sizes.end(), std::size_t{0}));
    end.write("done");
  };
}

} // namespace

std::string talk_payload(std::size_t index, std::size_t size) {
  auto bytes = std::string(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<char>(index * 31 + i % 251 + i / 251);
  return bytes;
}

std::uint16_t talk(const std::vector<std::size_t>& write_sizes, talk_by how) {
  return meet(how, asker(write_sizes), answerer(write_sizes));
}

void talk_and_end(const std::vector<std::size_t>& write_sizes) {
  auto answered = std::atomic<bool>{false}; // its call has returned
  auto client = [&](tls_end& end) {
    asker(write_sizes)(end);
    answered.wait(false);
    _exit(0);
  };
  auto server = [&](tls_end& end) {
    answerer(write_sizes)(end);
    answered = true;
    answered.notify_one();
    pause(); // until the client has ended both
  };
  meet(talk_by::plain, client, server);
  _exit(1);
}

void converse(const std::vector<std::pair<std::string, std::string>>& exchanges, talk_by how) {
  auto client = [&](tls_end& end) {
    for (const auto& [question, answer] : exchanges) {
      end.write(question);
      end.read(answer.size());
    }
  };
  auto server = [&](tls_end& end) {
    for (const auto& [question, answer] : exchanges) {
      end.read(question.size());
      end.write(answer);
    }
  };
  meet(how, client, server);
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
