// gRPC by grpcio, directly and through a proxy that ends TLS: operation, status and messages, and plain bodies.
#include "test/support/program_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

constexpr auto interpreter = "/usr/bin/python3";

void skip_without_grpc() {
  if (!succeeds(std::string{interpreter} + " -c 'import grpc'"))
    SKIP("grpcio is not installed for " << interpreter);
}

/// A message as it is in a body, not compressed.
std::string framed(const std::string& message) {
  auto size = message.size();
  auto head = std::string(5, '\0');
  for (auto i = 4; i > 0; --i, size >>= 8)
    head[static_cast<std::size_t>(i)] = static_cast<char>(size & 255);
  return head + message;
}

finished call_grpc(const program_scene& in, const std::string& word, std::vector<std::string> calls) {
  auto words = std::vector<std::string>{interpreter, program_script("grpc_client.py"), std::to_string(in.port()),
                                        test_certificate().chain, word};
  words.insert(words.end(), calls.begin(), calls.end());
  return run({std::move(words)});
}

struct expected_call {
  std::string method;
  std::string request;
  std::string response;
  int status = 0;
  int request_messages = 1;
  int response_messages = 1;
};

exchange_filter of_call(const std::string& role, const std::string& authority, const std::string& word,
                        const expected_call& what) {
  return [=](const value& each) {
    return called(role, authority, "/shop.Orders/" + what.method)(each) && header(each, "/request", "x-word") == word &&
           body(each, "/request") == what.request;
  };
}

void check_call(program_scene& in, const std::string& word, const expected_call& what) {
  for (auto role : {"client", "server"}) {
    INFO(what.method << " at the " << role);
    auto all = in.watch().expect(1, of_call(role, in.authority(), word, what));
    REQUIRE(all.size() == 1);
    const auto& seen = all.front();
    CHECK(text(seen, "/quality") == "complete");
    CHECK(text(seen, "/request/method") == "POST");
    CHECK(text(seen, "/request/version") == "2");
    CHECK(number(seen, "/response/status") == 200);
    CHECK(text(seen, "/application/protocol") == "grpc");
    CHECK(text(seen, "/application/operation") == "shop.Orders/" + what.method);
    CHECK(number(seen, "/application/status") == what.status);
    CHECK(number(seen, "/application/request_messages") == what.request_messages);
    CHECK(number(seen, "/application/response_messages") == what.response_messages);
    CHECK((body(seen, "/response") == what.response));
  }
}

std::string repeated(const std::string& what, int times) {
  auto all = std::string{};
  for (auto i = 0; i < times; ++i)
    all += what;
  return all;
}

void check_all_calls(program_scene& in) {
  auto word = unique_word();
  auto done = call_grpc(in, word, {"get", "none", "gzip", "list", "add", "chat"});
  INFO(done.complaints);
  REQUIRE(done.output == "get " + word + "\nnone NOT_FOUND\ngzip " + word + "\nlist " + word + "0 " + word + "1 " +
                             word + "2\nadd 5\nchat " + word + " " + word + "\n");
  auto one = framed(word), many = framed(repeated(word, 1000));
  check_call(in, word, {"Get", one, one});
  check_call(in, word, {"Get", framed("none"), "", 5, 1, 0});
  check_call(in, word, {"Get", many, many});
  check_call(in, word, {"List", one, framed(word + "0") + framed(word + "1") + framed(word + "2"), 0, 1, 3});
  check_call(in, word, {"Add", repeated(one, 5), framed("5"), 0, 5, 1});
  check_call(in, word, {"Chat", one + one, one + one, 0, 2, 2});
}

/// curl cannot be understood by a gRPC server, but what both say is seen.
void open_watch(program_scene& in) {
  in.open_watch("/warm-up");
  auto warm = unique_word();
  auto what = expected_call{"Get", framed(warm), {}};
  for (auto role : {"server", "client"})
    in.watch().warm_up(of_call(role, in.authority(), warm, what),
                       [&] { static_cast<void>(call_grpc(in, warm, {"get"})); });
}

} // namespace

TEST_CASE("gRPC by grpcio at both ends: operation, status and messages of every kind of call") {
  skip_without_grpc();
  auto in = program_scene{{interpreter, program_script("grpc_server.py")}};
  open_watch(in);
  check_all_calls(in);
}

TEST_CASE("gRPC through nghttpx, which ends TLS: operation, status and messages of every kind of call") {
  skip_without_grpc();
  if (!installed("nghttpx"))
    SKIP("nghttpx is not installed");
  auto port = std::to_string(free_port());
  auto behind = child{{{interpreter, program_script("grpc_server.py"), port, "", ""}}};
  REQUIRE(wait_until([&] { return listening(static_cast<std::uint16_t>(std::stoi(port))); }));
  auto in = program_scene{{program_script("nghttpx_before.sh"), port}};
  open_watch(in);
  check_all_calls(in);
}
