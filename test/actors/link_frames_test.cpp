// The gate against frames that CAF itself writes: a type that CAF spells in another way would never pass.
#include "actors/link/frame_gate.hpp"
#include "test/actors/running_system.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/basp/header.hpp>
#include <caf/io/basp/version.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

namespace basp = caf::io::basp;
using buffer = std::vector<char>;

constexpr auto facade = caf::actor_id{7};
constexpr auto sender = caf::actor_id{11};

std::span<const std::uint8_t> bytes_of(const buffer& chars) {
  return {reinterpret_cast<const std::uint8_t*>(chars.data()), chars.size()};
}

/// Both sides of a link, with the frames that CAF would write for them: as caf::io::basp::instance does.
class frames {
public:
  template <class... Ts>
  buffer written(const Ts&... values) {
    auto bytes = buffer{};
    auto sink = caf::binary_serializer{running_.system, bytes};
    REQUIRE(!sink(const_cast<Ts&>(values)...));
    return bytes;
  }

  buffer frame(basp::header header, const buffer& payload) {
    header.payload_len = static_cast<std::uint32_t>(payload.size());
    auto bytes = written(header);
    CHECK(bytes.size() == frame_header_size);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    return bytes;
  }

  buffer request(std::uint64_t id, const caf::message& content) {
    const auto data = caf::make_message_id(id).integer_value();
    return frame({basp::message_type::direct_message, 0, 0, data, sender, facade}, payload_of(content));
  }

  buffer answer(std::uint64_t id, const caf::message& content) {
    const auto data = caf::make_message_id(id).response_id().integer_value();
    return frame({basp::message_type::direct_message, 0, 0, data, facade, sender}, payload_of(content));
  }

  buffer client_hello(std::uint8_t flags) {
    return frame({basp::message_type::client_handshake, flags, 0, 0, 0, 0}, written(client_));
  }

  buffer server_hello() {
    auto handle = session_actor{};
    const auto interface = running_.system.message_types(handle);
    const auto applications = std::vector<std::string>{"generic-caf-app"};
    return frame({basp::message_type::server_handshake, 0, 0, basp::version, 0, 0},
                 written(server_, applications, facade, interface));
  }

  buffer monitor(caf::actor_id actor, bool by_client) {
    const auto& source = by_client ? client_ : server_;
    const auto& target = by_client ? server_ : client_;
    return frame({basp::message_type::monitor_message, 0, 0, 0, 0, actor}, written(source, target));
  }

  buffer down(caf::actor_id actor, bool of_client, const caf::error& why) {
    const auto& source = of_client ? client_ : server_;
    const auto& target = of_client ? server_ : client_;
    return frame({basp::message_type::down_message, 0, 0, 0, actor, 0}, written(source, target, why));
  }

  frame_gate server_gate() {
    return {frame_gate::side::server, node_of(server_), facade, [](const node_bytes&) { return true; }};
  }

  frame_gate client_gate() {
    return {frame_gate::side::client, node_of(client_), 0, [](const node_bytes&) { return true; }};
  }

  caf::message read_back(const caf::message& content) {
    const auto bytes = written(content);
    auto source = caf::binary_deserializer{running_.system, bytes};
    auto result = caf::message{};
    REQUIRE(!source(result));
    return result;
  }

private:
  buffer payload_of(const caf::message& content) { return written(std::vector<caf::strong_actor_ptr>{}, content); }

  node_bytes node_of(const caf::node_id& id) {
    const auto bytes = written(id);
    auto result = node_bytes{};
    REQUIRE(bytes.size() == result.size());
    std::ranges::copy(bytes_of(bytes), result.begin());
    return result;
  }

  static caf::node_id node(std::uint32_t pid) {
    auto host = caf::node_id::default_data::host_id_type{};
    host.fill(static_cast<std::uint8_t>(pid));
    return caf::make_node_id(pid, host);
  }

  running_system running_;
  caf::node_id server_ = node(1);
  caf::node_id client_ = node(2);
};

std::string refusal(frame_gate& gate, const buffer& frame) {
  const auto bytes = bytes_of(frame);
  auto why = gate.refuse_header(bytes.first(frame_header_size));
  if (!why && gate.payload_size() != bytes.size() - frame_header_size)
    return "another size";
  if (!why)
    why = gate.refuse_payload(bytes.subspan(frame_header_size));
  return std::string{why.value_or("")};
}

wire_part part_of(std::size_t size) {
  return {.number = 3, .part = 1, .parts = 2, .bytes = std::vector<std::uint8_t>(size, 0x5A)};
}

} // namespace

