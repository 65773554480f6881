// The exchanges that the reconstructor does not have yet: waiting for a number, or numbered and not acknowledged.
// Refuses to know how they are sent.
#pragma once

#include "messages/delivery.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace cleartap {

struct send_window_limits {
  std::size_t batches_max = 0;         // numbered and not acknowledged
  std::size_t exchanges_max = 0;       // waiting for a number
  std::size_t bytes_max = 0;           // of memory, numbered or not
  std::size_t batch_exchanges_max = 0; // batches that wait are joined up to here: a window of small ones carries little
  std::size_t batch_bytes_max = 0;     // larger ones are split; a single larger exchange is a batch of its own
};

/// What an epoch did with exchanges. Ledger: offered == acknowledged + dropped + exchanges().
struct send_totals {
  std::uint64_t offered = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t dropped = 0;
};

class send_window {
public:
  explicit send_window(const send_window_limits& limits) noexcept : limits_{limits} {}

  /// Takes effect with the next call; what is numbered keeps its number.
  void change_limits(const send_window_limits& limits) noexcept { limits_ = limits; }

  /// Keeps the batch. Returns how many exchanges were dropped for lack of room: the oldest that have no number yet, so
  /// that the numbers have no gap.
  [[nodiscard]] std::size_t add(exchange_batch batch);

  struct numbered {
    std::uint64_t number = 0;
    std::shared_ptr<const exchange_batch> content;
    std::size_t bytes = 0;
  };

  /// Which of those that wait are wanted: a batch that is not full yet may grow a little longer.
  enum class wanted : std::uint8_t { full, all };

  /// The next batch to send, or nothing while the window is full or nothing waits. It stays until acknowledged.
  [[nodiscard]] std::optional<numbered> next(wanted which = wanted::all);

  /// Everything up to `number` has arrived for good. Returns how many exchanges that was.
  std::size_t acknowledge(std::uint64_t number);

  /// Begins again with the oldest batch that was not acknowledged.
  void resend() noexcept { sent_ = 0; }

  /// Gives up what is there. Returns how many exchanges that was.
  std::size_t abandon() noexcept;

  std::size_t exchanges() const noexcept { return exchanges_; }
  std::size_t waiting() const noexcept { return waiting_exchanges_; } // of them, for a number
  std::size_t bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return exchanges_ == 0; }
  const send_totals& totals() const noexcept { return totals_; }

private:
  struct waiting_batch {
    exchange_batch batch;
    std::size_t bytes = 0;
  };

  void enqueue(exchange_batch batch, std::size_t bytes);
  void split(exchange_batch batch);
  std::size_t drop_oldest();

  send_window_limits limits_;
  send_totals totals_;
  std::uint64_t last_number_ = 0;
  std::size_t exchanges_ = 0;     // in both queues
  std::size_t bytes_ = 0;         // in both queues
  std::deque<numbered> numbered_; // by number
  std::size_t sent_ = 0;          // of numbered_, from the front
  std::size_t numbered_bytes_ = 0;
  std::deque<waiting_batch> waiting_;
  std::size_t waiting_exchanges_ = 0;
};

} // namespace cleartap
