// What changes between two settings, and whether it may change while cleartap runs. Refuses to know who takes it over.
#pragma once

#include "config/settings.hpp"

#include <string>
#include <vector>

namespace cleartap {

struct setting_change {
  std::string key;
  std::string before; // as in the file
  std::string after;

  bool operator==(const setting_change&) const = default;
};

using setting_changes = std::vector<setting_change>;

/// In the order of the shipped file. Fails as a whole if anything changes that needs a restart, and names all of it,
/// one a line.
[[nodiscard]] result<setting_changes> plan_reload(const settings& before, const settings& after);

/// "key: before -> after"
[[nodiscard]] std::string to_string(const setting_change& change);

} // namespace cleartap
