// Which connections are HTTP/1.1, and what the limits do.
#include "test/unit/streams/tap.hpp"

using namespace cleartap;
using namespace std::chrono_literals;
using namespace std::string_literals;
using list = std::vector<std::string>;

namespace {

constexpr auto get = "GET / HTTP/1.1\r\n\r\n";
constexpr auto no_content = "HTTP/1.1 204 No Content\r\n\r\n";

} // namespace

TEST_CASE("a connection joined in the middle of a message starts with the next") {
  auto seen = tap{};
  seen.server_sends("of a body\r\nGET / HTTP/1.1\r\n\r\n");
  seen.client_sends(get);
  CHECK(seen.ledger()[stream_drop::resync] == 29);
  seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) == list{"GET / -> 204 complete"});
}

TEST_CASE("garbage that begins like a request delays nothing") {
  auto seen = tap{};
  for (const auto* text : {"G", "GE", "GET key\r\n", "H", "HEAD", "GET a", "PRI", "PRI * HTTP/1.1"})
    seen.client_sends(text);
  CHECK(seen.ledger().queued == 39);
  seen.client_sends(get);
  seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) == list{"GET / -> 204 complete"});
  CHECK(seen.ledger()[stream_drop::resync] == 39);
}

TEST_CASE("a text protocol with the same verbs is not HTTP") {
  auto seen = tap{};
  for (int i = 0; i < 3000; ++i) {
    seen.client_sends("GET key\r\n");
    seen.server_sends("VALUE\r\n");
  }
  CHECK(seen.exchanges.empty());
  CHECK(seen.ledger().not_http == seen.ledger().in);
}

TEST_CASE("a request line without a version is not HTTP/1.1") {
  auto seen = tap{};
  seen.client_sends("GET /\r\nHost: a\r\n\r\n");
  seen.client_sends("GET /\r\n\r\n");
  seen.client_sends(get);
  seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) == list{"GET / -> 204 complete"});
  CHECK(seen.ledger()[stream_drop::resync] == 27);
}

TEST_CASE("two sides that never speak HTTP are given up soon") {
  auto seen = tap{};
  for (int i = 0; i < 5; ++i) {
    seen.client_sends("ask\n");
    seen.server_sends("answer\n");
  }
  CHECK(seen.ledger().not_http == seen.ledger().in);
  seen.client_sends(get);
  CHECK(seen.ledger().not_http == seen.ledger().in);
  CHECK(seen.exchanges.empty());
}

