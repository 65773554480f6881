// Policies of redaction at work: values dropped, own patterns, rules by host and by executable, and their change.
#include "test/support/scene.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

/// A cleartap with a file of settings, nginx and a watcher, all at work.
struct configured {
  explicit configured(std::string_view redaction) : file{write(redaction)} {
    watch.warm_up(web.authority(), "/echo/warm-up", [this] { static_cast<void>(fetch(web.url("/echo/warm-up"))); });
  }

  std::filesystem::path write(std::string_view redaction) const {
    return home.write("cleartap.yaml", "redaction:\n" + std::string{redaction});
  }

  finished reload() const { return run(tap.settings().with({"ctl", "reload"})); }

  /// What both ends of a post of `content` are shown to be, the server's first; by `host`, if it is given.
  std::vector<value> post(const std::string& path, const std::string& content, const std::string& host = "") {
    auto words = std::vector<std::string>{"-H", "Content-Type: application/json", "--data-binary", "@-"};
    if (!host.empty())
      words.insert(words.end(), {"-H", "Host: " + host});
    REQUIRE(fetch(web.url(path), std::move(words), content).status == 201);
    const auto authority = host.empty() ? web.authority() : host;
    return {watch.expect_one(called("server", authority, path)), watch.expect_one(called("client", authority, path))};
  }

  /// What the inventory says of the sensitive data of `path`, once it knows `exchanges` of them.
  boost::json::array sensitive(const std::string& path, std::int64_t exchanges) const {
    auto found = boost::json::array{};
    CHECK(wait_until([&] {
      const auto list = tap.rest("/api/v1/apis");
      for (const auto& api : list.at("apis").as_array()) {
        if (text(api, "/authority") != web.authority())
          continue;
        const auto detail = tap.rest("/api/v1/apis/" + text(api, "/id"));
        for (const auto& endpoint : detail.at("endpoints").as_array())
          if (text(endpoint, "/path") == path)
            found = endpoint.at("sensitive").as_array();
      }
      return !found.empty() && number(found[0], "/exchanges") == exchanges;
    }));
    return found;
  }

  temporary_directory home;
  std::filesystem::path file;
  web_server web;
  sniffer tap{instance_settings{home.path()}, {"--config", file}};
  watcher watch{tap.settings()};
};

std::string request_body(const value& shown) { return body(shown, "/request"); }

constexpr auto order = R"({"id":7,"to":"ann@a.example","lines":[{"sku":"needle-1","price":1.5}],"paid":true})";

} // namespace

TEST_CASE("metadata-only shows names and types of all traffic and no value, and the inventory learns from it") {
  auto test = configured{"  mode: metadata-only\n"};
  const auto path = "/created/" + unique_word();
  const auto query = "?page=2&name=needle-2";
  auto words =
      std::vector<std::string>{"-H", "Content-Type: application/json", "-H", "X-Note: needle-3", "--data-binary", "@-"};
  REQUIRE(fetch(test.web.url("/created/metadata" + std::string{query}), std::move(words), order).status == 201);
  for (const auto* role : {"server", "client"}) {
    const auto shown = test.watch.expect_one(called(role, test.web.authority(), "/created/metadata"));
    CHECK(request_body(shown) ==
          R"({"id":"[DROPPED:integer]","to":"[DROPPED:email]","lines":[{"sku":"[DROPPED:string]",)"
          R"("price":"[DROPPED:number]"}],"paid":"[DROPPED:boolean]"})");
    CHECK(text(shown, "/request/query") == "page=[DROPPED:integer]&name=[DROPPED:string]");
    CHECK(header(shown, "/request", "X-Note") == "[DROPPED:string]");
    CHECK(header(shown, "/request", "Content-Type") == "application/json");
    CHECK(number(shown, "/response/status") == 201);
    CHECK(number(shown, "/request/bytes") == static_cast<std::int64_t>(std::string_view{order}.size()));
  }
  CHECK(test.watch.program().output().find("needle") == std::string::npos);
  auto document = std::string{};
  CHECK(wait_until([&] {
    const auto list = test.tap.rest("/api/v1/apis");
    for (const auto& api : list.at("apis").as_array())
      if (text(api, "/authority") == test.web.authority())
        document = serialize(test.tap.rest("/api/v1/apis/" + text(api, "/id") + "/openapi.json"));
    return document.find(R"("sku":{"type":"string"})") != std::string::npos;
  }));
  CHECK(document.find(R"("id":{"type":"integer"})") != std::string::npos);
  CHECK(document.find(R"("to":{"type":"string","format":"email"})") != std::string::npos);
  CHECK(document.find(R"("price":{"type":"number"})") != std::string::npos);
  CHECK(document.find(R"("paid":{"type":"boolean"})") != std::string::npos);
  CHECK(document.find("needle") == std::string::npos);
}

