#include "actors/redaction/markup.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/name_list.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cleartap::masking {

namespace {

// HTML Living Standard section 13.1.2
constexpr auto void_elements = name_list_of(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"});

constexpr auto naming_attributes = name_list_of({"name", "key", "id", "field", "type", "property", "itemprop"});

/// Where `c` is first at `at` or behind it; the size of the text if it is not.
std::size_t find_byte(std::string_view text, std::size_t at, char c) noexcept {
  for (; text.size() - at >= lane_size; at += lane_size)
    if (const auto found = vector_lane::load(text.data() + at).is(c).bits(); found != 0)
      return at + lowest_bit(found);
  while (at < text.size() && text[at] != c)
    ++at;
  return at;
}

enum byte_role : std::uint8_t {
  of_name = 1,
  space = 2,
  ends_attribute = 4 // its name
};

constexpr auto roles = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i) {
    const auto c = static_cast<char>(i);
    const auto name = is_alnum(c) || i >= 0x80 || is_one_of(c, "_-.:") ? of_name : 0;
    const auto end = is_space(c) || is_one_of(c, "=>/") ? ends_attribute : 0;
    table[i] = static_cast<std::uint8_t>(name | end | (is_space(c) ? space : 0));
  }
  return table;
}();

bool is_name_char(char c) noexcept { return (roles[index_of(c)] & of_name) != 0; }
bool is_tag_space(char c) noexcept { return (roles[index_of(c)] & space) != 0; }
bool is_attribute_char(char c) noexcept { return (roles[index_of(c)] & ends_attribute) == 0; }

class tag_reader {
public:
  tag_reader(std::string_view text, std::size_t at) noexcept : text_{text}, begin_{at}, at_{at + 1} {}

  std::optional<markup_tag> read() noexcept {
    auto tag = markup_tag{};
    tag.name = word([](char c) { return is_name_char(c); });
    if (at_ < text_.size() && is_one_of(text_[at_], ")(;?&|,+*=[]}%")) // "i<list.length;"
      return std::nullopt;
    while (at_ < text_.size() && text_[at_] != '>')
      read_attribute(tag);
    const auto empty = at_ < text_.size() && text_[at_ - 1] == '/';
    at_ = std::min(at_ + 1, text_.size());
    tag.whole = text_.substr(begin_, at_ - begin_);
    tag.has_content = !empty && !void_elements.has(tag.name);
    return tag;
  }

private:
  template <class Accepts>
  std::string_view word(Accepts accepts) noexcept {
    const auto begin = at_;
    auto end = begin;
    while (end < text_.size() && accepts(text_[end]))
      ++end;
    at_ = end;
    return text_.substr(begin, end - begin);
  }

  void read_attribute(markup_tag& tag) noexcept {
    word([](char c) { return is_tag_space(c); });
    const auto name = word([](char c) { return is_attribute_char(c); });
    word([](char c) { return is_tag_space(c); });
    if (at_ == text_.size() || text_[at_] == '>')
      return;
    if (text_[at_] != '=') {
      at_ += text_[at_] == '/' ? 1 : 0;
      return;
    }
    ++at_;
    const auto value = read_value();
    if (tag.names_content || !naming_attributes.has(name))
      return;
    tag.naming = value;
    tag.names_content = equal_any_case(name, "name") || equal_any_case(name, "key");
  }

  std::string_view read_value() noexcept {
    word([](char c) { return is_tag_space(c); });
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
      return word([](char c) { return !is_tag_space(c) && c != '>'; });
    const auto begin = at_ + 1;
    const auto end = find_byte(text_, begin, text_[at_]);
    at_ = std::min(end + 1, text_.size());
    return text_.substr(begin, end - begin);
  }

  std::string_view text_;
  std::size_t begin_;
  std::size_t at_;
};

/// Whether `text`, behind a '<' or "</", continues with the name `name` and no longer one.
bool is_tag_of(std::string_view text, std::string_view name) noexcept {
  return starts_any_case(text, name) && (text.size() == name.size() || !is_name_char(text[name.size()]));
}

} // namespace

std::optional<markup_tag> parse_tag(std::string_view text, std::size_t at) noexcept {
  const auto opens = at + 1 < text.size() && is_name_char(text[at + 1]) && !is_digit(text[at + 1]);
  if (!opens)
    return std::nullopt;
  return tag_reader{text, at}.read();
}

std::string_view element_content(std::string_view text, std::size_t begin, std::string_view name) noexcept {
  auto depth = std::size_t{1};
  for (auto at = text.find('<', begin); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto rest = text.substr(at + 1);
    if (rest.starts_with('/') && is_tag_of(rest.substr(1), name) && --depth == 0)
      return text.substr(begin, at - begin);
    if (is_tag_of(rest, name))
      ++depth;
  }
  return text.substr(begin);
}

} // namespace cleartap::masking
