#include "actors/ring/kernel_rings.hpp"

#include <array>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <unistd.h>

namespace cleartap {

namespace {

/// libbpf has no limit for the records of one call, but stops after the record at which the callback says so.
struct drain_state {
  const kernel_rings::visitor* visit = nullptr;
  std::size_t left = 0;
  std::size_t done = 0;
};

int on_record(void* context, void* data, std::size_t size) {
  auto& state = **static_cast<drain_state**>(context);
  (*state.visit)({static_cast<const std::uint8_t*>(data), size});
  ++state.done;
  return --state.left == 0 ? -ECANCELED : 0;
}

struct ring_deleter {
  void operator()(ring_buffer* rings) const noexcept { ring_buffer__free(rings); }
};

} // namespace

struct kernel_rings::reader {
  drain_state* current = nullptr;
  std::unique_ptr<ring_buffer, ring_deleter> rings;

  std::size_t drain(unsigned index, std::size_t records_max, const visitor& visit) {
    auto state = drain_state{&visit, records_max, 0};
    current = &state;
    ring__consume(ring_buffer__ring(rings.get(), index));
    return state.done;
  }
};

kernel_rings::kernel_rings(std::unique_ptr<reader> state) : reader_{std::move(state)} {}
kernel_rings::kernel_rings(kernel_rings&&) noexcept = default;
kernel_rings::~kernel_rings() = default;

result<kernel_rings> kernel_rings::open(int tls_ring, int process_ring) {
  auto state = std::make_unique<reader>();
  state->rings.reset(ring_buffer__new(tls_ring, on_record, &state->current, nullptr));
  if (!state->rings || ring_buffer__add(state->rings.get(), process_ring, on_record, &state->current) != 0)
    return failure{std::string{"cannot map the ring buffers: "} + std::strerror(errno)};
  auto rings = kernel_rings{std::move(state)};
  auto mappings = mapping_watch::open();
  if (!mappings) {
    rings.mapping_complaint_ = mappings.error();
    return rings;
  }
  for (auto fd : mappings->descriptors()) {
    auto event = epoll_event{.events = EPOLLIN, .data = {.fd = fd}};
    epoll_ctl(ring_buffer__epoll_fd(rings.reader_->rings.get()), EPOLL_CTL_ADD, fd, &event);
  }
  rings.mappings_.emplace(std::move(*mappings));
  return rings;
}

std::size_t kernel_rings::drain_tls(std::size_t records_max, const visitor& visit) {
  return reader_->drain(0, records_max, visit);
}

std::size_t kernel_rings::drain_processes(std::size_t records_max, const visitor& visit) {
  return reader_->drain(1, records_max, visit);
}

void kernel_rings::drain_mappings(std::vector<process_event>& events) {
  if (mappings_)
    mappings_->drain(events);
}

void kernel_rings::wait(std::chrono::milliseconds time_max) {
  auto ready = std::array<epoll_event, 8>{};
  epoll_wait(ring_buffer__epoll_fd(reader_->rings.get()), ready.data(), static_cast<int>(ready.size()),
             static_cast<int>(time_max.count()));
}

} // namespace cleartap
