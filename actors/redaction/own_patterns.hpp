// Searches for the patterns of the configuration. Refuses to know where a text comes from and how a match is masked.
#pragma once

#include "actors/redaction/patterns.hpp"
#include "config/pattern.hpp"
#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct hs_scratch;

namespace cleartap::masking {

/// Matches in one text; from the last one on, the rest of the text counts as one match.
inline constexpr auto own_matches_max = std::size_t{4096};

/// Which of the patterns are searched for, by index.
using pattern_choice = std::vector<bool>;

/// Read-only after its construction, so that any number of threads may share it; they wait for each other.
class own_patterns {
public:
  /// Throws if the engine cannot be had. Precondition: check_redaction() accepts `patterns`.
  explicit own_patterns(std::vector<pattern_settings> patterns);
  own_patterns(const own_patterns&) = delete;
  own_patterns& operator=(const own_patterns&) = delete;
  ~own_patterns();

  std::size_t size() const noexcept { return kinds_.size(); }

  /// What matches in `text`, in its order: matches that overlap are one, what is a mask already is none.
  [[nodiscard]] std::vector<finding> find(std::string_view text, const pattern_choice& chosen) const;

  /// Whether find() finds anything.
  [[nodiscard]] bool holds(std::string_view text, const pattern_choice& chosen) const;

  /// Of a class that has no mask of its own in mask.hpp; else empty.
  [[nodiscard]] std::string_view mask_of(redaction_class kind) const noexcept;

  /// The class called `name`, if one of the patterns has it.
  [[nodiscard]] std::optional<redaction_class> class_called(std::string_view name) const noexcept;

  /// The size of the mask, of any class, that `text` starts with, or 0.
  [[nodiscard]] std::size_t mask_size(std::string_view text) const noexcept;

private:
  redaction_class add_class(const std::string& name);
  void add_without_masks(std::vector<finding>& found, std::string_view text, std::size_t begin, std::size_t end,
                         redaction_class kind) const;

  std::vector<redaction_class> kinds_; // of the patterns, by index
  std::vector<std::string> masks_;     // of the classes behind those of mask.hpp
  compiled_patterns compiled_;
  mutable std::mutex mutex_;
  hs_scratch* scratch_ = nullptr; // of one search at a time
};

} // namespace cleartap::masking
