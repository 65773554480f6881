#include "test/unit/link/frames.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::link_frames;

TEST_CASE("a peer has at most so many requests open") {
  auto gate = server_gate();
  for (auto id = std::uint64_t{1}; id <= wire_requests_max; ++id)
    CHECK(refusal(gate, request(id, goodbye())) == "");
  CHECK(refusal(gate, request(1000, goodbye())) == "frame: window of requests exceeded");
  CHECK(!gate.sent(answer(17, acknowledgement()).all()));
  CHECK(refusal(gate, request(1000, goodbye())) == "");
  CHECK(refusal(gate, request(1001, goodbye())) == "frame: window of requests exceeded");
}

TEST_CASE("a peer has at most so many bytes open") {
  auto gate = server_gate();
  const auto full = part(std::string(wire_part_size_max, 'x'));
  for (auto id = std::uint64_t{1}; id <= wire_bytes_max / wire_part_size_max; ++id)
    CHECK(refusal(gate, request(id, full)) == "");
  CHECK(gate.open_bytes() == wire_bytes_max);
  CHECK(refusal(gate, request(1000, goodbye())) == "");
  CHECK(refusal(gate, request(1001, part("x"))) == "payload: window of bytes exceeded");
}

TEST_CASE("an answer gives back the bytes of exactly its request") {
  auto gate = server_gate();
  CHECK(refusal(gate, request(1, part(std::string(100, 'x')))) == "");
  CHECK(refusal(gate, request(2, part(std::string(1000, 'x')))) == "");
  CHECK(refusal(gate, request(1, part(std::string(7, 'x')), sender + 1)) == "");
  CHECK(gate.open_bytes() == 1107);
  CHECK(!gate.sent(answer(1, error()).all()));
  CHECK(gate.open_bytes() == 1007);
  CHECK(!gate.sent(answer(1, error()).all())); // no longer open: nothing to give back
  CHECK(!gate.sent(answer(9, error()).all()));
  CHECK(gate.open_bytes() == 1007);
  CHECK(!gate.sent(answer(1, acknowledgement(), sender + 1).all()));
  CHECK(!gate.sent(answer(2, acknowledgement()).all()));
  CHECK(gate.open_bytes() == 0);
  CHECK(gate.open_requests() == 0);
}

TEST_CASE("what is sent may come in any pieces, between other frames") {
  auto gate = server_gate();
  CHECK(refusal(gate, request(1, part("abc"))) == "");
  const bytes stream = writer{}
                           .raw(server_hello().all())
                           .raw(heartbeat().all())
                           .raw(answer(1, acknowledgement()).all())
                           .raw(monitor(server_node, client_node, sender).all());
  for (const auto byte : stream)
    CHECK(!gate.sent({&byte, 1}));
  CHECK(gate.open_requests() == 0);
}

TEST_CASE("a request id is open once, but each sender counts for itself") {
  auto gate = server_gate();
  CHECK(refusal(gate, request(1, goodbye())) == "");
  CHECK(refusal(gate, request(1, goodbye())) == "frame: request id in use");
  CHECK(refusal(gate, request(1, goodbye(), sender + 1)) == "");
}

TEST_CASE("a peer asks as a few actors only") {
  auto gate = server_gate();
  for (auto i = std::uint64_t{0}; i < frame_gate::senders_max; ++i)
    CHECK(refusal(gate, request(1, goodbye(), sender + i)) == "");
  CHECK(refusal(gate, request(1, goodbye(), 1000)) == "frame: too many senders");
  CHECK(refusal(gate, request(2, goodbye(), 0)) == "frame: too many senders");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "");
  CHECK(refusal(gate, request(1, goodbye(), 1000)) == "");
}

TEST_CASE("the end of a sender does not free what it has asked") {
  auto gate = server_gate();
  CHECK(refusal(gate, request(1, part("abc"))) == "");
  CHECK(refusal(gate, down(client_node, server_node, sender)) == "");
  CHECK(gate.open_requests() == 1);
  CHECK(gate.open_bytes() == 3);
}

TEST_CASE("a client that would break the peer's window is told") {
  auto gate = client_gate();
  for (auto id = std::uint64_t{1}; id <= wire_requests_max; ++id)
    CHECK(!gate.sent(request(id, goodbye()).all()));
  CHECK(gate.sent(request(1000, goodbye()).all()) == "we asked more than the peer's window allows");
}
