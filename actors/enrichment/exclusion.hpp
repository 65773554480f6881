// Which executables are never captured: discovery.exclude. Refuses to know processes.
#pragma once

#include <string>
#include <vector>

namespace cleartap {

class exclusion {
public:
  exclusion() = default;

  /// Patterns of fnmatch(3) without flags: * and ? match / too, and \ takes what follows as it is.
  explicit exclusion(std::vector<std::string> patterns) noexcept : patterns_{std::move(patterns)} {}

  bool empty() const noexcept { return patterns_.empty(); }

  /// The first pattern that matches this executable, or nothing. That it was replaced since does not matter.
  [[nodiscard]] const std::string* match(std::string executable) const;

  bool operator==(const exclusion&) const = default;

private:
  std::vector<std::string> patterns_;
};

} // namespace cleartap
