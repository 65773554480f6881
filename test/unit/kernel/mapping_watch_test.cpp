#include "actors/ring/mapping_watch.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <linux/perf_event.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/sysmacros.h>

using namespace cleartap;

namespace {

constexpr auto head_bytes = std::size_t{72};

/// A PERF_RECORD_MMAP2 as perf_event_open(2) lays it out.
struct mapping_record {
  std::uint32_t type = PERF_RECORD_MMAP2;
  std::uint32_t pid = 4711;
  std::uint32_t major = 0xfe;
  std::uint32_t minor = 0x12345;
  std::uint64_t inode = 1ull << 33;
  std::uint32_t protection = PROT_READ | PROT_EXEC;
  std::string_view name{"/usr/lib/libssl.so.3\0\0\0\0", 24};

  std::vector<std::uint8_t> bytes() const {
    auto out = std::vector<std::uint8_t>(head_bytes + name.size());
    auto put = [&out](std::size_t at, const auto& value) { std::memcpy(out.data() + at, &value, sizeof value); };
    put(0, type);
    put(6, static_cast<std::uint16_t>(out.size()));
    put(8, pid);
    put(12, pid + 1); // a thread of it
    put(40, major);
    put(44, minor);
    put(48, inode);
    put(64, protection);
    std::memcpy(out.data() + head_bytes, name.data(), name.size());
    return out;
  }
};

bool accepted(const mapping_record& record) {
  auto event = process_event{};
  return decode_mapping(record.bytes(), event);
}

} // namespace

TEST_CASE("a mapping record names the process, the file and its path") {
  auto event = process_event{};
  REQUIRE(decode_mapping(mapping_record{}.bytes(), event));
  CHECK(event.kind == process_event_kind::mapping);
  CHECK(event.pid == 4711);
  CHECK(event.file == file_id{makedev(0xfe, 0x12345), 8589934592});
  CHECK(event.path == "/usr/lib/libssl.so.3");
}

TEST_CASE("a mapping's path may hold blanks and end without a NUL") {
  auto event = process_event{};
  REQUIRE(decode_mapping(mapping_record{.name = "/opt/my app/lib ssl"}.bytes(), event));
  CHECK(event.path == "/opt/my app/lib ssl");
}

TEST_CASE("a mapping record cut within its head or before its path is refused") {
  const auto whole = mapping_record{}.bytes();
  auto event = process_event{};
  for (std::size_t size = 0; size <= head_bytes; ++size) {
    INFO(size);
    const auto cut = std::vector<std::uint8_t>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(decode_mapping(cut, event));
  }
}

TEST_CASE("a path cut short ends where the record ends") {
  const auto whole = mapping_record{}.bytes();
  const auto cut = std::vector<std::uint8_t>(whole.begin(), whole.begin() + head_bytes + 4);
  auto event = process_event{};
  REQUIRE(decode_mapping(cut, event));
  CHECK(event.path == "/usr");
}

TEST_CASE("records of other types are no mappings") {
  CHECK_FALSE(accepted({.type = PERF_RECORD_MMAP}));
  CHECK_FALSE(accepted({.type = PERF_RECORD_LOST}));
  CHECK_FALSE(accepted({.type = PERF_RECORD_EXIT}));
  CHECK_FALSE(accepted({.type = 0xffffffff}));
}

TEST_CASE("a mapping of memory without a file or that cannot be executed is left out") {
  CHECK_FALSE(accepted({.inode = 0, .name = "//anon"}));
  CHECK_FALSE(accepted({.protection = PROT_READ | PROT_WRITE}));
}

TEST_CASE("a change of name is a program's start only if exec made it") {
  auto record = std::vector<std::uint8_t>(24);
  auto put = [&record](std::size_t at, const auto& value) { std::memcpy(record.data() + at, &value, sizeof value); };
  put(0, std::uint32_t{PERF_RECORD_COMM});
  put(8, std::uint32_t{4711});
  put(12, std::uint32_t{4712});
  CHECK(decode_program_start(record) == 0);
  put(4, std::uint16_t{PERF_RECORD_MISC_COMM_EXEC});
  CHECK(decode_program_start(record) == 4711);
  CHECK(decode_program_start(std::span{record}.first(15)) == 0);
  put(0, std::uint32_t{PERF_RECORD_MMAP2});
  CHECK(decode_program_start(record) == 0);
}
