// What passes between uplink, intake, inventory and store. Refuses to know how any of them works.
#pragma once

#include "messages/exchange.hpp"
#include "messages/inventory.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// Which run of which sniffer. The epoch is random per start of the process, so that numbers of two runs never mix.
struct sender_id {
  std::string sniffer;
  std::uint64_t epoch = 0;

  auto operator<=>(const sender_id&) const = default;
};

/// A batch as the uplink keeps it until it is acknowledged: shared and never changed, so that resending copies nothing.
/// Numbers begin at 1 and have no gaps.
struct numbered_batch {
  sender_id sender;
  std::uint64_t number = 0;
  std::shared_ptr<const exchange_batch> content;
};

/// The exchanges of a batch that belong to one shard.
struct routed_batch {
  struct part {
    std::shared_ptr<const exchange_batch> batch;
    std::vector<std::uint32_t> indexes;
  };
  std::vector<part> parts;

  std::size_t size() const noexcept { return parts.size(); }
  std::uint64_t units() const noexcept {
    auto sum = std::uint64_t{0};
    for (const auto& each : parts)
      sum += each.indexes.size();
    return sum;
  }
};

/// How a sniffer's epoch came to its end, as its reconstructor knows it.
enum class epoch_end : std::uint8_t {
  open,   // it may still send
  clean,  // it said what it had counted
  unclean // its sniffer has begun another one without that: what it held in memory is lost
};

[[nodiscard]] std::string_view to_string(epoch_end end) noexcept;

/// The last that a sniffer says in an epoch: what reached its uplink, and what of that it never sent.
struct farewell {
  sender_id sender;
  std::uint64_t offered = 0;
  std::uint64_t dropped = 0;
};

/// Everything up to `number` of `sender` is in the evidence. Ledger of a clean epoch: offered == exchanges + dropped.
struct watermark {
  sender_id sender;
  std::uint64_t number = 0;
  std::uint64_t exchanges = 0; // up to `number`
  epoch_end end = epoch_end::open;
  std::uint64_t offered = 0; // by the farewell, else 0
  std::uint64_t dropped = 0;
};

using changed_rows = std::vector<evidence_row>;
using api_summaries = std::vector<api_summary>;

/// Written in one transaction: evidence and watermarks, or neither.
struct commit_request {
  changed_rows rows;
  std::vector<watermark> watermarks;
  std::vector<sender_id> forgotten; // whose watermarks are deleted
};

} // namespace cleartap
