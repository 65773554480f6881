#include "tools/cleartap/redact_batch.hpp"

#include "messages/text.hpp"

#include <array>
#include <boost/json.hpp>
#include <istream>
#include <ostream>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto no_digit = std::uint8_t{64};

constexpr auto digit_values = [] {
  auto values = std::array<std::uint8_t, 256>{};
  values.fill(no_digit);
  constexpr auto digits = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  for (auto i = std::size_t{0}; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  return values;
}();

/// RFC 4648, section 4; the padding may be missing.
std::optional<std::string> base64_decoded(std::string_view text) {
  for (auto padding = 0; padding < 2 && text.ends_with('='); ++padding)
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return std::nullopt;
  auto out = std::string{};
  out.reserve(text.size() / 4 * 3 + 2);
  auto bits = std::uint32_t{0};
  auto count = 0;
  for (const auto c : text) {
    const auto value = digit_values[static_cast<unsigned char>(c)];
    if (value == no_digit)
      return std::nullopt;
    bits = bits << 6 | value;
    if ((count += 6) >= 8)
      out += static_cast<char>(bits >> (count -= 8));
  }
  return out;
}

enum class line_read : std::uint8_t { line, too_long, end };

/// The memory of `line` stays within batch_line_max. `getline` of the standard library has no bound.
line_read read_line(std::istream& in, std::string& line) {
  line.clear();
  auto& from = *in.rdbuf();
  auto longer = false;
  constexpr auto end = std::char_traits<char>::eof();
  auto c = from.sbumpc();
  if (c == end)
    return line_read::end;
  for (; c != end && c != '\n'; c = from.sbumpc()) {
    if (line.size() < batch_line_max)
      line += static_cast<char>(c);
    else
      longer = true;
  }
  return longer ? line_read::too_long : line_read::line;
}

struct batch_item {
  json::value id;
  std::string content_type;
  std::string body;
};

/// Reads `line`; `id` is set as soon as it is known, so that a refusal can name it.
result<batch_item> parse(std::string_view line, json::value& id) {
  auto error = boost::system::error_code{};
  auto parsed = json::parse(line, error);
  if (error || !parsed.is_object())
    return failure{"the line is no JSON object; write {\"id\", \"content_type\", \"body_base64\"} on each line"};
  auto& object = parsed.get_object();
  if (const auto* found = object.if_contains("id"))
    id = *found;
  auto item = batch_item{.id = id};
  if (const auto* type = object.if_contains("content_type"); type && !type->is_null()) {
    if (!type->is_string())
      return failure{"content_type is no string; leave it out to have the type guessed"};
    item.content_type = type->get_string();
  }
  const auto* body = object.if_contains("body_base64");
  auto decoded = body && body->is_string() ? base64_decoded(body->get_string()) : std::nullopt;
  if (!decoded)
    return failure{"body_base64 is missing or no base64 (RFC 4648, section 4)"};
  item.body = *std::move(decoded);
  return item;
}

/// Keeps the order of the keys.
void write(std::ostream& out, std::string_view id, std::string_view key, std::string_view value) {
  out << "{\"id\":" << id << ",\"" << key << "\":" << json::serialize(json::string{value}) << "}\n" << std::flush;
}

} // namespace

batch_outcome redact_batch(redactor& redact, std::istream& in, std::ostream& out,
                           const std::function<void(std::string_view id, const redacted_text&)>& told) {
  auto outcome = batch_outcome{};
  auto line = std::string{};
  for (auto how = read_line(in, line); how != line_read::end && out; how = read_line(in, line)) {
    if (how == line_read::line && line.find_first_not_of(" \t\r") == std::string::npos)
      continue;
    ++outcome.lines;
    auto id = json::value{};
    auto item = how == line_read::too_long
                    ? result<batch_item>{failure{"the line is longer than " + std::to_string(batch_line_max >> 20) +
                                                 " MiB (batch_line_max); split the text"}}
                    : parse(line, id);
    auto done = item ? redact(item->content_type, std::move(item->body)) : result<redacted_text>{item.error()};
    const auto name = json::serialize(id);
    if (done) {
      told(name, *done);
      write(out, name, "body_base64", base64(done->bytes));
    } else {
      ++outcome.refused;
      write(out, name, "error", done.error().text);
    }
  }
  return outcome;
}

} // namespace cleartap
