// Frames as a peer's CAF writes them, byte by byte, so that tests can change each. test/actors/link_frames_test.cpp
// holds the gate against CAF itself.
#pragma once

#include "actors/link/frame_gate.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace cleartap::link_frames {

using bytes = std::vector<std::uint8_t>;

inline constexpr auto facade = std::uint64_t{7};
inline constexpr auto sender = std::uint64_t{11};
inline constexpr auto normal_priority = std::uint64_t{1} << 60;
inline constexpr auto response = std::uint64_t{1} << 63;
inline constexpr auto watermark = std::uint64_t{0x3FC9B9AB7CA6DF0};

class writer {
public:
  writer& number(std::uint64_t value, int size) {
    for (auto shift = 8 * size; shift > 0; shift -= 8)
      bytes_.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
    return *this;
  }
  writer& text(std::string_view value) {
    auto size = value.size();
    for (; size > 127; size >>= 7)
      bytes_.push_back(static_cast<std::uint8_t>(size | 0x80));
    bytes_.push_back(static_cast<std::uint8_t>(size));
    return raw({value.begin(), value.end()});
  }
  writer& raw(const bytes& value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  operator bytes() const { return bytes_; }

private:
  bytes bytes_;
};

inline node_bytes node(std::uint8_t which) {
  const bytes written = writer{}.number(0x3E9AAB9BAC79, 8).number(which, 4).raw(bytes(20, which));
  auto result = node_bytes{};
  std::copy(written.begin(), written.end(), result.begin());
  return result;
}
inline bytes node_text(std::uint8_t which) {
  const auto value = node(which);
  return {value.begin(), value.end()};
}
inline constexpr auto server_node = std::uint8_t{1}, client_node = std::uint8_t{2};

struct frame {
  int operation = 0;
  std::uint64_t data = 0;
  std::uint64_t source = 0;
  std::uint64_t target = 0;
  bytes payload = {};
  int flags = 0;
  int padding = 0;

  bytes header() const {
    return writer{}
        .number(static_cast<std::uint64_t>(operation), 1)
        .number(static_cast<std::uint64_t>(padding), 2)
        .number(static_cast<std::uint64_t>(flags), 1)
        .number(payload.size(), 4)
        .number(data, 8)
        .number(source, 8)
        .number(target, 8);
  }
  bytes all() const { return writer{}.raw(header()).raw(payload); }
};

inline writer message(std::string_view types) { return writer{}.number(0, 1).number(0, 2).text(types); }

inline frame client_hello(int flags = 0, std::uint8_t which = client_node) {
  return {.operation = 1, .payload = node_text(which), .flags = flags};
}
inline frame server_hello(std::uint64_t actor = facade) {
  const bytes payload = writer{}
                            .raw(node_text(server_node))
                            .number(1, 1)
                            .text("generic-caf-app")
                            .number(actor, 8)
                            .number(2, 1)
                            .text("first")
                            .text("second");
  return {.operation = 0, .data = 3, .payload = payload};
}

inline frame request(std::uint64_t id, bytes payload, std::uint64_t from = sender) {
  return {
      .operation = 2, .data = id | normal_priority, .source = from, .target = facade, .payload = std::move(payload)};
}
inline frame answer(std::uint64_t id, bytes payload, std::uint64_t to = sender) {
  return {.operation = 2,
          .data = id | normal_priority | response,
          .source = facade,
          .target = to,
          .payload = std::move(payload)};
}

inline bytes hello(std::string_view name = "node-1.sniffer.cleartap") {
  return message("@<>+cleartap::wire_hello").number(1, 4).text(name).number(42, 8);
}
inline bytes goodbye() { return message("@<>+cleartap::wire_goodbye").number(10, 8).number(1, 8); }
inline bytes part(std::string_view content, std::uint64_t number = 1, std::uint32_t index = 0,
                  std::uint32_t parts = 1) {
  return message("@<>+cleartap::wire_part").number(number, 8).number(index, 4).number(parts, 4).text(content);
}
inline bytes acknowledgement() { return message("@<>+@atom+@u64").number(watermark, 8).number(5, 8); }
inline bytes error(int code = 3) {
  return message("@<>+@error").number(static_cast<std::uint64_t>(code), 1).number(77, 8).number(0, 2).text("@<>");
}

inline frame monitor(std::uint8_t from, std::uint8_t to, std::uint64_t actor) {
  return {.operation = 4, .target = actor, .payload = writer{}.raw(node_text(from)).raw(node_text(to))};
}
inline frame down(std::uint8_t from, std::uint8_t to, std::uint64_t actor) {
  const bytes end = writer{}.number(0, 1).number(0, 8).number(0, 2).text("@<>");
  return {.operation = 5, .source = actor, .payload = writer{}.raw(node_text(from)).raw(node_text(to)).raw(end)};
}
inline frame heartbeat() { return {.operation = 6}; }

/// What the gate says of a whole frame; "" if CAF may see it.
inline std::string refusal(frame_gate& gate, const frame& each) {
  auto why = gate.refuse_header(each.header());
  if (!why)
    why = gate.refuse_payload(each.payload);
  return std::string{why.value_or("")};
}

/// A server's gate after both handshakes of a client.
inline frame_gate server_gate() {
  auto gate = frame_gate{frame_gate::side::server, node(server_node), facade, [](const node_bytes&) { return true; }};
  refusal(gate, client_hello());
  refusal(gate, client_hello(2));
  return gate;
}

/// A client's gate after the server's handshake.
inline frame_gate client_gate() {
  auto gate = frame_gate{frame_gate::side::client, node(client_node), 0, [](const node_bytes&) { return true; }};
  refusal(gate, server_hello());
  return gate;
}

} // namespace cleartap::link_frames
