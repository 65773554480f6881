// Bodies, headers and queries of anyone, with a secret planted under a sensitive key: the secret never shows, whatever
// stands around it and whatever it is written in, and neither does redaction crash or its work and its output exceed
// their bounds. JSON stays JSON. The same beside own patterns, and where values are dropped.
#include "actors/redaction/drop_values.hpp"
#include "actors/redaction/mask_writer.hpp"
#include "actors/redaction/redact.hpp"
#include "actors/redaction/rules.hpp"
#include "test/fuzz/input.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string>

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

constexpr auto secret = std::string_view{"Qz7kVxwQzPlumJot"};
constexpr auto leak_size = std::size_t{6};

constexpr auto types = std::to_array<std::string_view>(
    {"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b7", "application/xml",
     "text/plain", "application/x-ndjson", "application/octet-stream", ""});

constexpr auto keys = std::to_array<std::string_view>({"password", "client_secret", "apiKey", "access_token"});

/// In a string of JSON, percent-encoded, in references.
std::string planted_deeper(std::size_t type, const std::string& name, const std::string& value) {
  switch (type) {
  case 0:
  case 5:
    return R"({"a":"{\"b\":\"{\\\")" + name + R"(\\\":\\\")" + value + R"(\\\"}\"}"})";
  case 1:
    return "a=%7B%22" + name + "%22%3A%22" + value + "%22%7D";
  default:
    return "<a>{&quot;" + name + "&quot;:&quot;" + value + "&quot;}</a>";
  }
}

/// Whole pieces that hold the secret in a format of their own.
std::string planted(std::size_t type, std::string_view key, bool deeper) {
  const auto name = std::string{key};
  const auto value = std::string{secret};
  if (deeper && (type == 0 || type == 1 || type == 3 || type == 5))
    return planted_deeper(type, name, value);
  switch (type) {
  case 0:
  case 5:
    return "{\"" + name + "\":\"" + value + "\"}";
  case 1:
    return name + "=" + value;
  case 2:
    return "--b7\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n--b7--\r\n";
  case 3:
    return "<" + name + ">" + value + "</" + name + ">";
  default:
    return name + "=" + value + "\n";
  }
}

/// What the input puts before the secret, without what would make another key or text of it: an open quote, a name that
/// goes on, markup. A newline stands between.
std::string surroundings(std::span<const std::uint8_t> bytes, std::size_t type) {
  auto text = std::string{bytes.begin(), bytes.end()};
  switch (type) {
  case 0: // a whole value of an array, or blanks
  case 5: {
    std::erase_if(text, [](char c) { return c != '[' && c != '{' && c != ' ' && c != '\n'; });
    return text;
  }
  case 1: // without what would make JSON, markup or binary of it
    std::erase_if(text,
                  [](char c) { return c < '\n' || std::string_view{"{[\"'`<\\"}.find(c) != std::string_view::npos; });
    return text + "&";
  case 2:
    return "";
  case 3:
    std::erase_if(text, [](char c) { return c == '<' || c == '>' || c == '&' || c == '"' || c == '\'' || c == '\0'; });
    return "<r>" + text + "\n";
  default:
    std::erase_if(text,
                  [](char c) { return !((c >= 'a' && c <= 'z') || c == ' ' || c == '\n' || c == ',' || c == '.'); });
    return text + "\n";
  }
}

