// Values that are passed without a search must hold nothing that a search finds.
#include "actors/redaction/common_values.hpp"
#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <random>

using namespace cleartap;
using namespace cleartap::masking;

namespace {

bool is_plain_url(std::string_view text) { return masking::is_plain_url(text, 0, text.size()); }

constexpr auto pieces =
    std::to_array<std::string_view>({"a",
                                     "shop.test",
                                     "/",
                                     "items",
                                     "-",
                                     "_",
                                     ".",
                                     "~",
                                     "1",
                                     "2026",
                                     "4111111111111111",
                                     "219-09-9999",
                                     "token",
                                     "=",
                                     "hunter22",
                                     "cGFzc3dvcmQ9aHVudGVyMjI",
                                     "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln",
                                     "joe:hunter22@",
                                     "?",
                                     "&",
                                     "%3D",
                                     "xoxb-123456789012-abcdefghijklmnop",
                                     "hooks.slack.com/services/T00000000/B00000000/aaaaaaaaaaaaaaaaaaaaaaaa",
                                     "W3sicGFzc3dvcmQiOiJhIn1d",
                                     "J",
                                     "deadbeef"});

} // namespace

TEST_CASE("times are told from what only begins like one") {
  for (const auto* time : {"2026-11-23T08:25:11Z", "2026-11-23 08:25:11", "2026-11-23T08:25:11.123456789+02:00"})
    CHECK(is_timestamp(time));
  for (const auto* other : {"", "2026-11-23", "2026-11-23T08:25:11Zx", "2026-11-23T08:25:11.1234567890",
                            "2026-11-23T08:2a:11Z", "2026-11-23T08:25:11+0200"})
    CHECK_FALSE(is_timestamp(other));
}

TEST_CASE("UUIDs are told from what only looks like one") {
  const auto uuid = std::string{"9f86d081-884c-4D65-9a2f-feaa0c55ad01"};
  CHECK(is_uuid(uuid));
  CHECK_FALSE(is_uuid(uuid + "1"));
  CHECK_FALSE(is_uuid(uuid.substr(1)));
  for (auto at = std::size_t{0}; at < uuid.size(); ++at)
    for (auto other : {'g', '-', ' ', '0', '/', ':', '@', '`'}) {
      auto changed = uuid;
      changed[at] = other;
      CHECK(is_uuid(changed) == ((uuid[at] == '-') == (other == '-') && (other == '-' || other == '0')));
    }
}

TEST_CASE("links are told that need no search") {
  for (const auto* url : {"https://shop.test/items/1234", "http://a.test", "https://cdn.test/~ann/a-b_c.d"})
    CHECK(is_plain_url(url));
  for (const auto* other : {"", "ftp://a.test", "https:/a", "https://shop.test/?a=b", "https://joe@shop.test",
                            "https://a.test:80/", "https://a.test/1234567", "https://a.test/%41", "https://a.test/J"})
    CHECK_FALSE(is_plain_url(other));
  CHECK_FALSE(is_plain_url("https://a.test/" + std::string(128, 'a')));
}

TEST_CASE("a link that is passed without a search holds nothing, wherever it stands") {
  auto random = std::mt19937_64{21};
  auto passed = 0;
  for (auto round = 0; round < 30'000; ++round) {
    auto url = std::string{round % 2 == 0 ? "https://" : "http://"};
    for (auto left = random() % 9; left > 0; --left)
      url += pieces[random() % pieces.size()];
    const auto before = std::string(random() % 130, 'x');
    const auto behind = std::string(random() % 70, '1');
    if (!masking::is_plain_url(before + url + behind, before.size(), before.size() + url.size()))
      continue;
    ++passed;
    CAPTURE(url);
    REQUIRE(sample::text(url) == url);
  }
  CHECK(passed > 1000);
}