TEST_CASE("the server's gate lets in what CAF writes for a client") {
  auto all = frames{};
  auto gate = all.server_gate();
  CHECK(refusal(gate, all.client_hello(0)) == "");
  CHECK(refusal(gate, all.client_hello(basp::header::select_connection_flag)) == "");
  CHECK(refusal(gate, all.frame({basp::message_type::heartbeat, 0, 0, 0, 0, 0}, {})) == "");
  CHECK(refusal(gate, all.monitor(facade, true)) == "");
  CHECK(refusal(gate, all.request(1, caf::make_message(wire_hello{1, "node-1.sniffer.cleartap", 99}))) == "");
  CHECK(refusal(gate, all.request(2, caf::make_message(wire_hello{}))) == "");
  auto id = std::uint64_t{3};
  for (auto size : {std::size_t{0}, std::size_t{1}, std::size_t{127}, std::size_t{128}, std::size_t{16383},
                    std::size_t{16384}, wire_part_size_max}) {
    const auto frame = all.request(id, caf::make_message(part_of(size)));
    CHECK(refusal(gate, frame) == "");
    CHECK(frame.size() <= frame_header_size + frame_payload_max);
    CHECK(!gate.sent(bytes_of(all.answer(id++, caf::make_message(watermark_atom_v, std::uint64_t{1})))));
  }
  CHECK(refusal(gate, all.request(100, caf::make_message(wire_goodbye{5, 6}))) == "");
  CHECK(gate.open_requests() == 3);
  CHECK(refusal(gate, all.down(sender, true, caf::exit_reason::user_shutdown)) == "");
}

TEST_CASE("the longest part makes the longest frame") {
  auto all = frames{};
  const auto frame = all.request(1, caf::make_message(part_of(wire_part_size_max)));
  CHECK(frame.size() == frame_header_size + frame_payload_max);
}

TEST_CASE("the client's gate lets in what CAF writes for a server") {
  auto all = frames{};
  auto gate = all.client_gate();
  CHECK(refusal(gate, all.server_hello()) == "");
  for (auto id = std::uint64_t{1}; id <= 6; ++id)
    CHECK(!gate.sent(bytes_of(all.request(id, caf::make_message(wire_goodbye{})))));
  CHECK(refusal(gate, all.monitor(sender, false)) == "");
  CHECK(refusal(gate, all.answer(1, caf::make_message(watermark_atom_v, std::uint64_t{77}))) == "");
  CHECK(refusal(gate, all.answer(2, caf::make_message(caf::make_error(caf::sec::unexpected_message)))) == "");
  CHECK(refusal(gate, all.answer(3, caf::make_message(caf::make_error(caf::exit_reason::kill)))) == "");
  CHECK(refusal(gate, all.answer(4, caf::make_message(caf::error{255, caf::atom("other")}))) == "");
  const auto with_context = caf::make_error(caf::sec::runtime_error, "text");
  CHECK(refusal(gate, all.answer(5, caf::make_message(with_context))) != "");
  CHECK(refusal(gate, all.answer(5, caf::make_message(caf::error{}))) == "payload: values");
  CHECK(refusal(gate, all.down(facade, false, caf::exit_reason::normal)) == "");
  CHECK(refusal(gate, all.down(facade, false, caf::exit_reason::user_shutdown)) == "");
  CHECK(refusal(gate, all.down(facade, false, with_context)) != "");
}

TEST_CASE("the gate refuses what else CAF could write for a client") {
  auto all = frames{};
  auto gate = all.server_gate();
  CHECK(refusal(gate, all.client_hello(0)) == "");
  const auto nested = caf::message_builder{}.append(caf::make_message(wire_goodbye{})).move_to_message();
  for (const auto& content :
       {caf::message{}, nested, caf::make_message(caf::link_atom_v, caf::strong_actor_ptr{}),
        caf::make_message(caf::exit_msg{}), caf::make_message(caf::sys_atom_v, caf::get_atom_v, std::string{"info"}),
        caf::make_message(wire_goodbye{}, wire_goodbye{})})
    CHECK(refusal(gate, all.request(1, content)) == "payload: type not allowed");
}

TEST_CASE("every type of the wire comes back as it was written") {
  auto all = frames{};
  const auto hello = all.read_back(caf::make_message(wire_hello{9, "a name", 0xFEDCBA9876543210}));
  REQUIRE(hello.match_elements<wire_hello>());
  CHECK(hello.get_as<wire_hello>(0).version == 9);
  CHECK(hello.get_as<wire_hello>(0).name == "a name");
  CHECK(hello.get_as<wire_hello>(0).epoch == 0xFEDCBA9876543210);
  const auto part = all.read_back(caf::make_message(part_of(1000)));
  REQUIRE(part.match_elements<wire_part>());
  CHECK(part.get_as<wire_part>(0).number == 3);
  CHECK(part.get_as<wire_part>(0).part == 1);
  CHECK(part.get_as<wire_part>(0).parts == 2);
  CHECK(part.get_as<wire_part>(0).bytes == std::vector<std::uint8_t>(1000, 0x5A));
  const auto goodbye = all.read_back(caf::make_message(wire_goodbye{5, 6}));
  REQUIRE(goodbye.match_elements<wire_goodbye>());
  CHECK(goodbye.get_as<wire_goodbye>(0).offered == 5);
  CHECK(goodbye.get_as<wire_goodbye>(0).dropped == 6);
  const auto answer = all.read_back(caf::make_message(watermark_atom_v, std::uint64_t{12}));
  REQUIRE(answer.match_elements<watermark_atom, std::uint64_t>());
  CHECK(answer.get_as<std::uint64_t>(1) == 12);
}
