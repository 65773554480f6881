#include "actors/coverage/coverage_watch.hpp"

#include "actors/coverage/client_hello.hpp"

namespace cleartap {

namespace {

using namespace std::chrono_literals;

// A search visits every open file of the machine.
constexpr auto search_interval = 100ms;
// Hands sockets to services that it starts.
constexpr auto init_pid = std::uint32_t{1};

} // namespace

coverage_watch::coverage_watch(std::size_t processes_max, hello_source hellos, process_source processes)
    : table_{processes_max}, hellos_{std::move(hellos)}, processes_{std::move(processes)} {}

/// A listening socket's maker may have ended since, after it passed the socket on.
std::uint32_t coverage_watch::owner_of(tls_hello& hello, std::chrono::steady_clock::time_point now) {
  auto known = hello.pid != 0 && (hello.as_client || (hello.pid != init_pid && processes_.alive(hello.pid)));
  if (known || !hellos_.adopt || now < next_search_)
    return hello.pid;
  next_search_ = now + search_interval;
  if (auto holder = hellos_.adopt(hello.pid, hello.cookie)) {
    hello.pid = holder->pid;
    hello.comm = std::move(holder->comm);
  }
  return hello.pid;
}

void coverage_watch::poll(std::chrono::steady_clock::time_point now, const look_up& library,
                          const std::function<bool(std::uint32_t pid)>& skip) {
  if (hellos_.drain)
    hellos_.drain([&](tls_hello hello) {
      auto parsed = parse_client_hello(hello.bytes);
      if (!parsed) {
        ++unreadable_;
        return;
      }
      auto owner = owner_of(hello, now);
      if (owner == 0)
        ++unassigned_;
      else if (!skip(owner))
        table_.hello(hello, parsed->server_name,
                     std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()));
    });
  look_at_new(library);
}

void coverage_watch::look_at_new(const look_up& library) {
  for (auto pid : table_.take_new()) {
    if (auto facts = processes_.read(pid))
      table_.identify(pid, std::move(*facts));
    if (!library(pid).library)
      table_.blame(pid, processes_.stack(pid));
  }
}

coverage_report coverage_watch::report(std::chrono::seconds now, const look_up& library) const {
  auto out = coverage_report{.rows = table_.rows(now, library),
                             .wire_complaint = hellos_.wire_complaint,
                             .owners_complaint = hellos_.owners_complaint,
                             .hellos_unreadable = unreadable_,
                             .hellos_unassigned = unassigned_,
                             .processes_forgotten = table_.forgotten()};
  if (hellos_.tally) {
    auto tally = hellos_.tally();
    out.hellos = tally.seen;
    out.hellos_lost = tally.lost;
  }
  return out;
}

} // namespace cleartap
