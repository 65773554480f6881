#include "actors/probes/kernel_programs.hpp"

#include "actors/probes/trial_target.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cassert>
#include <cstring>
#include <unistd.h>

#include <capture.skel.h>

namespace cleartap {

namespace {

constexpr auto ring_bytes_min = std::uint32_t{8u << 20};
constexpr auto ring_bytes_max = std::uint32_t{1u << 30};

/// The other transports' programs have no attach type; the kernel's name for that is one of another kind of program.
constexpr auto uprobe_plain = bpf_attach_type{};

/// A function that is probed at its entry, and for reads and writes at its return too.
struct probe_point {
  std::string_view symbol;
  bpf_program* (*enter)(capture_programs&);
  bool returns;
};

constexpr auto probe_points = std::array{
    probe_point{"SSL_read", [](capture_programs& s) { return s.progs.ssl_read_enter; }, true},
    probe_point{"SSL_write", [](capture_programs& s) { return s.progs.ssl_write_enter; }, true},
    probe_point{"SSL_read_ex", [](capture_programs& s) { return s.progs.ssl_read_ex_enter; }, true},
    probe_point{"SSL_write_ex", [](capture_programs& s) { return s.progs.ssl_write_ex_enter; }, true},
    probe_point{"SSL_free", [](capture_programs& s) { return s.progs.ssl_free_enter; }, false},
};

constexpr auto symbols = [] {
  auto names = std::array<std::string_view, probe_points.size()>{};
  std::ranges::transform(probe_points, names.begin(), &probe_point::symbol);
  return names;
}();

/// libbpf explains a failure in many lines of log; the last of them is the reason that a person can use.
thread_local std::string libbpf_complaint;

int keep_complaint(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN)
    return 0;
  char line[512];
  std::vsnprintf(line, sizeof line, format, arguments);
  libbpf_complaint.assign(line, strcspn(line, "\n"));
  return 0;
}

failure libbpf_failure(std::string what) {
  auto reason = std::string{std::strerror(errno)};
  if (!libbpf_complaint.empty())
    reason += " (" + libbpf_complaint + ")";
  libbpf_complaint.clear();
  return {std::move(what) + ": " + reason};
}

void choose_programs(capture_programs& skeleton, uprobe_transport transport, socket_source sockets) {
  auto& programs = skeleton.progs;
  for (auto* program : {programs.sent_tracepoint, programs.received_tracepoint})
    bpf_program__set_autoload(program, sockets == socket_source::tracepoint);
  for (auto* program : {programs.sent_fentry, programs.received_fentry})
    bpf_program__set_autoload(program, sockets == socket_source::fentry);
  if (transport == uprobe_transport::multi)
    return; // as their sections say
  for (const auto& point : probe_points)
    bpf_program__set_expected_attach_type(point.enter(skeleton), uprobe_plain);
  bpf_program__set_expected_attach_type(programs.ssl_call_return, uprobe_plain);
}

bool set_sizes(capture_programs& skeleton, const kernel_options& options) {
  assert(options.event_bytes_max >= EVENT_BYTES_MIN);
  skeleton.rodata->event_bytes_max = options.event_bytes_max;
  skeleton.rodata->call_events_max = (CALL_BYTES_MAX + options.event_bytes_max - 1) / options.event_bytes_max;
  auto ring = ring_bytes(options.ring_pages, static_cast<std::uint32_t>(libbpf_num_possible_cpus()),
                         static_cast<std::uint32_t>(getpagesize()));
  return bpf_map__set_max_entries(skeleton.maps.tls_ring, ring) == 0 &&
         bpf_map__set_max_entries(skeleton.maps.connections, options.connections_max) == 0 &&
         bpf_map__set_max_entries(skeleton.maps.threads, options.threads_max) == 0;
}

result<std::vector<link_ptr>> attach_multi(bpf_program* program, const char* path, bool at_return,
                                           std::span<const unsigned long> offsets) {
  LIBBPF_OPTS(bpf_uprobe_multi_opts, options, .offsets = offsets.data(), .cnt = offsets.size(), .retprobe = at_return);
  auto links = std::vector<link_ptr>{};
  links.emplace_back(bpf_program__attach_uprobe_multi(program, -1, path, nullptr, &options));
  if (!links.front())
    return libbpf_failure("cannot probe " + std::string{path});
  return links;
}

result<std::vector<link_ptr>> attach_single(bpf_program* program, const char* path, bool at_return,
                                            std::span<const unsigned long> offsets, probe_attach_mode mode) {
  auto links = std::vector<link_ptr>{};
  for (auto offset : offsets) {
    LIBBPF_OPTS(bpf_uprobe_opts, options, .retprobe = at_return, .attach_mode = mode);
    links.emplace_back(bpf_program__attach_uprobe_opts(program, -1, path, offset, &options));
    if (!links.back())
      return libbpf_failure("cannot probe " + std::string{path});
  }
  return links;
}

result<std::vector<link_ptr>> attach_program(uprobe_transport transport, bpf_program* program, const char* path,
                                             bool at_return, std::span<const unsigned long> offsets) {
  switch (transport) {
  case uprobe_transport::multi:
    return attach_multi(program, path, at_return, offsets);
  case uprobe_transport::perf:
    return attach_single(program, path, at_return, offsets, PROBE_ATTACH_MODE_PERF);
  case uprobe_transport::tracefs:
    break;
  }
  return attach_single(program, path, at_return, offsets, PROBE_ATTACH_MODE_LEGACY);
}

} // namespace

