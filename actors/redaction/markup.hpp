// Reads the tags of XML and HTML one by one, well-formed or not. Refuses to know which names are sensitive.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

struct markup_tag {
  std::string_view whole;     // from '<' to '>', or to the end of the text
  std::string_view name;      // with its prefix, as in "ns:password"
  std::string_view naming;    // the value of an attribute that says what the element is: name, key, id, type, ...
  bool names_content = false; // that attribute was name or key: <property name="password">hunter2</property>
  bool has_content = false;   // neither "/>" nor an HTML element that never has any
};

/// The tag that opens an element at text[at], where a '<' is; nothing for end tags, comments and text.
[[nodiscard]] std::optional<markup_tag> parse_tag(std::string_view text, std::size_t at) noexcept;

/// What is between text[begin], right behind a tag called `name`, and the matching end tag or the end of the text.
[[nodiscard]] std::string_view element_content(std::string_view text, std::size_t begin,
                                               std::string_view name) noexcept;

} // namespace cleartap::masking
