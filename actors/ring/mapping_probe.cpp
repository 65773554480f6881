#include "actors/ring/mapping_probe.hpp"

#include "actors/enrichment/proc_files.hpp"
#include "actors/probes/libbpf_failure.hpp"
#include "bpf/mappings.h"

#include <algorithm>
#include <atomic>
#include <bpf/libbpf.h>
#include <chrono>
#include <cstring>
#include <mapping_programs.skel.h>
#include <sys/sysmacros.h>

namespace cleartap {

namespace {

constexpr auto records_max = std::size_t{16384}; // of one drain; the ring holds fewer

struct skeleton_closer {
  void operator()(mapping_programs* skeleton) const noexcept { mapping_programs__destroy(skeleton); }
};

failure refusal(const std::string& what) {
  auto why = libbpf_failure("cannot " + what + " the program that tells of mappings");
  return {why.text + "; needs CAP_BPF, CAP_PERFMON and Linux 5.8 with BTF and fexit"};
}

/// Who runs a program is asked for it at once. Of one that has ended meanwhile no more than the file is known.
void name_program(process_event& event) {
  event.path = read_executable("/proc", event.pid);
  if (event.path.empty())
    event.kind = process_event_kind::mapping;
}

} // namespace

struct mapping_probe::programs {
  std::unique_ptr<mapping_programs, skeleton_closer> skeleton;
  std::unique_ptr<record_source> ring;
};

std::optional<process_event> decode_mapping_record(std::span<const std::uint8_t> record) noexcept {
  auto head = mapping_record{};
  if (record.size() < sizeof head)
    return std::nullopt;
  std::memcpy(&head, record.data(), sizeof head);
  if (head.inode == 0 || head.tgid == 0 || head.program > 1)
    return std::nullopt;
  auto event = process_event{};
  event.kind = head.program ? process_event_kind::program : process_event_kind::mapping;
  event.at = kernel_time{head.at_ns};
  event.pid = head.tgid;
  event.file = {makedev(head.device_major, head.device_minor), head.inode};
  return event;
}

mapping_probe::mapping_probe(std::unique_ptr<programs> loaded) noexcept : programs_{std::move(loaded)} {}
mapping_probe::mapping_probe(mapping_probe&&) noexcept = default;
mapping_probe::~mapping_probe() = default;

result<mapping_probe> mapping_probe::open() {
  listen_to_libbpf();
  auto loaded = std::make_unique<programs>();
  loaded->skeleton.reset(mapping_programs__open_and_load());
  if (!loaded->skeleton)
    return refusal("load");
  if (mapping_programs__attach(loaded->skeleton.get()) != 0)
    return refusal("attach");
  auto ring = open_ring_buffer(bpf_map__fd(loaded->skeleton->maps.mapping_ring));
  if (!ring)
    return ring.error();
  loaded->ring = std::move(*ring);
  return mapping_probe{std::move(loaded)};
}

int mapping_probe::descriptor() const { return programs_->ring->descriptor(); }

void mapping_probe::drain(std::vector<process_event>& events) {
  const auto first = events.size();
  programs_->ring->drain(records_max, [&](std::span<const std::uint8_t> record) {
    auto event = decode_mapping_record(record);
    if (!event)
      return;
    if (event->kind == process_event_kind::program)
      name_program(*event);
    events.push_back(std::move(*event));
  });
  if (auto lost = std::atomic_ref{programs_->skeleton->bss->mappings_lost}.load(); lost != lost_told_) {
    lost_told_ = lost;
    events.push_back({.kind = process_event_kind::mappings_lost,
                      .at = kernel_time{std::chrono::steady_clock::now().time_since_epoch()}});
  }
  std::ranges::stable_sort(events.begin() + static_cast<std::ptrdiff_t>(first), events.end(), {}, &process_event::at);
}

} // namespace cleartap