TEST_CASE("the rest of a long body is not given up so soon") {
  auto limits = limits_of(settings{});
  limits.search_max = 100'000;
  auto seen = tap{limits};
  for (int i = 0; i < 10; ++i)
    seen.server_sends(std::string(10'000, '\xFF'));
  seen.client_sends(get);
  seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) == list{"GET / -> 204 complete"});
  auto other = tap{limits};
  other.server_sends(std::string(100'001, '\xFF'));
  other.client_sends(get);
  CHECK(other.ledger().not_http == other.ledger().in);
}

TEST_CASE("other protocols are recognised by their first bytes") {
  auto [bytes, which] = GENERATE(table<std::string, other_protocol>({
      {"AMQP\0\0\x09\1"s, other_protocol::amqp},
      {"\x04\0\0\0\5\0\0\0\0"s, other_protocol::cassandra},
      {"220 files.test FTP server ready\r\n", other_protocol::ftp},
      {"* OK [CAPABILITY IMAP4rev1] ready\r\n", other_protocol::imap},
      {"a1 CAPABILITY\r\n", other_protocol::imap},
      {"\0\0\0\x0C\0\x12\0\3\0\0\0\1\0\2ab"s, other_protocol::kafka},
      {"\x30\x0C\2\1\1\x60\7\2\1\3\4\0\x80\0"s, other_protocol::ldap},
      {"\x15\0\0\0\1\0\0\0\0\0\0\0\xDD\7\0\0\0\0\0\0\0"s, other_protocol::mongodb},
      {"\x10\x0F\0\4MQTT\4\2\0\x3C\0\3abc"s, other_protocol::mqtt},
      {"\x09\0\0\0\3select 1"s, other_protocol::mysql},
      {"INFO {\"server_id\":\"N\"}\r\n", other_protocol::nats},
      {"+OK POP3 ready\r\n", other_protocol::pop3},
      {"\0\0\0\x0F\0\3\0\0user\0a\0"s, other_protocol::postgresql},
      {"*1\r\n$4\r\nPING\r\n", other_protocol::redis},
      {"220 mail.test ESMTP ready\r\n", other_protocol::smtp},
      {"EHLO a.test\r\n", other_protocol::smtp},
      {"SSH-2.0-OpenSSH_9.2\r\n", other_protocol::ssh},
      {"\x16\3\1\2\0\1\0\1\xFC\3\3"s, other_protocol::tls},
      {"<?xml version='1.0'?><stream:stream to='a.test'>", other_protocol::xmpp},
      {"\0\0\0\x2C\0\0\0\0"s + std::string(40, '\0'), other_protocol::zookeeper},
  }));
  INFO(other_protocol_names()[static_cast<std::size_t>(which)]);
  auto seen = tap{};
  seen.client_sends(bytes);
  CHECK(seen.ledger().not_http == bytes.size());
  CHECK(seen.ledger().others[static_cast<std::size_t>(which)] == bytes.size());
  CHECK(seen.ledger().connections_of[static_cast<std::size_t>(which)] == 1);
  CHECK(seen.stage.take_others() == std::vector{seen.current.connection});
  CHECK(seen.stage.take_others().empty());
  seen.server_sends("whatever");
  CHECK(seen.ledger().others[static_cast<std::size_t>(which)] == bytes.size() + 8);
}

TEST_CASE("a connection that closes undecided was not HTTP") {
  auto seen = tap{};
  seen.client_sends("\x16\x03\x01 something else");
  seen.client_sends("HTTP/1.1 20");
  seen.close();
  CHECK(seen.ledger().not_http == 29);
  CHECK(seen.ledger().queued == 0);
}

TEST_CASE("a head over its limit is dropped with its message, and counted") {
  auto limits = limits_of(settings{});
  limits.head_max = 100;
  auto seen = tap{limits};
  seen.client_sends("GET / HTTP/1.1\r\nA: " + std::string(99, 'a') + "\r\n\r\n"); // 1 + 1 + 99 are kept: too many
  CHECK(seen.ledger()[stream_limit::head] == 1);
  CHECK(seen.ledger()[stream_drop::limit] == 122);
  seen.server_sends("HTTP/1.1 431 Too Large\r\n\r\n");
  seen.client_sends("GET / HTTP/1.1\r\nA: " + std::string(98, 'a') + "\r\n\r\n");
  seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) == list{"? -> 431 response_only", "GET / -> 204 complete"});
}