TEST_CASE("patterns, rules by host and rules by executable hold, and change while cleartap runs") {
  auto test = configured{"  patterns: [{class: badge, pattern: 'B-[0-9]{6}'}]\n"
                         "  rules:\n"
                         "    - {host: '*.pay.example', keys: [account]}\n"
                         "    - {executable: '*/curl', keep_keys: [session_id]}\n"};
  constexpr auto sent = R"({"note":"of B-123456","account":"4711","session_id":"abc"})";
  auto shown = test.post("/created/" + unique_word(), sent);
  CHECK(request_body(shown[0]) ==
        R"({"note":"of [REDACTED:badge]","account":"4711","session_id":"[REDACTED:session]"})");
  CHECK(request_body(shown[1]) == R"({"note":"of [REDACTED:badge]","account":"4711","session_id":"abc"})"); // by curl
  shown = test.post("/created/" + unique_word(), sent, "a.pay.example");
  CHECK(request_body(shown[0]).find(R"("account":"[REDACTED:custom]")") != std::string::npos);

  test.write("  rules: [{host: a.example, keep_keys: [session_id]}]\n");
  auto refused = test.reload();
  CHECK(refused.status == 1);
  CHECK(refused.complaints.find("cleartap.yaml:2: redaction.rules[0].keep_keys: shows more") != std::string::npos);
  test.write("  patterns: [{class: badge, pattern: 'B-([0-9]'}]\n");
  refused = test.reload();
  CHECK(refused.status == 1);
  CHECK(refused.complaints.find("cleartap.yaml:2: redaction.patterns[0].pattern: Missing close parenthesis") !=
        std::string::npos);
  shown = test.post("/created/" + unique_word(), sent); // as before
  CHECK(request_body(shown[0]).find("[REDACTED:badge]") != std::string::npos);

  test.write("  mode: metadata-only\n");
  CHECK(test.reload().status == 0);
  CHECK(wait_until([&] {
    return request_body(test.post("/created/" + unique_word(), sent)[0]).find("\"[DROPPED:string]\"") !=
           std::string::npos;
  }));
}

TEST_CASE("the inventory lists sensitive data by endpoint, class and place") {
  auto test = configured{"  patterns: [{class: badge, pattern: 'B-[0-9]{6}'}]\n"};
  const auto path = std::string{"/created/sensitive"};
  for (auto i = 0; i < 2; ++i)
    test.post(path, R"({"card":{"number":"4111111111111111"},"badge":"B-123456"})");
  const auto found = test.sensitive(path, 4);
  REQUIRE(found.size() == 2);
  CHECK(text(found[0], "/class") == "badge");
  CHECK(text(found[0], "/place") == "request.body.badge");
  CHECK(text(found[1], "/class") == "card");
  CHECK(text(found[1], "/place") == "request.body.card.number");
}

TEST_CASE("an e-mail address is shown, told as sensitive by both ends, and listed by endpoint") {
  auto test = configured{"  emails: false\n"};
  const auto path = std::string{"/created/contacts"};
  constexpr auto sent = R"({"to":"ann@a.example","pin":"4711"})";
  for (const auto& shown : test.post(path, sent)) {
    CHECK(request_body(shown) == R"({"to":"ann@a.example","pin":"[REDACTED:password]"})");
    CHECK(shown.at("redacted") == value{{{"class", "password"}, {"place", "request.body.pin"}}});
    CHECK(shown.at("shown") == value{{{"class", "email"}, {"place", "request.body.to"}}});
  }
  const auto found = test.sensitive(path, 2);
  REQUIRE(found.size() == 2);
  CHECK(text(found[0], "/class") == "password");
  CHECK(number(found[0], "/shown") == 0);
  CHECK(text(found[1], "/class") == "email");
  CHECK(text(found[1], "/place") == "request.body.to");
  CHECK(number(found[1], "/shown") == 2);

  test.write("  emails: true\n");
  REQUIRE(test.reload().status == 0);
  CHECK(wait_until([&] {
    return request_body(test.post("/created/" + unique_word(), sent)[0]).find("[REDACTED:email]") != std::string::npos;
  }));
}

TEST_CASE("check says whether a file is right, and what it removes") {
  auto home = temporary_directory{};
  const auto check = [&](std::string_view redaction) {
    const auto file = home.write("cleartap.yaml", "redaction:\n" + std::string{redaction});
    return run({.words = {cleartap_executable(), "check", "--json", "--config", file.string()}});
  };
  const auto right = check("  keys: [iban]\n  rules: [{executable: /a, keep_keys: [pin]}]\n");
  const auto told = boost::json::parse(right.output);
  const auto& trials = told.at("trials").as_array();
  CHECK(text(trials.back(), "/what") == "redaction");
  CHECK(text(trials.back(), "/detail") ==
        "mode full; 0 headers, 1 key and 0 patterns of its own; 1 rule, 1 by executable");
  const auto wrong = check("  patterns: [{class: a, pattern: '*'}]\n");
  CHECK(wrong.status == 1);
  CHECK(wrong.output == "");
  CHECK(wrong.complaints.find("cleartap.yaml:2: redaction.patterns[0].pattern: ") != std::string::npos);
}
