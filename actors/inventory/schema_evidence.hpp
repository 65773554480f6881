// What was seen of JSON values at one place: types, formats, properties, items, each with counts. Refuses to keep
// values.
#pragma once

#include "actors/inventory/bottom_k.hpp"
#include "actors/inventory/text_format.hpp"

#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace cleartap {

/// In the order in which a type array lists them. A number is an integer if it was written as one and fits into 64 bits
/// with sign.
enum class json_type : std::uint8_t { object, array, string, integer, number, boolean, null };

inline constexpr auto json_type_names =
    std::array<std::string_view, 7>{"object", "array", "string", "integer", "number", "boolean", "null"};

struct schema_limits {
  std::size_t depth_max = 16;       // containers inside one another; what is deeper is counted, not read
  std::size_t properties_max = 256; // per object
};

/// Bounds the whole tree: an object may keep properties_max properties and its i-th property, in the order of hashes,
/// hands on 1/i of what the object itself was given; the root is given this. Nesting alone costs nothing.
inline constexpr auto tree_budget_max = std::size_t{4096};

struct string_evidence {
  std::array<std::uint64_t, string_format_names.size()> formats{}; // strings of each format
  std::uint64_t unknown = 0;                                       // redaction took the value and its format
  std::uint16_t redacted = 0; // bit i: a value of class redaction_classes[i] was removed here
};

struct object_evidence;

/// Merging is commutative and associative, and learning is merging the evidence of one value, as long as the limits
/// stay the same.
struct schema_evidence {
  std::array<std::uint64_t, json_type_names.size()> types{}; // values of each type
  std::uint64_t cut = 0;                                     // containers beyond depth_max that were not empty
  std::unique_ptr<string_evidence> strings;                  // as soon as a string was seen
  std::unique_ptr<object_evidence> object;                   // as soon as an object was read
  std::unique_ptr<schema_evidence> items;                    // of all arrays here; as soon as one had items

  schema_evidence();
  schema_evidence(schema_evidence&&) noexcept;
  schema_evidence& operator=(schema_evidence&&) noexcept;
  ~schema_evidence();

  [[nodiscard]] std::uint64_t weight() const noexcept;
  [[nodiscard]] std::uint64_t seen(json_type type) const noexcept { return types[static_cast<std::size_t>(type)]; }
};

struct object_evidence {
  std::uint64_t read = 0; // objects whose properties were looked at
  bottom_k<schema_evidence> properties;
};

/// Adds one JSON value. The recursion is as deep as `value` and at most depth_max.
void learn(schema_evidence& into, const boost::json::value& value, const schema_limits& limits);

/// Adds a value that travels as text. A redacted value has no type: it counts as a string of unknown format.
void learn_text(schema_evidence& into, std::string_view text);

void merge(schema_evidence& into, const schema_evidence& from, const schema_limits& limits);

} // namespace cleartap