TEST_CASE("a head over its limit does not depend on where it is cut") {
  auto limits = limits_of(settings{});
  limits.head_max = 100;
  auto seen = tap{limits};
  seen.client_sends("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 99; ++i)
    seen.client_sends("A");
  CHECK(seen.ledger()[stream_limit::head] == 0);
  seen.client_sends("A");
  CHECK(seen.ledger()[stream_limit::head] == 1);
  CHECK(seen.ledger().queued == 0);
}

TEST_CASE("more headers than the limit drop the message, and are counted") {
  auto limits = limits_of(settings{});
  limits.headers_max = 2;
  auto seen = tap{limits};
  seen.client_sends(get);
  seen.server_sends("HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n");
  CHECK(summaries(seen.exchanges) == list{"GET / -> ? request_only"});
  CHECK(seen.ledger()[stream_limit::headers] == 1);
  CHECK(seen.ledger()[stream_drop::limit] == 37);
}

TEST_CASE("bodies are kept up to their limits and carried whole") {
  auto limits = limits_of(settings{});
  limits.request_body_max = 4;
  limits.response_body_max = 6;
  auto seen = tap{limits};
  seen.client_sends("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n1234");
  seen.server_sends("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n123");
  seen.server_sends("45678");
  CHECK(seen.only().quality == exchange_quality::truncated_limit);
  CHECK(seen.only().request->body.bytes == "1234");
  CHECK_FALSE(seen.only().request->body.truncated);
  CHECK(seen.only().response->body.bytes == "123456");
  CHECK(seen.only().response->body.truncated);
  CHECK(seen.only().response->body.size_carried == 8);
  CHECK(seen.ledger()[stream_limit::body] == 1);
  CHECK(seen.ledger().in_exchanges == seen.ledger().in);
}

TEST_CASE("requests beyond the pipeline's limit are not paired until all of them are answered") {
  auto limits = limits_of(settings{});
  limits.pipeline_max = 2;
  auto seen = tap{limits};
  for (int i = 0; i < 4; ++i)
    seen.client_sends(get);
  for (int i = 0; i < 4; ++i)
    seen.server_sends(no_content);
  CHECK(summaries(seen.exchanges) ==
        list{"GET / -> ? request_only", "GET / -> ? request_only", "GET / -> ? request_only", "GET / -> ? request_only",
             "? -> 204 response_only", "? -> 204 response_only", "? -> 204 response_only", "? -> 204 response_only"});
  CHECK(seen.ledger()[stream_limit::pipeline] == 1);
  seen.client_sends(get);
  seen.server_sends(no_content);
  CHECK(summary(seen.exchanges.back()) == "GET / -> 204 complete");
}

TEST_CASE("connections beyond the limit are dropped and counted, until another ends") {
  auto limits = limits_of(settings{});
  limits.connections_max = 1;
  auto seen = tap{limits};
  seen.client_sends(get);
  seen.current.connection.object = 2;
  seen.client_sends(get);
  CHECK(seen.ledger()[stream_drop::connections_full] == 18);
  CHECK(seen.ledger()[stream_limit::connections] == 1);
  CHECK(seen.stage.size() == 1);
  seen.current.connection.object = 1;
  seen.close();
  seen.current.connection.object = 2;
  seen.client_sends(get);
  CHECK(seen.stage.size() == 1);
  seen.drain();
  CHECK(summaries(seen.exchanges) == list{"GET / -> ? request_only", "GET / -> ? request_only"});
}

TEST_CASE("idle connections are closed") {
  auto limits = limits_of(settings{});
  limits.idle_max = 10s;
  auto seen = tap{limits};
  seen.client_sends(get);
  auto last = seen.current.at;
  seen.stage.expire(last + 10s - 1ns, seen.exchanges);
  CHECK(seen.exchanges.empty());
  seen.stage.expire(last + 10s, seen.exchanges);
  seen.check();
  CHECK(summaries(seen.exchanges) == list{"GET / -> ? request_only"});
  CHECK(seen.stage.size() == 0);
  CHECK(seen.ledger()[stream_limit::idle] == 1);
}

TEST_CASE("a process that ends takes its connections with it, and no others") {
  auto seen = tap{};
  for (auto tgid : {6u, 7u, 8u}) {
    seen.current.connection = {.tgid = tgid, .object = ~0ull, .generation = 1ns};
    seen.next(tap::out) = 0;
    seen.client_sends(get);
  }
  seen.stage.process_exited(7, seen.exchanges);
  seen.check();
  CHECK(seen.only().connection.tgid == 7);
  CHECK(seen.stage.size() == 2);
}

TEST_CASE("connections do not disturb each other") {
  auto seen = tap{};
  seen.client_sends("GET /1 HT");
  seen.current.connection.generation = 1ns;
  seen.next(tap::out) = 0;
  seen.client_sends("GET /2 HTTP/1.1\r\n\r\n");
  seen.current.connection.generation = 0ns;
  seen.next(tap::out) = 9;
  seen.client_sends("TP/1.1\r\n\r\n");
  seen.server_sends("HTTP/1.1 201 A\r\nContent-Length: 0\r\n\r\n");
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 201 complete"});
}

TEST_CASE("bodies keep NUL and bytes that are not UTF-8") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\0\xFF\r\n"s);
  seen.server_sends(no_content);
  CHECK(seen.only().request->body.bytes == "\0\xFF\r\n"s);
}

TEST_CASE("a head with a NUL is not HTTP/1.1") {
  auto seen = tap{};
  seen.client_sends("GET / HTTP/1.1\r\nA: \0\r\n\r\n"s);
  CHECK(seen.ledger()[stream_drop::parse_error] == 24);
}

TEST_CASE("positions at the end of the number range are not special") {
  auto seen = tap{};
  seen.next(tap::out) = ~0ull - 10;
  seen.client_sends(get);
  seen.client_sends(get);
  seen.server_sends(no_content);
  seen.drain();
}

TEST_CASE("an announced length of any size costs nothing before it comes") {
  auto seen = tap{};
  seen.client_sends("POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\nx");
  seen.lose(tap::out, 1ull << 62);
  seen.client_sends("y");
  seen.drain();
  CHECK(summaries(seen.exchanges) == list{"POST / -> ? request_only"});
  CHECK(seen.only().request->body.size_carried == (1ull << 62) + 2);
}

TEST_CASE("the limits come from the settings") {
  auto from = settings{};
  from.streams.pipeline_max = 3;
  from.bodies.request_max = 5;
  from.streams.idle_max = 7s;
  auto limits = limits_of(from);
  CHECK(limits.pipeline_max == 3);
  CHECK(limits.request_body_max == 5);
  CHECK(limits.idle_max == 7s);
  CHECK(limits.response_body_max == 1024 * 1024);
  CHECK(limits.head_max == 64 * 1024);
}
