#include "config/settings.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

settings parsed(std::string_view yaml) {
  auto out = parse_settings(yaml, "cleartap.yaml");
  INFO((out ? "" : out.error().text));
  REQUIRE(out);
  return *std::move(out);
}

std::string error_of(std::string_view yaml) {
  const auto out = parse_settings(yaml, "cleartap.yaml");
  return out ? "no error" : out.error().text;
}

} // namespace

TEST_CASE("an empty file gives the defaults") {
  for (const auto* text : {"", "\n", "# nothing yet\n", "---\n", "{}", "capture:\npipeline:\n  streams:\n"}) {
    CAPTURE(text);
    CHECK(parsed(text).capture.maxBufferSize == 8192);
  }
}

TEST_CASE("what is in the file is set and the rest keeps its default") {
  const auto out = parsed("logLevel: debug\ncapture:\n  maxBufferSize: 1024\n");
  CHECK(out.logLevel == "debug");
  CHECK(out.capture.maxBufferSize == 1024);
  CHECK(out.capture.perfBufferPages == 64);
}

TEST_CASE("every kind of setting is read") {
  const auto out = parsed("discovery: {rescanInterval: 60}\n"
                          "process: {enabled: false}\n"
                          "bodies: {request_max: 0, response_max: 16777216}\n"
                          "redaction: {headers: [X-Pin, \"x_pin\"], keys: [pin, \"n\u00fa mero\", '7', 8, true]}\n"
                          "inventory: {commit_interval_ms: 10}\n"
                          "store: {path: /tmp/a b}\n"
                          "pipeline: {redaction: {workers: 7, queue_max: 1}, feed: {credit_max: 1024}}\n");
  CHECK(out.discovery.rescanInterval == 60s);
  CHECK(!out.process.enabled);
  CHECK(out.bodies.request_max == 0);
  CHECK(out.bodies.response_max == 16'777'216);
  CHECK(out.redaction.headers == std::vector<std::string>{"X-Pin", "x_pin"});
  CHECK(out.redaction.keys == std::vector<std::string>{"pin", "n\u00fa mero", "7", "8", "true"});
  CHECK(out.inventory.commit_interval == 10ms);
  CHECK(out.store.path == "/tmp/a b");
  CHECK(out.pipeline.redaction.actors == 7);
  CHECK(out.pipeline.redaction.queue_max == 1);
  CHECK(out.pipeline.feed.credit_max == 1024);
}

TEST_CASE("an address is a literal IP address or localhost, with a port") {
  const auto listen = [](const std::string& text) { return parsed("page: {listen: " + text + "}").page.listen; };
  CHECK(listen("0.0.0.0:80") == listen_address{"0.0.0.0", 80});
  CHECK(listen("localhost:0") == listen_address{"localhost", 0});
  CHECK(listen("\"[::1]:65535\"") == listen_address{"::1", 65535});
  CHECK(listen("'[2001:db8::7]:9090'") == listen_address{"2001:db8::7", 9090});
}

TEST_CASE("an address of another form fails") {
  for (const auto* text : {"127.0.0.1",        "8080",         ":8080",
                           "example.org:80",   "1.2.3:80",     "1.2.3.4:65536",
                           "1.2.3.4:-1",       "'1.2.3.4:'",   "1.2.3.4:08",
                           "\"::1:80\"",       "\"[::1]\"",    "\"[::1]:\"",
                           "\"[1.2.3.4]:80\"", "\"[]:80\"",    "\"[fe80::1%eth0]:80\"",
                           "'*:80'",           "[]",           "{}",
                           "LOCALHOST:80",     "' 1.2.3.4:80'"}) {
    CAPTURE(text);
    const auto text_of_error = error_of("page:\n  listen: " + std::string{text});
    CHECK(text_of_error.starts_with("cleartap.yaml:2: page.listen: is "));
    CHECK(text_of_error.ends_with(
        "; accepted: IP:PORT, \"[IPv6]:PORT\" or localhost:PORT, port 0..65535 (0 = any free one)"));
  }
}

