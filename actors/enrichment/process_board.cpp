#include "actors/enrichment/process_board.hpp"

namespace cleartap {

void process_board::know(std::size_t size_max, std::size_t ancestors_max) {
  const auto guard = std::lock_guard{mutex_};
  if (table_)
    table_->limit(size_max, ancestors_max);
  else
    table_.emplace(size_max, ancestors_max, read_proc_);
}

void process_board::forget() {
  const auto guard = std::lock_guard{mutex_};
  table_.reset();
}

void process_board::apply(const process_event& event) {
  const auto guard = std::lock_guard{mutex_};
  if (table_)
    table_->apply(event);
}

process_identity process_board::find(std::uint32_t pid, kernel_time at) {
  const auto guard = std::lock_guard{mutex_};
  return table_ ? table_->find(pid, at) : process_identity{};
}

std::string process_board::executable(std::uint32_t pid, kernel_time at) {
  const auto guard = std::lock_guard{mutex_};
  return table_ ? table_->executable(pid, at) : std::string{};
}

} // namespace cleartap
