#include "actors/coverage/coverage_table.hpp"

#include "actors/coverage/reason.hpp"
#include "actors/enrichment/process_table.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto programs_max = std::size_t{65536};
constexpr auto recent_max = std::size_t{1024};

} // namespace

void coverage_table::limit(std::size_t processes_max) {
  processes_max_ = processes_max;
  while (entries_.size() > processes_max_)
    make_room();
}

void coverage_table::apply(const process_event& event, std::chrono::seconds now, const process_tls& known) {
  auto latest = latest_.find(event.pid);
  switch (event.kind) {
  case process_event_kind::fork:
    if (programs_.size() < programs_max) {
      auto parent = programs_.find(event.parent);
      auto child = parent == programs_.end() ? program{} : parent->second;
      child.parent = event.parent;
      programs_.insert_or_assign(event.pid, std::move(child));
    }
    break;
  case process_event_kind::exec:
    if (programs_.size() < programs_max)
      programs_[event.pid].container_id = container_id(event.cgroup);
    if (latest != latest_.end() && !latest->second->ended)
      latest->second->comm = event.comm;
    break;
  case process_event_kind::program:
    if (programs_.size() < programs_max)
      programs_[event.pid].exe = event.path;
    if (latest != latest_.end() && !latest->second->ended)
      latest->second->exe = event.path;
    break;
  case process_event_kind::exit:
    end(event, now, known);
    break;
  case process_event_kind::plaintext: {
    auto& who = of(event.pid, event.at);
    who.plaintext_bytes = std::max(who.plaintext_bytes, event.bytes);
    who.last_seen = now;
    break;
  }
  case process_event_kind::mapping:
  case process_event_kind::mappings_lost:
    break;
  }
}

void coverage_table::end(const process_event& event, std::chrono::seconds now, const process_tls& known) {
  auto what = program{};
  if (auto found = programs_.extract(event.pid))
    what = std::move(found.mapped());
  if (auto latest = latest_.find(event.pid); latest != latest_.end()) {
    auto& who = *latest->second;
    who.ended = true;
    who.ended_at = event.at;
    who.end_seen = now;
    who.at_end = known;
    if (who.comm.empty())
      who.comm = event.comm;
  }
  recent_.push_front({event.pid, event.at, now, event.comm, std::move(what), known});
  if (recent_.size() > recent_max)
    recent_.pop_back();
}

void coverage_table::hello(const tls_hello& what, const std::string& server_name, std::chrono::seconds now) {
  auto& who = of(what.pid, what.at);
  if (who.comm.empty())
    who.comm = what.comm;
  ++(what.as_client ? who.hellos_client : who.hellos_server);
  if (!server_name.empty())
    who.server_name = server_name;
  who.last_hello = now;
  who.last_seen = now;
}

/// Who had the pid at that time.
coverage_table::entry& coverage_table::of(std::uint32_t pid, kernel_time at) {
  auto latest = latest_.find(pid);
  if (latest != latest_.end() && (!latest->second->ended || at <= latest->second->ended_at))
    return *latest->second;
  if (entries_.size() >= processes_max_)
    make_room();
  auto fresh = entry{.pid = pid};
  if (const auto* ended = recently_ended(pid, at)) {
    fresh.ended = true;
    fresh.ended_at = ended->at;
    fresh.end_seen = ended->seen;
    fresh.comm = ended->comm;
    fresh.parent = ended->what.parent;
    fresh.exe = ended->what.exe;
    fresh.container_id = ended->what.container_id;
    fresh.at_end = ended->known;
  } else {
    if (auto running = programs_.find(pid); running != programs_.end()) {
      fresh.parent = running->second.parent;
      fresh.exe = running->second.exe;
      fresh.container_id = running->second.container_id;
    }
    new_.push_back(pid);
  }
  entries_.push_back(std::move(fresh));
  latest_[pid] = std::prev(entries_.end());
  return entries_.back();
}

const coverage_table::ended_program* coverage_table::recently_ended(std::uint32_t pid, kernel_time at) const {
  auto found = std::ranges::find_if(recent_, [&](const auto& each) { return each.pid == pid && at <= each.at; });
  return found == recent_.end() ? nullptr : &*found;
}

void coverage_table::make_room() {
  auto victim = std::ranges::find_if(entries_, &entry::ended);
  if (victim == entries_.end())
    victim = entries_.begin();
  if (auto latest = latest_.find(victim->pid); latest != latest_.end() && latest->second == victim)
    latest_.erase(latest);
  entries_.erase(victim);
  ++forgotten_;
}

std::vector<std::uint32_t> coverage_table::take_new() { return std::exchange(new_, {}); }

void coverage_table::identify(std::uint32_t pid, process_facts facts) {
  auto latest = latest_.find(pid);
  if (latest == latest_.end() || latest->second->ended)
    return;
  auto& who = *latest->second;
  who.parent = facts.parent;
  who.comm = std::move(facts.comm);
  who.container_id = std::move(facts.container_id);
  if (who.exe.empty()) // else named by its start, as it sees itself
    who.exe = std::move(facts.exe);
}

void coverage_table::blame(std::uint32_t pid, std::string stack) {
  if (auto latest = latest_.find(pid); latest != latest_.end())
    latest->second->stack = std::move(stack);
}

coverage_row coverage_table::row_of(const entry& each, std::chrono::seconds now, const process_tls& known) {
  auto row = coverage_row{.pid = each.pid,
                          .alive = !each.ended,
                          .comm = each.comm,
                          .exe = each.exe,
                          .container_id = each.container_id,
                          .hellos_client = each.hellos_client,
                          .hellos_server = each.hellos_server,
                          .server_name = each.server_name,
                          .plaintext_bytes = each.plaintext_bytes,
                          .age = now - each.last_seen};
  if (known.library) {
    row.family = known.library->family;
    row.library = known.library->path;
    row.probed = known.library->attached > 0;
  }
  return row;
}

std::string coverage_table::reason_of(const entry& each, std::chrono::seconds now, const process_tls& known) {
  // What is known of a library is of the process's end.
  auto then = each.ended ? each.end_seen : now;
  auto hello_age = std::optional<std::chrono::seconds>{};
  if (each.last_hello)
    hello_age = std::max(0s, then - *each.last_hello);
  return why_not_captured({.known = known, .ended = each.ended, .stack = each.stack, .hello_age = hello_age});
}

std::vector<coverage_row> coverage_table::rows(std::chrono::seconds now,
                                               const std::function<process_tls(std::uint32_t pid)>& look_up) const {
  auto of_children = std::unordered_map<std::uint32_t, std::uint64_t>{};
  for (const auto& each : entries_)
    of_children[each.parent] += each.plaintext_bytes;
  auto all = std::vector<coverage_row>{};
  for (const auto& each : entries_) {
    auto known = each.ended ? each.at_end : look_up(each.pid);
    auto row = row_of(each, now, known);
    // What a server's workers say is captured of whoever made its socket.
    if (auto children = of_children.find(each.pid); children != of_children.end() && each.hellos_server > 0)
      row.plaintext_bytes += children->second;
    if (!known.excluded_by.empty()) // what came before the kernel knew was dropped
      row.plaintext_bytes = 0;
    if (row.plaintext_bytes == 0)
      row.reason = reason_of(each, now, known);
    all.push_back(std::move(row));
  }
  return all;
}

} // namespace cleartap
