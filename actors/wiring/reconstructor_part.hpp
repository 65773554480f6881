// A cluster's half: from intake to the store. Intake and shards know together what was committed: they begin again
// together, from what the store has.
#pragma once

#include "actors/intake/epoch_board.hpp"
#include "actors/store/database.hpp"
#include "actors/wiring/plan.hpp"

#include <optional>

namespace cleartap::wiring {

class reconstructor_part {
public:
  explicit reconstructor_part(const live_settings& live) noexcept : live_{&live} {}

  /// What can fail for a reason that the user can mend, before any actor runs.
  [[nodiscard]] result<void> prepare();

  void add_to(plan& into);

  std::size_t intake() const noexcept { return intake_; } // indexes of children
  const child_indexes& shards() const noexcept { return shards_; }
  const epoch_board& epochs() const noexcept { return epochs_; }

private:
  /// What the committed state was when the actors last began.
  struct committed_state {
    std::vector<watermark> watermarks;
    std::vector<std::vector<evidence_row>> rows; // by shard
  };

  [[nodiscard]] result<void> read_committed();

  const live_settings* live_;
  std::optional<database> data_;
  committed_state committed_;
  epoch_board epochs_;
  std::size_t intake_ = 0;
  child_indexes shards_;
};

} // namespace cleartap::wiring
