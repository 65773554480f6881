// The goals of redaction as thresholds.
#include "test/redaction/corpus_values.hpp"
#include "test/redaction/scorer.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::score;

namespace {

constexpr auto seed = std::uint64_t{7};
constexpr auto secrets = std::size_t{8000};

const scores& measured() {
  static const auto result = [] {
    auto out = scores{};
    for (const auto& each : generate(seed, secrets))
      add(out, each);
    return out;
  }();
  return result;
}

double of_all(const std::string& kind) { return measured().by_class.at(kind).share(); }

} // namespace

TEST_CASE("a leak is seen raw and behind each encoding") {
  CHECK(is_leaked("hunter2hunter", "a nter2h b"));
  CHECK(!is_leaked("hunter2hunter", "a nter2 h b"));
  CHECK(is_leaked("pw", "a pw b"));
  CHECK(is_leaked("hunter2", "%68%75%6e%74%65%72%32"));
  CHECK(is_leaked("hunter2", R"(\u0068\u0075\u006e\u0074\u0065\u0072\u0032)"));
  CHECK(is_leaked("hunter2", "&#x68;&#x75;&#x6e;&#x74;&#x65;&#x72;&#x32;"));
  CHECK(is_leaked("hunter2", "x aHVudGVyMg== x"));
  CHECK(is_leaked("hunter2", "aaHVudGVyMg")); // the run began earlier
  CHECK(!is_leaked("hunter2", "[REDACTED:password]"));
}

TEST_CASE("a secret that is shown is counted as leaked") {
  auto result = scores{};
  auto text =
      marked_text{"body", "", "text/plain", "text", "plain", "colour: mauve-ish", {{8, 17, "secret", "mauve-ish"}}};
  add(result, text, redaction_policy{});
  CHECK(result.by_class.at("secret").leaked == 1);
  CHECK(result.masks == 0);
}

TEST_CASE("bytes that are masked in vain are counted") {
  auto result = scores{};
  auto text = marked_text{"body", "", "text/plain", "text", "plain", "password=mauve", {}};
  text.spans = {{9, 14, "word", "mauve", expectation::benign}};
  add(result, text, redaction_policy{});
  CHECK(result.lookalikes.at("word").leaked == 1);
  CHECK(result.benign_bytes == 14);
  CHECK(result.benign_bytes_masked == 5);
  CHECK(result.precision() == 0.0);
}

TEST_CASE("the corpus is the same for the same seed, comes back from its lines, and marks what is there") {
  const auto texts = generate(seed, secrets);
  const auto again = generate(seed, secrets);
  auto marked = std::size_t{0};
  for (auto i = std::size_t{0}; i < texts.size(); ++i) {
    REQUIRE(to_line(texts[i]) == to_line(again[i]));
    REQUIRE(to_line(from_line(to_line(texts[i]))) == to_line(texts[i]));
    for (const auto& each : texts[i].spans) {
      REQUIRE(each.end <= texts[i].text.size());
      REQUIRE(is_leaked(each.value, texts[i].text.substr(each.start, each.end - each.start)));
      marked += each.expect == expectation::secret;
    }
  }
  CHECK(marked == secrets);
}

TEST_CASE("no keyed secret is missed in any carrier and encoding") {
  auto spans = std::size_t{0};
  for (const auto& [format, each] : measured().by_keyed) {
    CAPTURE(format);
    CHECK(each.leaked == 0);
    spans += each.spans;
  }
  CHECK(spans >= 3000);
}

TEST_CASE("secrets that show by their form are found, as they are and behind encodings") {
  CHECK(of_all("card") >= 0.995);
  for (auto kind : {"ssn", "jwt", "pem", "provider", "url"}) {
    CAPTURE(kind);
    CHECK(of_all(kind) >= 0.99);
  }
}

TEST_CASE("e-mail addresses and phone numbers are found where they are asked for") {
  CHECK(of_all("email") >= 0.99);
  CHECK(of_all("phone") >= 0.99);
}

TEST_CASE("every carrier and encoding is scored") {
  CHECK(measured().by_place.size() >= 45);
  for (const auto& [place, each] : measured().by_place) {
    CAPTURE(place);
    CHECK(each.spans >= 50);
    CHECK(each.share() >= 0.98);
  }
}

TEST_CASE("what only looks like a secret stays") {
  for (const auto& [kind, each] : measured().lookalikes) {
    CAPTURE(kind);
    CHECK(each.share() >= 0.999);
    CHECK(each.spans >= 400);
  }
  CHECK(measured().lookalikes.size() == lookalikes.size());
  CHECK(measured().precision() >= 0.999);
  CHECK(measured().over_redacted() <= 0.001);
}
