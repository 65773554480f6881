#include "actors/feed/exchange_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace cleartap;
using namespace std::chrono_literals;
using namespace std::string_literals;
using boost::json::value;

namespace {

constexpr wall_time noon = std::chrono::sys_days{std::chrono::year{2024} / 2 / 29} + 12h + 5min + 4s + 30ms + 999us;

exchange order() {
  auto what = exchange{};
  what.time = noon;
  what.duration = 12'345'678ns;
  what.role = observer_role::server;
  what.sockets = socket_pair{{ip_family::v4, {10, 0, 0, 1}, 443}, {ip_family::v6, {0x20, 1, 0xd, 0xb8}, 50000}};
  what.request = http_request{.method = "POST",
                              .scheme = "https",
                              .host = "shop.example:8443",
                              .path = "/orders",
                              .query = "a=1&b=",
                              .version = "1.1",
                              .headers = {{"Host", "shop.example:8443"}, {"X-Two", "1"}, {"X-Two", "2"}},
                              .body = {.bytes = "{\"n\":1}", .size_carried = 7}};
  what.response = http_response{.status = 201,
                                .headers = {{"content-type", "text/plain"}},
                                .trailers = {{"grpc-status", "5"}},
                                .body = {.bytes = "ok", .size_carried = 1ull << 40, .truncated = true}};
  what.application = application_call{application_protocol::grpc, "shop.Cart/Add", 5, 2, 0};
  what.quality = exchange_quality::truncated_limit;
  what.findings = {
      {"card", "request.body.pan"}, {"session", "response.headers.set-cookie"}, {"email", "request.body.to", true}};
  what.process = {.pid = 42,
                  .comm = "nginx",
                  .exe = "/usr/sbin/nginx",
                  .container_id = std::string(64, 'a'),
                  .ancestors = {{7, "sh"}, {1, "init"}}};
  return what;
}

value parsed(const exchange& what) { return boost::json::parse(exchange_json(what)); }

std::string keys(const value& object) {
  auto names = std::string{};
  for (const auto& [key, ignored] : object.as_object())
    names += std::string{key} + " ";
  return names;
}

value request_with(std::string bytes) {
  auto what = order();
  what.request->body.bytes = std::move(bytes);
  return parsed(what).at("request");
}

} // namespace

TEST_CASE("an exchange is one line with every field in its place") {
  CHECK(exchange_json(order()) ==
        R"({"time":"2024-02-29T12:05:04.030Z",)"
        R"("process":{"pid":42,"comm":"nginx","exe":"/usr/sbin/nginx","container_id":")" +
            std::string(64, 'a') +
            R"(","ancestors":[{"pid":7,"comm":"sh"},{"pid":1,"comm":"init"}]},)"
            R"("tls":"openssl","local":"10.0.0.1:443","remote":"[2001:db8::]:50000","role":"server",)"
            R"("request":{"method":"POST","scheme":"https","host":"shop.example:8443","path":"/orders",)"
            R"("query":"a=1&b=","version":"1.1",)"
            R"("headers":[["Host","shop.example:8443"],["X-Two","1"],["X-Two","2"]],"trailers":[],)"
            R"("body":"{\"n\":1}","bytes":7,"truncated":false},)"
            R"("response":{"status":201,"headers":[["content-type","text/plain"]],"trailers":[["grpc-status","5"]],)"
            R"("body":"ok","bytes":1099511627776,"truncated":true},)"
            R"("application":{"protocol":"grpc","operation":"shop.Cart/Add","status":5,"request_messages":2,)"
            R"("response_messages":0},)"
            R"("redacted":[{"class":"card","place":"request.body.pan"},)"
            R"({"class":"session","place":"response.headers.set-cookie"}],)"
            R"("shown":[{"class":"email","place":"request.body.to"}],)"
            R"("duration_ms":12.346,"quality":"truncated_limit"})");
}

TEST_CASE("a line has no line end in it, whatever was sent") {
  auto what = order();
  what.request->path = "/a\nb\r\n";
  what.request->headers = {{"a\n", "b\r\n"}};
  what.request->body.bytes = "line\nline\r\n\xe2\x80\xa8";
  what.process.comm = "two\nlines";
  CHECK(exchange_json(what).find_first_of("\r\n") == std::string::npos);
  CHECK(parsed(what).at("request").at("body").as_string() == "line\nline\r\n\xe2\x80\xa8");
}

TEST_CASE("what is unknown is null and not left out") {
  auto what = exchange{};
  what.process.pid = 9;
  const auto line = parsed(what);
  CHECK(keys(line) ==
        "time process tls local remote role request response application redacted shown duration_ms quality ");
  for (const auto* key : {"local", "remote", "request", "response"}) {
    INFO(key);
    CHECK(line.at(key).is_null());
  }
  CHECK(keys(line.at("process")) == "pid comm exe container_id ancestors ");
  for (const auto* key : {"comm", "exe", "container_id"}) {
    INFO(key);
    CHECK(line.at("process").at(key).is_null());
  }
  CHECK(line.at("process").at("ancestors").as_array().empty());
}

