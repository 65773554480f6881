// What may be a pattern of redaction.patterns, and its compilation for the linear-time engine. Refuses to know what is
// searched.
#pragma once

#include "messages/result.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct hs_database;

namespace cleartap {

inline constexpr std::size_t pattern_size_max = 512; // characters
inline constexpr std::size_t pattern_repeats_max =
    2048; // single characters that it stands for at most, all repeats written out
inline constexpr std::size_t pattern_compiled_max = 128 * 1024;       // bytes of one
inline constexpr std::size_t patterns_compiled_max = 8 * 1024 * 1024; // bytes of all together

/// Fails if the pattern cannot be used, with what is wrong, where in it, and how to mend it. A pattern is a regular
/// expression as of PCRE, of printable ASCII, without what needs backtracking: no back references, no assertions but
/// ^, $, \b and \B, no possessive or atomic groups. It matches bytes, and never nothing.
[[nodiscard]] result<void> check_pattern(std::string_view pattern);

struct compiled_patterns_deleter {
  void operator()(hs_database* database) const noexcept;
};
using compiled_patterns = std::unique_ptr<hs_database, compiled_patterns_deleter>;

/// All of `patterns`, each of which check_pattern() accepts, for one search; a match tells its index. Null if there are
/// none.
[[nodiscard]] result<compiled_patterns> compile_patterns(std::span<const std::string> patterns);

} // namespace cleartap