TEST_CASE("a value out of range fails with line, key and range") {
  CHECK(error_of("\n\ncapture:\n  maxBufferSize: 100000000\n") ==
        "cleartap.yaml:4: capture.maxBufferSize: 100000000 is out of range; accepted: 1024..65536 bytes");
  CHECK(error_of("capture: {maxBufferSize: 1023}") ==
        "cleartap.yaml:1: capture.maxBufferSize: 1023 is out of range; accepted: 1024..65536 bytes");
  CHECK(error_of("discovery: {rescanInterval: -1}") ==
        "cleartap.yaml:1: discovery.rescanInterval: -1 is out of range; accepted: 0..86400 seconds");
  CHECK(error_of("bodies: {request_max: 99999999999999999999999999}") ==
        "cleartap.yaml:1: bodies.request_max: 99999999999999999999999999 is out of range; accepted: 0..16777216 bytes");
}

TEST_CASE("the pages of the ring buffer are a power of two") {
  CHECK(parsed("capture: {perfBufferPages: 1}").capture.perfBufferPages == 1);
  CHECK(parsed("capture: {perfBufferPages: 65536}").capture.perfBufferPages == 65536);
  CHECK(error_of("capture: {perfBufferPages: 96}") ==
        "cleartap.yaml:1: capture.perfBufferPages: 96 is not a power of two; accepted: 1..65536 pages, a power of two");
}

TEST_CASE("a number is decimal digits without quotes, sign, point or leading zero") {
  for (const auto* text : {"1e3", "0x400", "2048.0", "+2048", "02048", "2_048", "2,048", "8k", ".inf", "\u0663"}) {
    CAPTURE(text);
    CHECK(error_of("capture:\n  maxBufferSize: " + std::string{text})
              .ends_with("is not a whole decimal number; accepted: 1024..65536 bytes"));
  }
  CHECK(error_of("capture: {maxBufferSize: '2048'}") ==
        "cleartap.yaml:1: capture.maxBufferSize: is \"2048\" in quotes, not a number; accepted: 1024..65536 bytes");
}

TEST_CASE("a value of the wrong type fails") {
  CHECK(error_of("capture: {maxBufferSize: }") ==
        "cleartap.yaml:1: capture.maxBufferSize: has no value; accepted: 1024..65536 bytes");
  CHECK(error_of("capture: {maxBufferSize: [2048]}") ==
        "cleartap.yaml:1: capture.maxBufferSize: is a list, not a number; accepted: 1024..65536 bytes");
  CHECK(error_of("capture: {maxBufferSize: {bytes: 2048}}") ==
        "cleartap.yaml:1: capture.maxBufferSize: is a map, not a number; accepted: 1024..65536 bytes");
  CHECK(error_of("process: {enabled: yes}") ==
        "cleartap.yaml:1: process.enabled: is \"yes\", not a truth value; accepted: true, false");
  CHECK(error_of("logLevel: verbose") ==
        "cleartap.yaml:1: logLevel: \"verbose\" is not known; accepted: debug, info, warning, error");
  CHECK(error_of("logLevel: [debug]") ==
        "cleartap.yaml:1: logLevel: is a list, not a word; accepted: debug, info, warning, error");
  CHECK(error_of("store: {path: data}") ==
        "cleartap.yaml:1: store.path: is \"data\", not an absolute path; accepted: an absolute path");
  CHECK(error_of("capture: 5") == "cleartap.yaml:1: capture: is not a map; accepted: below it, indented, the keys "
                                  "maxBufferSize, perfBufferPages, connections_max, threads_max, rate_max, transport, "
                                  "programs, sockets, returns, btf_path");
}

TEST_CASE("a quote that is not closed does not swallow the rest of the file") {
  CHECK(error_of("store:\n  path: \"/data\npage:\n  listen: 0.0.0.0:80\n") ==
        "cleartap.yaml:2: store.path: ends with a space or has no closing quote; accepted: an absolute path");
}

