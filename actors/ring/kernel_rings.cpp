#include "actors/ring/kernel_rings.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>

namespace cleartap {

namespace {

constexpr auto process_pages_per_cpu = std::size_t{64}; // of perf buffers: some 600 records

} // namespace

result<kernel_rings> kernel_rings::open(const ring_source& source) {
  auto rings = kernel_rings{};
  auto tls = source.perf ? open_perf_buffers(source.tls, source.perf_pages_per_cpu) : open_ring_buffer(source.tls);
  if (!tls)
    return tls.error();
  auto process =
      source.perf ? open_perf_buffers(source.process, process_pages_per_cpu) : open_ring_buffer(source.process);
  if (!process)
    return process.error();
  rings.tls_ = std::move(*tls);
  rings.process_ = std::move(*process);
  rings.epoll_ = owned_fd{epoll_create1(EPOLL_CLOEXEC)};
  if (!rings.wait_for(rings.tls_->descriptor()) || !rings.wait_for(rings.process_->descriptor()))
    return failure{std::string{"cannot wait for the kernel's buffers: "} + std::strerror(errno)};
  rings.open_mappings();
  return rings;
}

void kernel_rings::open_mappings() {
  // What cannot be waited for is read when something else wakes, or after the time.
  auto watch = mapping_watch::open();
  if (watch) {
    for (auto fd : watch->descriptors())
      static_cast<void>(wait_for(fd));
    mappings_.emplace(std::move(*watch));
    return;
  }
  mapping_complaint_ = watch.error();
  auto probe = mapping_probe::open();
  if (!probe) {
    mapping_complaint_->text += "; " + probe.error().text;
    return;
  }
  static_cast<void>(wait_for(probe->descriptor()));
  mapping_probe_.emplace(std::move(*probe));
}

bool kernel_rings::wait_for(int fd) {
  auto event = epoll_event{.events = EPOLLIN, .data = {.fd = fd}};
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

std::size_t kernel_rings::drain_tls(std::size_t records_max, const visitor& visit) {
  return tls_->drain(records_max, visit);
}

std::size_t kernel_rings::drain_processes(std::size_t records_max, const visitor& visit) {
  return process_->drain(records_max, visit);
}

void kernel_rings::drain_mappings(std::vector<process_event>& events) {
  if (mappings_)
    mappings_->drain(events);
  if (mapping_probe_)
    mapping_probe_->drain(events);
}

void kernel_rings::wait(std::chrono::milliseconds time_max) {
  auto ready = std::array<epoll_event, 8>{};
  epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), static_cast<int>(time_max.count()));
}

} // namespace cleartap
