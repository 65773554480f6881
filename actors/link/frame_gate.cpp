#include "actors/link/frame_gate.hpp"

#include "actors/link/byte_reader.hpp"

#include <algorithm>
#include <cassert>

namespace cleartap {

namespace {

// BASP, version 3: caf/io/basp/message_type.hpp, header.hpp and instance.cpp of CAF 0.17.6. link_frames_test.cpp holds
// these against the library.
enum operation : std::uint8_t {
  server_handshake,
  client_handshake,
  direct_message,
  routed_message, // for actors of third nodes: never ours
  monitor_message,
  down_message,
  heartbeat
};

constexpr auto basp_version = std::uint64_t{3};
constexpr auto select_connection_flag = std::uint8_t{2};
constexpr auto node_size = std::size_t{32};
constexpr auto default_node_atom = std::uint64_t{0x3E9AAB9BAC79};  // "default"
constexpr auto watermark_value = std::uint64_t{0x3FC9B9AB7CA6DF0}; // "watermark"

// caf/message_id.hpp
constexpr auto response_flag = std::uint64_t{0x8000000000000000};
constexpr auto answered_flag = std::uint64_t{0x4000000000000000};
constexpr auto stream_flag = std::uint64_t{0x2000000000000000};
constexpr auto request_id_mask = std::uint64_t{0x0FFFFFFFFFFFFFFF};

// The names of types, as a message carries them: message::save.
constexpr auto no_values = std::string_view{"@<>"};
constexpr auto hello_name = std::string_view{"@<>+cleartap::wire_hello"};
constexpr auto part_name = std::string_view{"@<>+cleartap::wire_part"};
constexpr auto goodbye_name = std::string_view{"@<>+cleartap::wire_goodbye"};
constexpr auto watermark_name = std::string_view{"@<>+@atom+@u64"};
constexpr auto error_name = std::string_view{"@<>+@error"};
static_assert(part_name.size() == 23, "part_overhead_max counts it");

constexpr auto end_size = 2 * node_size + 1 + 8 + 2 + 1 + no_values.size(); // two nodes and an error without context
constexpr auto response_size_max = 1 + 2 + 1 + watermark_name.size() + 8 + 8;
constexpr auto handshake_size_max = std::size_t{4096}; // session_actor's interface takes a tenth
constexpr auto texts_max = std::uint64_t{32};          // application identifiers, or messages of the interface

bool starts_message(byte_reader& in) {
  const auto stack_size = in.number(1); // actors to forward the answer to
  const auto type_number = in.number(2);
  return in.ok() && stack_size == 0 && type_number == 0; // 0: a name follows
}

/// A context can hold any message, also nested ones without end.
bool is_plain_error(byte_reader& in, bool may_be_none) {
  const auto code = in.number(1);
  in.take(8); // category
  const auto type_number = in.number(2);
  return type_number == 0 && in.text() == no_values && (may_be_none || code != 0);
}

bool skip_texts(byte_reader& in) {
  const auto count = in.varint();
  if (count > texts_max)
    return false;
  for (auto i = std::uint64_t{0}; i < count; ++i)
    in.text();
  return in.ok();
}

bool is_hello(byte_reader& in) {
  in.take(4); // version: the session's actor tells the peer which one it lacks
  const auto name = in.text();
  in.take(8); // epoch
  return in.complete() && name.size() <= frame_gate::name_size_max;
}

/// The size of the part's bytes, or nothing if it is none.
std::optional<std::size_t> part_size(byte_reader& in) {
  const auto number = in.number(8);
  const auto part = in.number(4);
  const auto parts = in.number(4);
  const auto size = in.text().size();
  const auto fits = number > 0 && parts <= wire_parts_max && part < parts && size <= wire_part_size_max;
  return in.complete() && fits ? std::optional{size} : std::nullopt;
}

frame_refusal unless(bool fine, std::string_view why) { return fine ? std::nullopt : frame_refusal{why}; }

} // namespace

frame_gate::frame_gate(side which, const node_bytes& self, std::uint64_t facade, claim_fn claim)
    : side_{which}, self_{self}, facade_{facade}, claim_{std::move(claim)} {
  assert((side_ == side::server) == (facade_ != 0));
}

frame_gate::header frame_gate::header_of(std::span<const std::uint8_t> bytes) noexcept {
  assert(bytes.size() == frame_header_size);
  auto in = byte_reader{bytes};
  auto read = header{};
  read.operation = static_cast<std::uint8_t>(in.number(1));
  read.padding = static_cast<std::uint16_t>(in.number(2));
  read.flags = static_cast<std::uint8_t>(in.number(1));
  read.payload_size = static_cast<std::uint32_t>(in.number(4));
  read.data = in.number(8);
  read.source = in.number(8);
  read.target = in.number(8);
  return read;
}

frame_refusal frame_gate::refuse_header(std::span<const std::uint8_t> bytes) {
  header_ = header_of(bytes);
  if (header_.payload_size > frame_payload_max)
    return "frame: too long";
  const auto selects = side_ == side::server && header_.operation == client_handshake && hellos_ == 1;
  if (header_.padding != 0 || header_.flags != (selects ? select_connection_flag : 0))
    return "frame: flags";
  return refuse_operation();
}

frame_refusal frame_gate::refuse_operation() const {
  const auto server = side_ == side::server;
  const auto size = header_.payload_size;
  if (header_.operation == client_handshake)
    return unless(server && hellos_ < 2 && size == node_size && header_.data == 0 && !header_.addressed(),
                  "frame: client handshake");
  if (header_.operation == server_handshake)
    return unless(!server && hellos_ == 0 && size <= handshake_size_max && header_.data == basp_version &&
                      !header_.addressed(),
                  "frame: server handshake");
  if (hellos_ == 0)
    return "frame: before the handshake";
  switch (header_.operation) {
  case direct_message:
    return server ? refuse_request_header() : refuse_response_header();
  case monitor_message:
    return unless(size == 2 * node_size && header_.data == 0 && header_.source == 0 && is_ours(header_.target),
                  "frame: monitor of an actor not announced");
  case down_message:
    return unless(size == end_size && header_.data == 0 && header_.target == 0 && is_theirs(header_.source),
                  "frame: down of an unknown actor");
  case heartbeat:
    return unless(size == 0 && header_.data == 0 && !header_.addressed(), "frame: heartbeat");
  default:
    return "frame: operation not allowed";
  }
}

frame_refusal frame_gate::refuse_request_header() const {
  const auto id = header_.data & request_id_mask;
  if (header_.target != facade_)
    return "frame: message to an actor not announced";
  if (id == 0 || (header_.data & (response_flag | answered_flag | stream_flag)) != 0)
    return "frame: not a request";
  if (header_.source == 0 || (!knows_sender(header_.source) && senders_.size() == senders_max))
    return "frame: too many senders";
  if (find_open(header_.source, id) != open_.end())
    return "frame: request id in use";
  return unless(open_.size() < wire_requests_max, "frame: window of requests exceeded");
}

frame_refusal frame_gate::refuse_response_header() const {
  if (header_.source != 0 && header_.source != facade_) // 0: CAF answers for an actor that has ended
    return "frame: message of an unknown actor";
  if ((header_.data & response_flag) == 0 || (header_.data & (answered_flag | stream_flag)) != 0 ||
      find_open(header_.target, header_.data & request_id_mask) == open_.end())
    return "frame: not a response";
  return unless(header_.payload_size <= response_size_max, "frame: too long");
}

bool frame_gate::is_message() const noexcept { return header_.operation == direct_message; }

frame_refusal frame_gate::refuse_payload(std::span<const std::uint8_t> payload) {
  assert(payload.size() == header_.payload_size);
  auto in = byte_reader{payload};
  switch (header_.operation) {
  case client_handshake:
  case server_handshake:
    return refuse_hello(in);
  case direct_message:
    return side_ == side::server ? refuse_request(in) : refuse_response(in);
  case monitor_message:
    return unless(between_us(in) && in.complete(), "payload: wrong node");
  case down_message:
    return refuse_end(in);
  default: // a heartbeat has none
    return std::nullopt;
  }
}

frame_refusal frame_gate::refuse_hello(byte_reader& in) {
  const auto bytes = in.take(node_size);
  auto node = node_bytes{};
  std::ranges::copy(bytes, node.begin());
  auto fields = byte_reader{node};
  const auto kind = fields.number(8);
  const auto pid = fields.number(4);
  if (bytes.size() != node_size || kind != default_node_atom || pid == 0 || node == self_)
    return "payload: node id";
  if (hellos_ == 1 && node != peer_)
    return "payload: node id changed";
  if (hellos_ == 0 && !claim_(node))
    return "payload: node id of another peer";
  peer_ = node;
  ++hellos_;
  return side_ == side::server ? unless(in.complete(), "payload: client handshake") : refuse_announcement(in);
}

frame_refusal frame_gate::refuse_announcement(byte_reader& in) {
  const auto applications = skip_texts(in);
  facade_ = in.number(8);
  const auto interface = skip_texts(in);
  return unless(applications && interface && in.complete() && facade_ != 0, "payload: server handshake");
}

frame_refusal frame_gate::refuse_request(byte_reader& in) {
  if (!starts_message(in))
    return "payload: forwarded or unnamed";
  const auto name = in.text();
  auto size = std::optional<std::size_t>{0};
  if (name == part_name)
    size = part_size(in);
  else if (name == hello_name)
    size = is_hello(in) ? size : std::nullopt;
  else if (name == goodbye_name)
    size = in.take(16).size() == 16 && in.complete() ? size : std::nullopt;
  else
    return "payload: type not allowed";
  if (!size)
    return "payload: values";
  if (*size > wire_bytes_max - open_bytes_)
    return "payload: window of bytes exceeded";
  if (!knows_sender(header_.source))
    senders_.push_back(header_.source);
  open_.push_back({header_.source, header_.data & request_id_mask, *size});
  open_bytes_ += *size;
  return std::nullopt;
}

frame_refusal frame_gate::refuse_response(byte_reader& in) {
  if (!starts_message(in))
    return "payload: forwarded or unnamed";
  const auto name = in.text();
  auto fits = false;
  if (name == watermark_name)
    fits = in.number(8) == watermark_value && in.take(8).size() == 8;
  else if (name == error_name)
    fits = is_plain_error(in, false);
  else
    return "payload: type not allowed";
  if (!fits || !in.complete())
    return "payload: values";
  close(header_.target, header_.data & request_id_mask);
  return std::nullopt;
}

frame_refusal frame_gate::refuse_end(byte_reader& in) {
  if (!between_us(in))
    return "payload: wrong node";
  if (!is_plain_error(in, true) || !in.complete())
    return "payload: error with a context";
  std::erase(senders_, header_.source); // its open requests stay: their answers go nowhere, but the facade has the work
  return std::nullopt;
}

frame_refusal frame_gate::sent(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (sent_payload_left_ > 0) {
      const auto skipped = std::min(sent_payload_left_, bytes.size());
      sent_payload_left_ -= skipped;
      bytes = bytes.subspan(skipped);
      continue;
    }
    const auto part = bytes.first(std::min(frame_header_size - sent_header_size_, bytes.size()));
    std::ranges::copy(part, sent_header_.begin() + static_cast<std::ptrdiff_t>(sent_header_size_));
    sent_header_size_ += part.size();
    bytes = bytes.subspan(part.size());
    if (sent_header_size_ < frame_header_size)
      break;
    if (auto refused = note_sent())
      return refused;
  }
  return std::nullopt;
}

