#include "actors/inventory/body_evidence.hpp"

#include "actors/inventory/ascii.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>

namespace cleartap {

namespace {

constexpr auto unknown_media_type = std::string_view{"application/octet-stream"};
constexpr auto arena_size = std::size_t{32} * 1024; // on the stack: the usual body costs no allocation
constexpr auto scratch_size = std::size_t{4} * 1024;

bool is_token(std::string_view text) noexcept {
  auto accepts = [](char c) { return is_token_char(c) && !is_upper(c); };
  return !text.empty() && std::ranges::all_of(text, accepts);
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool learn_json(schema_evidence& into, std::string_view text, const schema_limits& limits) {
  std::array<unsigned char, arena_size> arena_bytes; // uninitialised: clearing it would cost more than parsing
  std::array<unsigned char, scratch_size> scratch;
  auto arena = boost::json::monotonic_resource{arena_bytes.data(), arena_bytes.size()};
  auto options = boost::json::parse_options{};
  options.max_depth = body_nesting_max;
  auto parser = boost::json::parser{{}, options, scratch.data(), scratch.size()};
  parser.reset(&arena);
  auto error = boost::system::error_code{};
  parser.write(text.data(), text.size(), error);
  if (error)
    return false;
  learn(into, parser.release(), limits);
  return true;
}

bool learn_form(text_fields& into, std::string_view text) {
  learn(into, text);
  return true;
}

void learn_content(body_evidence& into, std::string_view type, std::string_view bytes, const schema_limits& limits) {
  const auto kind = kind_of(type);
  if (kind == media_kind::opaque)
    return;
  const auto read = kind == media_kind::json ? learn_json(into.schema, bytes, limits) : learn_form(into.fields, bytes);
  count_up(read ? into.learned : into.malformed);
}

} // namespace

media_kind kind_of(std::string_view media_type) noexcept {
  if (media_type == "application/json" || media_type.ends_with("+json"))
    return media_kind::json;
  return media_type == "application/x-www-form-urlencoded" ? media_kind::form : media_kind::opaque;
}

bool is_media_type(std::string_view text) noexcept {
  const auto slash = std::min(text.find('/'), text.size());
  return text.size() <= media_type_size_max && slash < text.size() && is_token(text.substr(0, slash)) &&
         is_token(text.substr(slash + 1));
}

std::string media_type(const http_headers& headers) {
  const auto field = header_value(headers, "content-type").value_or("");
  const auto name = trimmed(field.substr(0, field.find(';')));
  if (name.size() > media_type_size_max)
    return std::string{unknown_media_type};
  auto out = std::string{name};
  std::ranges::transform(out, out.begin(), to_lower);
  return is_media_type(out) ? out : std::string{unknown_media_type};
}

void learn(bodies_by_type& into, const http_headers& headers, const http_body& body, bool complete,
           const schema_limits& limits) {
  if (body.size_carried == 0 && body.bytes.empty())
    return;
  const auto type = media_type(headers);
  auto* evidence = into.admit(type, media_types_max);
  if (!evidence) {
    into.leave_out();
    return;
  }
  count_up(evidence->bodies);
  if (complete && !body.truncated)
    learn_content(*evidence, type, body.bytes, limits);
}

void merge(bodies_by_type& into, const bodies_by_type& from, const schema_limits& limits) {
  into.merge(from, media_types_max, [&](body_evidence& ours, const body_evidence& theirs) {
    count_up(ours.bodies, theirs.bodies);
    count_up(ours.learned, theirs.learned);
    count_up(ours.malformed, theirs.malformed);
    merge(ours.schema, theirs.schema, limits);
    merge(ours.fields, theirs.fields, limits);
  });
}

} // namespace cleartap
