// What redaction did, as counters. Refuses to know values, keys and hosts.
#pragma once

#include "actors/redaction/mask.hpp"
#include "actors/redaction/recorder.hpp"

#include <array>
#include <cstdint>

namespace cleartap {

/// Why the rest of a body was removed instead of searched.
enum class removal : std::uint8_t {
  work,   // work_max of the exchange was reached, or tags overlap too often
  depth,  // depth_max of JSON or multipart_levels_max was reached
  growth, // its masks took growth_max more bytes than what they stand for
  binary  // a secret inside a format that is not text
};

struct redaction_stats {
  std::uint64_t exchanges = 0;
  std::array<std::uint64_t, masking::masks.size()> masked{}; // values, by redaction_class
  std::array<std::uint64_t, 4> removed{};                    // rests of bodies, by removal
  masking::recorder* notes = nullptr;                        // of the exchange under way, if any; not owned

  std::uint64_t masked_as(redaction_class kind) const noexcept { return masked[static_cast<std::size_t>(kind)]; }
  std::uint64_t removed_for(removal why) const noexcept { return removed[static_cast<std::size_t>(why)]; }
};

} // namespace cleartap
