#include "actors/streams/message_start.hpp"

#include "actors/streams/http2_frame.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace cleartap {

namespace {

using namespace std::string_view_literals;

// Those of the standards that are in use.
constexpr auto known_methods = std::array{
    "GET "sv,         "POST "sv,       "PUT "sv,        "DELETE "sv, "HEAD "sv,     "OPTIONS "sv, "PATCH "sv,
    "CONNECT "sv,     "TRACE "sv,      "COPY "sv,       "LOCK "sv,   "MKCOL "sv,    "MOVE "sv,    "PROPFIND "sv,
    "PROPPATCH "sv,   "SEARCH "sv,     "UNLOCK "sv,     "BIND "sv,   "REBIND "sv,   "UNBIND "sv,  "ACL "sv,
    "REPORT "sv,      "MKACTIVITY "sv, "CHECKOUT "sv,   "MERGE "sv,  "M-SEARCH "sv, "NOTIFY "sv,  "SUBSCRIBE "sv,
    "UNSUBSCRIBE "sv, "PURGE "sv,      "MKCALENDAR "sv, "LINK "sv,   "UNLINK "sv,   "QUERY "sv};

constexpr auto status_pattern = "HTTP/1.? ###"sv; // "#" is a digit, "?" a version that the parser knows: 0 or 1
constexpr auto preface = "PRI * HTTP/2.0"sv;
static_assert(preface.size() <= message_start_size);
static_assert(std::ranges::all_of(known_methods, [](auto method) { return method.size() < message_start_size; }));

bool begins_target(char c) noexcept {
  return c == '/' || c == '*' || c == '[' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/// Both begin alike, as far as both go.
bool agree(std::string_view a, std::string_view b) noexcept {
  auto size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

bool agrees_with_status(std::string_view text) noexcept {
  auto fits = [](char c, char p) { return p == '#' ? c >= '0' && c <= '9' : p == '?' ? c == '0' || c == '1' : c == p; };
  auto size = std::min(text.size(), status_pattern.size());
  return std::ranges::equal(text.substr(0, size), status_pattern.substr(0, size), fits);
}

/// The length of a usual frame is in two bytes, and its type is below 10.
message_start recognise_frame(std::span<const std::uint8_t> bytes) noexcept {
  constexpr auto last_type = 9;
  auto begins = bytes[0] == 0 && (bytes.size() < 2 || bytes[1] <= frame_length_usual >> 8) &&
                (bytes.size() < 4 || bytes[3] <= last_type);
  if (!begins)
    return message_start::none;
  if (bytes.size() < http2_head_size)
    return message_start::undecided;
  auto head = read_frame_header(bytes);
  return is_valid(head) && !head.reserved ? message_start::http2 : message_start::none;
}

bool is_method_char(char c) noexcept { return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_'; }

message_start recognise_known_request(std::string_view text) noexcept {
  for (auto method : known_methods) {
    if (!agree(text, method))
      continue;
    if (text.size() <= method.size())
      return message_start::undecided;
    return begins_target(text[method.size()]) ? message_start::request : message_start::none;
  }
  return message_start::none;
}

/// Only a path tells that an unknown word is a method.
message_start recognise_any_request(std::string_view text) noexcept {
  auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_method_char) - text.begin());
  if (end + 1 >= text.size() && text.size() < message_start_size && (end == text.size() || text[end] == ' '))
    return message_start::undecided;
  return end > 0 && end + 1 < text.size() && text.substr(end, 2) == " /" ? message_start::request : message_start::none;
}

} // namespace

message_start recognise_message_start(std::span<const std::uint8_t> bytes, method_set methods) noexcept {
  if (bytes.empty())
    return message_start::undecided;
  auto text = std::string_view{reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), message_start_size)};
  if (agrees_with_status(text))
    return text.size() >= status_pattern.size() ? message_start::response : message_start::undecided;
  if (agree(text, preface))
    return text.size() >= preface.size() ? message_start::http2 : message_start::undecided;
  if (auto found = recognise_known_request(text); found != message_start::none)
    return found;
  if (auto found = recognise_any_request(text); methods == method_set::any && found != message_start::none)
    return found;
  return recognise_frame(bytes);
}

} // namespace cleartap
