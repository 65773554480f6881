#include "actors/probes/program_object.hpp"

#include <algorithm>
#include <bit>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cassert>
#include <filesystem>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

#include <capture.skel.h>
#include <capture_early.skel.h>
#include <capture_untyped.skel.h>

namespace cleartap {

namespace {

constexpr auto ring_bytes_min = std::uint32_t{8u << 20};
constexpr auto ring_bytes_max = std::uint32_t{1u << 30};

/// The other transports' programs have no attach type; the kernel's name for that is one of another kind of program.
constexpr auto uprobe_plain = bpf_attach_type{};

std::string_view section_of(const bpf_program* program) { return bpf_program__section_name(program); }

bool is_uprobe(const bpf_program* program) {
  return section_of(program).starts_with("uprobe") || section_of(program).starts_with("uretprobe");
}

std::span<const char> bytes_of(program_variant variant) {
  auto size = std::size_t{0};
  const void* bytes = nullptr;
  switch (variant) {
  case program_variant::typed:
    bytes = capture__elf_bytes(&size);
    break;
  case program_variant::untyped:
    bytes = capture_untyped__elf_bytes(&size);
    break;
  case program_variant::early:
    bytes = capture_early__elf_bytes(&size);
    break;
  }
  return {static_cast<const char*>(bytes), size};
}

/// Of those of which one is chosen, only that one: the verifier takes its time for the programs that send payload.
bool wanted(std::string_view name, const capture_choice& choice) {
  if (name == return_program(return_probing::probe) || name == return_program(return_probing::instruction))
    return name == return_program(choice.returns);
  if (name.ends_with("_tracepoint"))
    return choice.sockets == socket_source::tracepoint;
  return !name.ends_with("_fexit") || choice.sockets == socket_source::fexit;
}

/// Whether a program may look at the registers of the system call under way. The helper's argument is of a type that
/// the kernel knows by its own BTF alone, whatever file of it there is.
bool reads_system_calls() {
  return std::filesystem::exists("/sys/kernel/btf/vmlinux") &&
         libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_task_pt_regs, nullptr) == 1;
}

} // namespace

std::uint32_t ring_bytes(std::uint32_t pages_per_cpu, std::uint32_t cpus, std::uint32_t page_size) noexcept {
  auto per_cpu = std::min<std::uint64_t>(std::uint64_t{pages_per_cpu} * page_size, ring_bytes_max);
  auto all = per_cpu * cpus;
  return std::bit_ceil(static_cast<std::uint32_t>(std::clamp<std::uint64_t>(all, ring_bytes_min, ring_bytes_max)));
}

std::string_view return_program(return_probing returns) noexcept {
  return returns == return_probing::probe ? "call_returned" : "call_returns";
}

void program_object::deleter::operator()(bpf_object* object) const noexcept { bpf_object__close(object); }

void program_object::switches_deleter::operator()(capture_switches* mapped) const noexcept {
  munmap(mapped, sizeof *mapped);
}

result<program_object> program_object::load(const kernel_options& options, const capture_choice& choice) {
  listen_to_libbpf();
  auto bytes = bytes_of(choice.variant);
  auto btf = options.btf_path.string();
  LIBBPF_OPTS(bpf_object_open_opts, open_options, .object_name = "cleartap");
  if (choice.variant == program_variant::typed && !btf.empty())
    open_options.btf_custom_path = btf.c_str();
  auto loaded = program_object{bpf_object__open_mem(bytes.data(), bytes.size(), &open_options)};
  if (!loaded.object_)
    return libbpf_failure("cannot open the kernel programs");
  loaded.choose(choice);
  if (!loaded.set_sizes(options, choice.variant) || bpf_object__load(loaded.object_.get()) != 0)
    return libbpf_failure("cannot load the kernel programs");
  auto* switches = mmap(nullptr, sizeof(capture_switches), PROT_READ | PROT_WRITE, MAP_SHARED,
                        bpf_map__fd(loaded.map(".data.switches")), 0);
  if (switches != MAP_FAILED)
    loaded.mapped_.reset(static_cast<capture_switches*>(switches));
  if (auto attached = loaded.attach_others(); !attached)
    return attached.error();
  return loaded;
}

void program_object::choose(const capture_choice& choice) {
  bpf_program* each = nullptr;
  while ((each = bpf_object__next_program(object_.get(), each)) != nullptr) {
    bpf_program__set_autoload(each, wanted(bpf_program__name(each), choice));
    if (is_uprobe(each) && choice.transport != uprobe_transport::multi) // else as their sections say
      bpf_program__set_expected_attach_type(each, uprobe_plain);
  }
}

bool program_object::set_sizes(const kernel_options& options, program_variant variant) {
  assert(options.event_bytes_max >= EVENT_BYTES_MIN && options.event_bytes_max <= EVENT_BYTES_MAX);
  const auto early = variant == program_variant::early;
  const auto cpus = static_cast<std::uint32_t>(libbpf_num_possible_cpus());
  auto size = std::size_t{0};
  auto* constants = static_cast<capture_settings*>(bpf_map__initial_value(map(".rodata.settings"), &size));
  assert(size == sizeof *constants);
  const auto event =
      early ? std::clamp<std::uint32_t>(options.event_bytes_max, PERF_EVENT_BYTES_MIN, PERF_EVENT_BYTES_MAX)
            : options.event_bytes_max;
  const auto events = std::min<std::uint32_t>((CALL_BYTES_MAX + event - 1) / event, CALL_EVENTS_MAX);
  *constants = {event, events, options.process_rate_max, reads_system_calls(), 0};
  if (bpf_map__set_max_entries(map("connections"), options.connections_max) != 0 ||
      bpf_map__set_max_entries(map("muted"), options.connections_max) != 0 ||
      bpf_map__set_max_entries(map("threads"), options.threads_max) != 0)
    return false;
  if (early)
    return bpf_map__set_max_entries(map("scratches"), cpus) == 0;
  return bpf_map__set_max_entries(map("tls_ring"),
                                  ring_bytes(options.ring_pages, cpus, static_cast<std::uint32_t>(getpagesize()))) == 0;
}

result<void> program_object::attach_others() {
  bpf_program* each = nullptr;
  while ((each = bpf_object__next_program(object_.get(), each)) != nullptr) {
    if (is_uprobe(each) || !bpf_program__autoload(each))
      continue;
    links_.emplace_back(bpf_program__attach(each));
    if (!links_.back())
      return libbpf_failure("cannot attach " + std::string{section_of(each)});
  }
  return {};
}

bpf_program* program_object::program(std::string_view name) const {
  return bpf_object__find_program_by_name(object_.get(), std::string{name}.c_str());
}

bpf_map* program_object::map(std::string_view name) const {
  return bpf_object__find_map_by_name(object_.get(), std::string{name}.c_str());
}

capture_switches program_object::switches() const {
  if (mapped_)
    return *mapped_;
  auto now = capture_switches{};
  auto zero = std::uint32_t{0};
  bpf_map__lookup_elem(map(".data.switches"), &zero, sizeof zero, &now, sizeof now, 0);
  return now;
}

void program_object::store_switches(const capture_switches& now) {
  auto zero = std::uint32_t{0};
  bpf_map__update_elem(map(".data.switches"), &zero, sizeof zero, &now, sizeof now, BPF_ANY);
}

} // namespace cleartap
