// What passes between uplink, intake, inventory and store. Refuses to know how any of them works.
#pragma once

#include "messages/exchange.hpp"
#include "messages/inventory.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cleartap {

/// Which run of which sniffer. The epoch is random per start of the uplink, so that numbers of two lives never mix.
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

/// Everything up to `number` of `sender` is in the evidence.
struct watermark {
  sender_id sender;
  std::uint64_t number = 0;
};

using changed_rows = std::vector<evidence_row>;
using api_summaries = std::vector<api_summary>;

/// Written in one transaction: evidence and watermarks, or neither.
struct commit_request {
  changed_rows rows;
  std::vector<watermark> watermarks;
};

} // namespace cleartap
