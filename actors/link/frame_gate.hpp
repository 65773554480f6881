// Decides which frames of one authenticated peer CAF may see. CAF 0.17.6 trusts its peers: one frame of 32 bytes ends
// the process, a nested message overflows the stack, a claimed length is allocated before it is checked. So every frame
// is read in full here first, and only what a cleartap peer sends is let through. Refuses to know sockets, TLS and CAF.
#pragma once

#include "messages/wire.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace cleartap {

class byte_reader;

/// A node's identity on the wire: the atom "default", a pid and 20 random bytes.
using node_bytes = std::array<std::uint8_t, 32>;

inline constexpr std::size_t frame_header_size = 32;

/// What stands around the bytes of a wire_part: an empty forwarding stack, an unnamed type, the name with its length,
/// three numbers and the length of the bytes.
inline constexpr std::size_t part_overhead_max = 1 + 2 + 1 + 23 + 8 + 4 + 4 + 3;

/// The longest payload of any frame: memory that a peer can make a session use for reading.
inline constexpr std::size_t frame_payload_max = wire_part_size_max + part_overhead_max;

/// Why the peer has to go, for the log; nothing if CAF may see the bytes.
using frame_refusal = std::optional<std::string_view>;

/// Both sides of a link. A client (sniffer) sends requests and lets in answers; a server (reconstructor) the other way.
/// For every frame that arrives: refuse_header with 32 bytes, then refuse_payload with the payload_size() bytes behind
/// them, also when that is 0; only after both may CAF see the frame. Everything that is written goes through sent().
/// After a refusal the session ends, and its gate with it.
class frame_gate {
public:
  enum class side : std::uint8_t { server, client };

  /// Whether this peer may speak as that node. Asked once; a node belongs to its first live session.
  using claim_fn = std::function<bool(const node_bytes&)>;

  static constexpr std::size_t senders_max = 8;
  static constexpr std::size_t name_size_max = 253;

  /// `facade` is the one actor that the peer can reach; 0 at the client, where the server's handshake tells it.
  frame_gate(side which, const node_bytes& self, std::uint64_t facade, claim_fn claim);

  [[nodiscard]] frame_refusal refuse_header(std::span<const std::uint8_t> header);

  /// Of the frame whose header was let through last.
  std::size_t payload_size() const noexcept { return header_.payload_size; }

  /// Whether that frame is a request or an answer, which the window bounds; all others are control.
  bool is_message() const noexcept;

  [[nodiscard]] frame_refusal refuse_payload(std::span<const std::uint8_t> payload);

  /// Bytes that went to the peer, in any pieces. A client's requests announce their senders and open their answers'
  /// way; a server's answers close exactly the request they belong to. Refused is only what would break the window that
  /// the peer grants.
  [[nodiscard]] frame_refusal sent(std::span<const std::uint8_t> bytes);

  /// Requests without an answer, and the bytes of the parts among them.
  std::size_t open_requests() const noexcept { return open_.size(); }
  std::size_t open_bytes() const noexcept { return open_bytes_; }

private:
  struct header {
    std::uint8_t operation = 0;
    std::uint16_t padding = 0;
    std::uint8_t flags = 0;
    std::uint32_t payload_size = 0;
    std::uint64_t data = 0; // of the operation: a message id, or the protocol's version
    std::uint64_t source = 0;
    std::uint64_t target = 0;

    bool addressed() const noexcept { return source != 0 || target != 0; }
  };
  struct request {
    std::uint64_t sender = 0;
    std::uint64_t id = 0;
    std::size_t bytes = 0;
  };

  static header header_of(std::span<const std::uint8_t> bytes) noexcept;

  frame_refusal refuse_operation() const;
  frame_refusal refuse_request_header() const;
  frame_refusal refuse_response_header() const;
  frame_refusal refuse_hello(byte_reader& in);
  frame_refusal refuse_announcement(byte_reader& in);
  frame_refusal refuse_request(byte_reader& in);
  frame_refusal refuse_response(byte_reader& in);
  frame_refusal refuse_end(byte_reader& in);
  frame_refusal note_sent();

  bool between_us(byte_reader& in) const;
  bool is_ours(std::uint64_t actor) const;
  bool is_theirs(std::uint64_t actor) const;
  bool knows_sender(std::uint64_t actor) const;
  std::vector<request>::const_iterator find_open(std::uint64_t sender, std::uint64_t id) const;
  void close(std::uint64_t sender, std::uint64_t id);

  side side_;
  node_bytes self_;
  node_bytes peer_{};
  std::uint64_t facade_;
  claim_fn claim_;
  int hellos_ = 0; // handshakes of the peer so far: two of a client, one of a server
  header header_;
  std::vector<std::uint64_t> senders_; // the client's actors that asked something; at most senders_max at the server
  std::vector<request> open_;          // at most wire_requests_max
  std::size_t open_bytes_ = 0;
  std::array<std::uint8_t, frame_header_size> sent_header_{};
  std::size_t sent_header_size_ = 0;
  std::size_t sent_payload_left_ = 0;
};

} // namespace cleartap
