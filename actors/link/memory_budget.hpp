// Memory that many share: who wants some takes a share or waits. Thread-safe. Refuses to know what it is used for.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace cleartap {

class memory_budget {
public:
  explicit memory_budget(std::size_t bytes_max) noexcept : bytes_max_{bytes_max} {}

  void limit(std::size_t bytes_max) noexcept { bytes_max_ = bytes_max; }
  std::size_t used() const noexcept { return used_; }

  /// Goes back when it is destroyed. The budget outlives its shares.
  class share {
  public:
    share(share&& other) noexcept : from_{std::exchange(other.from_, nullptr)}, bytes_{other.bytes_} {}
    share& operator=(share&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~share() {
      if (from_)
        from_->used_ -= bytes_;
    }

    /// The real size, once it is known.
    void resize(std::size_t bytes) noexcept {
      from_->used_ += bytes - bytes_;
      bytes_ = bytes;
    }

  private:
    friend memory_budget;
    share(memory_budget* from, std::size_t bytes) noexcept : from_{from}, bytes_{bytes} {}

    memory_budget* from_;
    std::size_t bytes_;
  };

  /// Nothing while the budget is used up. The first share may exceed it: else a large one would never pass.
  [[nodiscard]] std::optional<share> take(std::size_t bytes) noexcept {
    auto before = used_.fetch_add(bytes);
    if (before > 0 && before + bytes > bytes_max_) {
      used_ -= bytes;
      return std::nullopt;
    }
    return share{this, bytes};
  }

private:
  std::atomic<std::size_t> bytes_max_;
  std::atomic<std::size_t> used_{0};
};

} // namespace cleartap
