#include "actors/enrichment/process_table.hpp"

#include <algorithm>

namespace cleartap {

namespace {

constexpr auto container_id_size = std::size_t{64};

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

} // namespace

std::string container_id(std::string_view cgroup) {
  auto run = std::size_t{0};
  for (auto i = cgroup.size(); i-- > 0;) {
    run = is_hex(cgroup[i]) ? run + 1 : 0;
    if (run == container_id_size && (i == 0 || !is_hex(cgroup[i - 1])))
      return std::string{cgroup.substr(i, container_id_size)};
  }
  return {};
}

process_table::process_table(std::size_t size_max, std::size_t ancestors_max, proc_reader read_proc)
    : size_max_{size_max}, ancestors_max_{ancestors_max}, read_proc_{std::move(read_proc)} {}

void process_table::limit(std::size_t size_max, std::size_t ancestors_max) {
  size_max_ = size_max;
  ancestors_max_ = ancestors_max;
  while (size_ > size_max_)
    forget_oldest();
}

void process_table::apply(const process_event& event) {
  switch (event.kind) {
  case process_event_kind::fork: {
    auto fresh = process{.since = event.at, .parent = event.parent, .comm = event.comm};
    if (const auto* parent = at_time(event.parent, event.at)) {
      fresh.exe = parent->exe;
      fresh.cgroup = parent->cgroup;
    }
    add(event.pid, std::move(fresh));
    break;
  }
  case process_event_kind::exec:
    add(event.pid,
        {.since = event.at, .parent = event.parent, .comm = event.comm, .exe = event.path, .cgroup = event.cgroup});
    break;
  case process_event_kind::exit: {
    auto& who = known(event.pid, event.at);
    who.ended = true;
    who.comm = event.comm; // programs rename themselves
    break;
  }
  case process_event_kind::program:
    name_program(event);
    break;
  case process_event_kind::mapping:
  case process_event_kind::mappings_lost:
  case process_event_kind::plaintext:
    break;
  }
}

process_identity process_table::find(std::uint32_t pid, kernel_time at) {
  auto& who = known(pid, at);
  look_up(pid, who);
  auto identity = process_identity{
      .pid = pid, .comm = who.comm, .exe = who.exe, .container_id = container_id(who.cgroup), .ancestors = {}};
  // A parent is who it was when its child began: it may have ended since, and its pid be another's.
  auto start_of = [&at](const process& child) { return child.since > kernel_time{0} ? child.since : at; };
  auto parent = who.parent;
  at = start_of(who);
  while (parent != 0 && identity.ancestors.size() < ancestors_max_) {
    auto& next = known(parent, at);
    if (next.comm.empty())
      look_up(parent, next);
    if (next.comm.empty())
      break;
    identity.ancestors.push_back({parent, next.comm});
    parent = next.parent;
    at = start_of(next);
  }
  return identity;
}

std::string process_table::executable(std::uint32_t pid, kernel_time at) {
  auto& who = known(pid, at);
  look_up(pid, who);
  return who.exe;
}

process_table::history& process_table::make_room(std::uint32_t pid) {
  if (size_ >= size_max_)
    forget_oldest();
  ++size_;
  arrivals_.push_back(pid);
  return by_pid_[pid];
}

void process_table::add(std::uint32_t pid, process fresh) {
  auto& programs = make_room(pid);
  if (!programs.empty()) {
    programs.back().ended = true;
    if (!programs.back().next_exe.empty())
      fresh.exe = std::move(programs.back().next_exe);
  }
  programs.push_back(std::move(fresh));
}

/// The kernel maps a program's file, then says that the program began, and either can be told first. The caller of exec
/// may have named a link, a script or a relative path; this is the file itself.
void process_table::name_program(const process_event& program) {
  auto& before = known(program.pid, program.at);
  auto& programs = by_pid_[program.pid];
  auto begun = std::ranges::find_if(programs, [&](const process& who) { return who.since > program.at; });
  (begun == programs.end() ? before.next_exe : begun->exe) = program.path;
}

process_table::process* process_table::at_time(std::uint32_t pid, kernel_time at) {
  auto found = by_pid_.find(pid);
  if (found == by_pid_.end())
    return nullptr;
  auto& programs = found->second;
  auto last = std::find_if(programs.rbegin(), programs.rend(), [at](const process& who) { return who.since <= at; });
  return last == programs.rend() ? nullptr : &*last;
}

process_table::process& process_table::known(std::uint32_t pid, kernel_time at) {
  if (auto* who = at_time(pid, at))
    return *who;
  auto& programs = make_room(pid);
  // Ran before cleartap, since the beginning of time. If another program has this pid by now, /proc tells of that one.
  return programs.emplace_front(process{.ended = !programs.empty()});
}

void process_table::look_up(std::uint32_t pid, process& who) {
  if (who.looked_up || who.ended)
    return;
  who.looked_up = true;
  auto facts = read_proc_(pid);
  if (!facts)
    return;
  if (who.parent == 0) // else known from its start: /proc names another one once the parent has ended
    who.parent = facts->parent;
  who.comm = std::move(facts->comm);
  if (!facts->exe.empty())
    who.exe = std::move(facts->exe);
  if (!facts->cgroup.empty())
    who.cgroup = std::move(facts->cgroup);
}

void process_table::forget_oldest() {
  auto pid = arrivals_.front();
  arrivals_.pop_front();
  --size_;
  auto found = by_pid_.find(pid);
  found->second.pop_front();
  if (found->second.empty())
    by_pid_.erase(found);
}

} // namespace cleartap
