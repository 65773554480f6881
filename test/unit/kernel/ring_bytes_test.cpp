#include "actors/probes/program_object.hpp"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <limits>

using namespace cleartap;

namespace {

constexpr auto mib = std::uint32_t{1} << 20;
constexpr auto huge = std::numeric_limits<std::uint32_t>::max();

} // namespace

TEST_CASE("the ring has the pages of all CPUs together") {
  CHECK(ring_bytes(1024, 8, 4096) == 32 * mib);
  CHECK(ring_bytes(64, 64, 4096) == 16 * mib);
  CHECK(ring_bytes(64, 8, 65536) == 32 * mib);
}

TEST_CASE("the ring's size is rounded up to a power of two") {
  CHECK(ring_bytes(1024, 6, 4096) == 32 * mib);
  CHECK(ring_bytes(2049, 1, 4096) == 16 * mib);
  CHECK(ring_bytes(2048, 1, 4096) == 8 * mib);
}

TEST_CASE("the ring has 8 MiB at least") {
  CHECK(ring_bytes(64, 2, 4096) == 8 * mib);
  CHECK(ring_bytes(1, 1, 4096) == 8 * mib);
  CHECK(ring_bytes(0, 0, 0) == 8 * mib);
}

TEST_CASE("the ring has 1 GiB at most, whatever is asked for") {
  CHECK(ring_bytes(65536, 1024, 4096) == 1024 * mib);
  CHECK(ring_bytes(huge, huge, huge) == 1024 * mib);
  CHECK(ring_bytes(1u << 31, 1u << 31, 4) == 1024 * mib); // 2^64: the product does not wrap
  CHECK(ring_bytes(huge, 1, 4096) == 1024 * mib);
}

TEST_CASE("the kernel accepts every size: a power of two and whole pages") {
  for (auto pages : {1u, 3u, 100u, 5000u, 65536u})
    for (auto cpus : {1u, 2u, 7u, 96u}) {
      auto bytes = ring_bytes(pages, cpus, 4096);
      CHECK(std::has_single_bit(bytes));
      CHECK(bytes % 4096 == 0);
    }
}
