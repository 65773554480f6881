// The processes that enrichment knows, for several threads: enrichment writes it, redaction asks it which program an
// exchange is of. Refuses to know what the answer is used for.
#pragma once

#include "actors/enrichment/process_table.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace cleartap {

class process_board {
public:
  explicit process_board(proc_reader read_proc) : read_proc_{std::move(read_proc)} {}

  /// From now on processes are known, at most so many.
  void know(std::size_t size_max, std::size_t ancestors_max);

  /// From now on none are.
  void forget();

  void apply(const process_event& event);

  /// See process_table; empty if none are known.
  [[nodiscard]] process_identity find(std::uint32_t pid, kernel_time at);

  /// The executable of find() alone.
  [[nodiscard]] std::string executable(std::uint32_t pid, kernel_time at);

private:
  proc_reader read_proc_;
  std::mutex mutex_;
  std::optional<process_table> table_;
};

} // namespace cleartap
