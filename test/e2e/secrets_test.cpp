// What is secret on the wire appears nowhere behind it.
#include "test/support/scene.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

namespace fs = std::filesystem;

/// Secrets that were sent, each with where.
class sent_secrets {
public:
  std::string make(const std::string& place) { return add(place, unique_word()); }
  std::string add(const std::string& place, const std::string& secret) {
    all_.emplace_back(place, secret);
    return secret;
  }

  /// The places whose secret is in `text`.
  std::string found_in(const std::string& text) const {
    auto places = std::string{};
    for (const auto& [place, secret] : all_)
      if (text.find(secret) != std::string::npos)
        places += place + "; ";
    return places;
  }

private:
  std::vector<std::pair<std::string, std::string>> all_;
};

void post(const scene& in, const std::string& path, const std::string& type, const std::string& content,
          std::vector<std::string> more = {}) {
  more.insert(more.end(), {"-H", "Content-Type: " + type, "--data-binary", "@-"});
  REQUIRE(fetch(in.web.url(path), std::move(more), content).status == 201);
}

void send_headers(const scene& in, const std::string& path, sent_secrets& secrets) {
  auto basic = secrets.make("password of Basic");
  REQUIRE(fetch(in.web.url(path),
                {"-H", "Authorization: Bearer " + secrets.make("bearer token"), "-H",
                 "Cookie: theme=dark; sessionid=" + secrets.make("cookie"), "-H",
                 "X-Api-Key: " + secrets.make("API key header"), "-H", "X-Auth-Token: " + secrets.make("token header")})
              .status == 200);
  REQUIRE(fetch(in.web.url(path), {"--user", "ann:" + basic}).status == 200);
  // As it travels: base64 of "ann:" and 13 letters, less its last group, which depends on nothing that follows.
  auto encoded = run({{"base64", "--wrap=0"}, {}, "ann:" + basic}).output;
  secrets.add("Basic", encoded.substr(6, 15));
}

void send_bodies(const scene& in, const std::string& path, sent_secrets& secrets) {
  auto json = R"({"user":"ann","password":")" + secrets.make("JSON password") + R"(","nested":[{"api_key":")" +
              secrets.make("nested JSON key") + R"("}],"clientSecret":")" + secrets.make("JSON client secret") +
              R"(","note":"see https://ann:)" + secrets.make("password in a URL") + R"(@db.example/x"})";
  post(in, path, "application/json", json);
  post(in, path, "application/x-www-form-urlencoded",
       "user=ann&password=" + secrets.make("form password") + "&token=" + secrets.make("form token"));
  post(in, path, "text/plain", "password: " + secrets.make("password in a text"));
  auto unpacked = R"({"refresh_token":")" + secrets.make("token in gzip") + R"("})";
  auto packed = run({{"gzip", "-c"}, {}, unpacked});
  REQUIRE(packed.status == 0);
  post(in, path, "application/json", packed.output, {"-H", "Content-Encoding: gzip"});
  post(in, path, "application/json",
       R"({"password":")" + secrets.make("password cut by a limit") + std::string(300000, 'x'));
}

/// In the query, in the response's body and in its cookie.
void send_login(const scene& in, const std::string& path, sent_secrets& secrets) {
  auto query = "?api_key=" + secrets.make("query key") + "&access_token=" + secrets.make("query and JSON token") +
               "&session=" + secrets.make("query and Set-Cookie") + "&card=" + secrets.add("card", "4539578763621486");
  REQUIRE(fetch(in.web.url(path + query)).status == 200);
  REQUIRE(fetch(in.web.url("/echo/jwt/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." +
                           secrets.make("JWT in a path") + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9"))
              .status == 200);
}

std::string all_bytes_below(const fs::path& directory) {
  auto bytes = std::string{};
  for (const auto& file : fs::recursive_directory_iterator{directory})
    if (file.is_regular_file())
      bytes += content_of(file);
  return bytes;
}

std::string all_rest_answers(const sniffer& tap) {
  auto page = "http://" + loopback(tap.settings().page());
  auto answers = fetch(page + "/api/v1/apis").body;
  auto list = tap.rest("/api/v1/apis");
  for (const auto& api : list.at("apis").as_array()) {
    auto url = page + "/api/v1/apis/" + text(api, "/id");
    answers += fetch(url).body + fetch(url + "/openapi.json").body;
  }
  return answers;
}

std::string all_ctl_answers(const sniffer& tap) {
  auto answers = std::string{};
  for (auto verb : {"actors", "topology", "losses"})
    answers += serialize(tap.ctl(verb));
  return answers;
}

} // namespace

TEST_CASE("no secret is shown, logged or stored") {
  auto in = scene{{{"logLevel", "debug"}}};
  auto secrets = sent_secrets{};
  auto word = unique_word();
  send_headers(in, "/echo/" + word, secrets);
  send_bodies(in, "/created/" + word, secrets);
  send_login(in, "/login/" + word, secrets);

  auto of_word = [&](const std::string& role) {
    return [=](const value& each) {
      return text(each, "/role") == role && text(each, "/request/path").find(word) != std::string::npos;
    };
  };
  auto shown = in.watch.expect(8, of_word("client"));
  for (auto& each : in.watch.expect(8, of_word("server")))
    shown.push_back(std::move(each));
  auto bodies = std::string{};
  for (const auto& each : shown)
    bodies += body(each, "/request") + body(each, "/response");
  CHECK(bodies.find("[REDACTED:password]") != std::string::npos);
  CHECK(bodies.find("[REDACTED:token]") != std::string::npos);
  CHECK(secrets.found_in(bodies) == "");
  CHECK(secrets.found_in(in.watch.program().output()) == "");
  CHECK(secrets.found_in(in.watch.program().complaints()) == "");
  CHECK(secrets.found_in(all_rest_answers(in.tap)) == "");
  CHECK(secrets.found_in(all_ctl_answers(in.tap)) == "");
  CHECK(secrets.found_in(in.tap.metrics()) == "");
  CHECK(secrets.found_in(all_bytes_below(in.home.path())) == "");
  REQUIRE(in.tap.stop() == 0);
  auto stored = all_bytes_below(in.home.path());
  CHECK(stored.find(word) != std::string::npos);
  CHECK(secrets.found_in(stored) == "");
  CHECK(secrets.found_in(in.tap.program().output()) == "");
  CHECK(secrets.found_in(in.tap.program().complaints()) == "");
}

TEST_CASE("cleartap never dumps core") {
  auto in = scene{};
  auto limits = content_of("/proc/" + std::to_string(in.tap.program().pid()) + "/limits");
  auto line = limits.substr(limits.find("Max core file size"));
  CHECK(line.starts_with("Max core file size        0                    0 "));
}
