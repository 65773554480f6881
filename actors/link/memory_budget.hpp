// Memory that many share: who wants some takes a share or waits. Thread-safe. Refuses to know what it is used for.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace cleartap {

class memory_budget {
public:
  explicit memory_budget(std::size_t bytes_max) noexcept : bytes_max_{bytes_max} {}

  void limit(std::size_t bytes_max) noexcept { bytes_max_ = bytes_max; }
  std::size_t used() const noexcept { return used_; }

  /// What one of many has taken; lives as long as its shares.
  using holder = std::shared_ptr<std::atomic<std::size_t>>;
  [[nodiscard]] static holder make_holder() { return std::make_shared<std::atomic<std::size_t>>(0); }

  /// Goes back when it is destroyed. The budget outlives its shares.
  class share {
  public:
    share(share&& other) noexcept
        : from_{std::exchange(other.from_, nullptr)}, whose_{std::move(other.whose_)}, bytes_{other.bytes_} {}
    share& operator=(share&& other) noexcept {
      std::swap(from_, other.from_);
      std::swap(whose_, other.whose_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~share() {
      if (from_)
        resize(0);
    }

    /// The real size, once it is known.
    void resize(std::size_t bytes) noexcept {
      from_->used_ += bytes - bytes_;
      *whose_ += bytes - bytes_;
      bytes_ = bytes;
    }

  private:
    friend memory_budget;
    share(memory_budget* from, holder whose, std::size_t bytes) noexcept
        : from_{from}, whose_{std::move(whose)}, bytes_{bytes} {
      *whose_ += bytes;
    }

    memory_budget* from_;
    holder whose_;
    std::size_t bytes_;
  };

  /// Nothing while the budget is used up. While half of it is, nothing for one of the `holders` that would have more
  /// than an even part: else those who ask often would leave nothing for the others. The first share may exceed both:
  /// else a large one would never pass.
  [[nodiscard]] std::optional<share> take(std::size_t bytes, const holder& whose, std::size_t holders) noexcept {
    auto before = used_.fetch_add(bytes);
    auto own = whose->load();
    auto crowded = before + bytes > bytes_max_ / 2;
    auto even = bytes_max_ / std::max<std::size_t>(holders, 1);
    if ((before > 0 && before + bytes > bytes_max_) || (crowded && own > 0 && own + bytes > even)) {
      used_ -= bytes;
      return std::nullopt;
    }
    return share{this, whose, bytes};
  }

private:
  std::atomic<std::size_t> bytes_max_;
  std::atomic<std::size_t> used_{0};
};

} // namespace cleartap
