#include "actors/ring/mapping_watch.hpp"

#include "actors/probes/perf_paranoid.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto buffer_pages = std::size_t{64};     // per CPU, a power of two: some 2,000 mappings
constexpr auto time_bytes = sizeof(std::uint64_t); // at the end of each record
constexpr auto starting_max = std::size_t{4096};   // a program without a mapping was killed as it began

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

struct comm_head {
  perf_event_header header;
  std::uint32_t pid;
  std::uint32_t tid;
};
static_assert(sizeof(comm_head) == 16);

std::size_t buffer_bytes() { return buffer_pages * static_cast<std::size_t>(getpagesize()); }

int open_cpu(int cpu) {
  auto attributes = perf_event_attr{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_SOFTWARE;
  attributes.config = PERF_COUNT_SW_DUMMY;
  attributes.mmap = 1; // executable mappings only; mmap_data would add the others
  attributes.mmap2 = 1;
  attributes.comm = 1;
  attributes.comm_exec = 1; // tells an exec from a mere change of name
  attributes.sample_id_all = 1;
  attributes.sample_type = PERF_SAMPLE_TIME;
  attributes.use_clockid = 1;
  attributes.clockid = CLOCK_MONOTONIC; // what the kernel programs' times are, too
  attributes.watermark = 1;
  attributes.wakeup_watermark = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

/// Names what is missing, which is not what a distribution's kernel already has been given.
failure refusal() {
  auto why = std::string{"cannot watch executable mappings by perf: "} + std::strerror(errno);
  auto paranoid = paranoid_hint();
  return {why + "; " + (paranoid.empty() ? "needs CAP_PERFMON" : paranoid)};
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

std::uint32_t decode_program_start(std::span<const std::uint8_t> record) noexcept {
  auto head = comm_head{};
  if (record.size() < sizeof head)
    return 0;
  std::memcpy(&head, record.data(), sizeof head);
  auto by_exec = (head.header.misc & PERF_RECORD_MISC_COMM_EXEC) != 0;
  return head.header.type == PERF_RECORD_COMM && by_exec ? head.pid : 0;
}

result<mapping_watch> mapping_watch::open() {
  auto watch = mapping_watch{};
  auto cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_CONF));
  for (auto cpu = 0; cpu < cpus; ++cpu) {
    auto fd = open_cpu(cpu);
    if (fd < 0 && errno == ENODEV)
      continue; // offline
    if (fd < 0)
      return refusal();
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
  collected_.clear();
  auto until = kernel_time{std::chrono::steady_clock::now().time_since_epoch()};
  for (auto& each : buffers_)
    drain(each, until);
  // First by time, so that a process's start is told before its mappings.
  std::ranges::stable_sort(collected_, {}, &process_event::at);
  for (auto& event : collected_) {
    if (event.kind == process_event_kind::exec) {
      if (starting_.size() >= starting_max)
        starting_.clear();
      starting_.insert(event.pid);
      continue;
    }
    if (event.kind == process_event_kind::mappings_lost)
      starting_.clear(); // their programs may be among what was lost
    else if (starting_.erase(event.pid) > 0)
      event.kind = process_event_kind::program;
    events.push_back(std::move(event));
  }
}

void mapping_watch::drain(buffer& from, kernel_time until) {
  auto& control = *static_cast<perf_event_mmap_page*>(from.pages);
  const auto* data = static_cast<const std::uint8_t*>(from.pages) + getpagesize();
  auto size = buffer_bytes();
  auto head = std::atomic_ref{control.data_head}.load(std::memory_order_acquire);
  auto tail = control.data_tail;
  while (tail < head) {
    auto begin = static_cast<std::size_t>(tail % size);
    auto header = perf_event_header{};
    std::memcpy(&header, data + begin, sizeof header); // records are aligned to 8 bytes: a header never wraps
    if (header.size < sizeof header + time_bytes)
      break;
    auto first = std::min<std::size_t>(header.size, size - begin);
    record_.assign(data + begin, data + begin + first);
    record_.insert(record_.end(), data, data + (header.size - first));
    auto at_ns = std::uint64_t{0};
    std::memcpy(&at_ns, record_.data() + record_.size() - time_bytes, sizeof at_ns);
    if (kernel_time{at_ns} > until)
      break;
    collect(std::span{record_}.first(record_.size() - time_bytes), kernel_time{at_ns});
    tail += header.size;
  }
  std::atomic_ref{control.data_tail}.store(tail, std::memory_order_release);
}

void mapping_watch::collect(std::span<const std::uint8_t> record, kernel_time at) {
  auto event = process_event{};
  auto header = perf_event_header{};
  std::memcpy(&header, record.data(), sizeof header);
  if (auto pid = decode_program_start(record); pid != 0)
    event = {.kind = process_event_kind::exec, .pid = pid};
  else if (header.type == PERF_RECORD_LOST)
    event.kind = process_event_kind::mappings_lost;
  else if (!decode_mapping(record, event))
    return;
  event.at = at;
  collected_.push_back(std::move(event));
}

} // namespace cleartap
