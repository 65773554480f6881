// Blocks whose fields are written down: the RFC's own, and what each rule makes known or unknown.
#include "actors/streams/hpack_decoder.hpp"

#include "test/unit/streams/hpack_blocks.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace cleartap;
using join = hpack_decoder::join;
using literal = block_writer::literal;
using bytes = std::vector<std::uint8_t>;
using lines = std::vector<std::string>;

namespace {

constexpr auto table_max = std::size_t{64} * 1024;

bytes hex(std::string_view digits) {
  const auto value = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
  auto made = bytes{};
  auto high = -1;
  for (const auto digit : digits) {
    if (digit == ' ')
      continue;
    if (high >= 0)
      made.push_back(static_cast<std::uint8_t>(high * 16 + value(digit)));
    high = high >= 0 ? -1 : value(digit);
  }
  return made;
}

/// "name: value", with "?" for what is unknown and a last line "malformed" if it is.
lines decoded(hpack_decoder& decoder, const bytes& block) {
  auto told = lines{};
  const auto whole = decoder.decode(block, [&](const header_field& field) {
    told.push_back((field.name_known ? std::string{field.name} : "?") + ": " +
                   (field.value_known ? std::string{field.value} : "?"));
  });
  if (!whole)
    told.push_back("malformed");
  return told;
}
lines decoded(join how, const bytes& block) {
  auto decoder = hpack_decoder{how, table_max};
  return decoded(decoder, block);
}
const auto malformed = lines{"malformed"};

struct example {
  std::string name;
  std::vector<std::string> blocks;
  std::vector<lines> fields;
};

const auto requests = std::vector<lines>{
    {":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"},
    {":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"},
    {":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
     "custom-key: custom-value"}};
const auto location = std::string{"location: https://www.example.com"};
const auto responses = std::vector<lines>{
    {":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", location},
    {":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", location},
    {":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", location,
     "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"}};

const auto examples = std::vector<example>{
    {"C.2.1", {"400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"}, {{"custom-key: custom-header"}}},
    {"C.2.2", {"040c 2f73 616d 706c 652f 7061 7468"}, {{":path: /sample/path"}}},
    {"C.2.3", {"1008 7061 7373 776f 7264 0673 6563 7265 74"}, {{"password: secret"}}},
    {"C.2.4", {"82"}, {{":method: GET"}}},
    {"C.3",
     {"8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"},
     requests},
    {"C.4",
     {"8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"},
     requests},
    {"C.5",
     {"4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d "
      "546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "4803 3330 37c1 c0bf",
      "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f "
      "6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b "
      "2076 6572 7369 6f6e 3d31"},
     responses},
    {"C.6",
     {"4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 "
      "8f0b 97c8 e9ae 82ae 43d3",
      "4883 640e ffc1 c0bf",
      "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 "
      "dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07"},
     responses}};

} // namespace

TEST_CASE("the RFC's examples are decoded from the start, by either decoder") {
  for (const auto& [name, blocks, fields] : examples) {
    INFO(name);
    auto whole = hpack_decoder{join::at_start, table_max};
    auto late = hpack_decoder{join::late, table_max}; // nothing came before
    for (auto i = std::size_t{0}; i < blocks.size(); ++i) {
      CHECK(decoded(whole, hex(blocks[i])) == fields[i]);
      CHECK(decoded(late, hex(blocks[i])) == fields[i]);
    }
  }
}

TEST_CASE("the RFC's examples, joined at each block, are right wherever they are known") {
  for (const auto& [name, blocks, fields] : examples) {
    auto truth = hpack_truth{};
    auto all = std::vector<true_block>{};
    for (const auto& each : blocks) {
      const auto before = truth.insertions();
      all.push_back({hex(each), truth.decode(hex(each)).value(), before});
    }
    for (auto joined = std::size_t{0}; joined < all.size(); ++joined) {
      INFO(name << " joined at " << joined);
      auto late = hpack_decoder{join::late, table_max};
      for (auto i = joined; i < all.size(); ++i)
        CHECK(first_mistake(late, all[i], all[joined].insertions_before) == "");
    }
  }
}

TEST_CASE("the RFC's second request alone: what the first inserted is unknown") {
  for (const auto& each : {examples[4], examples[5]})
    CHECK(decoded(join::late, hex(each.blocks[1])) ==
          lines{":method: GET", ":scheme: http", ":path: /", "?: ?", "cache-control: no-cache"});
  auto late = hpack_decoder{join::late, table_max};
  CHECK(decoded(late, hex(examples[7].blocks[1])) == lines{":status: 307", "?: ?", "?: ?", "?: ?"});
  auto last = responses[2];
  last[1] = last[3] = "?: ?";
  CHECK(decoded(late, hex(examples[7].blocks[2])) == last);
}

