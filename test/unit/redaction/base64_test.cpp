#include "actors/redaction/base64.hpp"
#include "actors/redaction/byte_block.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace cleartap::masking;

namespace {

constexpr auto run = std::string_view{"cGFzc3dvcmQ9aHVudGVyMjI"}; // "password=hunter22"

} // namespace

TEST_CASE("a run is found wherever it begins in a block, and behind a joint of a longer one") {
  for (auto before = std::size_t{0}; before < 2 * block_size + 2; ++before) {
    const auto apart = std::string(before, ' ') + std::string{run} + " words";
    REQUIRE(find_base64(apart, 0, false) == run);
    REQUIRE(find_base64(apart, before, false) == run);
    const auto joined = std::string(before, '~') + "~0/" + std::string{run} + "==";
    REQUIRE(find_base64(joined, 0, false) == std::string{run} + "==");
  }
}

TEST_CASE("a run that is short counts only at a cut end") {
  for (auto size = std::size_t{0}; size <= run.size(); ++size) {
    for (auto before : {std::size_t{0}, std::size_t{1}, block_size - 7, block_size}) {
      const auto text = std::string(before, ' ').append(run.substr(0, size));
      REQUIRE(find_base64(text, 0, false).has_value() == (size >= base64_size_min));
      REQUIRE(find_base64(text, 0, true).has_value() == (size >= 6));
      REQUIRE(find_base64(text + " .", 0, true).has_value() == (size >= base64_size_min));
    }
  }
}

TEST_CASE("words and numbers begin no text in base64") {
  CHECK_FALSE(find_base64("01234567890123456789 the/quick/brown/fox_jumps", 0, true).has_value());
  CHECK_FALSE(find_base64("", 0, true).has_value());
  CHECK_FALSE(find_base64(run, run.size(), true).has_value());
}
