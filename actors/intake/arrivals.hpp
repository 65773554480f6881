// Which batches have arrived from which sender, which of them are in the store, and how each epoch ended. Refuses to
// know what is in them.
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
  /// Epochs kept of one sniffer, the latest ones: an older process of the same name does not come back.
  static constexpr std::size_t epochs_max = 4;
  /// Epochs kept in all: names come from certificates, so only nodes that were there take up room.
  static constexpr std::size_t senders_max = 65536;

  /// What an earlier run committed.
  void load(const watermark& committed);

  /// A session of this epoch begins. The sniffer's other epochs that are open have thereby ended uncleanly.
  void begin(const sender_id& sender);

  [[nodiscard]] arrival arrive(const sender_id& sender, std::uint64_t number, std::uint64_t exchanges);

  /// The sniffer has nothing more to send in this epoch.
  void end(const farewell& last);

  /// The watermarks of all that was taken or ended and is not committed yet.
  [[nodiscard]] std::vector<watermark> uncommitted() const;
  /// Epochs that were forgotten since the last call.
  [[nodiscard]] std::vector<sender_id> take_forgotten() { return std::exchange(forgotten_, {}); }
  void commit(const std::vector<watermark>& committed);

  [[nodiscard]] std::uint64_t committed(const sender_id& sender) const;
  [[nodiscard]] std::uint64_t waiting(const sender_id& sender) const; // batches taken and not committed
  [[nodiscard]] bool ended(const sender_id& sender) const;            // and committed

  /// What the store has of every epoch, by sniffer.
  [[nodiscard]] std::vector<watermark> all() const;

private:
  struct progress {
    watermark taken;
    watermark committed;
    std::uint64_t turn = 0; // grows with each session: the latest are kept
  };

  void close_others(const sender_id& latest);
  void forget_oldest(std::map<sender_id, progress>::iterator begin, std::map<sender_id, progress>::iterator end);

  std::map<sender_id, progress> senders_;
  std::vector<sender_id> forgotten_;
  std::uint64_t turn_ = 0;
};

} // namespace cleartap
