#include "actors/probes/machine_code.hpp"

#include "actors/probes/library_file.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

/// Functions of this program that leave in different ways.
extern "C" [[gnu::used, gnu::noinline]] int cleartap_leaves_twice(int x) {
  asm volatile("" : "+r"(x));
  if (x > 3) {
    asm volatile("nop; nop");
    return x * 31;
  }
  return x - 7;
}

extern "C" [[gnu::used, gnu::noinline]] int cleartap_leaves_by_pointer(int (*const* where)(int), int x) {
#if defined(__x86_64__)
  asm volatile("test %1, %1; jz 1f; jmp *(%0); 1:" : : "r"(where), "r"(x));
#endif
  return x;
}

namespace {

std::uint64_t address_of(const elf_file& file, std::string_view name) {
  auto found = file.functions(std::array{name});
  REQUIRE(found.size() == 1);
  return found.front().address;
}

elf_file own_file() {
  auto file = elf_file::open("/proc/self/exe");
  REQUIRE(file);
  return std::move(*file);
}

} // namespace

TEST_CASE("a function is left at its return instructions and nowhere else") {
  const auto file = own_file();
  const auto leaves = find_leaves(file, address_of(file, "cleartap_leaves_twice"));
  REQUIRE(leaves);
  CHECK(leaves->all);
  REQUIRE_FALSE(leaves->returns.empty());
#if defined(__x86_64__)
  for (auto each : leaves->returns)
    CHECK(file.code(each, 1).front() == 0xc3);
#endif
}

#if defined(__x86_64__)
TEST_CASE("a jump whose target only the running program knows is noticed") {
  const auto file = own_file();
  const auto leaves = find_leaves(file, address_of(file, "cleartap_leaves_by_pointer"));
  REQUIRE(leaves);
  CHECK_FALSE(leaves->all);
}
#endif

TEST_CASE("what is no code has no leaves and returns no address") {
  const auto file = own_file();
  CHECK_FALSE(find_leaves(file, 0));
  CHECK_FALSE(find_leaves(file, ~std::uint64_t{0} - 8));
  CHECK_FALSE(returned_address(file, 0));
  CHECK_FALSE(returned_address(file, address_of(file, "cleartap_leaves_twice")));
  CHECK_FALSE(begins_with_call(file, 0, 0));
}

TEST_CASE("looking into this program, which has no TLS functions of its own, tells nothing of TLS") {
  const auto contents = look_into("/proc/self/exe");
  REQUIRE(contents);
  CHECK(contents->family.empty());
  CHECK(contents->functions.empty());
  CHECK(contents->obstacle.empty());
}

TEST_CASE("NSS is known by its operations on a descriptor, not by the imitation of OpenSSL in other libraries") {
  for (const auto* path : {"/usr/lib/x86_64-linux-gnu/libssl3.so", "/usr/lib/aarch64-linux-gnu/libssl3.so"})
    if (std::filesystem::exists(path)) {
      const auto contents = look_into(path);
      REQUIRE(contents);
      CHECK(contents->family == "NSS");
      CHECK(contents->obstacle.empty());
      CHECK(contents->functions.size() == 5);
      return;
    }
  SKIP("there is no libssl3.so here");
}
