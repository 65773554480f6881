#include "config/yaml_tree.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::string_literals;

namespace {

/// What the refusal of `text` as a whole says, with its line in front.
std::string refused(std::string_view text) {
  const auto root = read_yaml(text);
  return root.kind == yaml_kind::refused ? std::to_string(root.line) + ": " + root.text : "not refused";
}

} // namespace

TEST_CASE("a map keeps its keys in order, each with its line") {
  const auto root = read_yaml("a: 1\nb:\n  c: x\n\n  d: [y, z]\n");
  REQUIRE(root.kind == yaml_kind::map);
  REQUIRE(root.children.size() == 2);
  CHECK(root.children[0].key == "a");
  CHECK(root.children[0].text == "1");
  CHECK(root.children[0].line == 1);
  const auto& b = root.children[1];
  CHECK(b.line == 2);
  REQUIRE(b.children.size() == 2);
  CHECK(b.children[1].key == "d");
  CHECK(b.children[1].line == 5);
  CHECK(b.children[1].kind == yaml_kind::list);
  CHECK(b.children[1].children[1].text == "z");
}

TEST_CASE("a text without a value is nothing") {
  CHECK(read_yaml("").kind == yaml_kind::nothing);
  CHECK(read_yaml("# only a comment\n").kind == yaml_kind::nothing);
  CHECK(read_yaml("---\n").kind == yaml_kind::nothing);
  CHECK(read_yaml("\xef\xbb\xbf").kind == yaml_kind::nothing);
}

TEST_CASE("an absent value has the line of its key") {
  const auto root = read_yaml("a:\n\n\nb: 1\n");
  CHECK(root.children[0].kind == yaml_kind::nothing);
  CHECK(root.children[0].line == 1);
}

TEST_CASE("text in quotes and text without them are told apart") {
  const auto root = read_yaml("a: 8\nb: '8'\nc: \"8\"\n");
  CHECK(!root.children[0].quoted);
  CHECK(root.children[1].quoted);
  CHECK(root.children[2].quoted);
}

TEST_CASE("equal keys are both kept") { CHECK(read_yaml("a: 1\na: 2\n").children.size() == 2); }

TEST_CASE("aliases, anchors and tags are refused at their place") {
  const auto root = read_yaml("a: &x 1\nb: *x\nc: !!int 5\nd: &y {e: 1}\nf: &z\ng: [&w 1, *w]\n");
  REQUIRE(root.children.size() == 6);
  CHECK(root.children[0].text == "has an anchor");
  CHECK(root.children[1].text == "is an alias");
  CHECK(root.children[2].text == "has a tag");
  CHECK(root.children[3].text == "has an anchor");
  CHECK(root.children[3].children.empty());
  CHECK(root.children[4].text == "has an anchor");
  CHECK(root.children[5].kind == yaml_kind::list);
  CHECK(root.children[5].children[1].text == "is an alias");
}

TEST_CASE("aliases that would grow without end cost nothing") {
  auto text = "a: &a [x, x, x, x, x, x, x, x, x]\n"s;
  for (auto name = 'b'; name <= 'z'; ++name) {
    const auto previous = "*"s + static_cast<char>(name - 1);
    text += name + ": &"s + name + " [" + previous;
    for (auto i = 0; i < 8; ++i)
      text += ", " + previous;
    text += "]\n";
  }
  CHECK(read_yaml(text).children.size() == 26);
}

TEST_CASE("a key that is not a plain name is a question mark") {
  for (const auto* text : {"? [a]\n: 1\n", "? {a: b}\n: 1\n", "~: 1\n", "'': 1\n", "&x a: 1\n", "!!str a: 1\n"}) {
    CAPTURE(text);
    const auto root = read_yaml(text);
    REQUIRE(root.children.size() == 1);
    CHECK(root.children[0].key == "?");
    CHECK(root.children[0].text == "1");
  }
}

TEST_CASE("a value that decodes to a control character is refused") {
  const auto root = read_yaml("a: \"x\\0y\"\nb: |\n  two\n  lines\nc: \"\\e[31m\"\n");
  REQUIRE(root.children.size() == 3);
  for (const auto& child : root.children)
    CHECK(child.text == "holds a line break or a control character");
}

TEST_CASE("a value that ends with a space or in an open quote is refused") {
  for (const auto* text : {"a: 'x '", "a: \"open\n", "a: 'open\nb: 1\n", "a: \"\\x20\""}) {
    CAPTURE(text);
    CHECK(read_yaml(text).children.at(0).text == "ends with a space or has no closing quote");
  }
}

TEST_CASE("a second document is refused") {
  CHECK(refused("a: 1\n---\nb: 2\n") == "2: starts a second document");
  CHECK(refused("a: 1\n---\n") == "2: starts a second document");
  CHECK(refused("a: 1\n...\n") == "not refused");
}

TEST_CASE("bad syntax is refused with the line") {
  CHECK(refused("a: 1\nb: ]\n") == "2: is not valid YAML: illegal flow end; check indentation, brackets and quotes");
  CHECK(refused("a: 1\nb: \"open").starts_with("2: is not valid YAML: illegal EOF in scalar"));
  CHECK(refused("a: 1\n b: 2\n").starts_with("2: is not valid YAML"));
  CHECK(refused("b: *nowhere\n").starts_with("1: is not valid YAML"));
}

TEST_CASE("control characters and other encodings are refused with the line") {
  CHECK(refused("a: 1\n\x04"
                "b: 2\n") == "2: holds a control character or is not UTF-8");
  CHECK(refused("a: 1\nb: \0\n"s) == "2: holds a control character or is not UTF-8");
  CHECK(refused("a: \xff\n") == "1: holds a control character or is not UTF-8");
  CHECK(refused("\xff\xfe"
                "a\0:\0"s) == "1: holds a control character or is not UTF-8");
}

TEST_CASE("nesting without end is refused") {
  for (const auto* part : {"[", "{a: ", "- ", "? "}) {
    CAPTURE(part);
    auto text = std::string{};
    for (auto i = 0; i < 50'000; ++i)
      text += part;
    CHECK(refused(text).ends_with("is nested too deeply"));
  }
}

TEST_CASE("a text that is too long is refused before it is parsed") {
  CHECK(refused("#" + std::string(yaml_size_max - 1, 'x')) == "not refused");
  CHECK(refused("#" + std::string(yaml_size_max, 'x')) == "0: is longer than 262144 bytes");
}

TEST_CASE("every beginning of a text is read or refused with a reason") {
  const auto text = "a: &x {b: [\"\\u20ac\", 'c', *x], ? d : !!int 5}\n---\ne: |\n  \xe2\x82\xac\n"s;
  for (auto size = std::size_t{0}; size <= text.size(); ++size) {
    const auto root = read_yaml(std::string_view{text}.substr(0, size));
    CHECK((root.kind != yaml_kind::refused || !root.text.empty()));
  }
}

TEST_CASE("every text of three signs is read or refused with a reason") {
  constexpr auto signs = std::string_view{"a:-?[]{},&*!|>'\"%@`#~ \n\t\\\x04\xff"};
  for (const auto first : signs)
    for (const auto second : signs)
      for (const auto third : signs) {
        const auto root = read_yaml(std::string{first, second, third});
        REQUIRE((root.kind != yaml_kind::refused || !root.text.empty()));
      }
}
