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

class send_window {
public:
  /// At most `batches_max` batches are numbered and not acknowledged; beyond it exchanges wait, at most
  /// `exchanges_max`. Those that wait are joined to batches of up to `batch_size_max`: a window of small ones would
  /// carry little.
  send_window(std::size_t batches_max, std::size_t exchanges_max, std::size_t batch_size_max) noexcept
      : batches_max_{batches_max}, exchanges_max_{exchanges_max}, batch_size_max_{batch_size_max} {}

  /// Keeps the batch. Returns how many exchanges were dropped for lack of room: the oldest that have no number yet, so
  /// that the numbers have no gap.
  [[nodiscard]] std::size_t add(exchange_batch batch);

  struct numbered {
    std::uint64_t number = 0;
    std::shared_ptr<const exchange_batch> content;
  };

  /// The next batch to send, or nothing while the window is full or nothing waits. It stays until acknowledged.
  [[nodiscard]] std::optional<numbered> next();

  /// Everything up to `number` has arrived for good. Returns how many exchanges that was.
  std::size_t acknowledge(std::uint64_t number);

  /// Begins again with the oldest batch that was not acknowledged.
  void resend() noexcept { sent_ = 0; }

  std::size_t exchanges() const noexcept { return exchanges_; }
  bool empty() const noexcept { return exchanges_ == 0; }

private:
  std::size_t batches_max_;
  std::size_t exchanges_max_;
  std::size_t batch_size_max_;
  std::uint64_t last_number_ = 0;
  std::size_t exchanges_ = 0;     // in both queues
  std::deque<numbered> numbered_; // by number
  std::size_t sent_ = 0;          // of numbered_, from the front
  std::deque<exchange_batch> waiting_;
  std::size_t waiting_exchanges_ = 0;
};

} // namespace cleartap