TEST_CASE("a path has a limit") {
  const auto path = [](std::size_t size) { return "store: {path: /" + std::string(size - 1, 'a') + "}"; };
  CHECK(parsed(path(4095)).store.path.native().size() == 4095);
  CHECK(error_of(path(4096)).ends_with("a...\" is too long; accepted: an absolute path"));
}

TEST_CASE("names have limits") {
  const auto list = [](std::size_t names, std::size_t size) {
    auto out = std::string{"redaction: {keys: ["};
    for (auto i = std::size_t{0}; i < names; ++i)
      out += std::string(size, 'k') + ", ";
    return out + "]}";
  };
  CHECK(parsed(list(0, 0)).redaction.keys.empty());
  CHECK(parsed(list(256, 128)).redaction.keys.size() == 256);
  CHECK(error_of(list(257, 3)) ==
        "cleartap.yaml:1: redaction.keys: has 257 names; accepted: a list of at most 256 names "
        "of 1..128 bytes");
  CHECK(error_of(list(1, 129)).find("k...\" is empty or too long; accepted: ") != std::string::npos);
  CHECK(error_of("redaction: {keys: ['']}").find("\"\" is empty or too long") != std::string::npos);
  CHECK(error_of("redaction: {keys: pin}").find("is \"pin\", not a list") != std::string::npos);
  CHECK(error_of("redaction: {keys: [~]}").find("an item has no value") != std::string::npos);
  CHECK(error_of("redaction: {keys: [{a: b}]}").find("an item is a map, not a name") != std::string::npos);
  CHECK(error_of("redaction: {keys: [&a pin]}").find("an item has an anchor") != std::string::npos);
}

TEST_CASE("a header that no message can have fails") {
  CHECK(
      error_of("redaction: {headers: ['X-Pin:']}") ==
      "cleartap.yaml:1: redaction.headers: \"X-Pin:\" cannot be the name of a header; accepted: a list of at most 256 "
      "header names of 1..128 bytes");
  CHECK(error_of("redaction: {headers: [\"n\u00fa\"]}").find("cannot be the name of a header") != std::string::npos);
}