std::string_view to_string(uprobe_transport transport) noexcept {
  switch (transport) {
  case uprobe_transport::multi:
    return "uprobe_multi";
  case uprobe_transport::perf:
    return "perf uprobe";
  case uprobe_transport::tracefs:
    return "tracefs uprobe_events";
  }
  return "unknown";
}

std::string_view to_string(socket_source source) noexcept {
  switch (source) {
  case socket_source::tracepoint:
    return "tp_btf sock_send_length";
  case socket_source::fentry:
    return "fentry tcp_sendmsg";
  case socket_source::none:
    return "none";
  }
  return "unknown";
}

std::uint32_t ring_bytes(std::uint32_t pages_per_cpu, std::uint32_t cpus, std::uint32_t page_size) noexcept {
  auto per_cpu = std::min<std::uint64_t>(std::uint64_t{pages_per_cpu} * page_size, ring_bytes_max);
  auto wanted = per_cpu * cpus;
  return std::bit_ceil(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(wanted, ring_bytes_min, ring_bytes_max)));
}

void link_deleter::operator()(bpf_link* link) const noexcept { bpf_link__destroy(link); }

void kernel_programs::skeleton_deleter::operator()(capture_programs* skeleton) const noexcept {
  capture_programs__destroy(skeleton);
}

std::span<const std::string_view> probed_symbols() noexcept { return symbols; }

kernel_programs::kernel_programs(std::unique_ptr<capture_programs, skeleton_deleter> skeleton,
                                 uprobe_transport transport, socket_source sockets)
    : skeleton_{std::move(skeleton)}, transport_{transport}, sockets_{sockets} {}

kernel_programs::kernel_programs(kernel_programs&&) noexcept = default;
kernel_programs& kernel_programs::operator=(kernel_programs&&) noexcept = default;
kernel_programs::~kernel_programs() = default;

result<kernel_programs> kernel_programs::load(const kernel_options& options) {
  auto reasons = std::vector<std::string>{};
  for (auto transport : {uprobe_transport::multi, uprobe_transport::perf, uprobe_transport::tracefs})
    for (auto sockets : {socket_source::tracepoint, socket_source::fentry, socket_source::none}) {
      auto loaded = load(options, transport, sockets);
      if (loaded)
        return loaded;
      if (sockets == socket_source::none && std::ranges::find(reasons, loaded.error().text) == reasons.end())
        reasons.push_back(loaded.error().text);
    }
  auto text = std::string{};
  for (const auto& reason : reasons)
    text += (text.empty() ? "" : "; ") + reason;
  return failure{text + ". Run as root or with CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN; `cleartap check` tells what is "
                        "missing"};
}

