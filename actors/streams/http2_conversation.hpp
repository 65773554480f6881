// HTTP/2 on one connection (RFC 9113): finds its frames, decodes its header blocks, joins anywhere and goes on behind a
// loss. Refuses to know positions, and what becomes of a stream.
#pragma once

#include "actors/streams/direction_index.hpp"
#include "actors/streams/field_section.hpp"
#include "actors/streams/frame_reader.hpp"
#include "actors/streams/hpack_decoder.hpp"
#include "actors/streams/http2_streams.hpp"

#include <array>
#include <vector>

namespace cleartap {

class http2_conversation {
public:
  using bytes_view = std::span<const std::uint8_t>;

  /// `from_start`: the first bytes of the direction, inbound and outbound, are the first that were ever sent in it.
  /// Both references must outlive the conversation.
  http2_conversation(stream_shard& shard, connection_facts& facts, std::array<bool, 2> from_start);

  /// After a 101 to HTTP/1.1 (RFC 7540, 3.2): the request is that of stream 1.
  void upgraded(direction requests, http_message request);

  /// The next bytes of one direction, which are the start of a chunk. False: this is no HTTP/2, and `bytes` were not
  /// counted in the ledger.
  [[nodiscard]] bool consume(direction way, bytes_view bytes, kernel_time at, exchange_writer& out);

  /// `size` bytes are missing. Inside of data only the body has lost something.
  void pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out);

  /// `idle`: nothing came for a while.
  void tick(kernel_time now, bool idle, exchange_writer& out);
  void close(connection_end why, exchange_writer& out);

private:
  /// A header block whose end has not come.
  struct block {
    std::vector<std::uint8_t> bytes;
    std::uint32_t stream = 0;
    std::size_t continuations = 0;
    bool open = false;
    bool pushes = false; // of a PUSH_PROMISE
    bool ends_stream = false;
    bool over = false; // a limit was reached: it is not decoded
  };

  struct side {
    side(direction which, bool from_start, std::size_t table_max);

    direction way;
    bool fresh = true;                     // nothing came yet
    bool searching;                        // where the next frame begins is unknown
    std::uint8_t preface_left = 0;         // bytes
    std::uint8_t control_size = 0;         // of what `control` has
    std::array<std::uint8_t, 4> control{}; // the beginning of a GOAWAY
    frame_reader reader;
    hpack_decoder hpack;
    block fields;
  };

  side& at(direction way) noexcept { return sides_[index(way)]; }

  bytes_view take_preface(side& in, bytes_view bytes);
  bool fits(const side& in, const frame_piece& piece) const noexcept;
  void take(side& in, const frame_piece& piece, kernel_time at, exchange_writer& out);
  void take_control(side& in, const frame_piece& piece, exchange_writer& out);
  void take_block(side& in, const frame_piece& piece, kernel_time at, exchange_writer& out);
  void collect(side& in, bytes_view part);
  void give_up_block(side& in, stream_drop reason);
  void decode(side& in, bytes_view whole, kernel_time at, exchange_writer& out);
  void lose(side& in, body_loss why);

  stream_shard& shard_;
  http2_streams streams_;
  std::array<side, 2> sides_;
  bool confirmed_ = false; // it is HTTP/2 beyond doubt
};

} // namespace cleartap
