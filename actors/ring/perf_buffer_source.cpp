#include "actors/ring/record_source.hpp"

#include <algorithm>
#include <bpf/libbpf.h>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

namespace cleartap {

namespace {

/// Wakes a sleeping reader once for so many records; between them it looks by itself.
constexpr auto records_per_wakeup = std::uint32_t{64};

struct buffer_deleter {
  void operator()(perf_buffer* buffer) const noexcept { perf_buffer__free(buffer); }
};

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds{1});
}

/// What a thread writes on one CPU it has finished before it writes on another. So of all that is stamped before a
/// reading begins, nothing older can come after it: that is passed on in the order of time, and the rest waits.
class perf_buffer_source final : public record_source {
public:
  [[nodiscard]] bool open(int map, std::size_t pages_per_cpu) {
    LIBBPF_OPTS(perf_buffer_opts, options, .sample_period = records_per_wakeup);
    buffer_.reset(perf_buffer__new(map, pages_per_cpu, on_record, on_lost, this, &options));
    return buffer_ != nullptr;
  }

  std::size_t drain(std::size_t records_max, const visitor& visit) override {
    auto begun = read_until_;
    if (ready_ < records_max) {
      begun = now_ns();
      read(begun);
    }
    auto count = std::min(records_max, ready_);
    for (std::size_t i = 0; i < count; ++i)
      visit(waiting_[i].bytes);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    ready_ -= count;
    if (ready_ == 0)
      read_until_ = begun;
    return count;
  }

  std::uint64_t written() const override { return now_ns(); }
  bool has_read(std::uint64_t mark) const override { return read_until_ >= mark; }

  int descriptor() const override { return perf_buffer__epoll_fd(buffer_.get()); }

private:
  struct record {
    std::uint64_t at_ns = 0;
    std::vector<std::uint8_t> bytes;
  };

  void read(std::uint64_t begun) {
    perf_buffer__consume(buffer_.get());
    std::ranges::stable_sort(waiting_, {}, &record::at_ns);
    auto later = std::ranges::upper_bound(waiting_, begun, {}, &record::at_ns);
    ready_ = static_cast<std::size_t>(later - waiting_.begin());
  }

  static void on_record(void* context, int, void* data, std::uint32_t size) {
    auto each = record{};
    if (size < sizeof each.at_ns)
      return;
    std::memcpy(&each.at_ns, data, sizeof each.at_ns);
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    each.bytes.assign(bytes, bytes + size);
    static_cast<perf_buffer_source*>(context)->waiting_.push_back(std::move(each));
  }

  static void on_lost(void*, int, unsigned long long) {} // the program that could not write has counted it

  std::unique_ptr<perf_buffer, buffer_deleter> buffer_;
  std::vector<record> waiting_; // in order up to `ready_`
  std::size_t ready_ = 0;
  std::uint64_t read_until_ = 0; // all that was stamped before has been visited
};

} // namespace

result<std::unique_ptr<record_source>> open_perf_buffers(int map, std::size_t pages_per_cpu) {
  auto source = std::make_unique<perf_buffer_source>();
  if (!source->open(map, pages_per_cpu))
    return failure{std::string{"cannot map the perf buffers: "} + std::strerror(errno) +
                   "; raise kernel.perf_event_mlock_kb, lower capture.perfBufferPages, or run as root"};
  return std::unique_ptr<record_source>{std::move(source)};
}

} // namespace cleartap