result<kernel_programs> kernel_programs::load(const kernel_options& options, uprobe_transport transport,
                                              socket_source sockets) {
  libbpf_set_print(keep_complaint);
  libbpf_complaint.clear();
  auto skeleton = std::unique_ptr<capture_programs, skeleton_deleter>{capture_programs__open()};
  if (!skeleton)
    return libbpf_failure("cannot open the kernel programs");
  choose_programs(*skeleton, transport, sockets);
  if (!set_sizes(*skeleton, options) || capture_programs__load(skeleton.get()) != 0)
    return libbpf_failure("cannot load the kernel programs");
  // Attaches the tracepoints; uprobes have no target of their own and are left alone by libbpf.
  if (capture_programs__attach(skeleton.get()) != 0)
    return libbpf_failure("cannot attach the kernel programs");
  auto programs = kernel_programs{std::move(skeleton), transport, sockets};
  programs.ignore(static_cast<std::uint32_t>(getpid()));
  auto target = trial_target();
  if (!target)
    return target.error();
  auto granted = programs.attach(target->path, std::array{function_offset{"SSL_read", target->offset}});
  if (!granted)
    return granted.error();
  return programs;
}

result<std::vector<link_ptr>> kernel_programs::attach(const std::filesystem::path& path,
                                                      std::span<const function_offset> functions) {
  auto links = std::vector<link_ptr>{};
  auto returns = std::vector<unsigned long>{};
  auto keep = [&](result<std::vector<link_ptr>> attached) -> result<void> {
    if (!attached)
      return attached.error();
    std::ranges::move(*attached, std::back_inserter(links));
    return {};
  };
  for (const auto& function : functions) {
    const auto* point = std::ranges::find(probe_points, function.symbol, &probe_point::symbol);
    if (point == probe_points.end())
      continue;
    auto offset = static_cast<unsigned long>(function.offset);
    if (auto done = keep(attach_program(transport_, point->enter(*skeleton_), path.c_str(), false, {&offset, 1}));
        !done)
      return done.error();
    if (point->returns)
      returns.push_back(offset);
  }
  if (links.empty())
    return failure{"no function to probe in " + path.string()};
  if (!returns.empty())
    if (auto done = keep(attach_program(transport_, skeleton_->progs.ssl_call_return, path.c_str(), true, returns));
        !done)
      return done.error();
  return links;
}

void kernel_programs::forget_connections() {
  auto* map = skeleton_->maps.connections;
  auto key = std::vector<std::uint8_t>(bpf_map__key_size(map));
  // Keys that the kernel adds meanwhile must not keep this going.
  for (auto left = bpf_map__max_entries(map); left > 0; --left)
    if (bpf_map__get_next_key(map, nullptr, key.data(), key.size()) != 0 ||
        bpf_map__delete_elem(map, key.data(), key.size(), 0) != 0)
      return;
}

void kernel_programs::ignore(std::uint32_t pid) {
  auto yes = std::uint8_t{1};
  bpf_map__update_elem(skeleton_->maps.ignored, &pid, sizeof pid, &yes, sizeof yes, BPF_ANY);
}

void kernel_programs::pause(bool on) noexcept { std::atomic_ref{skeleton_->bss->paused}.store(on); }

bool kernel_programs::paused() const noexcept { return std::atomic_ref{skeleton_->bss->paused}.load() != 0; }

void kernel_programs::drainer_waits() noexcept { std::atomic_ref{skeleton_->bss->drainer_waits}.store(1); }

std::array<tally, TALLY_COUNT> kernel_programs::tallies() const {
  auto sums = std::array<tally, TALLY_COUNT>{};
  auto per_cpu = std::vector<tally>(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  for (auto kind = std::uint32_t{0}; kind < TALLY_COUNT; ++kind) {
    if (bpf_map__lookup_elem(skeleton_->maps.tallies, &kind, sizeof kind, per_cpu.data(),
                             per_cpu.size() * sizeof(tally), 0) != 0)
      continue;
    for (const auto& count : per_cpu) {
      sums[kind].events += count.events;
      sums[kind].bytes += count.bytes;
    }
  }
  return sums;
}

int kernel_programs::tls_ring() const noexcept { return bpf_map__fd(skeleton_->maps.tls_ring); }

int kernel_programs::process_ring() const noexcept { return bpf_map__fd(skeleton_->maps.process_ring); }

} // namespace cleartap