TEST_CASE("a request without Host and query has nulls, an empty query is not unknown") {
  auto what = order();
  what.request->host.clear();
  what.request->query.reset();
  CHECK(parsed(what).at("request").at("host").is_null());
  CHECK(parsed(what).at("request").at("query").is_null());
  what.request->query = "";
  CHECK(parsed(what).at("request").at("query").as_string() == "");
}

TEST_CASE("requests and responses have exactly their keys") {
  const auto line = parsed(order());
  CHECK(keys(line.at("request")) == "method scheme host path query version headers trailers body bytes truncated ");
  CHECK(keys(line.at("response")) == "status headers trailers body bytes truncated ");
  auto binary = order();
  binary.response->body.bytes = "\xff";
  CHECK(keys(parsed(binary).at("response")) == "status headers trailers body_base64 bytes truncated ");
}

TEST_CASE("a body is text if it is UTF-8, else base64") {
  CHECK(request_with("").at("body").as_string() == "");
  CHECK(request_with("gr\xc3\xbc\xc3\x9f").at("body").as_string() == "gr\xc3\xbc\xc3\x9f");
  CHECK(request_with("a\0b"s).at("body").as_string() == "a\0b"s);
  CHECK(request_with("\x89PNG\r\n").at("body_base64").as_string() == "iVBORw0K");
  CHECK(request_with("cut \xe2\x82").at("body_base64").as_string() == "Y3V0IOKC");
  CHECK_FALSE(request_with("\xff").as_object().contains("body"));
}

TEST_CASE("ill-formed texts outside the body have replacement characters") {
  auto what = order();
  what.request->method = "G\xffT";
  what.request->path = "/\xc0\xaf";
  what.request->query = "\xed\xa0\x80";
  what.request->host = "h\xff";
  what.request->headers = {{"na\xffme", "val\xffue"}};
  what.process.comm = "\xff";
  what.process.ancestors = {{1, "\xfe"}};
  const auto line = parsed(what);
  CHECK(line.at("request").at("method").as_string() == "G\xef\xbf\xbdT");
  CHECK(line.at("request").at("path").as_string() == "/\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(line.at("request").at("host").as_string() == "h\xef\xbf\xbd");
  CHECK(line.at("request").at("headers").at(0).at(0).as_string() == "na\xef\xbf\xbdme");
  CHECK(line.at("request").at("headers").at(0).at(1).as_string() == "val\xef\xbf\xbdue");
  CHECK(line.at("process").at("comm").as_string() == "\xef\xbf\xbd");
  CHECK(line.at("process").at("ancestors").at(0).at("comm").as_string() == "\xef\xbf\xbd");
}

TEST_CASE("durations are plain decimal milliseconds, rounded to microseconds") {
  auto what = order();
  auto written = [&](std::chrono::nanoseconds duration) {
    what.duration = duration;
    const auto line = exchange_json(what);
    const auto begin = line.find(R"("duration_ms":)") + 14;
    return line.substr(begin, line.find(',', begin) - begin);
  };
  CHECK(written(0ns) == "0.000");
  CHECK(written(736us) == "0.736");
  CHECK(written(1499ns) == "0.001");
  CHECK(written(1501ns) == "0.002");
  CHECK(written(1h) == "3600000.000");
  CHECK(written(std::chrono::nanoseconds::max()) == "9223372036854.775");
}

TEST_CASE("the largest numbers survive") {
  auto what = order();
  what.process.pid = std::numeric_limits<std::uint32_t>::max();
  what.request->body.size_carried = std::numeric_limits<std::uint64_t>::max();
  what.response->status = 65535;
  const auto line = parsed(what);
  CHECK(line.at("process").at("pid").to_number<std::uint64_t>() == 4294967295);
  CHECK(line.at("request").at("bytes").to_number<std::uint64_t>() == 18446744073709551615ull);
  CHECK(line.at("response").at("status").to_number<int>() == 65535);
}

TEST_CASE("a body of many megabytes is one line too") {
  const auto large = std::string(8u << 20, 'x');
  CHECK(request_with(large).at("body").as_string() == large);
}

TEST_CASE("the observer's role and the quality have the names that users know") {
  auto what = order();
  what.role = observer_role::client;
  what.quality = exchange_quality::request_only;
  what.response.reset();
  const auto line = parsed(what);
  CHECK(line.at("role").as_string() == "client");
  CHECK(line.at("quality").as_string() == "request_only");
  CHECK(line.at("response").is_null());
}
