// One TLS connection: puts the bytes of both directions in order, finds HTTP/1.1 in them, notices what is missing.
// Refuses to know other connections.
//
// Each direction is in one phase:
//
//                 a message start, at the start of a chunk            its end
//      searching -----------------------------------------> message --------> between
//          ^                                                 |   ^               |
//          '--- a loss outside of content, a parse error ----'   '--- a byte ----'
#pragma once

#include "actors/streams/http1_parser.hpp"
#include "actors/streams/message_start.hpp"
#include "actors/streams/pairing.hpp"

#include <array>

namespace cleartap {

class connection {
public:
  /// `first` is the first chunk that was seen; `shard` must outlive the connection.
  connection(const tls_chunk& first, stream_shard& shard);

  /// Whether what comes next may be HTTP/1.1. If not, close the connection and count what comes as not_http.
  [[nodiscard]] bool accept(const tls_chunk& chunk, std::span<const std::uint8_t> bytes, std::vector<exchange>& out);

  /// Ends both directions: whatever is pending goes out. Accepts nothing afterwards.
  void close(std::vector<exchange>& out);

private:
  using bytes_view = std::span<const std::uint8_t>;
  enum class phase : std::uint8_t { searching, between, message };

  struct stream {
    stream(direction which, const stream_limits& limits) noexcept : way{which}, parser{limits} {}

    direction way;
    bool positioned = false; // `next` is known
    bool tentative = false;  // the message may turn out to be none
    bool announced = false;  // the head of the request in progress was whole
    phase where = phase::searching;
    std::uint8_t prefix_size = 0;
    std::array<std::uint8_t, message_start_size> prefix{}; // the undecided beginning of a message
    kernel_time prefix_at{0};
    std::uint64_t next = 0; // position of the next byte
    http1_parser parser;
  };

  // Positions and sockets.
  void learn(const tls_chunk& chunk);
  std::uint64_t align(stream& in, const tls_chunk& chunk, exchange_writer& out);
  void pass_over(stream& in, std::uint64_t size, body_loss why, exchange_writer& out);

  // Bytes to messages (connection_messages.cpp). Those with a result return what is left of `bytes`.
  void consume(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out);
  bytes_view search(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out);
  bytes_view start(stream& in, bytes_view bytes, kernel_time at);
  bytes_view advance(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out);
  bytes_view fail(stream& in, bytes_view bytes, exchange_writer& out);
  bytes_view fail_tentative(stream& in, bytes_view bytes, exchange_writer& out);
  bool fits(const stream& in, message_start found) const noexcept;
  void begin_found(stream& in, message_start found, kernel_time at, exchange_writer& out);
  void begin(stream& in, message_kind kind, kernel_time at);
  void end_request_head(stream& in, exchange_writer& out);
  void end_unclaimed_response(exchange_writer& out);
  void end_message(stream& in, exchange_writer& out);

  // What does not become a message.
  void lose(stream& in, body_loss why, exchange_writer& out);
  void end_early(stream& in, body_loss why, exchange_writer& out);
  void abandon(stream& in, exchange_writer& out);
  void drop_prefix(stream& in, exchange_writer& out);
  void junk(const stream& in, std::uint64_t size, exchange_writer& out);
  void decide(direction requests, exchange_writer& out);

  stream& at(direction way) noexcept { return streams_[way == direction::inbound ? 0 : 1]; }
  stream& requests() noexcept { return at(requests_); }
  stream& responses() noexcept {
    return at(requests_ == direction::inbound ? direction::outbound : direction::inbound);
  }
  bool carries_requests(const stream& in) const noexcept { return in.way == requests_; }

  stream_shard& shard_;
  connection_facts facts_;
  std::array<stream, 2> streams_;
  pairing pairs_;
  std::uint64_t undecided_size_ = 0; // junk that the ledger holds as queued until the protocol is known
  direction requests_ = direction::outbound;
  bool decided_ = false; // HTTP/1.1, and `requests_` is right
  bool over_ = false;    // no HTTP/1.1 from here on
};

} // namespace cleartap
