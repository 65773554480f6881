// Where in JSON a byte stands: the keys above it. Refuses to judge values.
#pragma once

#include "actors/redaction/byte_block.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap::masking {

inline constexpr auto place_names_max = std::size_t{16};  // keys of one place
inline constexpr auto place_depth_max = std::size_t{512}; // open containers that are followed

/// Goes through one text from its start as far as it is asked, so that asking for many places costs one pass.
class json_place {
public:
  /// The keys above text[offset], from the outermost on, "card.number"; arrays add nothing, and "*" stands for a key
  /// that does not look like a name. Nothing if `text` is no JSON or too deep. Offsets in one text come in order.
  [[nodiscard]] std::optional<std::string> find(std::string_view text, std::size_t offset);

private:
  struct container {
    bool is_object = false;
    std::string_view key; // whose value is read
  };

  /// The bytes of one block of the text, as bits.
  struct block_marks {
    std::size_t begin = static_cast<std::size_t>(-1);
    std::uint64_t quotes = 0;
    std::uint64_t escapes = 0;
    std::uint64_t commas = 0;
    std::uint64_t others = 0; // braces and brackets
  };

  void advance(std::size_t offset);
  std::size_t next_mark(std::size_t end) noexcept;
  template <class Of>
  std::size_t next(std::size_t at, std::size_t end, Of of) noexcept;
  void enter(std::size_t at) noexcept;
  bool take_string(std::size_t offset);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t read_ = 0; // of the string at at_, if more
  block_marks block_;
  bool too_deep_ = false; // or no JSON
  std::vector<container> open_;
};

/// Whether `text` looks like a name: letters, digits, '_', '-' and '.', few of them digits, so that a place never shows
/// what a mask hides.
[[nodiscard]] bool is_place_name(std::string_view text) noexcept;

} // namespace cleartap::masking
