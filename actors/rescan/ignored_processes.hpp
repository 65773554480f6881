// Which processes are never captured, and what of that the kernel has to be told. Refuses to know why it asks.
#pragma once

#include "actors/enrichment/exclusion.hpp"
#include "messages/probing.hpp"

#include <functional>
#include <map>
#include <string>

namespace cleartap {

class ignored_processes {
public:
  /// `tell` is called for every change.
  explicit ignored_processes(std::function<void(const ignore_request&)> tell) : tell_{std::move(tell)} {}

  /// From now on. Nobody is excluded until `runs` shows the running programs again.
  void exclude(exclusion patterns) {
    patterns_ = std::move(patterns);
    for (auto each = pids_.begin(); each != pids_.end();)
      if (const auto [pid, pattern] = *each++; !pattern.empty())
        remove(pid);
  }
  bool excludes_any() const noexcept { return !patterns_.empty(); }

  /// The process runs this executable.
  void runs(std::uint32_t pid, const std::string& executable) {
    if (const auto* pattern = patterns_.match(executable))
      add(pid, *pattern);
    else if (auto found = pids_.find(pid); found != pids_.end() && !found->second.empty())
      remove(pid);
  }

  /// The process is one of cleartap itself.
  void is_own(std::uint32_t pid) { add(pid, {}); }

  /// It runs another program now, of which nothing is known yet.
  void begins(std::uint32_t pid) { remove(pid); }

  void forked(std::uint32_t parent, std::uint32_t child) {
    if (auto found = pids_.find(parent); found != pids_.end())
      add(child, std::string{found->second});
  }

  /// The kernel has forgotten it, or not yet heard of it: then it must not keep it for the next one with this pid.
  void gone(std::uint32_t pid) { remove(pid); }
  void drop_gone(const std::function<bool(std::uint32_t pid)>& alive) {
    for (auto each = pids_.begin(); each != pids_.end();)
      if (auto pid = (each++)->first; !alive(pid))
        remove(pid);
  }

  /// Whoever was told has forgotten.
  void clear() noexcept { pids_.clear(); }

  bool contains(std::uint32_t pid) const { return pids_.contains(pid); }

  /// The pattern that excludes it, or empty.
  std::string excluded_by(std::uint32_t pid) const {
    auto found = pids_.find(pid);
    return found == pids_.end() ? std::string{} : found->second;
  }

private:
  void add(std::uint32_t pid, std::string pattern) {
    if (pids_.insert_or_assign(pid, std::move(pattern)).second)
      tell_({pid, true});
  }
  void remove(std::uint32_t pid) {
    if (pids_.erase(pid) > 0)
      tell_({pid, false});
  }

  std::function<void(const ignore_request&)> tell_;
  exclusion patterns_;
  std::map<std::uint32_t, std::string> pids_; // with the pattern; empty: cleartap's own
};

} // namespace cleartap
