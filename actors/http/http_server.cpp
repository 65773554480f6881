#include "actors/http/http_server.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <httplib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto peer_time_max_s = 5; // for a peer to go on with its request or to take its answer
constexpr auto idle_time_max_s = 1; // for a peer to begin a request; `stop` waits for it

http_query query_of(const httplib::Request& request) {
  return {.path = request.path,
          .argument = request.matches.size() > 1 ? request.matches[1].str() : "", // of the decoded path
          .host = request.get_header_value("Host"),
          .authorization = request.get_header_value("Authorization"),
          .if_none_match = request.get_header_value("If-None-Match")};
}

// Not the library's default SO_REUSEPORT, with which two processes share a port without noticing.
void own_port(int socket) {
  auto yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/// The port, or -1.
int bind_server(httplib::Server& http, const listen_address& where) {
  http.set_socket_options(own_port);
  errno = 0;
  if (where.port == 0)
    return http.bind_to_any_port(where.host.c_str());
  return http.bind_to_port(where.host.c_str(), where.port) ? where.port : -1;
}

failure cannot_listen(const listen_address& where, std::string_view key) {
  auto host = where.host.find(':') == std::string::npos ? where.host : "[" + where.host + "]";
  return {"cannot listen at " + host + ":" + std::to_string(where.port) + ": " +
          std::strerror(errno ? errno : EADDRNOTAVAIL) + "; stop what listens there or choose another address: --set " +
          std::string{key} + "=ADDRESS:PORT"};
}

/// The port of a socket's own end, or nothing if `fd` is no connected TCP socket.
std::optional<std::uint16_t> connected_port(int fd) {
  auto address = sockaddr_storage{};
  auto size = socklen_t{sizeof address};
  auto peer = sockaddr_storage{};
  auto peer_size = socklen_t{sizeof peer};
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return std::nullopt;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  return std::nullopt;
}

/// The library keeps its connections to itself, and a peer that sends a byte now and then keeps a thread for ever.
/// Found among this process's descriptors by the server's port.
void cut_connections(std::uint16_t port) {
  auto error = std::error_code{};
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", error}) {
    auto fd = std::atoi(entry.path().filename().c_str());
    if (connected_port(fd) == port)
      shutdown(fd, SHUT_RDWR);
  }
}

} // namespace

result<void> can_listen(const listen_address& where, std::string_view key) {
  auto hints = addrinfo{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return cannot_listen(where, key);
  }
  auto fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  own_port(fd);
  auto bound = ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1) == 0;
  auto reason = errno;
  close(fd);
  freeaddrinfo(found);
  errno = reason;
  return bound ? result<void>{} : cannot_listen(where, key);
}

struct http_server::server {
  httplib::Server http;
  std::thread acceptor;
  std::uint16_t port = 0;
  std::atomic<bool> stopping{false};
  httplib::Headers common;

  void fill(httplib::Response& response, http_answer answer) {
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers)
      response.set_header(name, value);
    if (!answer.stream) {
      response.set_content(std::move(answer.body), answer.content_type);
      return;
    }
    auto provide = [this, next = std::move(answer.stream)](std::size_t, httplib::DataSink& sink) {
      auto part = std::string{};
      if (stopping || !next(part)) {
        sink.done();
        return true;
      }
      return part.empty() || sink.write(part.data(), part.size());
    };
    response.set_chunked_content_provider(answer.content_type, std::move(provide));
  }

  httplib::Server::Handler wrap(http_handler handler) {
    return [this, handler = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
      fill(response, handler(query_of(request)));
    };
  }
};

http_server::http_server() : server_{std::make_unique<server>()} {
  auto& http = server_->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(threads_max); };
  http.set_read_timeout(peer_time_max_s);
  http.set_write_timeout(peer_time_max_s);
  http.set_keep_alive_timeout(idle_time_max_s);
  http.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr) { response.status = 500; });
}

http_server::~http_server() { stop(); }

void http_server::get(const std::string& pattern, http_handler handler) {
  server_->http.Get(pattern, server_->wrap(std::move(handler)));
}

void http_server::post(const std::string& pattern, http_handler handler) {
  // With a reader that nobody calls: the library would wait for the end of a body that has no length, while such a
  // request has none (RFC 9112, section 6.3).
  auto answer = server_->wrap(std::move(handler));
  server_->http.Post(pattern, [answer](const httplib::Request& request, httplib::Response& response,
                                       const httplib::ContentReader&) { answer(request, response); });
}

void http_server::always(std::string name, std::string value) {
  server_->common.emplace(std::move(name), std::move(value));
  server_->http.set_default_headers(server_->common);
}

result<std::uint16_t> http_server::start(const listen_address& where, std::string_view key) {
  auto& http = server_->http;
  auto port = bind_server(http, where);
  if (port < 0)
    return cannot_listen(where, key);
  server_->port = static_cast<std::uint16_t>(port);
  server_->acceptor = std::thread{[&http] { http.listen_after_bind(); }};
  while (!http.is_running())
    std::this_thread::yield();
  return static_cast<std::uint16_t>(port);
}

bool http_server::stopping() const noexcept { return server_->stopping; }

void http_server::stop() {
  if (!server_->acceptor.joinable())
    return;
  server_->stopping = true;
  server_->http.stop();
  cut_connections(server_->port);
  server_->acceptor.join();
}

} // namespace cleartap
