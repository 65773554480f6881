#include "test/unit/link/frames.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::link_frames;

namespace {

const auto message_of_strangers = std::string{"payload: type not allowed"};
const auto wrong_values = std::string{"payload: values"};

frame_gate fresh(frame_gate::side side) {
  const auto server = side == frame_gate::side::server;
  return {side, node(server ? server_node : client_node), server ? facade : 0, [](const node_bytes&) { return true; }};
}

bytes without_last(bytes payload) {
  payload.pop_back();
  return payload;
}

bytes with_one_more(bytes payload) {
  payload.push_back(0);
  return payload;
}

} // namespace

TEST_CASE("a server lets in what a client sends") {
  auto gate = fresh(frame_gate::side::server);
  CHECK(refusal(gate, client_hello()) == "");
  CHECK(refusal(gate, client_hello(2)) == "");
  CHECK(refusal(gate, heartbeat()) == "");
  CHECK(refusal(gate, monitor(client_node, server_node, facade)) == "");
  CHECK(refusal(gate, request(1, hello())) == "");
  CHECK(refusal(gate, request(2, part(""))) == "");
  CHECK(refusal(gate, request(3, part(std::string(wire_part_size_max, 'x'), 2, 1, 256))) == "");
  CHECK(refusal(gate, request(4, goodbye())) == "");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "");
}

TEST_CASE("a client lets in what a server answers") {
  auto gate = fresh(frame_gate::side::client);
  CHECK(refusal(gate, server_hello()) == "");
  CHECK(!gate.sent(request(1, hello()).all()));
  CHECK(!gate.sent(request(2, part("x")).all()));
  CHECK(refusal(gate, heartbeat()) == "");
  CHECK(refusal(gate, monitor(server_node, client_node, sender)) == "");
  CHECK(refusal(gate, answer(1, acknowledgement())) == "");
  CHECK(refusal(gate, answer(2, error())) == "");
  CHECK(refusal(gate, down(server_node, client_node, facade)) == "");
}

TEST_CASE("an answer for an actor that has ended has no source") {
  auto gate = client_gate();
  CHECK(!gate.sent(request(1, hello()).all()));
  auto bounced = answer(1, error());
  bounced.source = 0;
  CHECK(refusal(gate, bounced) == "");
}

TEST_CASE("nothing comes before the handshake") {
  auto server = fresh(frame_gate::side::server);
  for (const auto& each : {heartbeat(), request(1, hello()), monitor(client_node, server_node, facade),
                           down(client_node, server_node, sender)})
    CHECK(refusal(server, each) == "frame: before the handshake");
  auto client = fresh(frame_gate::side::client);
  for (const auto& each : {heartbeat(), answer(1, acknowledgement()), monitor(server_node, client_node, sender)})
    CHECK(refusal(client, each) == "frame: before the handshake");
}

TEST_CASE("a handshake comes from the other side, as often as CAF sends it") {
  auto server = server_gate();
  CHECK(refusal(server, client_hello()) == "frame: client handshake");
  CHECK(refusal(server, client_hello(2)) == "frame: flags");
  CHECK(refusal(server, server_hello()) == "frame: server handshake");
  auto client = client_gate();
  CHECK(refusal(client, server_hello()) == "frame: server handshake");
  CHECK(refusal(client, client_hello()) == "frame: client handshake");
}

TEST_CASE("a client handshake without a node would end the process") {
  auto gate = fresh(frame_gate::side::server);
  auto killer = client_hello();
  killer.payload.clear();
  CHECK(refusal(gate, killer) == "frame: client handshake");
}

TEST_CASE("the second handshake must select the connection and name the same node") {
  auto gate = fresh(frame_gate::side::server);
  CHECK(refusal(gate, client_hello(2)) == "frame: flags");
  CHECK(refusal(gate, client_hello()) == "");
  CHECK(refusal(gate, client_hello(0)) == "frame: flags");
  CHECK(refusal(gate, client_hello(2, 9)) == "payload: node id changed");
}

