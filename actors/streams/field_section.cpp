#include "actors/streams/field_section.hpp"

#include <charconv>

namespace cleartap {

namespace {

/// Three digits, else 0 (RFC 9110, 15).
std::uint16_t status_of(std::string_view text) noexcept {
  auto status = std::uint16_t{0};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  return error == std::errc{} && end == text.data() + text.size() && text.size() == 3 ? status : std::uint16_t{0};
}

} // namespace

field_section::field_section(stream_shard& shard, kernel_time at, std::uint64_t size) : shard_{shard} {
  made_.first = made_.last = at;
  made_.size = size;
  made_.version = http_version::http2;
}

void field_section::add(const header_field& field) {
  if (!field.name_known || !field.value_known) {
    made_.fields_unknown = true;
    return;
  }
  if (field.name.starts_with(':'))
    return add_pseudo(field);
  auto& headers = made_.headers;
  // HTTP/2 may cut a cookie header into its pairs (RFC 9113, 8.2.3).
  if (field.name == "cookie" && !headers.empty() && headers.back().first == "cookie") {
    if (room_for(field.value.size() + 2))
      headers.back().second.append("; ").append(field.value);
    return;
  }
  if (headers.size() >= shard_.limits.headers_max) {
    if (!std::exchange(over_, true))
      ++shard_.ledger[stream_limit::headers];
    made_.mark(body_loss::limit);
    return;
  }
  if (!room_for(field.name.size() + field.value.size()))
    return;
  if (headers.empty())
    headers.reserve(16);
  headers.emplace_back(field.name, field.value);
}

void field_section::add_pseudo(const header_field& field) {
  if (!room_for(field.value.size()))
    return;
  if (field.name == ":status") {
    made_.malformed |= made_.status != 0;
    made_.status = status_of(field.value);
  } else if (field.name == ":method") {
    set(made_.method, field.value);
  } else if (field.name == ":path") {
    set(made_.target, field.value);
  } else if (field.name == ":scheme") {
    set(made_.scheme, field.value);
  } else if (field.name == ":authority") {
    set(made_.authority, field.value);
  } else if (field.name == ":protocol") {
    set(made_.protocol, field.value);
  }
}

void field_section::set(std::string& pseudo, std::string_view value) {
  made_.malformed |= !pseudo.empty();
  pseudo = value;
}

bool field_section::room_for(std::size_t size) {
  head_size_ += size;
  if (head_size_ <= shard_.limits.head_max && made_.kept.grow(shard_, size))
    return true;
  if (head_size_ > shard_.limits.head_max && !std::exchange(over_, true))
    ++shard_.ledger[stream_limit::head];
  made_.mark(body_loss::limit);
  return false;
}

} // namespace cleartap
