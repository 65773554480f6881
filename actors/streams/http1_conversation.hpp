// HTTP/1 on one connection: finds messages in the bytes of both directions, and what is missing between them. Refuses
// to know positions and other protocols.
//
// Each direction is in one phase:
//
//                 a message start, at the start of a chunk            its end
//      searching -----------------------------------------> message --------> between
//          ^                                                 |   ^               |
//          '--- a loss outside of content, a parse error ----'   '--- a byte ----'
#pragma once

#include "actors/streams/direction_index.hpp"
#include "actors/streams/http1_parser.hpp"
#include "actors/streams/message_start.hpp"
#include "actors/streams/other_protocol.hpp"
#include "actors/streams/pairing.hpp"

#include <array>

namespace cleartap {

class http1_conversation {
public:
  using bytes_view = std::span<const std::uint8_t>;

  enum class course : std::uint8_t {
    going_on,
    http2, // what comes next in the direction of the last bytes is HTTP/2; see `take_prefix` and `dissolve`
    over   // no HTTP from here on
  };

  /// Both must outlive the conversation. `facts.role` is set once it is known. `from_start`: the first bytes of both
  /// directions are the first that were ever sent.
  http1_conversation(stream_shard& shard, connection_facts& facts, bool from_start);

  /// The next bytes of one direction, which are the start of a chunk. Returns those that are left when HTTP/1 ends.
  bytes_view consume(direction way, bytes_view bytes, kernel_time at, exchange_writer& out);

  /// `size` bytes are missing. Inside of content nothing else is lost with them.
  void pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out);

  /// Nobody knows what came before the next bytes of a direction.
  void begin_anywhere(exchange_writer& out);

  /// A response whose end is awaited for longer than open_max goes out.
  void tick(kernel_time now, exchange_writer& out);

  /// Ends both directions: whatever is pending goes out. `ended`: nothing more can come.
  void close(connection_end why, exchange_writer& out);

  course where() const noexcept { return course_; }
  /// What goes on where HTTP/1 is over.
  other_protocol successor() const noexcept { return successor_; }

  /// The undecided beginning of what turned out to be HTTP/2; no longer queued.
  std::vector<std::uint8_t> take_prefix(direction way);

  /// Whether nothing but that prefix came in a direction.
  bool untouched(direction way) const noexcept {
    const auto& in = streams_[index(way)];
    return !in.searched && in.where == phase::searching;
  }

  /// The request that a 101 has answered with HTTP/2, whose stream 1 it is.
  std::optional<http_message> take_upgraded();

  /// Where HTTP/2 was found: what was searched before it is dropped.
  void dissolve(exchange_writer& out);

private:
  enum class phase : std::uint8_t { searching, between, message };

  struct stream {
    stream(direction which, bool from_start, stream_shard& shard) noexcept
        : way{which}, at_start{from_start}, parser{shard} {}

    direction way;
    bool at_start;          // nothing of the direction came before
    bool tentative = false; // the message may turn out to be none
    bool announced = false; // the head of the request in progress was whole
    bool searched = false;  // its first bytes were looked at
    phase where = phase::searching;
    std::uint8_t prefix_size = 0;
    std::array<std::uint8_t, message_start_size> prefix{}; // the undecided beginning of a message
    kernel_time prefix_at{0};
    http1_parser parser;
  };

  // Those with a result return what is left of `bytes`.
  bytes_view search(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out);
  bytes_view start(stream& in, bytes_view bytes, kernel_time at);
  bytes_view advance(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out);
  bytes_view fail(stream& in, bytes_view bytes, exchange_writer& out);
  bytes_view fail_tentative(stream& in, bytes_view bytes, exchange_writer& out);
  bool is_http2(const stream& in, bytes_view bytes) const;
  bool fits(const stream& in, message_start found) const noexcept;
  void begin_found(stream& in, message_start found, kernel_time at, exchange_writer& out);
  void begin(stream& in, message_kind kind, kernel_time at);
  void end_request_head(stream& in, exchange_writer& out);
  void end_unclaimed_response(exchange_writer& out);
  void end_message(stream& in, exchange_writer& out);

  bool leaves_to_http2(const http_message& response) const;
  void leave_http(const http_message& response);
  void write_early(stream& in, exchange_writer& out);

  // What does not become a message (http1_losses.cpp).
  void lose(stream& in, std::uint64_t size, body_loss why, exchange_writer& out);
  void give_up(const stream& in, std::uint64_t missing, exchange_writer& out);
  void end_early(stream& in, body_loss why, exchange_writer& out);
  void abandon(stream& in, exchange_writer& out);
  void drop_prefix(stream& in, exchange_writer& out);
  void junk(const stream& in, std::uint64_t size, exchange_writer& out);
  void decide(direction requests, exchange_writer& out);

  stream& at(direction way) noexcept { return streams_[index(way)]; }
  stream& requests() noexcept { return at(requests_); }
  stream& responses() noexcept { return at(opposite(requests_)); }
  bool carries_requests(const stream& in) const noexcept { return in.way == requests_; }

  stream_shard& shard_;
  connection_facts& facts_;
  std::array<stream, 2> streams_;
  pairing pairs_;
  std::uint64_t undecided_size_ = 0; // junk that the ledger holds as queued until the protocol is known
  direction requests_ = direction::outbound;
  direction junk_way_ = direction::outbound; // of the last junk
  std::uint8_t turns_ = 0;                   // how often junk came from the other side than before
  bool decided_ = false;                     // HTTP/1, and `requests_` is right
  course course_ = course::going_on;
  other_protocol successor_ = other_protocol::unknown;
};

} // namespace cleartap
