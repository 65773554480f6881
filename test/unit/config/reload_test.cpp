#include "config/live_settings.hpp"
#include "config/settings_table.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

settings with(const std::vector<std::string>& overrides) {
  auto loaded = load_settings({}, overrides);
  REQUIRE(loaded);
  return *loaded;
}

/// Another value than the default's, for every kind.
std::string another(const setting& which) {
  if (const auto* number = std::get_if<number_setting>(&which.kind))
    return std::to_string(written(which, {}) == std::to_string(number->max) ? number->min : number->max);
  if (std::holds_alternative<switch_setting>(which.kind))
    return written(which, {}) == "true" ? "false" : "true";
  if (const auto* word = std::get_if<word_setting>(&which.kind))
    return std::string{word->words.back()};
  if (std::holds_alternative<path_setting>(which.kind))
    return "/elsewhere";
  if (std::holds_alternative<address_setting>(which.kind) || std::holds_alternative<peer_setting>(which.kind))
    return "127.0.0.9:9";
  if (std::holds_alternative<name_setting>(which.kind))
    return "other";
  if (std::holds_alternative<patterns_setting>(which.kind))
    return R"([{class: other, pattern: "\\b\"x\"{2}"}])";
  if (std::holds_alternative<rules_setting>(which.kind))
    return "[{host: other.example, keys: [other]}]";
  return std::get<names_setting>(which.kind).kind == name_kind::path_pattern ? "[/other]" : "[other]";
}

} // namespace

TEST_CASE("equal settings plan nothing") {
  auto planned = plan_reload({}, {});
  REQUIRE(planned);
  CHECK(planned->empty());
}

TEST_CASE("every live setting is planned, every other one needs a restart") {
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    const auto key = std::string{each.key};
    auto planned = plan_reload({}, with({key + "=" + another(each)}));
    CHECK(bool{planned} == each.live);
    if (planned) {
      REQUIRE(planned->size() == 1);
      CHECK(planned->front().key == key);
      CHECK(planned->front().before != planned->front().after);
    } else {
      CHECK(planned.error().text.starts_with(key + ": "));
      CHECK(planned.error().text.find("needs a restart") != std::string::npos);
    }
  }
}

TEST_CASE("changes are told as the file has them, in its order") {
  auto planned = plan_reload({}, with({"redaction.keys=[pin, 'a, \"b\"']", "bodies.rate_max=0", "logLevel=debug",
                                       "inventory.commit_interval_ms=10", "process.enabled=false"}));
  REQUIRE(planned);
  auto told = std::vector<std::string>{};
  for (const auto& each : *planned)
    told.push_back(to_string(each));
  CHECK(told == std::vector<std::string>{
                    "logLevel: info -> debug", "process.enabled: true -> false", "bodies.rate_max: 4194304 -> 0",
                    R"(redaction.keys: [] -> ["pin", "a, \"b\""])", "inventory.commit_interval_ms: 500 -> 10"});
}

TEST_CASE("one setting that needs a restart refuses all, and each such is named") {
  auto planned =
      plan_reload({}, with({"logLevel=debug", "page.listen='[::1]:80'", "link.connect=a.example:1", "store.path=/x"}));
  REQUIRE(!planned);
  const auto& text = planned.error().text;
  CHECK(std::ranges::count(text, '\n') == 2);
  CHECK(text.find("logLevel") == std::string::npos);
  CHECK(text.find(R"(page.listen: "127.0.0.1:8090" -> "[::1]:80")") != std::string::npos);
  CHECK(text.find(R"(link.connect: "" -> "a.example:1")") != std::string::npos);
  CHECK(text.find(R"(store.path: "/var/lib/cleartap" -> "/x")") != std::string::npos);
}

TEST_CASE("values that differ at their end differ, and so do lists that only look alike") {
  const auto start = "/" + std::string(300, 'a');
  CHECK(!plan_reload(with({"store.path=" + start + "b"}), with({"store.path=" + start + "c"})));
  auto planned = plan_reload(with({"redaction.keys=['a\", \"b']"}), with({"redaction.keys=[a, b]"}));
  REQUIRE(planned);
  REQUIRE(planned->size() == 1);
  CHECK(to_string(planned->front()) == R"(redaction.keys: ["a\", \"b"] -> ["a", "b"])");
}

TEST_CASE("what is written is read again as the same") {
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    const auto key = std::string{each.key};
    const auto changed = with({key + "=" + another(each)});
    CHECK(written(each, with({key + "=" + written(each, changed)})) == written(each, changed));
  }
}

TEST_CASE("live settings are replaced whole or not at all, and what was in force stays readable") {
  auto live = live_settings{settings{}};
  const auto* first = live.current();
  REQUIRE(live.replace(with({"bodies.rate_max=7"})));
  CHECK(live.current()->bodies.rate_max == 7);
  CHECK(first->bodies.rate_max == settings{}.bodies.rate_max);
  CHECK(!live.replace(with({"bodies.rate_max=8", "store.path=/x"})));
  CHECK(live.current()->bodies.rate_max == 7);
  const auto* second = live.current();
  REQUIRE(live.replace(with({"bodies.rate_max=7"})));
  CHECK(live.current() == second);
}

TEST_CASE("more changes than can be kept are refused, the last one stays in force") {
  auto live = live_settings{settings{}};
  auto next = settings{};
  for (std::size_t i = 1; i < live_settings::generations_max; ++i) {
    next.bodies.rate_max = i;
    REQUIRE(live.replace(next));
  }
  next.bodies.rate_max = 0;
  CHECK(!live.replace(next));
  CHECK(live.current()->bodies.rate_max == live_settings::generations_max - 1);
}
