#include "actors/ring/mapping_probe.hpp"

#include "bpf/mappings.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <cstring>
#include <sys/sysmacros.h>

using namespace cleartap;

namespace {

static_assert(offsetof(mapping_record, at_ns) == 0);
static_assert(offsetof(mapping_record, inode) == 8);
static_assert(offsetof(mapping_record, device_major) == 16);
static_assert(offsetof(mapping_record, device_minor) == 20);
static_assert(offsetof(mapping_record, tgid) == 24);
static_assert(offsetof(mapping_record, program) == 28);
static_assert(sizeof(mapping_record) == 32);

std::vector<std::uint8_t> bytes(const mapping_record& record) {
  auto out = std::vector<std::uint8_t>(sizeof record);
  std::memcpy(out.data(), &record, sizeof record);
  return out;
}

const auto usual = mapping_record{
    .at_ns = 5, .inode = 1ull << 33, .device_major = 0xfe, .device_minor = 0x12345, .tgid = 4711, .program = 0};

} // namespace

TEST_CASE("the kernel program's mapping names process, file and time, and leaves the path open") {
  auto event = decode_mapping_record(bytes(usual));
  REQUIRE(event);
  CHECK(event->kind == process_event_kind::mapping);
  CHECK(event->at == kernel_time{5});
  CHECK(event->pid == 4711);
  CHECK(event->file == file_id{makedev(0xfe, 0x12345), 8589934592});
  CHECK(event->path.empty());
  auto program = usual;
  program.program = 1;
  CHECK(decode_mapping_record(bytes(program))->kind == process_event_kind::program);
}

TEST_CASE("a mapping record of the kernel program that is short, or that no mapping can make, is refused") {
  const auto whole = bytes(usual);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(decode_mapping_record(std::span{whole}.first(size)));
  auto odd = usual;
  odd.inode = 0;
  CHECK_FALSE(decode_mapping_record(bytes(odd)));
  odd = usual;
  odd.tgid = 0;
  CHECK_FALSE(decode_mapping_record(bytes(odd)));
  odd = usual;
  odd.program = 2;
  CHECK_FALSE(decode_mapping_record(bytes(odd)));
}
