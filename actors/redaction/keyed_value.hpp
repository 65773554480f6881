// Finds the key before and the value behind a ':' or '=' in text of any format. Refuses to judge keys.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

inline constexpr auto text_key_size_max = std::size_t{128}; // bytes before a separator that are taken for its key

inline constexpr auto authority_size_max = std::size_t{1024}; // bytes behind "://" that may be user information

struct text_key {
  std::string_view name;   // as written, perhaps with escapes
  std::string_view before; // the word before an unquoted name: "API" of "API key"
  bool quoted = false;
  bool opens_line = false;
  bool in_path = false; // behind a slash: the ':' is that of a port, a tag or a custom verb
  char lead = '\0'; // what stands before the name, blanks aside: '?' and '&' in a URL, ';' between pairs, a quote, ...

  /// The name with the word before it.
  std::string_view whole() const noexcept;
};

/// The key that ends before the separator text[at]; text before `floor` does not belong to it.
[[nodiscard]] text_key key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// text_key::whole() of the key that ends before text[at] if it is without quotes and stands right there; else empty.
[[nodiscard]] std::string_view plain_key_before(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// Whether a word behind a sensitive one names the same secret: "session id", "secret key", "password confirmation".
[[nodiscard]] bool follows_secret(std::string_view word) noexcept;

/// Whether the separator text[at] stands between a name and its value, unlike those of "std::pin::Pin",
/// "arn:aws:secret:a" and, in a program, "a == b" and "a => b".
[[nodiscard]] bool gives_value(std::string_view text, std::size_t at, const text_key& key, bool in_code) noexcept;

/// Whether the value says no more than yes, no or nothing, is the working directory of an environment, or describes how
/// a value looks, as schemas in YAML do.
[[nodiscard]] bool is_harmless(const text_key& key, std::string_view value) noexcept;

/// Whether a value that value_after() found in a program is computed: a name, a call. Numbers and strings are not.
[[nodiscard]] bool is_expression(std::string_view value) noexcept;

/// The name that a number at text[at] stands right behind, in a sentence or a path: "order", "order number". Empty if
/// the word there is none of those that announce numbers.
[[nodiscard]] std::string_view words_before(std::string_view text, std::size_t at) noexcept;

/// The value of `key` behind the separator text[at], without its quotes; perhaps empty.
///   quoted           to the closing quote; "" and \" are part of the value
///   in brackets      to the bracket that closes
///   on a line        to the end of the line if the key opens the line or a blank follows the ':'
///   below            all lines that are indented deeper than the key's (YAML)
///   in a query       to the next '&', blank, double quote or angle bracket; `word`: blanks belong to it
///   between ';'      to the ';' before the next pair
///   in a flow        of YAML or JavaScript, "{a: b, c: d}", to the ',' or '}'
///   in quotes        with its key, 'a: b c', to the quote that closes
[[nodiscard]] std::string_view value_after(std::string_view text, std::size_t at, const text_key& key,
                                           bool word = false) noexcept;

/// The content of the string whose opening quote, perhaps behind a backslash, is text[at].
[[nodiscard]] std::string_view quoted_value(std::string_view text, std::size_t at) noexcept;

/// Whether user information is a name without a password, as in "ssh://git@h/".
[[nodiscard]] bool is_user(std::string_view userinfo) noexcept;

/// The size of the "://" at text[at], perhaps with a backslash before each slash as in JSON; 0 if there is none.
[[nodiscard]] std::size_t scheme_end_size(std::string_view text, std::size_t at) noexcept;

/// The part before the '@' of the authority that follows the "://" at text[at] (RFC 3986 section 3.2.1); perhaps empty,
/// and if it is a user.
[[nodiscard]] std::string_view userinfo_after(std::string_view text, std::size_t at) noexcept;

} // namespace cleartap::masking