TEST_CASE("a node is another's, ours, none, or of another kind") {
  auto claimed = node_bytes{};
  auto gate = frame_gate{frame_gate::side::server, node(server_node), facade, [&](const node_bytes& which) {
                           claimed = which;
                           return false;
                         }};
  CHECK(refusal(gate, client_hello()) == "payload: node id of another peer");
  CHECK(claimed == node(client_node));
  CHECK(refusal(gate, client_hello(0, server_node)) == "payload: node id");
  CHECK(refusal(gate, client_hello(0, 0)) == "payload: node id"); // pid 0
  auto uri = client_hello();
  uri.payload[7] ^= 1;
  CHECK(refusal(gate, uri) == "payload: node id");
}

TEST_CASE("a server's handshake is read to its end") {
  auto with = [](bytes payload) {
    auto gate = fresh(frame_gate::side::client);
    auto changed = server_hello();
    changed.payload = std::move(payload);
    return refusal(gate, changed);
  };
  CHECK(with(server_hello().payload) == "");
  CHECK(with(without_last(server_hello().payload)) == "payload: server handshake");
  CHECK(with(with_one_more(server_hello().payload)) == "payload: server handshake");
  CHECK(with(server_hello(0).payload) == "payload: server handshake");
  auto many = writer{}.raw(node_text(server_node)).number(33, 1);
  for (auto i = 0; i < 33; ++i)
    many.text("");
  CHECK(with(many.number(facade, 8).number(0, 1)) == "payload: server handshake");
  CHECK(with(bytes(4097, 0)) == "frame: server handshake");
  auto older = server_hello();
  older.data = 2;
  auto gate = fresh(frame_gate::side::client);
  CHECK(refusal(gate, older) == "frame: server handshake");
}

TEST_CASE("lengths that nothing needs are refused before a byte is read") {
  auto gate = server_gate();
  auto longest = request(1, {}).header();
  for (auto i = 4; i < 8; ++i)
    longest[static_cast<std::size_t>(i)] = 0xFF;
  CHECK(gate.refuse_header(longest) == "frame: too long");
  CHECK(refusal(gate, request(1, part(std::string(wire_part_size_max + 1, 'x')))) == "frame: too long");
  auto client = client_gate();
  CHECK(!client.sent(request(1, hello()).all()));
  CHECK(refusal(client, answer(1, part(std::string(100, 'x')))) == "frame: too long");
}

TEST_CASE("operations that are not ours are refused") {
  auto gate = server_gate();
  for (auto operation : {3, 7, 8, 255}) {
    auto strange = request(1, hello());
    strange.operation = operation;
    CHECK(refusal(gate, strange) == "frame: operation not allowed");
  }
}

TEST_CASE("flags and padding are refused") {
  auto gate = server_gate();
  auto named = request(1, hello());
  named.flags = 1; // looks the receiver up by name: ConfigServ, SpawnServ
  CHECK(refusal(gate, named) == "frame: flags");
  auto padded = heartbeat();
  padded.padding = 1;
  CHECK(refusal(gate, padded) == "frame: flags");
}

TEST_CASE("a client reaches its facade alone, by requests alone") {
  auto gate = server_gate();
  auto other = request(1, hello());
  other.target = facade + 1;
  CHECK(refusal(gate, other) == "frame: message to an actor not announced");
  auto plain = request(1, hello());
  for (auto id : {std::uint64_t{0}, normal_priority, 1 | response, 1 | (response >> 1), 1 | (response >> 2)}) {
    plain.data = id;
    CHECK(refusal(gate, plain) == "frame: not a request");
  }
}

TEST_CASE("only the three requests pass, and only when their values fit exactly") {
  auto gate = server_gate();
  for (const auto& each : {hello(), goodbye(), part("some bytes")}) {
    CHECK(refusal(gate, request(1, without_last(each))) == wrong_values);
    CHECK(refusal(gate, request(1, with_one_more(each))) == wrong_values);
  }
  CHECK(refusal(gate, request(1, hello(std::string(253, 'n')))) == "");
  CHECK(refusal(gate, request(2, hello(std::string(254, 'n')))) == wrong_values);
  CHECK(refusal(gate, request(2, part("", 0))) == wrong_values);
  CHECK(refusal(gate, request(2, part("", 1, 1, 1))) == wrong_values);
  CHECK(refusal(gate, request(2, part("", 1, 0, 0))) == wrong_values);
  CHECK(refusal(gate, request(2, part("", 1, 0, 257))) == wrong_values);
  CHECK(refusal(gate, request(2, acknowledgement())) == message_of_strangers);
  CHECK(refusal(gate, request(2, message("@<>"))) == message_of_strangers);
  CHECK(refusal(gate, request(2, message("@<>+@message").raw(message("@<>")))) == message_of_strangers);
  CHECK(refusal(gate, request(2, message("@<>+@atom+@strong_actor_ptr"))) == message_of_strangers);
  CHECK(refusal(gate, request(2, message("@<>+cleartap::wire_part+cleartap::wire_part"))) == message_of_strangers);
}