std::string text_of(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

bool shows(std::string_view text) {
  for (auto at = std::size_t{0}; at + leak_size <= secret.size(); ++at)
    if (text.find(secret.substr(at, leak_size)) != std::string_view::npos)
      return true;
  return false;
}

std::size_t size_of(const http_headers& headers) {
  auto sum = std::size_t{0};
  for (const auto& [name, value] : headers)
    sum += name.size() + value.size();
  return sum;
}

bool shows(const http_headers& headers) {
  return std::ranges::any_of(headers, [](const http_header& each) { return shows(each.first) || shows(each.second); });
}

/// Patterns that match next to the secret, in it and in what stands around it.
redaction_settings with_patterns() {
  auto wanted = redaction_settings{};
  wanted.patterns = {{"a", "[a-z]{3}"}, {"b", "Qz7"}, {"c", "[\\x22:=<>&]+"}, {"d", "pass|key|to"}, {"e", "^.{5}"}};
  return wanted;
}

redaction_settings without_values() {
  auto wanted = redaction_settings{};
  wanted.mode = "metadata-only";
  return wanted;
}

void check_dropped(exchange what, bool has_secret) {
  static auto rules = redaction_rules{without_values()};
  auto stats = redaction_stats{};
  const auto size = what.request->body.bytes.size();
  redact(what, rules.policy_for("", ""), stats);
  const auto& request = *what.request;
  if (has_secret)
    expect(!shows(request.body.bytes) && !shows(*request.query) && !shows(request.headers));
  // A pair of an empty key and a digit is the shortest that becomes two marks.
  expect(request.body.bytes.size() <= std::max(size * 16, size + dropped_growth_max + masking::growth_max + 128));
}

void check(exchange what, bool has_secret, const redaction_policy& policy) {
  auto stats = redaction_stats{};
  auto notes = std::vector<redaction_note>{};
  const auto size = what.request->body.bytes.size() + size_of(what.request->headers);
  redact(what, policy, stats, &notes);
  const auto& request = *what.request;
  if (has_secret)
    expect(!shows(request.body.bytes) && !shows(*request.query) && !shows(request.headers.back().second));
  expect(request.body.bytes.size() + size_of(request.headers) <=
         size + (request.headers.size() + 1) * (masking::growth_max + 128));
  expect(what.findings.size() <= findings_max);
  for (const auto& each : notes)
    expect(each.begin <= each.end && !(has_secret && shows(each.place)));
}

void check_all(const exchange& what, bool has_secret) {
  static const auto built_in = redaction_policy{};
  static auto own = redaction_rules{with_patterns()};
  check(what, has_secret, built_in);
  check(what, has_secret, own.policy_for("", ""));
  check_dropped(what, has_secret);
}

/// Whole JSON stays JSON, and a second pass changes nothing.
void check_json(const std::string& body) {
  auto failed = boost::json::error_code{};
  boost::json::parse(body, failed);
  if (failed)
    return;
  static const auto policy = redaction_policy{};
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.headers = {{"Content-Type", "application/json"}};
  request.body.bytes = body;
  auto stats = redaction_stats{};
  redact(what, policy, stats);
  if (request.body.truncated)
    return;
  const auto once = request.body.bytes;
  boost::json::parse(once, failed);
  expect(!failed);
  redact(what, policy, stats);
  expect(request.body.truncated || request.body.bytes == once);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  const auto type = from.number(1) % types.size();
  const auto key = keys[from.number(1) % keys.size()];
  const auto choice = from.number(1);
  const auto is_cut = choice % 2 == 1;
  const auto deeper = choice % 4 > 1;
  const auto before = from.take(from.number(2));
  const auto after = from.take(size);

  auto free = exchange{}; // any bytes everywhere
  auto& any = free.request.emplace();
  any.path = text_of(before);
  any.query = text_of(after);
  any.headers = {{"Content-Type", std::string{types[type]}}, {"X-Any", text_of(before)}, {"Cookie", text_of(after)}};
  any.body.bytes = text_of(before) + text_of(after);
  any.body.truncated = is_cut;
  check_json(any.body.bytes);
  check_all(free, false);

  const auto around = surroundings(before, type);
  if (shows(around) || shows(text_of(after))) // the fuzzer has learnt it from the comparisons
    return 0;

  auto hidden = exchange{}; // the secret under its key, and then any bytes
  auto& request = hidden.request.emplace();
  const auto separator = type == 1 ? "&" : "\n";
  request.query = std::string{key} + "=" + std::string{secret} + "&" + text_of(after);
  request.headers = {{"Content-Type", std::string{types[type]}}, {"Authorization", "Bearer " + std::string{secret}}};
  request.body.bytes = around + planted(type, key, deeper) + separator + text_of(after);
  request.body.truncated = is_cut;
  check_all(hidden, true);
  return 0;
}
