// Makes the beginning of a message of an HTTP/2 field section (RFC 9113, 8.1 to 8.3). Refuses to know which message it
// belongs to.
#pragma once

#include "actors/streams/header_field.hpp"
#include "actors/streams/http_message.hpp"

namespace cleartap {

class field_section {
public:
  /// `size`: bytes of the block, which the ledger holds as queued.
  field_section(stream_shard& shard, kernel_time at, std::uint64_t size);

  /// Fields beyond head_max or headers_max are left out, counted once, and mark the message.
  void add(const header_field& field);

  /// A message without a body: a head, or trailers as headers. Of pseudo-headers that were not sent or are unknown
  /// nothing is set.
  http_message take() && { return std::move(made_); }

private:
  void add_pseudo(const header_field& field);
  void set(std::string& pseudo, std::string_view value);
  bool room_for(std::size_t size);

  stream_shard& shard_;
  http_message made_;
  std::size_t head_size_ = 0;
  bool over_ = false; // a limit was reached
};

} // namespace cleartap
