#include "config/pattern.hpp"

#include "config/text.hpp"

#include <algorithm>
#include <charconv>
#include <hs/hs.h>
#include <limits>
#include <optional>

namespace cleartap {
namespace {

constexpr auto flags = unsigned{HS_FLAG_SOM_LEFTMOST}; // where a match begins is what is masked

std::string at_character(std::size_t index) { return " at its character " + std::to_string(index + 1); }

/// The number that follows "index " in a message of the engine, which counts from 0.
std::optional<std::size_t> index_in(std::string_view message) {
  constexpr auto word = std::string_view{"index "};
  const auto at = message.find(word);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto index = std::size_t{0};
  const auto digits = message.substr(at + word.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  return error == std::errc{} ? std::optional{index} : std::nullopt;
}

std::string_view mend_for(std::string_view message) {
  const auto says = [message](std::string_view part) { return message.find(part) != std::string_view::npos; };
  if (says("empty buffer"))
    return "it matches nothing at all, and so everywhere; let it need a character, e.g. + instead of *";
  if (says("Back-ref") || says("assertion") || says("Possessive") || says("Subpattern") || says("tomic"))
    return "it needs backtracking, whose time has no bound; write it without";
  if (says("too large") || says("too complex"))
    return "it is too large; use smaller or fewer repeats";
  return "mend the pattern, or put a \\ before a character that stands for itself";
}

failure refusal(std::string_view message) {
  auto text = std::string{message};
  const auto index = index_in(text);
  if (const auto at = text.find(" at index "); at != std::string::npos && index)
    text.replace(at, std::string::npos, at_character(*index));
  else if (const auto starts = text.find(" starting"); starts != std::string::npos && index)
    text.replace(starts, std::string::npos, at_character(*index));
  else if (const auto comma = text.find(", index "); comma != std::string::npos && index)
    text.replace(comma, std::string::npos, at_character(*index));
  while (text.ends_with('.'))
    text.pop_back();
  return {text + ": " + std::string{mend_for(message)}};
}

/// Adds up what a pattern stands for with all bounded repeats written out: the engine compiles about as much, and takes
/// seconds over nested ones before it refuses them.
class repeat_sum {
public:
  explicit repeat_sum(std::string_view pattern) noexcept : pattern_{pattern} {}

  /// The index of the repeat at which the sum passes the limit.
  std::optional<std::size_t> passes_limit() {
    while (at_ < pattern_.size())
      if (const auto begin = at_; !step())
        return begin;
    return std::nullopt;
  }

private:
  bool step() {
    const auto c = pattern_[at_++];
    if (c == '(') {
      open_.push_back(std::exchange(sum_, 0));
    } else if (c == ')') {
      last_ = std::max<std::size_t>(sum_, 1);
      if (!open_.empty()) {
        sum_ = open_.back();
        open_.pop_back();
      }
      sum_ += last_;
    } else if (c == '{' && take_repeat()) {
      return sum_ <= pattern_repeats_max;
    } else if (c == '[') {
      skip_class();
      add_atom();
    } else {
      at_ += c == '\\' ? 1 : 0;
      add_atom();
    }
    return true;
  }

  void add_atom() noexcept {
    last_ = 1;
    ++sum_;
  }

  void skip_class() noexcept {
    at_ += pattern_.substr(at_).starts_with('^') ? 1 : 0;
    at_ += pattern_.substr(at_).starts_with(']') ? 1 : 0; // stands for itself there
    while (at_ < pattern_.size() && pattern_[at_] != ']')
      at_ += pattern_[at_] == '\\' ? 2 : 1;
    ++at_;
  }

  /// "m}", "m,}" or "m,n}"; else the brace stands for itself.
  bool take_repeat() {
    const auto close = pattern_.find('}', at_);
    if (close == std::string_view::npos)
      return false;
    const auto bounds = pattern_.substr(at_, close - at_);
    if (bounds.empty() || bounds.find_first_not_of("0123456789,") != std::string_view::npos)
      return false;
    const auto comma = bounds.find(',');
    const auto most = comma == std::string_view::npos || comma + 1 == bounds.size() ? bounds.substr(0, comma)
                                                                                    : bounds.substr(comma + 1);
    auto count = std::size_t{0};
    if (const auto [end, error] = std::from_chars(most.data(), most.data() + most.size(), count); error != std::errc{})
      count = pattern_repeats_max + 1;
    count = std::clamp<std::size_t>(count, 1, pattern_repeats_max + 1);
    sum_ += last_ * (count - 1); // both below 2^12 here
    last_ *= count;
    at_ = close + 1;
    return true;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  std::size_t sum_ = 0;  // of the group that at_ is in
  std::size_t last_ = 0; // what a repeat here repeats
  std::vector<std::size_t> open_;
};

result<void> check_text(std::string_view pattern) {
  if (pattern.empty())
    return failure{"is empty; write a regular expression"};
  if (pattern.size() > pattern_size_max)
    return failure{"has " + std::to_string(pattern.size()) + " characters, more than " +
                   std::to_string(pattern_size_max) + "; split it"};
  const auto odd = std::ranges::find_if(pattern, [](char c) { return c < ' ' || c > '~'; });
  if (odd != pattern.end())
    return failure{"is not ASCII" + at_character(static_cast<std::size_t>(odd - pattern.begin())) +
                   ": patterns match bytes; write those of the character as \\xHH"};
  if (const auto at = repeat_sum{pattern}.passes_limit())
    return failure{"repeats too much" + at_character(*at) + ": written out it is longer than " +
                   std::to_string(pattern_repeats_max) + " characters; use smaller repeats"};
  return {};
}

struct compile_error_deleter {
  void operator()(hs_compile_error_t* error) const noexcept { hs_free_compile_error(error); }
};

result<compiled_patterns> compile(const std::vector<const char*>& texts, const std::vector<unsigned>& ids) {
  const auto all_flags = std::vector<unsigned>(texts.size(), flags);
  auto* database = static_cast<hs_database_t*>(nullptr);
  auto* error = static_cast<hs_compile_error_t*>(nullptr);
  const auto status = hs_compile_multi(texts.data(), all_flags.data(), ids.data(), static_cast<unsigned>(texts.size()),
                                       HS_MODE_BLOCK, nullptr, &database, &error);
  const auto owned = std::unique_ptr<hs_compile_error_t, compile_error_deleter>{error};
  if (status != HS_SUCCESS)
    return refusal(owned ? owned->message : "the engine of patterns failed");
  return compiled_patterns{database};
}

std::size_t size_of(const compiled_patterns& compiled) noexcept {
  auto size = std::size_t{0};
  return hs_database_size(compiled.get(), &size) == HS_SUCCESS ? size : std::numeric_limits<std::size_t>::max();
}

} // namespace

void compiled_patterns_deleter::operator()(hs_database* database) const noexcept { hs_free_database(database); }

result<void> check_pattern(std::string_view pattern) {
  if (auto checked = check_text(pattern); !checked)
    return checked;
  const auto text = std::string{pattern};
  const auto compiled = compile({text.c_str()}, {0});
  if (!compiled)
    return compiled.error();
  if (const auto size = size_of(*compiled); size > pattern_compiled_max)
    return failure{"takes " + std::to_string(size) + " bytes compiled, more than " +
                   std::to_string(pattern_compiled_max) + "; use smaller repeats, or split it"};
  return {};
}

result<compiled_patterns> compile_patterns(std::span<const std::string> patterns) {
  if (patterns.empty())
    return compiled_patterns{};
  auto texts = std::vector<const char*>{};
  auto ids = std::vector<unsigned>{};
  for (const auto& each : patterns) {
    ids.push_back(static_cast<unsigned>(texts.size()));
    texts.push_back(each.c_str());
  }
  auto compiled = compile(texts, ids);
  if (compiled && size_of(*compiled) > patterns_compiled_max)
    return failure{"the patterns of redaction take " + std::to_string(size_of(*compiled)) +
                   " bytes compiled together, more than " + std::to_string(patterns_compiled_max) +
                   "; use fewer, or smaller repeats"};
  return compiled;
}

} // namespace cleartap
