// One TLS connection: puts the bytes of both directions in order, notices what is missing, and hands them to the
// protocol that they speak. Refuses to know other connections.
#pragma once

#include "actors/streams/direction_index.hpp"
#include "actors/streams/http1_conversation.hpp"
#include "actors/streams/http2_conversation.hpp"

#include <array>
#include <memory>

namespace cleartap {

class connection {
public:
  /// `first` is the first chunk that was seen; `shard` must outlive the connection.
  connection(const tls_chunk& first, stream_shard& shard);

  /// Whether what comes next may be HTTP. If not, close the connection and count what comes as `other`.
  [[nodiscard]] bool accept(const tls_chunk& chunk, std::span<const std::uint8_t> bytes, std::vector<exchange>& out);

  /// Exchanges whose end is not awaited any more go out. `idle`: nothing came for a while.
  void tick(kernel_time now, bool idle, std::vector<exchange>& out);

  /// Ends both directions: whatever is pending goes out. Accepts nothing afterwards.
  void close(connection_end why, std::vector<exchange>& out);

  /// The same by the chunk that says so, and how far each direction went.
  void close(const tls_chunk& closing, std::vector<exchange>& out);

  /// What a connection that is not HTTP, or no longer, speaks.
  other_protocol other() const noexcept { return other_; }

private:
  using bytes_view = std::span<const std::uint8_t>;

  struct position {
    bool known = false;
    std::uint64_t next = 0; // of the next byte
  };

  void learn(const tls_chunk& chunk);
  std::uint64_t align(const tls_chunk& chunk, exchange_writer& out);
  void pass_over_lost(direction way, std::uint64_t next, exchange_writer& out);
  void consume(direction way, bytes_view bytes, kernel_time at, exchange_writer& out);
  void become_http2(direction way, bytes_view bytes, kernel_time at, exchange_writer& out);
  void pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out);

  position& at(direction way) noexcept { return positions_[index(way)]; }

  stream_shard& shard_;
  connection_facts facts_;
  std::array<position, 2> positions_;
  std::unique_ptr<http1_conversation> http1_; // until the protocol is known, and for HTTP/1
  std::unique_ptr<http2_conversation> http2_;
  other_protocol other_ = other_protocol::unknown;
  bool over_ = false; // no HTTP from here on
};

} // namespace cleartap