TEST_CASE("a known value stays known under an unknown name, and so does its place") {
  auto late = hpack_decoder{join::late, table_max};
  const auto block = block_writer{}
                         .field(literal::inserted, 62, "one")
                         .field(literal::inserted, 62, "two")
                         .field(literal::inserted, "name", "three")
                         .bytes;
  CHECK(decoded(late, block) == lines{"?: one", "?: two", "name: three"});
  CHECK(decoded(late, block_writer{}.indexed(62).indexed(63).indexed(64).indexed(65).bytes) ==
        lines{"name: three", "?: two", "?: one", "?: ?"});
  CHECK(decoded(late, block_writer{}.field(literal::plain, 62, "a").field(literal::never_indexed, 64, "b").bytes) ==
        lines{"name: a", "?: b"});
}

TEST_CASE("after a loss nothing of the table is known, and new insertions are") {
  for (const auto how : {join::at_start, join::late}) {
    auto decoder = hpack_decoder{how, table_max};
    CHECK(decoded(decoder, block_writer{}.field(literal::inserted, "a", "1").bytes) == lines{"a: 1"});
    CHECK(decoded(decoder, block_writer{}.indexed(62).bytes) == lines{"a: 1"});
    decoder.lose();
    CHECK(decoded(decoder, block_writer{}.field(literal::inserted, "b", "2").indexed(62).indexed(63).bytes) ==
          lines{"b: 2", "b: 2", "?: ?"});
  }
}

TEST_CASE("a decoder can be moved, and keeps what it knows") {
  for (const auto how : {join::at_start, join::late}) {
    auto first = hpack_decoder{how, table_max};
    CHECK(decoded(first, block_writer{}.field(literal::inserted, "a", "1").bytes) == lines{"a: 1"});
    auto second = std::move(first);
    CHECK(decoded(second, block_writer{}.indexed(62).bytes) == lines{"a: 1"});
  }
}

TEST_CASE("an empty block has no fields, and no string need have a byte") {
  for (const auto how : {join::at_start, join::late}) {
    CHECK(decoded(how, {}).empty());
    CHECK(decoded(how, block_writer{}.size_update(100).bytes).empty());
    CHECK(decoded(how, block_writer{}.field(literal::inserted, "", "").indexed(62).bytes) == lines{": ", ": "});
    CHECK(decoded(how, block_writer{}.field(literal::plain, 4, "").bytes) == lines{":path: "});
  }
}

TEST_CASE("an entry larger than the table empties it, and is not in it") {
  const auto big = std::string(5000, 'x');
  for (const auto how : {join::at_start, join::late}) {
    auto decoder = hpack_decoder{how, table_max};
    CHECK(decoded(decoder, block_writer{}.field(literal::inserted, "a", "1").bytes) == lines{"a: 1"});
    CHECK(decoded(decoder, block_writer{}.field(literal::inserted, 62, big).bytes) == lines{"a: " + big});
    CHECK(decoded(decoder, block_writer{}.field(literal::inserted, "b", "2").indexed(62).bytes) ==
          lines{"b: 2", "b: 2"});
  }
}

TEST_CASE("an entry larger than the log is told once, then unknown with everything before it") {
  auto late = hpack_decoder{join::late, 100};
  const auto big = std::string(200, 'x');
  CHECK(decoded(late, block_writer{}.field(literal::inserted, "a", "1").field(literal::inserted, 62, big).bytes) ==
        lines{"a: 1", "a: " + big});
  CHECK(decoded(late, block_writer{}.indexed(62).indexed(63).bytes) == lines{"?: ?", "?: ?"});
  CHECK(decoded(late, block_writer{}.field(literal::inserted, "b", "2").indexed(62).indexed(63).indexed(64).bytes) ==
        lines{"b: 2", "b: 2", "?: ?", "?: ?"});
}

TEST_CASE("the log keeps the newest that are within its size") {
  auto late = hpack_decoder{join::late, 100}; // three entries of 34, less two bytes
  const auto three = block_writer{}
                         .field(literal::inserted, "a", "1")
                         .field(literal::inserted, "b", "2")
                         .field(literal::inserted, "", "3")
                         .bytes;
  CHECK(decoded(late, three) == lines{"a: 1", "b: 2", ": 3"});
  CHECK(decoded(late, block_writer{}.indexed(62).indexed(63).indexed(64).bytes) == lines{": 3", "b: 2", "?: ?"});
}

TEST_CASE("a size update of 0 empties the table; enlarging it brings nothing back") {
  auto late = hpack_decoder{join::late, table_max};
  CHECK(decoded(late, block_writer{}.field(literal::inserted, "a", "1").bytes) == lines{"a: 1"});
  CHECK(decoded(late, block_writer{}.size_update(0).size_update(4096).indexed(62).bytes) == lines{"?: ?"});
  CHECK(decoded(late, block_writer{}.size_update(0).field(literal::inserted, "b", "2").bytes) == lines{"b: 2"});
  CHECK(decoded(late, block_writer{}.size_update(4096).field(literal::inserted, "c", "3").indexed(62).bytes) ==
        lines{"c: 3", "c: 3"});

  auto whole = hpack_decoder{join::at_start, table_max};
  CHECK(decoded(whole, block_writer{}.field(literal::inserted, "a", "1").bytes) == lines{"a: 1"});
  CHECK(decoded(whole, block_writer{}.size_update(0).size_update(4096).indexed(62).bytes) == malformed);
}

