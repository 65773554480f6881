#include "actors/ring/mapping_watch.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto buffer_pages = std::size_t{64}; // per CPU, a power of two: some 2,000 mappings

struct mmap2_head {
  perf_event_header header;
  std::uint32_t pid;
  std::uint32_t tid;
  std::uint64_t address;
  std::uint64_t length;
  std::uint64_t page_offset;
  std::uint32_t device_major;
  std::uint32_t device_minor;
  std::uint64_t inode;
  std::uint64_t inode_generation;
  std::uint32_t protection;
  std::uint32_t flags;
};
static_assert(sizeof(mmap2_head) == 72);

std::size_t buffer_bytes() { return buffer_pages * static_cast<std::size_t>(getpagesize()); }

int open_cpu(int cpu) {
  auto attributes = perf_event_attr{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.mmap = 1; // executable mappings only; mmap_data would add the others
  attributes.mmap2 = 1;
  attributes.watermark = 1;
  attributes.wakeup_watermark = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

} // namespace

bool decode_mapping(std::span<const std::uint8_t> record, process_event& event) {
  auto head = mmap2_head{};
  if (record.size() <= sizeof head)
    return false;
  std::memcpy(&head, record.data(), sizeof head);
  if (head.header.type != PERF_RECORD_MMAP2 || head.inode == 0 || !(head.protection & PROT_EXEC))
    return false;
  auto name = record.subspan(sizeof head);
  event.kind = process_event_kind::mapping;
  event.pid = head.pid;
  event.file = {makedev(head.device_major, head.device_minor), head.inode};
  event.path.assign(reinterpret_cast<const char*>(name.data()),
                    strnlen(reinterpret_cast<const char*>(name.data()), name.size()));
  return true;
}

result<mapping_watch> mapping_watch::open() {
  auto watch = mapping_watch{};
  auto cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  for (auto cpu = 0; cpu < cpus; ++cpu) {
    auto fd = open_cpu(cpu);
    if (fd < 0 && errno == ENODEV)
      continue; // offline
    if (fd < 0)
      return failure{std::string{"cannot watch executable mappings: "} + std::strerror(errno) +
                     "; needs CAP_PERFMON or root"};
    watch.buffers_.push_back({fd, MAP_FAILED});
    auto size = buffer_bytes() + static_cast<std::size_t>(getpagesize());
    watch.buffers_.back().pages = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (watch.buffers_.back().pages == MAP_FAILED)
      return failure{std::string{"cannot map a perf buffer: "} + std::strerror(errno) +
                     "; raise kernel.perf_event_mlock_kb or run as root"};
  }
  return watch;
}

mapping_watch::~mapping_watch() {
  for (auto& each : buffers_) {
    if (each.pages != MAP_FAILED)
      munmap(each.pages, buffer_bytes() + static_cast<std::size_t>(getpagesize()));
    close(each.fd);
  }
}

std::vector<int> mapping_watch::descriptors() const {
  auto fds = std::vector<int>{};
  for (const auto& each : buffers_)
    fds.push_back(each.fd);
  return fds;
}

void mapping_watch::drain(std::vector<process_event>& events) {
  for (auto& each : buffers_)
    drain(each, events);
}

void mapping_watch::drain(buffer& from, std::vector<process_event>& events) {
  auto& control = *static_cast<perf_event_mmap_page*>(from.pages);
  const auto* data = static_cast<const std::uint8_t*>(from.pages) + getpagesize();
  auto size = buffer_bytes();
  auto head = std::atomic_ref{control.data_head}.load(std::memory_order_acquire);
  auto tail = control.data_tail;
  while (tail < head) {
    auto begin = static_cast<std::size_t>(tail % size);
    auto header = perf_event_header{};
    std::memcpy(&header, data + begin, sizeof header); // records are aligned to 8 bytes: a header never wraps
    if (header.size == 0)
      break;
    auto first = std::min<std::size_t>(header.size, size - begin);
    record_.assign(data + begin, data + begin + first);
    record_.insert(record_.end(), data, data + (header.size - first));
    auto event = process_event{};
    if (decode_mapping(record_, event))
      events.push_back(std::move(event));
    else if (header.type == PERF_RECORD_LOST)
      events.push_back({.kind = process_event_kind::mappings_lost});
    tail += header.size;
  }
  std::atomic_ref{control.data_tail}.store(tail, std::memory_order_release);
}

} // namespace cleartap
