// Bodies that are cut at every byte: what of a secret is there does not show, whatever it is written in.
#include "test/redaction/corpus_values.hpp"
#include "test/redaction/scorer.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>

using namespace cleartap;
using namespace cleartap::score;

namespace {

constexpr auto seed = std::uint64_t{11};
constexpr auto secrets = std::size_t{3000}; // more than one of each kind in each place
constexpr auto told = std::size_t{12};      // characters behind its prefix from which on a token is told

std::string shown(std::string_view content_type, std::string_view body, bool cut) {
  static const auto policy = redaction_policy{};
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.headers = {{"Content-Type", std::string{content_type}}};
  request.body.bytes = body;
  request.body.truncated = cut;
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  return request.body.bytes;
}

/// What is left of `text` when its first `size` bytes are all that was captured.
std::string shown(const marked_text& text, std::size_t size) {
  return shown(text.content_type, std::string_view{text.text}.substr(0, size), size < text.text.size());
}

std::size_t prefix_size(std::string_view token) {
  for (auto prefix : {"ghp_", "AKIA", "sk_live_", "xoxb-", "glpat-", "npm_", "SG.", "hf_", "dop_v1_", "sk-ant-",
                      "shpat_", "AIza", "eyJ"})
    if (token.starts_with(prefix))
      return std::string_view{prefix}.size();
  return 0;
}

/// The corpus' bodies with secrets of a kind, one for each place that they are in.
template <class Wanted>
std::vector<marked_text> bodies(Wanted wanted) {
  auto out = std::map<std::string, marked_text>{};
  for (auto& each : generate(seed, secrets))
    if (each.carrier == "body" && !each.spans.empty() && wanted(each.spans[0]))
      out.emplace(each.spans[0].kind + each.format + each.encoding, std::move(each));
  auto list = std::vector<marked_text>{};
  for (auto& [place, each] : out)
    list.push_back(std::move(each));
  return list;
}

bool is_keyed(const marked_span& span) {
  return std::ranges::find(kinds, span.kind) < std::ranges::find(kinds, "card");
}

} // namespace

TEST_CASE("no part of a keyed value shows, wherever a body is cut") {
  const auto texts = bodies(is_keyed);
  CHECK(texts.size() >= 150);
  for (const auto& text : texts)
    for (auto size = text.spans[0].start; size <= text.text.size(); ++size)
      if (const auto left = shown(text, size); is_leaked(text.spans[0].value, left))
        FAIL(text.spans[0].kind << " in " << text.format << " (" << text.encoding << ") cut at " << size << ": "
                                << left);
}

TEST_CASE("no part of a number shows, wherever a body is cut") {
  const auto texts = bodies([](const marked_span& span) { return span.kind == "card" || span.kind == "ssn"; });
  CHECK(texts.size() >= 50);
  for (const auto& text : texts)
    for (auto size = text.spans[0].start; size <= text.text.size(); ++size)
      if (const auto left = shown(text, size); is_leaked(text.spans[0].value, left))
        FAIL(text.spans[0].kind << " in " << text.format << " (" << text.encoding << ") cut at " << size << ": "
                                << left);
}

TEST_CASE("no token shows once its prefix and twelve more characters are there") {
  const auto texts = bodies([](const marked_span& span) { return span.kind == "provider" || span.kind == "jwt"; });
  CHECK(texts.size() >= 50);
  for (const auto& text : texts) {
    const auto& span = text.spans[0];
    const auto there = prefix_size(span.value) + told;
    REQUIRE(there > told);
    for (auto size = span.start; size <= text.text.size(); ++size) {
      const auto left = shown(text, size);
      if (is_leaked(span.value, left) && left.find(span.value.substr(0, there)) != std::string::npos)
        FAIL(span.kind << " in " << text.format << " (" << text.encoding << ") cut at " << size << ": " << left);
      if (size >= span.end && is_leaked(span.value, left))
        FAIL(span.kind << " in " << text.format << " (" << text.encoding << ") cut behind it: " << left);
    }
  }
}

TEST_CASE("what is redacted is redacted to the same, wherever a body is cut") {
  for (const auto& text : bodies([](const marked_span& span) { return span.expect == expectation::secret; }))
    for (auto size = text.spans[0].start; size <= text.text.size(); ++size) {
      const auto once = shown(text, size);
      const auto twice = shown(text.content_type, once, size < text.text.size());
      if (twice != once)
        FAIL(text.format << " (" << text.encoding << ") cut at " << size << ": " << once << " then " << twice);
    }
}