TEST_CASE("an unknown key fails with the keys of its section and the one that was meant") {
  CHECK(
      error_of("\ncapture:\n  maxBufSize: 1") ==
      "cleartap.yaml:3: capture.maxBufSize: unknown key; did you mean capture.maxBufferSize? keys here: maxBufferSize, "
      "perfBufferPages, connections_max, threads_max, rate_max, transport, programs, sockets, returns, btf_path");
  CHECK(error_of("store: {size: 1}") == "cleartap.yaml:1: store.size: unknown key; keys here: path");
  CHECK(error_of("maxBufferSize: 1").find("did you mean capture.maxBufferSize?") != std::string::npos);
  CHECK(error_of("captures: {}").find("did you mean capture?") != std::string::npos);
  CHECK(error_of("batch_max: 1").find("did you mean") == std::string::npos); // several sections have it
  CHECK(error_of("pipeline: {enrichment: {actors: 2}}") ==
        "cleartap.yaml:1: pipeline.enrichment.actors: unknown key; keys here: batch_max, credit_max, queue_max");
  CHECK(error_of("x" + std::string(10'000, 'y') + ": 1").size() < 300);
}

TEST_CASE("a key with dots fails, as the file nests its keys") {
  CHECK(error_of("capture.maxBufferSize: 2048") == "cleartap.yaml:1: capture.maxBufferSize: is a key with dots; "
                                                   "accepted: a line and a level of indentation for each "
                                                   "name");
}

TEST_CASE("a repeated key fails with the line of the first") {
  CHECK(error_of("logLevel: info\ncapture: {maxBufferSize: 2048}\nlogLevel: info\ncapture: {}\n") ==
        "cleartap.yaml:3: logLevel: is there already, in line 1; accepted: once\n"
        "cleartap.yaml:4: capture: is there already, in line 2; accepted: once");
}

TEST_CASE("aliases, anchors and tags fail at their key") {
  CHECK(error_of("bodies:\n  request_max: &x 4096\n  response_max: *x\nprocess: !!map {}\n") ==
        "cleartap.yaml:2: bodies.request_max: has an anchor; accepted: 0..16777216 bytes\n"
        "cleartap.yaml:3: bodies.response_max: is an alias; accepted: 0..16777216 bytes\n"
        "cleartap.yaml:4: process: has a tag; accepted: below it, indented, the keys enabled, tree_max, ancestors_max");
  CHECK(error_of("logLevels: *x").starts_with("cleartap.yaml:1: is not valid YAML"));
  CHECK(error_of("? [a]\n: 1\n").starts_with("cleartap.yaml:1: ?: unknown key; keys here: logLevel, "));
  CHECK(error_of("<<: {logLevel: debug}").starts_with("cleartap.yaml:1: <<: unknown key"));
}

TEST_CASE("a text that is not one map fails as a whole") {
  constexpr auto accepted = "; accepted: one YAML map in UTF-8 with the keys of the shipped cleartap.yaml";
  CHECK(error_of("- logLevel\n") == std::string{"cleartap.yaml:1: is not a map"} + accepted);
  CHECK(error_of("info") == std::string{"cleartap.yaml:1: is not a map"} + accepted);
  CHECK(error_of("logLevel: info\n---\nlogLevel: debug\n") ==
        std::string{"cleartap.yaml:2: starts a second document"} + accepted);
  CHECK(error_of(std::string(300'000, '#')) == std::string{"cleartap.yaml: is longer than 262144 bytes"} + accepted);
}

TEST_CASE("every problem is named, in the order of the file, one a line") {
  CHECK(error_of("logLevel: loud\ncapture:\n  maxBufferSize: 1\nstore:\n  path: x\n") ==
        "cleartap.yaml:1: logLevel: \"loud\" is not known; accepted: debug, info, warning, error\n"
        "cleartap.yaml:3: capture.maxBufferSize: 1 is out of range; accepted: 1024..65536 bytes\n"
        "cleartap.yaml:5: store.path: is \"x\", not an absolute path; accepted: an absolute path");
}

TEST_CASE("past twenty problems only their existence is told") {
  auto yaml = std::string{};
  for (auto i = 0; i < 20'000; ++i)
    yaml += "k" + std::to_string(i) + ": 1\n";
  const auto text = error_of(yaml);
  CHECK(std::count(text.begin(), text.end(), '\n') == 20);
  CHECK(text.ends_with("\ncleartap.yaml:21: there are more problems, from here on; mend those above first"));
}

TEST_CASE("what a user wrote cannot break the line or reach the terminal") {
  CHECK(error_of("logLevel: \"a\\nb\"") ==
        "cleartap.yaml:1: logLevel: holds a line break or a control character; accepted: debug, info, warning, error");
  const auto text = error_of("\"a\\nb\\e[31m\": 1");
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("an excluded executable is an absolute path or a pattern that can match one") {
  CHECK(parsed("discovery: {exclude: [/usr/bin/curl, \"*/java\", '/opt/a b/?']}\n").discovery.exclude ==
        std::vector<std::string>{"/usr/bin/curl", "*/java", "/opt/a b/?"});
  CHECK(parsed("discovery: {exclude: [/" + std::string(4094, 'a') + "]}\n").discovery.exclude.size() == 1);
  CHECK(error_of("discovery: {exclude: [curl]}")
            .find("\"curl\" matches no absolute path; accepted: a list of at most 256 "
                  "patterns of 1..4095 bytes") != std::string::npos);
  CHECK_FALSE(error_of("discovery: {exclude: [\"\"]}").empty());
  CHECK_FALSE(error_of("discovery: {exclude: [/" + std::string(4095, 'a') + "]}").empty());
}
