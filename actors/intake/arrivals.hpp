// Which batches have arrived from which sender, and which of them are in the store. Refuses to know what is in them.
#pragma once

#include "messages/delivery.hpp"

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace cleartap {

/// Which of the inventory's shards keeps an authority's evidence.
[[nodiscard]] std::size_t shard_of_authority(std::string_view authority, std::size_t shards) noexcept;

enum class arrival : std::uint8_t {
  fresh,     // the next one in order: take it
  duplicate, // taken before
  gap        // an earlier one is missing: refuse, it will come again in order
};

class arrivals {
public:
  /// What an earlier run committed.
  void load(const watermark& committed);

  [[nodiscard]] arrival arrive(const sender_id& sender, std::uint64_t number);

  /// The watermarks of all that was taken and not committed yet.
  [[nodiscard]] std::vector<watermark> uncommitted() const;
  void commit(const std::vector<watermark>& committed);

  [[nodiscard]] std::uint64_t committed(const sender_id& sender) const;

private:
  struct progress {
    std::uint64_t taken = 0;
    std::uint64_t committed = 0;
  };

  std::map<sender_id, progress> senders_;
};

} // namespace cleartap
