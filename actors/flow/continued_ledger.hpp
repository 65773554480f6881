// Lets an actor that was started again go on with its predecessor's ledger, whose figures only ever grow. Refuses to
// know what is counted.
#pragma once

#include "actors/flow/directory.hpp"

namespace cleartap::flow {

/// To be called before an actor takes anything: what its predecessor had taken, and neither passed on nor dropped, is
/// lost. `kept` is what outlives it and is still to be passed on.
inline void count_unfinished(ledger_status& status, std::uint64_t kept = 0) noexcept {
  auto done = status.out.load() + kept;
  for (const auto& units : status.dropped)
    done += units.load();
  if (auto taken = status.in.load(); taken > done)
    status.drop(drop_reason::consumer_lost, taken - done);
  status.queued = kept;
}

/// What the predecessor held when it died is counted as lost. From then on the pure code's figures, which begin at zero
/// again, are shown on top of what was there.
class continued_ledger {
public:
  explicit continued_ledger(ledger_status& status) : status_{status} {
    count_unfinished(status);
    out_ = status.out;
    for (std::size_t i = 0; i < dropped_.size(); ++i)
      dropped_[i] = status.dropped[i];
  }

  void show_out(std::uint64_t units) noexcept { status_.out.store(out_ + units, std::memory_order_relaxed); }
  void show_queued(std::uint64_t units) noexcept { status_.queued.store(units, std::memory_order_relaxed); }
  void show_dropped(drop_reason reason, std::uint64_t units) noexcept {
    auto index = static_cast<std::size_t>(reason);
    status_.dropped[index].store(dropped_[index] + units, std::memory_order_relaxed);
  }

private:
  ledger_status& status_;
  std::uint64_t out_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(drop_reason::count_)> dropped_{};
};

/// Likewise for figures.
class continued_figures {
public:
  explicit continued_figures(figures_status& status) : status_{status} {
    for (const auto& each : status.counts)
      before_.push_back(each);
  }

  void show(std::size_t which, std::uint64_t count) noexcept {
    status_.counts[which].store(before_[which] + count, std::memory_order_relaxed);
  }

  template <class Counts>
  void show_all(const Counts& counts) noexcept {
    for (std::size_t i = 0; i < counts.size(); ++i)
      show(i, counts[i]);
  }

private:
  figures_status& status_;
  std::vector<std::uint64_t> before_;
};

} // namespace cleartap::flow
