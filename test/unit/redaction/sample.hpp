// Exchanges to redact and a check of JSON, for the tests of this folder. Refuses to share code with what is tested.
#pragma once

#include "actors/redaction/redact.hpp"

#include <string>
#include <string_view>

namespace cleartap::sample {

inline const redaction_policy& policy() {
  static const auto built_in = redaction_policy{};
  return built_in;
}

inline exchange with_body(std::string type, std::string body, bool truncated = false) {
  auto out = exchange{};
  auto& request = out.request.emplace();
  request.headers = {{"content-type", std::move(type)}};
  request.body = {.bytes = std::move(body), .size_carried = 4711, .truncated = truncated};
  return out;
}

inline std::string redacted(std::string_view type, std::string_view body, bool truncated = false) {
  auto what = with_body(std::string{type}, std::string{body}, truncated);
  auto stats = redaction_stats{};
  redact(what, policy(), stats);
  return what.request->body.bytes;
}

inline std::string json(std::string_view body) { return redacted("application/json", body); }
inline std::string text(std::string_view body) { return redacted("text/plain", body); }

inline std::string query(std::string_view query) {
  auto what = exchange{};
  what.request.emplace().query = query;
  auto stats = redaction_stats{};
  redact(what, policy(), stats);
  return *what.request->query;
}

inline std::string header(std::string_view name, std::string_view value) {
  auto what = exchange{};
  what.response.emplace().headers = {{std::string{name}, std::string{value}}};
  auto stats = redaction_stats{};
  redact(what, policy(), stats);
  return what.response->headers[0].second;
}

/// Everything that an exchange shows.
inline std::string shown(const exchange& what) {
  auto out = std::string{};
  const auto append = [&](const http_headers& headers, const http_body& body) {
    for (const auto& [name, value] : headers)
      out += name + ": " + value + "\n";
    out += body.bytes + "\n";
  };
  if (what.request) {
    out += what.request->path + "?" + what.request->query.value_or("") + "\n";
    append(what.request->headers, what.request->body);
  }
  if (what.response)
    append(what.response->headers, what.response->body);
  return out;
}

/// Whether a text is one JSON value (RFC 8259).
class json_check {
public:
  explicit json_check(std::string_view text) : text_{text} {}

  bool valid() { return value() && (skip(), at_ == text_.size()); }

private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) { return peek() == c && ++at_; }

  void skip() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool value() {
    skip();
    if (peek() == '{')
      return list('{', '}', true);
    if (peek() == '[')
      return list('[', ']', false);
    return peek() == '"' ? string() : scalar();
  }

  bool list(char opening, char closing, bool keyed) {
    take(opening);
    skip();
    if (take(closing))
      return true;
    do {
      skip();
      if (keyed && !(string() && (skip(), take(':'))))
        return false;
      if (!value())
        return false;
      skip();
    } while (take(','));
    return take(closing);
  }

  bool string() {
    if (!take('"'))
      return false;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20)
        return false;
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    return take('"');
  }

  bool scalar() {
    for (auto literal : {"true", "false", "null"})
      if (text_.substr(at_).starts_with(literal))
        return at_ += std::string_view{literal}.size(), true;
    const auto end = text_.find_first_not_of("+-0123456789.eE", at_);
    const auto size = std::min(end, text_.size()) - at_;
    at_ += size;
    return size > 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

inline bool is_json(std::string_view text) { return json_check{text}.valid(); }

} // namespace cleartap::sample
