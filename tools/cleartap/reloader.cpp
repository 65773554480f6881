#include "tools/cleartap/reloader.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace cleartap {

namespace {

/// The log's level may be among the changes: they are logged under the one that shows more.
void audit(const setting_changes& changes, const settings& config) {
  const auto next = spdlog::level::from_str(config.logLevel);
  spdlog::set_level(std::min(spdlog::get_level(), next));
  for (const auto& each : changes)
    spdlog::info("audit: setting changed: {}", to_string(each));
  spdlog::set_level(next);
}

} // namespace

void reloader::attach(node& running) {
  auto guard = std::lock_guard{mutex_};
  node_ = &running;
}

result<setting_changes> reloader::reload() {
  auto guard = std::lock_guard{mutex_};
  auto changes = replace();
  if (!changes) {
    spdlog::error("the settings stay as they were: {}", changes.error().text);
    return changes;
  }
  if (changes->empty())
    spdlog::info("the settings were read anew; nothing has changed");
  return changes;
}

result<setting_changes> reloader::replace() {
  if (options_.file.empty())
    return failure{"this cleartap was started without a file of settings, so there is none to read anew; start it with "
                   "--config FILE"};
  if (!node_)
    return failure{"this cleartap is still starting; try again"};
  auto config = options_.load_for(role_);
  if (!config)
    return config.error();
  auto changes = node_->reload(*config);
  if (changes)
    audit(*changes, *config);
  return changes;
}

void set_log_level(const settings& config) { spdlog::set_level(spdlog::level::from_str(config.logLevel)); }

} // namespace cleartap
