#include "actors/rescan/library_table.hpp"

namespace cleartap {

namespace {

constexpr auto others_max = std::size_t{65536};  // files remembered as no library
constexpr auto aliases_max = std::size_t{65536}; // one per container and library

} // namespace

file_verdict library_table::mapped(std::uint32_t pid, file_id shown) {
  auto found_alias = aliases_.find(shown);
  auto file = found_alias == aliases_.end() ? shown : found_alias->second;
  if (auto found = libraries_.find(file); found != libraries_.end()) {
    found->second.users.insert(pid);
    by_process_[pid].insert(file);
    return file_verdict::known;
  }
  if (auto found = refused_.find(file); found != refused_.end()) {
    found->second.users.insert(pid);
    return file_verdict::known;
  }
  if (others_.contains(file))
    return file_verdict::known;
  return libraries_.size() < libraries_max_ ? file_verdict::unknown : file_verdict::too_many;
}

void library_table::learn_library(std::uint32_t pid, file_id file, library_facts facts) {
  auto& fresh = libraries_[file];
  fresh.users.insert(pid);
  fresh.since = facts.seen;
  fresh.facts = std::move(facts);
  by_process_[pid].insert(file);
}

void library_table::alias(file_id shown, file_id file) {
  if (aliases_.size() >= aliases_max)
    aliases_.clear(); // costs looking again
  aliases_.insert_or_assign(shown, file);
}

void library_table::attached(file_id file, std::chrono::seconds now, attach_outcome outcome) {
  auto found = libraries_.find(file);
  if (found == libraries_.end())
    return;
  found->second.attached = true;
  if (outcome.functions == 0)
    outcome.functions = found->second.facts.functions;
  found->second.outcome = std::move(outcome);
  found->second.since = now;
}

void library_table::refused(file_id file, std::string reason, std::chrono::seconds now) {
  auto found = libraries_.find(file);
  if (found == libraries_.end())
    return;
  auto what = found->second;
  drop_library(file);
  if (refused_.size() >= libraries_max_) {
    learn_other(file);
    return;
  }
  what.refusal = std::move(reason);
  what.since = now;
  refused_.insert_or_assign(file, std::move(what));
}

void library_table::learn_other(file_id file) {
  if (others_.size() >= others_max)
    others_.clear(); // costs looking again, never a library
  others_.insert(file);
}

void library_table::drop_library(file_id file) {
  auto found = libraries_.find(file);
  if (found == libraries_.end())
    return;
  for (auto pid : found->second.users) {
    auto process = by_process_.find(pid);
    process->second.erase(file);
    if (process->second.empty())
      by_process_.erase(process);
  }
  libraries_.erase(found);
}

void library_table::forget_others() noexcept {
  others_.clear();
  refused_.clear();
  aliases_.clear();
}

void library_table::forked(std::uint32_t parent, std::uint32_t child) {
  for (auto& [file, each] : refused_)
    if (each.users.contains(parent))
      each.users.insert(child);
  auto found = by_process_.find(parent);
  if (found == by_process_.end())
    return;
  auto files = found->second;
  for (auto file : files)
    libraries_[file].users.insert(child);
  by_process_[child].merge(files); // not replaced: an earlier process of this pid may have ended unseen
}

void library_table::clear() noexcept {
  libraries_.clear();
  by_process_.clear();
  forget_others();
}

void library_table::process_gone(std::uint32_t pid, std::chrono::seconds now) {
  for (auto& [file, each] : refused_)
    each.users.erase(pid);
  auto found = by_process_.find(pid);
  if (found == by_process_.end())
    return;
  for (auto file : found->second) {
    auto& used = libraries_[file];
    used.users.erase(pid);
    if (used.users.empty())
      used.unused_since = now;
  }
  by_process_.erase(found);
}

void library_table::drop_gone(const std::function<bool(std::uint32_t pid)>& alive, std::chrono::seconds now) {
  auto gone = std::vector<std::uint32_t>{};
  for (const auto& [pid, files] : by_process_)
    if (!alive(pid))
      gone.push_back(pid);
  for (auto pid : gone)
    process_gone(pid, now);
  for (auto& [file, each] : refused_)
    std::erase_if(each.users, [&](auto pid) { return !alive(pid); });
}

std::vector<file_id> library_table::take_unused(std::chrono::seconds now, const std::function<bool(file_id)>& gone) {
  auto unused = std::vector<file_id>{};
  for (const auto& [file, each] : libraries_)
    if (each.users.empty() && (now - each.unused_since >= unused_max_ || (gone && gone(file))))
      unused.push_back(file);
  for (auto file : unused)
    libraries_.erase(file);
  return unused;
}

library_row library_table::row_of(file_id file, const library& each, std::chrono::seconds now) {
  auto row = library_row{.family = each.facts.family,
                         .path = each.facts.path,
                         .file = file,
                         .processes = each.users.size(),
                         .functions = each.facts.functions,
                         .attached = each.outcome.functions,
                         .state = each.attached ? library_state::attached : library_state::attaching,
                         .how = each.outcome.how,
                         .reason = each.refusal.empty() ? each.outcome.left_out : each.refusal,
                         .age = now - each.since};
  if (!each.refusal.empty())
    row.state = library_state::refused;
  else if (each.attached && each.users.empty()) {
    row.state = library_state::unused;
    row.age = now - each.unused_since;
  }
  return row;
}

library_rows library_table::rows(std::chrono::seconds now) const {
  auto all = library_rows{};
  for (const auto* part : {&libraries_, &refused_})
    for (const auto& [file, each] : *part)
      all.push_back(row_of(file, each, now));
  return all;
}

std::optional<library_row> library_table::used_by(std::uint32_t pid, std::chrono::seconds now) const {
  if (auto found = by_process_.find(pid); found != by_process_.end()) {
    auto best = std::optional<library_row>{};
    for (auto file : found->second)
      if (auto each = libraries_.find(file); each != libraries_.end() && (!best || best->attached == 0))
        best = row_of(file, each->second, now);
    if (best)
      return best;
  }
  for (const auto& [file, each] : refused_)
    if (each.users.contains(pid))
      return row_of(file, each, now);
  return std::nullopt;
}

} // namespace cleartap
