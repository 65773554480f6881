#include "actors/redaction/name_memory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <random>
#include <set>
#include <string>

using namespace cleartap::masking;

TEST_CASE("nothing is known but what was added") {
  auto random = std::mt19937_64{15};
  for (auto round = 0; round < 300; ++round) {
    auto memory = name_memory{};
    auto added = std::set<std::string>{};
    for (auto i = 0; i < 100; ++i) {
      auto name = std::string(random() % 4 == 0 ? 1 + random() % 34 : 4, 'a');
      for (auto& each : name)
        each = static_cast<char>('a' + random() % 3);
      if (memory.knows(name))
        REQUIRE(added.contains(name));
      const auto text = name + "\":" + std::string(name_memory::name_size_max, 'a');
      if (const auto size = memory.guess(text, 0); size != 0)
        REQUIRE((size == name.size() && added.contains(name)));
      if (i % 2 == 0) {
        memory.add(name);
        added.insert(name);
        REQUIRE(memory.knows(name) == (name.size() <= name_memory::name_size_max));
      }
    }
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
  const auto longest = std::string("a_name_that_is_as_long_as_can_").substr(0, name_memory::name_size_max);
  memory.add(longest);
  for (auto at = std::size_t{0}; at < longest.size(); ++at) {
    auto other = longest;
    other[at] ^= 1;
    CHECK(memory.knows(longest));
    CHECK_FALSE(memory.knows(other));
  }
}

TEST_CASE("a name is guessed where it followed the last one before") {
  auto memory = name_memory{};
  for (auto i = 0; i < 2; ++i)
    for (const auto* name : {"id", "created_at", "price"})
      if (!memory.knows(name))
        memory.add(name, name[0] == 'p');
  const auto rest = std::string(name_memory::name_size_max, ' ');
  const auto text = "id\":1,\"created_at\":\"x\",\"price\":2" + rest;
  CHECK(memory.guess(text, 0) == 2);
  CHECK_FALSE(memory.mark());
  CHECK(memory.guess(text, 7) == 10);
  CHECK(memory.guess(text, 0) == 0); // it follows "price"
  CHECK(memory.guess(text, 24) == 5);
  CHECK(memory.mark());
  CHECK(memory.guess("id\" :1" + rest, 0) == 0);
  CHECK(memory.guess("id_\":1" + rest, 0) == 0);
  CHECK(memory.guess("ie\":1" + rest, 0) == 0);
  CHECK(memory.guess("id\":1", 0) == 0); // too near to the end
  CHECK(memory.guess(text, 0) == 2);
}