frame_refusal frame_gate::note_sent() {
  const auto head = header_of(sent_header_);
  sent_header_size_ = 0;
  sent_payload_left_ = head.payload_size;
  if (head.operation != direct_message)
    return std::nullopt;
  const auto id = head.data & request_id_mask;
  if (side_ == side::server) {
    close(head.target, id);
    return std::nullopt;
  }
  if (open_.size() == wire_requests_max)
    return "we asked more than the peer's window allows";
  if (!knows_sender(head.source)) {
    if (senders_.size() == senders_max)
      senders_.erase(senders_.begin()); // the oldest; one that still asks comes back
    senders_.push_back(head.source);
  }
  open_.push_back({head.source, id, 0});
  return std::nullopt;
}

bool frame_gate::between_us(byte_reader& in) const {
  const auto source = in.take(node_size);
  const auto target = in.take(node_size);
  return std::ranges::equal(source, peer_) && std::ranges::equal(target, self_);
}

bool frame_gate::is_ours(std::uint64_t actor) const {
  return side_ == side::server ? actor == facade_ : knows_sender(actor);
}

bool frame_gate::is_theirs(std::uint64_t actor) const {
  return side_ == side::server ? knows_sender(actor) : actor == facade_;
}

bool frame_gate::knows_sender(std::uint64_t actor) const {
  return std::ranges::find(senders_, actor) != senders_.end();
}

std::vector<frame_gate::request>::const_iterator frame_gate::find_open(std::uint64_t sender, std::uint64_t id) const {
  return std::ranges::find_if(open_, [&](const request& each) { return each.sender == sender && each.id == id; });
}

void frame_gate::close(std::uint64_t sender, std::uint64_t id) {
  const auto found = find_open(sender, id);
  if (found == open_.end())
    return;
  open_bytes_ -= found->bytes;
  open_.erase(found);
}

} // namespace cleartap
