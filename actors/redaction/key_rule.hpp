// Decides by its name whether a key holds a secret. Refuses to know values and where the key was found.
#pragma once

#include "actors/redaction/key_stems.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap::masking {

/// A longer key is matched in windows of this many bytes that overlap by half.
inline constexpr auto key_window_max = std::size_t{256};

/// Extra keys beyond this many are not looked for.
inline constexpr auto extra_keys_max = std::size_t{4096};

/// A key in lower case without what separates its words, and where the words start.
struct folded_key {
  std::array<char, key_window_max> text;       // not initialised: a key is folded for each value of a body
  std::array<bool, key_window_max + 1> starts; // [size] is true
  std::size_t size = 0;
};

/// Words are split by what is neither letter nor digit, before a capital after a small letter ("newPassword"), before
/// the last capital of a run ("APIKey") and between letters and digits. Bytes past ASCII count as letters.
/// Precondition: key.size() <= key_window_max.
void fold(std::string_view key, folded_key& out) noexcept;

/// Whether `key` names a number that someone gave: of an order, an invoice, a parcel, or an id.
[[nodiscard]] bool names_number(std::string_view key) noexcept;

class key_rule {
public:
  /// `extra` names keys beside the built-in ones; a key that holds such a name as whole words is sensitive.
  explicit key_rule(std::span<const std::string> extra);
  key_rule(key_rule&&) = default;
  key_rule& operator=(key_rule&&) = default;

  /// The class of the values under `key`, or nothing if they may be shown. Stems shorter than `stem_size_min` do not
  /// count: short ones occur by chance in compressed data.
  [[nodiscard]] std::optional<redaction_class> match(std::string_view key,
                                                     std::size_t stem_size_min = 0) const noexcept;

  [[nodiscard]] bool has_extra() const noexcept { return !names_.empty(); }

private:
  struct bucket {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  void index(std::span<const key_stem> stems);
  void note_opening(std::string_view stem) noexcept;

  /// Whether the first three letters of a stem occur. False for most keys, which then need not be folded.
  bool may_match(std::string_view key) const noexcept;
  std::optional<redaction_class> match(const folded_key& key, std::size_t stem_size_min) const noexcept;

  std::vector<std::string> names_;             // of the extra keys, normalised
  std::vector<key_stem> stems_;                // by bucket
  std::array<bucket, 1024> buckets_{};         // by the first two letters of the stem
  std::bitset<std::size_t{1} << 15> openings_; // three letters of five bits
};

} // namespace cleartap::masking
