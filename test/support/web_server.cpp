#include "test/support/web_server.hpp"

#include "test/support/text.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cleartap::support {

namespace {

namespace fs = std::filesystem;

constexpr auto configuration = R"(
daemon off;
user root;
worker_processes 2;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 16m;
  client_body_buffer_size 4m;
  keepalive_requests 10000000;
  default_type application/json;
  server {
    listen 127.0.0.1:PORT ssl http2;
    ssl_certificate CHAIN;
    ssl_certificate_key KEY;
    set $echo '{"method":"$request_method","path":"$uri","query":"$args"}';
    location /echo/ { return 200 $echo; }
    location ~ "^/users/(?<user>\d+)$" {
      return 200 '{"id":$user,"name":"User $user","active":true,"score":1.5,"tags":["a","b"]}';
    }
    location /created/ {
      proxy_pass http://unix:HOME/upstream:/;
      proxy_set_body '';
    }
    location /login/ {
      add_header Set-Cookie "session=$arg_session; HttpOnly";
      return 200 '{"user":"Ann","access_token":"$arg_access_token","card":{"number":"$arg_card"}}';
    }
    location = /status/204 { return 204; }
    location /files/ { root HOME; default_type application/octet-stream; }
    location /chunked/ { ssi on; ssi_types application/json; return 200 $echo; }
    location /gzip/ { gzip on; gzip_min_length 0; gzip_types application/json; return 200 $echo; }
  }
  server {
    listen unix:HOME/upstream;
    location / { return 201 '{"created":true}'; }
  }
}
)";

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

command server_command(const temporary_directory& home, std::uint16_t port) {
  auto text = replaced(configuration, "PORT", std::to_string(port));
  text = replaced(text, "HOME", home.path());
  text = replaced(text, "CHAIN", test_certificate().chain);
  text = replaced(text, "KEY", test_certificate().key);
  auto file = home.write("nginx.conf", text);
  for (auto size : file_sizes)
    home.write("files/" + std::to_string(size), all_bytes(size));
  return {{"nginx", "-p", home.path(), "-c", file, "-e", "stderr"}};
}

std::string resolved(const char* path) {
  auto error = std::error_code{};
  return fs::canonical(path, error).string();
}

} // namespace

web_server::web_server() : port_{free_port()}, program_{server_command(home_, port_)} {
  if (!wait_until([this] { return listening(port_) && workers().size() == 2; }))
    throw std::runtime_error{"nginx does not start: " + program_.complaints()};
}

std::vector<pid_t> web_server::workers() const {
  auto id = std::to_string(master());
  auto list = std::istringstream{content_of("/proc/" + id + "/task/" + id + "/children")};
  auto pids = std::vector<pid_t>{};
  for (auto pid = pid_t{}; list >> pid;)
    pids.push_back(pid);
  return pids;
}

bool web_server::serves() const { return fetch(url("/echo/serves")).status == 200; }

std::string python() { return resolved("/usr/bin/python3"); }

std::string node() { return resolved("/usr/bin/node"); }

} // namespace cleartap::support