TEST_CASE("a message has no forwarding stack and no numbered type") {
  auto gate = server_gate();
  auto forwarded = hello();
  forwarded[0] = 1;
  CHECK(refusal(gate, request(1, forwarded)) == "payload: forwarded or unnamed");
  auto numbered = hello();
  numbered[2] = 1;
  CHECK(refusal(gate, request(1, numbered)) == "payload: forwarded or unnamed");
  CHECK(refusal(gate, request(1, {})) == "payload: forwarded or unnamed");
}

TEST_CASE("a length is refused when it is not the shortest form or says more than there is") {
  auto gate = server_gate();
  const auto head = message("@<>+cleartap::wire_part").number(1, 8).number(0, 4).number(1, 4);
  CHECK(refusal(gate, request(1, writer{head}.number(0x8000, 2))) == wrong_values);
  CHECK(refusal(gate, request(1, writer{head}.number(0xFFFFFFFF0F, 5))) == wrong_values);
  CHECK(refusal(gate, request(1, writer{head}.raw(bytes(11, 0xFF)))) == wrong_values);
  CHECK(refusal(gate, request(1, writer{head}.number(5, 1).text("xxx"))) == wrong_values);
}

TEST_CASE("answers pass only for open requests, once") {
  auto gate = client_gate();
  CHECK(refusal(gate, answer(1, acknowledgement())) == "frame: not a response");
  CHECK(!gate.sent(request(1, hello()).all()));
  CHECK(refusal(gate, answer(1, acknowledgement(), sender + 1)) == "frame: not a response");
  CHECK(refusal(gate, answer(2, acknowledgement())) == "frame: not a response");
  auto plain = answer(1, acknowledgement());
  plain.data &= ~response;
  CHECK(refusal(gate, plain) == "frame: not a response");
  auto other = answer(1, acknowledgement());
  other.source = facade + 1;
  CHECK(refusal(gate, other) == "frame: message of an unknown actor");
  CHECK(refusal(gate, answer(1, acknowledgement())) == "");
  CHECK(refusal(gate, answer(1, acknowledgement())) == "frame: not a response");
}

TEST_CASE("an answer is a watermark or an error without a context") {
  auto gate = client_gate();
  CHECK(!gate.sent(request(1, hello()).all()));
  for (const auto& each : {acknowledgement(), error()}) {
    CHECK(refusal(gate, answer(1, without_last(each))) == wrong_values);
    CHECK(refusal(gate, answer(1, with_one_more(each))) != "");
  }
  CHECK(refusal(gate, answer(1, error(0))) == wrong_values);
  CHECK(refusal(gate, answer(1, message("@<>+@atom+@u64").number(watermark + 1, 8).number(5, 8))) == wrong_values);
  const bytes context = message("@<>+@error").number(3, 1).number(77, 8).number(0, 2).text("@<>+@i8").number(1, 1);
  CHECK(refusal(gate, answer(1, context)) == wrong_values);
  CHECK(refusal(gate, answer(1, message("@<>+@u64").number(5, 8))) == message_of_strangers);
}

TEST_CASE("monitors and ends name the two nodes and an actor that was announced") {
  auto gate = server_gate();
  CHECK(refusal(gate, monitor(client_node, server_node, facade + 1)) == "frame: monitor of an actor not announced");
  CHECK(refusal(gate, monitor(client_node, 9, facade)) == "payload: wrong node");
  CHECK(refusal(gate, monitor(9, server_node, facade)) == "payload: wrong node");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "frame: down of an unknown actor");
  CHECK(refusal(gate, request(1, hello())) == "");
  CHECK(refusal(gate, down(client_node, 9, sender)) == "payload: wrong node");
  auto nested = down(client_node, server_node, sender);
  nested.payload[nested.payload.size() - 6] = 1;
  CHECK(refusal(gate, nested) == "payload: error with a context");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "frame: down of an unknown actor");
}
