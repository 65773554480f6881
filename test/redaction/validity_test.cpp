// What is valid stays valid: JSON, and JSON inside of strings of JSON, of any shape that a seed can make.
#include "test/redaction/corpus_values.hpp"
#include "test/redaction/scorer.hpp"

#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::score;

namespace json = boost::json;

namespace {

constexpr auto seeds = std::uint64_t{2000};
constexpr auto levels_max = 5;

/// Keys that are sensitive, that give numbers, that name others, and that say nothing.
constexpr auto keys = std::to_array<std::string_view>({"password", "token", "cards", "order_id", "name", "value", "a b",
                                                       "ssn", "note", "\"q\"", "properties", "type", "<p>",
                                                       "rawHeaders", "\u00fc=1", "secret=x", "header", ""});

constexpr auto texts = std::to_array<std::string_view>({"password",
                                                        "string",
                                                        "a\"b\\\\c",
                                                        "line\nbreak\t",
                                                        "token=x&b=\"c\"",
                                                        "{not json",
                                                        "[1,2",
                                                        "%7B%22pin%22%3A1%7D",
                                                        "&lt;pin&gt;\"x&quot;",
                                                        "<a password='x\"y'>",
                                                        "password: \"x\\\"y\" z",
                                                        "\\u0041",
                                                        "'",
                                                        "curl -u a:b\\",
                                                        "\xf0\x9f\x98\x80 pin=1",
                                                        "https://a:b@c/d",
                                                        "INSERT INTO a (pin) VALUES ('x\"')",
                                                        "s:3:\"pin\";i:1;",
                                                        "Basic YW5uOmh1bnRlcjI=",
                                                        "true",
                                                        "null",
                                                        ""});

class json_maker {
public:
  explicit json_maker(std::uint64_t seed) : from_{seed} {}

  json::value value(int level) {
    switch (from_.below(level == 0 ? 6 : 9)) {
    case 0:
      return from_.below(2) == 0;
    case 1:
      return json::value{};
    case 2:
      return std::int64_t{4111111111111111};
    case 3:
      return 12.5;
    case 4:
      return json::string{from_.secret(from_.pick(kinds))};
    case 5:
      return json::string{from_.pick(texts)};
    case 6:
      return list(level);
    case 7: // JSON as a string
      return json::string{json::serialize(value(level - 1))};
    default:
      return object(level);
    }
  }

private:
  json::array list(int level) {
    auto out = json::array{};
    for (auto left = from_.below(4); left > 0; --left)
      out.push_back(value(level - 1));
    return out;
  }

  json::object object(int level) {
    auto out = json::object{};
    for (auto left = from_.below(5); left > 0; --left)
      out[from_.pick(keys)] = value(level - 1);
    return out;
  }

  values from_;
};

std::string redacted(std::string_view body) {
  static const auto policy = redaction_policy{{}, {}, {.emails = true, .phones = true}};
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.headers = {{"Content-Type", "application/json"}};
  request.body.bytes = body;
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  return request.body.bytes;
}

/// Whether `after` has the structure of `before`: of strings that hold JSON as well. A mask stands for any scalar.
bool is_alike(const json::value& before, const json::value& after);

bool is_alike_string(const json::string& before, const json::string& after) {
  auto failed = json::error_code{};
  const auto inner = json::parse(before, failed);
  if (failed || !(inner.is_object() || inner.is_array()) || after.starts_with("[REDACTED:"))
    return true;
  const auto left = json::parse(after, failed);
  return !failed && is_alike(inner, left);
}

bool is_alike(const json::value& before, const json::value& after) {
  if (before.is_object()) {
    const auto same = [&, other = after.if_object()](const auto& pair) { // a key may have been masked
      const auto* found = other->if_contains(pair.key());
      return !found || is_alike(pair.value(), *found);
    };
    return after.is_object() && std::ranges::all_of(before.get_object(), same);
  }
  if (before.is_array())
    return after.is_array() &&
           std::ranges::equal(before.get_array(), after.get_array(),
                              [](const json::value& a, const json::value& b) { return is_alike(a, b); });
  if (before.is_string() && after.is_string())
    return is_alike_string(before.get_string(), after.get_string());
  return before.kind() == after.kind() || (after.is_string() && after.get_string().starts_with("[REDACTED:"));
}

} // namespace

TEST_CASE("valid JSON stays valid and keeps its structure at every level, and a second pass changes nothing") {
  for (auto seed = std::uint64_t{0}; seed < seeds; ++seed) {
    const auto before = json_maker{seed}.value(levels_max);
    if (!before.is_object() && !before.is_array())
      continue;
    const auto body = json::serialize(before);
    const auto left = redacted(body);
    CAPTURE(seed, body, left);
    auto failed = json::error_code{};
    const auto after = json::parse(left, failed);
    REQUIRE(!failed);
    REQUIRE(is_alike(before, after));
    REQUIRE(redacted(left) == left);
  }
}
