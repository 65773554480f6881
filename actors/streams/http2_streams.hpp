// The streams of one HTTP/2 connection (RFC 9113, 5.1 and 8.1): puts heads, data and ends together to exchanges.
// Refuses to know frames.
#pragma once

#include "actors/streams/direction_index.hpp"
#include "actors/streams/exchange_writer.hpp"
#include "actors/streams/other_protocol.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace cleartap {

class http2_streams {
public:
  /// Both must outlive the streams. `facts.role` is set once it is known.
  http2_streams(stream_shard& shard, connection_facts& facts) noexcept : shard_{shard}, facts_{facts} {}

  /// Which direction carries requests is known from elsewhere.
  void decide(direction requests) noexcept;

  /// The request of stream 1, where HTTP/1.1 was upgraded.
  void upgraded(http_message request);

  // What was sent in one direction. `ends`: the direction's last of this stream. Sizes are of bytes that no bucket of
  // the ledger has yet, but of `fields`, whose size is queued.

  void fields(direction way, std::uint32_t id, http_message section, bool ends, exchange_writer& out);
  void data(direction way, std::uint32_t id, std::span<const std::uint8_t> content, bool ends, kernel_time at,
            exchange_writer& out);

  /// A section could not be decoded.
  void fields_lost(direction way, std::uint32_t id, bool ends, exchange_writer& out);

  /// `size` bytes of data did not come.
  void data_lost(direction way, std::uint32_t id, std::uint64_t size, bool ends, body_loss why, exchange_writer& out);

  /// RST_STREAM, by whichever side.
  void reset(std::uint32_t id, exchange_writer& out);

  /// GOAWAY sent in direction `way`: requests of the other side beyond `last` were not processed.
  void go_away(direction way, std::uint32_t last, exchange_writer& out);

  /// Anything may have been lost in one direction.
  void damage(direction way, body_loss why) noexcept;

  /// What is awaited for longer than open_max goes out: responses whose end does not come, and what a loss has torn.
  void tick(kernel_time now, exchange_writer& out);

  /// Everything pending goes out.
  void close(connection_end why, exchange_writer& out);

  bool empty() const noexcept { return open_.empty(); }

private:
  struct half {
    http_message message;
    bool head = false; // the message's own head is there
    bool ended = false;
    bool damaged = false; // something of it may have been lost
  };

  struct stream {
    std::uint32_t id = 0;
    kernel_time last{0};
    std::array<half, 2> halves;           // by direction
    std::uint64_t interim_size = 0;       // queued, of interim responses
    bool written = false;                 // its exchange went out before its end
    std::optional<other_protocol> tunnel; // what its data is, if no body
  };

  using place = std::vector<std::unique_ptr<stream>>::iterator;

  half& requests_of(stream& of) noexcept { return of.halves[index(requests_)]; }
  half& responses_of(stream& of) noexcept { return of.halves[index(opposite(requests_))]; }

  stream* find(std::uint32_t id) noexcept;
  stream* add(direction way, std::uint32_t id, exchange_writer& out);
  void learn_direction(direction way, const http_message& section) noexcept;
  bool fits(const half& part, direction way, const http_message& section) const noexcept;
  void take_fields(stream& of, direction way, http_message section, bool ends);
  void end_head(stream& of, direction way, exchange_writer& out);
  void end_half(stream& of, direction way, exchange_writer& out);
  void count_unclaimed(std::uint32_t id, std::uint64_t size) noexcept;
  void finish(stream& of, exchange_writer& out);
  void write(stream& of, exchange_writer& out);
  void write_early(stream& of, exchange_writer& out);
  void flush_unrequested(std::uint32_t below, exchange_writer& out);
  void forget(std::uint32_t id) noexcept;
  void remember_reset(std::uint32_t id) noexcept;
  /// Streams for which `which` holds go out, and are open no more.
  template <class Predicate>
  void write_out(Predicate which, exchange_writer& out);

  stream_shard& shard_;
  connection_facts& facts_;
  std::vector<std::unique_ptr<stream>> open_;
  std::array<std::uint32_t, 32> reset_{}; // streams that went out before their end, the latest ones
  std::size_t resets_ = 0;
  std::uint32_t last_request_ = 0;
  direction requests_ = direction::outbound;
  bool decided_ = false; // `requests_` is right
};

} // namespace cleartap
