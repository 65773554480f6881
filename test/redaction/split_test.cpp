// Messages that arrive in two pieces: redaction sees whole bodies, so that no secret is lost between the pieces. Both
// stages are the real ones.
#include "test/redaction/corpus_values.hpp"
#include "test/redaction/scorer.hpp"
#include "test/unit/streams/tap.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

using namespace cleartap;
using namespace cleartap::score;

namespace {

constexpr auto seed = std::uint64_t{13};
constexpr auto secrets = std::size_t{2000};

/// One text of each format.
std::vector<marked_text> samples() {
  auto out = std::map<std::string, marked_text>{};
  for (auto& each : generate(seed, secrets))
    if (each.format != "document" && !is_contact(each.spans[0].kind))
      out.emplace(each.format, std::move(each));
  auto list = std::vector<marked_text>{};
  for (auto& [format, each] : out)
    list.push_back(std::move(each));
  return list;
}

std::string head_of(const marked_text& text, std::string_view fields) {
  const auto path = text.carrier == "path" ? text.text : "/a";
  const auto query = text.carrier == "query" ? "?" + text.text : "";
  auto head = "POST " + path + query + " HTTP/1.1\r\nHost: h\r\n";
  if (text.carrier == "header")
    head += text.name + ": " + text.text + "\r\n";
  if (text.carrier == "body")
    head += "Content-Type: " + text.content_type + "\r\n";
  return head.append(fields) + "\r\n";
}

std::string request_of(const marked_text& text) {
  const auto body = text.carrier == "body" ? text.text : "";
  return head_of(text, "Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

/// The body in two chunks of HTTP.
std::string chunked(const marked_text& text, std::size_t at) {
  const auto chunk = [](std::string_view part) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", part.size());
    return size + std::string{part} + "\r\n";
  };
  const auto body = std::string_view{text.text};
  return head_of(text, "Transfer-Encoding: chunked\r\n") + chunk(body.substr(0, at)) + chunk(body.substr(at)) +
         "0\r\n\r\n";
}

/// What the two stages make of the request and its answer.
exchange redacted(std::string_view first, std::string_view second) {
  static const auto policy = redaction_policy{};
  auto wire = tap{};
  if (!first.empty())
    wire.client_sends(first);
  if (!second.empty())
    wire.client_sends(second);
  wire.server_sends("HTTP/1.1 204 No Content\r\n\r\n");
  auto made = wire.only();
  auto stats = redaction_stats{};
  redact(made, policy, stats);
  return made;
}

} // namespace

TEST_CASE("a message that arrives in two pieces is redacted as if it arrived at once, wherever it is parted") {
  const auto texts = samples();
  CHECK(texts.size() == 21);
  for (const auto& text : texts) {
    const auto request = request_of(text);
    const auto whole = everything(redacted(request, ""));
    CAPTURE(text.format, whole);
    CHECK(whole.find("[REDACTED:") != std::string::npos);
    CHECK(!is_leaked(text.spans[0].value, whole));
    for (auto at = std::size_t{1}; at < request.size(); ++at)
      if (everything(redacted(std::string_view{request}.substr(0, at), std::string_view{request}.substr(at))) != whole)
        FAIL("parted at " << at);
  }
}

TEST_CASE("a body in two chunks of HTTP is redacted as if it were one, wherever it is parted") {
  for (const auto& text : samples()) {
    if (text.carrier != "body")
      continue;
    const auto whole = redacted(request_of(text), "").request->body.bytes;
    CAPTURE(text.format, whole);
    for (auto at = std::size_t{1}; at < text.text.size(); ++at)
      if (redacted(chunked(text, at), "").request->body.bytes != whole)
        FAIL("parted at " << at);
  }
}
