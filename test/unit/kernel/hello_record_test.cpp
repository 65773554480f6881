#include "actors/probes/hello_watch.hpp"

#include "bpf/hello.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstring>

using namespace cleartap;

// The kernel programs are compiled for another machine than this test: every offset is the contract between them.
static_assert(offsetof(hello_record, at_ns) == 0);
static_assert(offsetof(hello_record, cookie) == 8);
static_assert(offsetof(hello_record, source) == 16);
static_assert(offsetof(hello_record, target) == 32);
static_assert(offsetof(hello_record, source_port) == 48);
static_assert(offsetof(hello_record, target_port) == 50);
static_assert(offsetof(hello_record, family) == 52);
static_assert(offsetof(hello_record, sent) == 53);
static_assert(offsetof(hello_record, size_captured) == 54);
static_assert(offsetof(hello_record, tgid) == 56);
static_assert(offsetof(hello_record, comm) == 60);
static_assert(offsetof(hello_record, unused) == 76);
static_assert(sizeof(hello_record) == 80);
static_assert(offsetof(socket_owner, tgid) == 0 && offsetof(socket_owner, comm) == 4 && sizeof(socket_owner) == 20);
static_assert(offsetof(hello_counts, seen) == 0 && offsetof(hello_counts, lost) == 8 && sizeof(hello_counts) == 16);

namespace {

using bytes = std::vector<std::uint8_t>;

/// A record with "hello" in a place for more, as the kernel reserves it.
bytes record_of(hello_record head) {
  auto out = bytes(sizeof head + HELLO_BYTES_SMALL);
  std::memcpy(out.data(), &head, sizeof head);
  std::memcpy(out.data() + sizeof head, "hello", 5);
  return out;
}

hello_record sent_record() {
  auto head = hello_record{};
  head.at_ns = 9;
  head.cookie = 77;
  head.source[0] = 10;
  head.target[0] = 11;
  head.source_port = 40000;
  head.target_port = 443;
  head.family = 4;
  head.sent = 1;
  head.size_captured = 5;
  head.tgid = 4711;
  std::memcpy(head.comm, "sixteen letters.", 16);
  return head;
}

} // namespace

TEST_CASE("a sent hello is of the socket at its source") {
  auto hello = decode_hello(record_of(sent_record()));
  REQUIRE(hello);
  CHECK(hello->as_client);
  CHECK((hello->at == kernel_time{9} && hello->cookie == 77 && hello->pid == 4711));
  CHECK(hello->comm == "sixteen letters.");
  CHECK((hello->local.port == 40000 && hello->local.address[0] == 10));
  CHECK((hello->remote.port == 443 && hello->remote.address[0] == 11));
  CHECK(hello->bytes == bytes{'h', 'e', 'l', 'l', 'o'});
}

TEST_CASE("a received hello is of the socket at its target") {
  auto head = sent_record();
  head.sent = 0;
  head.family = 6;
  auto hello = decode_hello(record_of(head));
  REQUIRE(hello);
  CHECK_FALSE(hello->as_client);
  CHECK((hello->local.port == 443 && hello->remote.port == 40000));
  CHECK(hello->local.family == ip_family::v6);
}

TEST_CASE("a record that is not what the kernel writes is refused") {
  auto head = sent_record();
  auto whole = record_of(head);
  CHECK_FALSE(decode_hello(std::span{whole}.first(sizeof head - 1)));
  CHECK_FALSE(decode_hello(std::span{whole}.first(sizeof head + 4))); // less than it says
  CHECK(decode_hello(std::span{whole}.first(sizeof head + 5)));
  head.family = 5;
  CHECK_FALSE(decode_hello(record_of(head)));
}
