#include "actors/ring/record_source.hpp"

#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>

namespace cleartap {

namespace {

struct ring_deleter {
  void operator()(ring_buffer* rings) const noexcept { ring_buffer__free(rings); }
};

class ring_buffer_source final : public record_source {
public:
  [[nodiscard]] bool open(int map) {
    ring_.reset(ring_buffer__new(map, on_record, this, nullptr));
    return ring_ != nullptr;
  }

  std::size_t drain(std::size_t records_max, const visitor& visit) override {
    visit_ = &visit;
    left_ = records_max;
    ring__consume(ring_buffer__ring(ring_.get(), 0));
    return records_max - left_;
  }

  std::uint64_t written() const override { return ring__producer_pos(ring_buffer__ring(ring_.get(), 0)); }
  bool has_read(std::uint64_t mark) const override {
    return ring__consumer_pos(ring_buffer__ring(ring_.get(), 0)) >= mark;
  }

  int descriptor() const override { return ring_buffer__epoll_fd(ring_.get()); }

private:
  /// libbpf has no limit for the records of one call, but stops after the record at which the callback says so.
  static int on_record(void* context, void* data, std::size_t size) {
    auto& self = *static_cast<ring_buffer_source*>(context);
    (*self.visit_)({static_cast<const std::uint8_t*>(data), size});
    return --self.left_ == 0 ? -ECANCELED : 0;
  }

  std::unique_ptr<ring_buffer, ring_deleter> ring_;
  const visitor* visit_ = nullptr;
  std::size_t left_ = 0;
};

} // namespace

result<std::unique_ptr<record_source>> open_ring_buffer(int map) {
  auto source = std::make_unique<ring_buffer_source>();
  if (!source->open(map))
    return failure{std::string{"cannot map a ring buffer: "} + std::strerror(errno)};
  return std::unique_ptr<record_source>{std::move(source)};
}

} // namespace cleartap
