// Takes one HTTP/1 message (RFC 9112) at a time from the bytes of one direction. Refuses to know positions and pairs.
#pragma once

#include "actors/streams/chunk_line.hpp"
#include "actors/streams/http_message.hpp"

#include <llhttp.h>
#include <span>
#include <string_view>

namespace cleartap {

class http1_parser {
public:
  enum class state : std::uint8_t {
    idle,
    method, // of a request
    start_line,
    head,
    body,
    complete,
    failed, // not HTTP/1
    too_large
  };

  /// `shard` must outlive the parser.
  explicit http1_parser(stream_shard& shard) noexcept : shard_{&shard} {}

  /// Prepares for a message whose first byte comes next. The method that a response answers decides whether it has a
  /// body (RFC 9112, 6.3). Without one, a response ends with its head; its body is marked truncated if there may be
  /// one.
  void begin(message_kind kind, std::string_view answered_method, kernel_time at);

  /// Parses up to the end of the message and returns how many bytes belong to it. Those of a failed message are not
  /// counted in its size.
  /// Requires a message in progress.
  std::size_t feed(std::span<const std::uint8_t> bytes, kernel_time at);

  /// How many of the bytes to come are certainly content of this message, so that the framing survives their loss.
  [[nodiscard]] std::uint64_t skippable() const noexcept;

  /// Goes on as if `size` bytes of content had come; what follows them is not kept.
  /// Requires 0 < size <= skippable().
  void skip(std::uint64_t size, body_loss why) noexcept;

  /// The stream ends here: completes a body that lasts until then.
  void finish() noexcept;

  state where() const noexcept { return state_; }
  message_kind kind() const noexcept { return kind_; }
  /// Whether the start line is whole and says HTTP/1, whatever came after it.
  bool start_line_complete() const noexcept { return start_line_complete_; }
  bool head_complete() const noexcept { return state_ == state::body || state_ == state::complete; }
  const http_message& message() const noexcept { return message_; }

  /// Whether a complete response ends HTTP on its connection: 101, or 2xx to CONNECT.
  bool ends_http() const noexcept;

  /// Whether the head is whole and says that the body has no end that is worth waiting for.
  bool has_endless_body() const noexcept;

  /// Hands over the message before its end. The rest of it is parsed, and not kept; `message` has none of it.
  http_message give_up() noexcept;
  bool is_given_up() const noexcept { return given_up_; }

  /// Which limit made the message too large.
  stream_limit limit_reached() const noexcept { return limit_reached_; }

  /// Hands over the message, whole or not, and is idle.
  http_message take() noexcept;

private:
  struct callbacks; // what llhttp calls

  static constexpr std::size_t method_max = 32;

  /// What comes next of a chunked body.
  enum class chunked_part : std::uint8_t { line, data, trailers };

  bool announces_no_body() const noexcept;
  bool lasts_until_close() const noexcept;
  /// Whether nobody can tell where the request ends: its transfer coding is not chunked in the end.
  bool length_unknown() const noexcept;
  /// Where a field belongs that comes now.
  http_headers& fields() noexcept { return state_ == state::head ? message_.headers : message_.trailers; }
  void restart(std::string_view method);
  std::size_t take_method(std::span<const std::uint8_t> bytes);
  std::size_t take_rest(std::span<const std::uint8_t> bytes);
  std::size_t take_head(std::span<const std::uint8_t> bytes);
  std::size_t take_chunked(std::span<const std::uint8_t> bytes);
  void begin_chunk();
  std::size_t execute(std::span<const std::uint8_t> bytes);
  bool bytes_fit(std::span<const std::uint8_t> bytes) noexcept;
  int refuse(stream_limit which) noexcept;
  int keep(std::string& where, std::string_view part);
  int add_name(std::string_view part);
  int end_head();

  stream_shard* shard_;
  llhttp_t llhttp_{};
  http_message message_;
  std::size_t head_size_ = 0; // of what is kept
  state state_ = state::idle;
  message_kind kind_ = message_kind::request;
  stream_limit limit_reached_ = stream_limit::head;
  bool start_line_complete_ = false;
  bool answers_unknown_ = false;
  bool answers_head_ = false;
  bool answers_connect_ = false;
  bool given_up_ = false;
  bool naming_ = false;   // the last header's name is not whole yet
  bool after_cr_ = false; // the last byte of the head so far is a carriage return
  chunked_part part_ = chunked_part::line;
  chunk_line line_;
  bool skipping_ = false; // the bytes fed stand for lost ones
};

} // namespace cleartap