TEST_CASE("a table larger than what is remembered costs nothing that fits") {
  const auto size_max = std::size_t{5000};
  auto decoder = hpack_decoder{join::at_start, size_max};
  CHECK(decoded(decoder, block_writer{}.field(literal::inserted, "a", "1").field(literal::inserted, "b", "2").bytes) ==
        lines{"a: 1", "b: 2"});
  CHECK(decoded(decoder, block_writer{}.size_update(size_max + 1).indexed(62).indexed(63).bytes) ==
        lines{"b: 2", "a: 1"});
  const auto big = std::string(4980, 'x');
  CHECK(decoded(decoder, block_writer{}.field(literal::inserted, 1, big.substr(100)).indexed(63).indexed(64).bytes) ==
        lines{":authority: " + big.substr(100), "b: 2", "a: 1"});
  CHECK(decoded(decoder, block_writer{}.field(literal::inserted, 1, big).indexed(62).indexed(63).bytes) ==
        lines{":authority: " + big, "?: ?", "?: ?"});
}

TEST_CASE("a smaller limit than a table has at the beginning changes nothing from the start") {
  for (const auto size_max : {std::size_t{0}, std::size_t{100}}) {
    auto whole = hpack_decoder{join::at_start, size_max};
    for (auto i = std::size_t{0}; i < 3; ++i)
      CHECK(decoded(whole, hex(examples[6].blocks[i])) == responses[i]);
  }
  auto late = hpack_decoder{join::late, 0};
  CHECK(decoded(late, block_writer{}.field(literal::inserted, "a", "1").indexed(62).bytes) == lines{"a: 1", "?: ?"});
}

TEST_CASE("malformed blocks are told, and forgotten with all that came before") {
  const auto good = std::string{"8286 4101 61"};
  const auto [block, before] = GENERATE(table<std::string, std::size_t>({
      {"80", 0},                               // index 0
      {"82 80", 1},                            //
      {"ff", 0},                               // an integer that does not end
      {"ff ff", 0},                            //
      {"ff ff ff ff ff 0f", 0},                // 2^32 - 1 + 127
      {"ff 80 80 80 80 80 01", 0},             // far more
      {"ff 80 80 80 80 80 00", 0},             // longer than it needs
      {"3f ff ff ff ff ff ff ff ff ff 01", 0}, // a size
      {"82 20 01 61 01 62", 1},                // an update behind a field
      {"41", 0},                               // no value
      {"40", 0},                               // no name
      {"4001 61", 0},                          // a name only
      {"4002 61", 0},                          // a name beyond the end
      {"4102 61", 0},                          // a value beyond the end
      {"0f", 0},                               // an index that does not end
      {"417f", 0},                             // a length that does not end
      {"417f ff ff ff ff ff 61", 0},           // a length of more than 2^32
      {"417f ff ff ff 03 61", 0},              // 8 MiB
      {"4181 00", 0},                          // Huffman's code, padded with zeros
      {"4184 ff ff ff ff", 0},                 // its end of string
      {"4182 1f ff", 0},                       // padded by more than 7 bits
      {"4082 ff ff 01 61", 0},                 // in a name
  }));
  INFO(block);
  for (const auto how : {join::at_start, join::late}) {
    auto decoder = hpack_decoder{how, table_max};
    CHECK(decoded(decoder, hex(good)) == lines{":method: GET", ":scheme: http", ":authority: a"});
    auto expected = lines(before, ":method: GET");
    expected.push_back("malformed");
    CHECK(decoded(decoder, hex(block)) == expected);
    CHECK(decoded(decoder, hex("be 4101 62 be bf")) == lines{"?: ?", ":authority: b", ":authority: b", "?: ?"});
  }
}

TEST_CASE("a decoder from the start tells an index that nothing was inserted for") {
  CHECK(decoded(join::at_start, hex("be")) == malformed);
  CHECK(decoded(join::at_start, hex("7e 01 61")) == malformed);
}

TEST_CASE("long strings are decoded up to 64 KiB") {
  for (const auto how : {join::at_start, join::late}) {
    const auto longest = std::string(65536, 'x');
    CHECK(decoded(how, block_writer{}.field(literal::plain, 4, longest).bytes) == lines{":path: " + longest});
    CHECK(decoded(how, block_writer{}.field(literal::plain, 4, longest + "x").bytes) == malformed);
  }
}
