#include "actors/link/parts.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

using bytes = std::vector<std::uint8_t>;

bytes counting(std::size_t size) {
  auto made = bytes(size);
  for (auto i = std::size_t{0}; i < size; ++i)
    made[i] = static_cast<std::uint8_t>(i * 31 >> 3);
  return made;
}

/// The batch, "more" while parts are missing, or why the part was refused.
std::string outcome(part_assembly& assembly, const wire_part& part) {
  const auto done = assembly.add(part);
  if (!done)
    return done.error().text;
  return *done ? std::string{(*done)->begin(), (*done)->end()} : "more";
}

const auto not_next = std::string{" is not the next one"};

} // namespace

TEST_CASE("every size is split into parts that come together again") {
  for (auto size : {std::size_t{0}, std::size_t{1}, wire_part_size_max - 1, wire_part_size_max, wire_part_size_max + 1,
                    3 * wire_part_size_max, 3 * wire_part_size_max + 17}) {
    const auto whole = counting(size);
    const auto parts = split(9, whole);
    auto assembly = part_assembly{batch_size_max};
    for (auto i = std::size_t{0}; i < parts.size(); ++i) {
      CHECK(parts[i].number == 9);
      CHECK(parts[i].part == i);
      CHECK(parts[i].parts == parts.size());
      CHECK(parts[i].bytes.size() <= wire_part_size_max);
      const auto done = assembly.add(parts[i]);
      REQUIRE(done);
      REQUIRE(done->has_value() == (i + 1 == parts.size()));
      if (*done)
        CHECK(**done == whole);
    }
    CHECK(assembly.size() == 0);
  }
}

TEST_CASE("the largest batch has as many parts as the wire allows") {
  CHECK(split(1, bytes(batch_size_max)).size() == wire_parts_max);
}

TEST_CASE("a part that is not the next one is refused") {
  auto assembly = part_assembly{100};
  CHECK(outcome(assembly, {1, 1, 3, {'b'}}).ends_with(not_next));
  CHECK(outcome(assembly, {1, 0, 3, {'a'}}) == "more");
  CHECK(outcome(assembly, {1, 2, 3, {'c'}}).ends_with(not_next));
  CHECK(outcome(assembly, {1, 1, 3, {'b'}}).ends_with(not_next)); // the batch must begin again
  CHECK(assembly.size() == 0);
}

TEST_CASE("a part of another batch, or with another count, is refused") {
  auto assembly = part_assembly{100};
  CHECK(outcome(assembly, {1, 0, 3, {'a'}}) == "more");
  CHECK(outcome(assembly, {2, 1, 3, {'b'}}).ends_with(not_next));
  CHECK(outcome(assembly, {1, 0, 3, {'a'}}) == "more");
  CHECK(outcome(assembly, {1, 1, 2, {'b'}}).ends_with(not_next));
  CHECK(outcome(assembly, {1, 0, 2, {'a'}}) == "more");
  CHECK(outcome(assembly, {1, 1, 2, {'b'}}) == "ab");
  CHECK(outcome(assembly, {1, 1, 2, {'b'}}).ends_with(not_next));
}

TEST_CASE("part 0 begins afresh, of the same batch or another") {
  auto assembly = part_assembly{100};
  CHECK(outcome(assembly, {1, 0, 2, {'x'}}) == "more");
  CHECK(outcome(assembly, {1, 0, 2, {'a'}}) == "more");
  CHECK(outcome(assembly, {1, 1, 2, {'b'}}) == "ab");
  CHECK(outcome(assembly, {2, 0, 2, {'x'}}) == "more");
  CHECK(outcome(assembly, {1, 0, 1, {'c'}}) == "c");
}

TEST_CASE("numbers that no part has are refused") {
  auto assembly = part_assembly{batch_size_max};
  for (const auto& each : {wire_part{0, 0, 1, {}}, wire_part{1, 0, 0, {}}, wire_part{1, 1, 1, {}},
                           wire_part{1, 0, wire_parts_max + 1, {}}, wire_part{1, 0, 1, bytes(wire_part_size_max + 1)}})
    CHECK(outcome(assembly, each).ends_with("numbers that no part has"));
}

TEST_CASE("parts that are too long together are refused and their memory given back") {
  auto assembly = part_assembly{5};
  CHECK(outcome(assembly, {1, 0, 3, {1, 2, 3}}) == "more");
  CHECK(outcome(assembly, {1, 1, 3, {1, 2, 3}}).ends_with("longer than 5 bytes"));
  CHECK(assembly.size() == 0);
  CHECK(outcome(assembly, {1, 0, 1, {'a', 'b', 'c', 'd', 'e'}}) == "abcde");
}
