#include "actors/redaction/name_memory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <set>
#include <string>

using namespace cleartap::masking;

TEST_CASE("nothing is known but what was added, whatever was in the memory before") {
  auto random = std::mt19937_64{15};
  alignas(name_memory) auto storage = std::array<std::byte, sizeof(name_memory)>{};
  for (auto round = 0; round < 300; ++round) {       // over what the round before has left
    auto* memory = new (storage.data()) name_memory; // without "()", which would clear it
    auto added = std::set<std::string>{};
    for (auto i = 0; i < 100; ++i) {
      auto name = std::string(random() % 4 == 0 ? 1 + random() % 17 : 4, 'a');
      for (auto& each : name)
        each = static_cast<char>('a' + random() % 3);
      if (memory->knows(name))
        REQUIRE(added.contains(name));
      if (i % 2 == 0) {
        memory->add(name);
        added.insert(name);
        REQUIRE(memory->knows(name) == (name.size() <= 16));
      }
    }
    std::destroy_at(memory);
  }
}

TEST_CASE("names that differ in one byte, in case or in size are different ones") {
  auto memory = name_memory{};
  memory.add("created_at", true);
  CHECK(memory.find("created_at").mark);
  CHECK_FALSE(memory.knows("created_aT"));
  CHECK_FALSE(memory.knows("created__at"));
  CHECK_FALSE(memory.knows("reated_at"));
  memory.add("aba");
  CHECK_FALSE(memory.find("aba").mark);
  CHECK_FALSE(memory.knows("abba"));
  CHECK_FALSE(memory.knows("ab"));
  memory.add("");
  CHECK_FALSE(memory.knows(""));
}
