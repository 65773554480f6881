#include "actors/redaction/drop_values.hpp"

#include "actors/inventory/text_format.hpp"
#include "actors/redaction/ascii.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/drop_json.hpp"
#include "actors/redaction/plain_name.hpp"
#include "messages/dropped.hpp"

#include <algorithm>
#include <string>

namespace cleartap {

namespace {

using masking::equal_any_case;
using masking::is_plain_name;

class dropper {
public:
  explicit dropper(const redaction_policy& policy) noexcept : policy_{policy} {}

  void drop(exchange& what) const {
    if (what.request)
      drop(*what.request);
    if (what.response) {
      const auto type = media_type(what.response->headers);
      drop(what.response->headers, "");
      drop(what.response->trailers, "");
      drop_body(what.response->body, type);
    }
    if (what.application)
      what.application->operation = words(what.application->operation);
  }

private:
  void drop(http_request& request) const {
    const auto type = media_type(request.headers);
    if (!is_plain_name(request.method))
      request.method = mark_of(dropped_type::name);
    request.path = path(request.path);
    if (request.query)
      request.query = form(*request.query);
    drop(request.headers, request.host);
    drop(request.trailers, "");
    drop_body(request.body, type);
  }

  bool is_mask(std::string_view text) const noexcept { return !text.empty() && policy_.mask_size(text) == text.size(); }

  std::string_view kept_name(std::string_view name) const noexcept {
    return is_mask(name) || is_plain_name(name) ? name : mark_of(dropped_type::name);
  }

  std::string_view kept_value(std::string_view value) const noexcept {
    return is_mask(value) ? value : masking::mark_of_text(value);
  }

  /// Without parameters; only what looks like one is shown.
  static std::string media_type(const http_headers& headers) {
    const auto field = header_value(headers, "Content-Type").value_or("");
    const auto type = masking::trimmed(field.substr(0, field.find(';')));
    const auto slash = type.find('/');
    const auto is_type = slash != std::string_view::npos && is_plain_name(type.substr(0, slash)) &&
                         std::ranges::all_of(type.substr(slash + 1), [](char c) {
                           return masking::is_alnum(c) || masking::is_one_of(c, "+-.");
                         });
    return is_type && type.size() <= masking::plain_name_max ? std::string{type} : std::string{};
  }

  void drop(http_headers& headers, std::string_view host) const {
    for (auto& [name, value] : headers) {
      if (equal_any_case(name, "Content-Type"))
        value = media_type({{name, value}});
      else if (host.empty() || !equal_any_case(name, "Host") || value != host)
        value = std::string{kept_value(value)};
      if (value.empty())
        value = mark_of(dropped_type::string);
      name = std::string{kept_name(name)};
    }
  }

  /// A segment of a path, without its parameters.
  std::string_view segment(std::string_view text) const noexcept {
    text = text.substr(0, text.find(';'));
    if (text.empty() || text == "*" || is_mask(text) || dropped_type_of(text) || is_plain_name(text))
      return text;
    if (type_of(text) == text_type::integer || std::ranges::all_of(text, masking::is_digit))
      return mark_of(dropped_type::integer);
    if (is_uuid(text))
      return mark_of(dropped_type::uuid);
    const auto is_hex = std::ranges::all_of(text, masking::is_hex);
    const auto size = text.size();
    return mark_of(is_hex && (size == 24 || size == 32 || size == 40 || size == 64) ? dropped_type::hex
                                                                                    : dropped_type::id);
  }

  std::string path(std::string_view text) const {
    auto out = std::string{};
    for (;;) {
      const auto slash = std::min(text.find('/'), text.size());
      out += segment(text.substr(0, slash));
      if (slash == text.size())
        return out;
      out += '/';
      text.remove_prefix(slash + 1);
    }
  }

  /// "package.Service/Method", "query Name"
  std::string words(std::string_view text) const {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos)
      return path(text);
    return std::string{kept_name(text.substr(0, blank))} + " " + std::string{kept_name(text.substr(blank + 1))};
  }

  std::string form(std::string_view text) const {
    auto out = std::string{};
    while (!text.empty()) {
      const auto piece = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(piece.size() + 1, text.size()));
      if (piece.empty())
        continue;
      out += out.empty() ? "" : "&";
      const auto equals = piece.find('=');
      if (equals == std::string_view::npos) { // it may be a value
        out += is_mask(piece) ? piece : mark_of(dropped_type::name);
        continue;
      }
      const auto name = piece.substr(0, equals);
      out += is_mask(name) || is_plain_name(decode_form(name)) ? name : mark_of(dropped_type::name);
      const auto value = piece.substr(equals + 1);
      (out += '=') += is_mask(value) ? value : masking::mark_of_text(decode_form(value));
    }
    return out;
  }

  void drop_body(http_body& body, std::string_view type) const {
    if (body.bytes.empty())
      return;
    if (masking::looks_like_json(body.bytes) || masking::contains_any_case(type, "json")) {
      auto dropped = masking::drop_json(body.bytes, policy_, dropped_growth_max);
      body.bytes = std::move(dropped.text);
      body.truncated |= !dropped.whole;
    } else if (masking::starts_any_case(type, "application/x-www-form-urlencoded") && !body.truncated) {
      body.bytes = form(body.bytes);
    } else {
      body.bytes.clear();
      body.truncated = true;
    }
  }

  const redaction_policy& policy_;
};

} // namespace

void drop_values(exchange& what, const redaction_policy& policy) { dropper{policy}.drop(what); }

} // namespace cleartap
