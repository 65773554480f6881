// One YAML document as a tree with line numbers. Refuses to know any key, and to follow an alias: what a file says is
// what is written at that place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

enum class yaml_kind : std::uint8_t {
  nothing, // no value, or null
  scalar,
  list,
  map,
  refused // an alias, an anchor, a tag, a control character, bad syntax: `text` says what
};

struct yaml_node {
  yaml_kind kind = yaml_kind::nothing;
  std::size_t line = 0; // counted from 1; in a map the line of the key; 0: unknown
  std::string key;      // in a map; "?" if it is not a plain name
  std::string text;     // of a scalar; of a refusal the reason
  bool quoted = false;  // a scalar written in quotes or as a block: never a number or a truth value
  std::vector<yaml_node> children;
};

inline constexpr std::size_t yaml_size_max = 256 * 1024; // bytes of one document

/// Reads one document of at most `yaml_size_max` bytes of UTF-8. The root is `nothing` for an empty text and `refused`
/// for a text that is not one well-formed YAML document.
[[nodiscard]] yaml_node read_yaml(std::string_view text);

} // namespace cleartap
