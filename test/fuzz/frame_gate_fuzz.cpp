// Both sides of the gate against what arrives and what is sent, in turns. A refusal ends the session; until then the
// window holds, and CAF sees only frames whose payload has the length that their header says.
#include "test/fuzz/input.hpp"
#include "test/unit/link/frames.hpp"

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

enum mode : std::uint8_t { client_side = 1, before_handshake = 2 };
enum step : std::uint8_t { goes_out = 1, keeps_length = 2 };

frame_gate gate_for(std::uint8_t mode) {
  const auto which = (mode & client_side) != 0 ? frame_gate::side::client : frame_gate::side::server;
  if ((mode & before_handshake) == 0)
    return which == frame_gate::side::client ? link_frames::client_gate() : link_frames::server_gate();
  const auto actor = which == frame_gate::side::client ? 0 : link_frames::facade;
  return {which, link_frames::node(9), actor, [](const node_bytes& node) { return node.back() != 0; }};
}

/// Whether the session goes on.
bool arrive(frame_gate& gate, input& from, bool keep_length) {
  const auto size = from.number(2);
  auto taken = from.take(frame_header_size);
  if (taken.size() < frame_header_size)
    return false;
  auto header = std::vector<std::uint8_t>{taken.begin(), taken.end()};
  if (!keep_length) { // a length that the input can fill, so that most mutations reach the payload
    header[4] = header[5] = 0;
    header[6] = static_cast<std::uint8_t>(size >> 8);
    header[7] = static_cast<std::uint8_t>(size);
  }
  if (gate.refuse_header(header))
    return false;
  expect(gate.payload_size() <= frame_payload_max);
  const auto payload = from.take(gate.payload_size());
  return payload.size() == gate.payload_size() && !gate.refuse_payload(payload);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  auto gate = gate_for(static_cast<std::uint8_t>(from.number(1)));
  auto goes_on = true;
  while (goes_on && !from.empty()) {
    const auto what = from.number(1);
    if ((what & goes_out) != 0)
      goes_on = !gate.sent(from.take(from.number(2)));
    else
      goes_on = arrive(gate, from, (what & keeps_length) != 0);
    expect(gate.open_requests() <= wire_requests_max);
    expect(gate.open_bytes() <= wire_bytes_max);
  }
  return 0;
}
