// How one text is written inside of another: escapes of JSON, percent-encoding, entities, UTF-16. Refuses to know what
// the texts say and where they begin.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cleartap::masking {

/// The smallest part of an encoded text that stands for something on its own.
struct encoded_unit {
  std::size_t size = 1; // bytes as written
  std::array<char, 4> bytes{};
  std::uint8_t count = 0; // of bytes that it stands for
};

struct encoding {
  std::string_view openings;                               // bytes that open a longer unit; none: any byte may
  encoded_unit (*read)(std::string_view text) noexcept;    // the unit at the start of `text`, which is not empty
  void (*append)(std::string& out, std::string_view text); // writes `text` so that it may stand inside
  std::size_t (*decode)(std::string_view text, char* out) noexcept; // for decoded_text, which makes room
};

/// RFC 8259 section 7. Tolerant: an unknown escape stands for its character, half a surrogate pair for U+FFFD, an
/// escape that is cut short for nothing.
extern const encoding json_escapes;

/// RFC 3986 section 2.1. A '%' without two hex digits stays. What is written into it stays as it is but for quotes:
/// a mask is to be recognised.
extern const encoding percent_escapes;

/// As percent_escapes, and '+' is a blank, as in forms.
extern const encoding form_escapes;

/// XML 1.0 section 4.1: character references, and those of the names that often stand before or in a secret.
extern const encoding entities;

/// Of a field in quotes (RFC 4180): each quote stands there twice.
extern const encoding doubled_quotes;

/// For a part of a text that is not encoded.
extern const encoding as_it_is;

extern const encoding utf16_little;
extern const encoding utf16_big;

/// What `text` says. A short one needs no memory but its own.
class decoded_text {
public:
  decoded_text(std::string_view text, const encoding& how);
  decoded_text(const decoded_text&) = delete;
  decoded_text& operator=(const decoded_text&) = delete;

  std::string_view view() const noexcept { return text_; }

private:
  std::array<char, 512> short_; // not initialised
  std::unique_ptr<char[]> long_;
  std::string_view text_;
};

[[nodiscard]] std::string decoded(std::string_view text, const encoding& how);

/// That of UTF-16 that `text` is written in: by its byte order mark, or because every other byte of its beginning is 0.
/// Null if it is not.
[[nodiscard]] const encoding* utf16_of(std::string_view text) noexcept;

/// Whether `text` opens with a percent-encoded byte.
[[nodiscard]] bool opens_percent(std::string_view text) noexcept;

/// Whether `text` opens with a reference of `entities`.
[[nodiscard]] bool opens_entity(std::string_view text) noexcept;

/// Whether `text` opens with "\uXXXX".
[[nodiscard]] bool opens_code_unit(std::string_view text) noexcept;

inline bool is_percent_encoded(std::string_view text) noexcept {
  return text.find_first_of("%+") != std::string_view::npos;
}

/// Finds in an encoded text where what its decoded text says is written. Only ever goes forward.
class source_cursor {
public:
  source_cursor() = default;
  source_cursor(std::string_view source, const encoding& how) noexcept : source_{source}, how_{&how} {}

  /// The units that stand for [begin, end) of the decoded text, without those of the part before it.
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) noexcept;

private:
  void go(std::size_t to, bool whole) noexcept;

  std::string_view source_;
  const encoding* how_ = nullptr;
  std::size_t at_ = 0;      // in the source
  std::size_t decoded_ = 0; // the same place in the decoded text
};

} // namespace cleartap::masking
