#include "config/reload.hpp"

#include "config/settings_table.hpp"

namespace cleartap {

result<setting_changes> plan_reload(const settings& before, const settings& after) {
  auto changes = setting_changes{};
  auto refused = std::string{};
  for (const auto& each : all_settings()) {
    auto change = setting_change{std::string{each.key}, written(each, before), written(each, after)};
    if (change.before == change.after)
      continue;
    if (!each.live)
      refused.append(refused.empty() ? "" : "\n")
          .append(to_string(change) + " needs a restart; nothing was changed: restart cleartap, or take it back");
    changes.push_back(std::move(change));
  }
  if (!refused.empty())
    return failure{std::move(refused)};
  return changes;
}

std::string to_string(const setting_change& change) {
  return change.key + ": " + change.before + " -> " + change.after;
}

} // namespace cleartap
