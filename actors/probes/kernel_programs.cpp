#include "actors/probes/kernel_programs.hpp"

#include "actors/probes/machine_code.hpp"
#include "actors/probes/perf_paranoid.hpp"
#include "actors/probes/probe_points.hpp"
#include "actors/probes/uprobe_trial.hpp"

#include <algorithm>
#include <atomic>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <chrono>
#include <csignal>
#include <map>
#include <sys/resource.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto mend = std::string_view{"Run as root, or with CAP_BPF and CAP_PERFMON (6.6 and later) or CAP_SYS_ADMIN "
                                       "(before); `cleartap check` tells what is missing"};

constexpr auto locked_memory_min = rlim_t{64u << 20};
constexpr auto sweep_interval = std::chrono::minutes{1};

/// What the settings of the kernel have to do with it, if they have.
std::string kernel_hints() {
  auto hints = std::string{};
  if (auto paranoid = paranoid_hint(); !paranoid.empty())
    hints += "; " + paranoid;
  auto locked = rlimit{};
  if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur < locked_memory_min)
    hints += "; locked memory is limited to " + std::to_string(locked.rlim_cur / 1024) +
             " KiB, which kernels before 5.11 apply to BPF: grant CAP_SYS_RESOURCE or raise RLIMIT_MEMLOCK";
  return hints;
}

/// What has been tried in vain.
class complaints {
public:
  void add(std::string text) {
    if (std::ranges::find(all_, text) == all_.end())
      all_.push_back(std::move(text));
  }
  std::string text() const {
    auto joined = std::string{};
    for (const auto& each : all_)
      joined += (joined.empty() ? "" : "; ") + each;
    return joined;
  }
  failure as_failure() const { return {text() + "; " + std::string{mend} + kernel_hints()}; }

private:
  std::vector<std::string> all_;
};

/// The first transport that is granted, and how returns are to be probed with it.
std::optional<capture_choice> choose_probes(const capture_wishes& wishes, complaints& why) {
  for (auto each : uprobe_transports) {
    if (wishes.transport && *wishes.transport != each)
      continue;
    auto granted = try_transport(each);
    if (granted) {
      auto safe = granted->returns_refusal.empty() ? return_probing::probe : return_probing::instruction;
      return capture_choice{.transport = each, .returns = wishes.returns.value_or(safe)};
    }
    why.add("uprobes by " + std::string{to_string(each)} + ": " + granted.error().text);
  }
  return std::nullopt;
}

/// Only the typed programs see sends and receives.
bool is_wished(const capture_wishes& wishes, program_variant variant, socket_source sockets) {
  if (wishes.variant && *wishes.variant != variant)
    return false;
  if (variant != program_variant::typed)
    return sockets == socket_source::none;
  return !wishes.sockets || *wishes.sockets == sockets;
}

struct attach_plan {
  std::map<std::string_view, std::vector<std::uint64_t>> entries; // by program: one link can carry all its places
  std::vector<std::uint64_t> returns;
  std::size_t functions = 0;
  std::string left_out;

  void leave_out(const function_offset& function, std::string_view why) {
    left_out += (left_out.empty() ? "" : "; ") + function.symbol + ": " + std::string{why};
  }
};

/// Adds the return instructions by which the function is left. False: it cannot be told where.
bool plan_returns(attach_plan& plan, const elf_file& file, const function_offset& function) {
  auto address = file.code_address(function.offset);
  auto leaves = address ? find_leaves(file, *address) : std::nullopt;
  if (!leaves || !leaves->all || leaves->returns.empty())
    return false;
  for (auto each : leaves->returns)
    if (auto offset = file.code_offset(each); offset && std::ranges::find(plan.returns, *offset) == plan.returns.end())
      plan.returns.push_back(*offset);
  return true;
}

/// `file` is needed only where return instructions are probed.
void plan_function(attach_plan& plan, const elf_file* file, const function_offset& function) {
  const auto* point = find_point(function.symbol);
  if (!point)
    return;
  if (point->returns && !file)
    plan.returns.push_back(function.offset);
  else if (point->returns && !plan_returns(plan, *file, function))
    return plan.leave_out(function, "where it returns cannot be told, and return probes are not safe on this kernel");
  plan.entries[point->program].push_back(function.offset);
  ++plan.functions;
}

bool is_gone(std::uint32_t pid) { return kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH; }

bool transfers(const attach_plan& plan) {
  return std::ranges::any_of(plan.entries, [](const auto& entry) { return entry.first != "connection_ends"; });
}

} // namespace

kernel_programs::kernel_programs(program_object object, const capture_choice& choice, const kernel_options& options)
    : object_{std::move(object)}
    , choice_{choice}
    , ring_pages_{options.ring_pages}
    , connections_max_{options.connections_max} {}

result<kernel_programs> kernel_programs::load(const kernel_options& options) {
  if (auto root = tracefs_root())
    remove_leftovers(*root);
  const auto& wishes = options.wishes;
  auto why = complaints{};
  auto probes = choose_probes(wishes, why);
  if (!probes)
    return why.as_failure();
  auto choice = *probes;
  for (auto variant : program_variants)
    for (auto sockets : socket_sources) {
      if (!is_wished(wishes, variant, sockets))
        continue;
      choice.variant = variant;
      choice.sockets = sockets;
      auto object = program_object::load(options, choice);
      if (object) {
        auto programs = kernel_programs{std::move(*object), choice, options};
        programs.refused_ = why.text();
        programs.ignore(static_cast<std::uint32_t>(getpid()), true);
        return programs;
      }
      why.add(std::string{to_string(variant)} + " programs, sockets by " + std::string{to_string(sockets)} + ": " +
              object.error().text);
    }
  return why.as_failure();
}

result<attachment> kernel_programs::attach(const std::filesystem::path& path,
                                           std::span<const function_offset> functions) {
  auto file = std::optional<elf_file>{};
  if (choice_.returns == return_probing::instruction) {
    auto opened = elf_file::open(path);
    if (!opened)
      return opened.error();
    file.emplace(std::move(*opened));
  }
  auto plan = attach_plan{};
  for (const auto& each : functions)
    plan_function(plan, file ? &*file : nullptr, each);
  if (!transfers(plan))
    return failure{plan.left_out.empty() ? "no function to probe in " + path.string() : plan.left_out};
  auto done = attachment{.functions = plan.functions, .left_out = plan.left_out};
  auto attach_to = [&](std::string_view program, std::span<const std::uint64_t> places,
                       bool at_return) -> result<void> {
    auto probes = attach_uprobes(choice_.transport, object_.program(program), path, places, at_return);
    if (!probes)
      return probes.error();
    std::ranges::move(*probes, std::back_inserter(done.probes));
    return {};
  };
  // Returns first: a call whose entry is seen has its return seen too.
  if (auto attached = attach_to(return_program(choice_.returns), plan.returns, !file); !attached)
    return attached.error();
  for (const auto& [program, places] : plan.entries)
    if (auto attached = attach_to(program, places, false); !attached)
      return attached.error();
  return done;
}

void kernel_programs::forget_connections() {
  auto* map = object_.map("connections");
  auto key = std::vector<std::uint8_t>(bpf_map__key_size(map));
  // Keys that the kernel adds meanwhile must not keep this going.
  for (auto left = bpf_map__max_entries(map); left > 0; --left)
    if (bpf_map__get_next_key(map, nullptr, key.data(), key.size()) != 0 ||
        bpf_map__delete_elem(map, key.data(), key.size(), 0) != 0)
      return;
}

void kernel_programs::sweep_connections(std::chrono::nanoseconds idle_max) {
  const auto counts = tallies();
  const auto known = counts[TALLY_CONNECTIONS_MADE].events - counts[TALLY_CONNECTIONS_REMOVED].events - swept_;
  const auto now = std::chrono::steady_clock::now();
  if (known < connections_max_ / 2 && now < sweep_due_)
    return;
  sweep_due_ = now + sweep_interval;
  const auto full = known >= connections_max_ / 4 * 3;
  auto* map = object_.map("connections");
  auto stale = std::vector<connection_key>{};
  auto key = connection_key{};
  const connection_key* last = nullptr;
  for (auto left = connections_max_; left > 0 && bpf_map__get_next_key(map, last, &key, sizeof key) == 0; --left) {
    last = &key;
    auto value = connection{};
    if (bpf_map__lookup_elem(map, &key, sizeof key, &value, sizeof value, 0) != 0)
      continue;
    auto idle = now.time_since_epoch() - std::chrono::nanoseconds{value.used_ns};
    if (is_gone(key.tgid) || (full && idle > idle_max))
      stale.push_back(key);
  }
  for (const auto& each : stale) {
    swept_ += bpf_map__delete_elem(map, &each, sizeof each, 0) == 0;
    bpf_map__delete_elem(object_.map("muted"), &each, sizeof each, 0);
  }
}

void kernel_programs::ignore(std::uint32_t pid, bool on) {
  auto* map = object_.map("ignored");
  auto yes = std::uint8_t{1};
  if (on)
    bpf_map__update_elem(map, &pid, sizeof pid, &yes, sizeof yes, BPF_ANY);
  else
    bpf_map__delete_elem(map, &pid, sizeof pid, 0);
  object_.set_switches([](capture_switches& now) { ++now.ignored_version; });
}

void kernel_programs::mute(const connection_id& which) {
  auto key = connection_key{};
  key.object = which.object;
  key.tgid = which.tgid;
  auto generation_ns = static_cast<std::uint64_t>(which.generation.count());
  if (bpf_map__update_elem(object_.map("muted"), &key, sizeof key, &generation_ns, sizeof generation_ns, BPF_ANY) != 0)
    return;
  auto index = std::uint32_t{0};
  auto yes = std::uint32_t{1};
  bpf_map__update_elem(object_.map(".data.muting"), &index, sizeof index, &yes, sizeof yes, BPF_ANY);
}

void kernel_programs::pause(bool on) {
  object_.set_switches([on](capture_switches& now) { std::atomic_ref{now.paused}.store(on); });
}

bool kernel_programs::paused() const { return object_.switches().paused != 0; }

void kernel_programs::drainer_waits() {
  if (choice_.variant != program_variant::early)
    object_.set_switches([](capture_switches& now) { std::atomic_ref{now.drainer_waits}.store(1); });
}

void kernel_programs::lose(std::uint32_t pid, std::uint32_t after, std::uint32_t count) {
  object_.set_switches([=](capture_switches& now) {
    now.lose_count = 0;
    now.lose_tgid = pid;
    now.lose_after = after;
    now.lose_count = count;
  });
}

std::array<tally, TALLY_COUNT> kernel_programs::tallies() const {
  auto sums = std::array<tally, TALLY_COUNT>{};
  auto per_cpu = std::vector<tally>(static_cast<std::size_t>(libbpf_num_possible_cpus()));
  for (auto kind = std::uint32_t{0}; kind < TALLY_COUNT; ++kind) {
    if (bpf_map__lookup_elem(object_.map("tallies"), &kind, sizeof kind, per_cpu.data(), per_cpu.size() * sizeof(tally),
                             0) != 0)
      continue;
    for (const auto& count : per_cpu) {
      sums[kind].events += count.events;
      sums[kind].bytes += count.bytes;
    }
  }
  return sums;
}

ring_source kernel_programs::rings() const {
  return {.tls = bpf_map__fd(object_.map("tls_ring")),
          .process = bpf_map__fd(object_.map("process_ring")),
          .perf = choice_.variant == program_variant::early,
          .perf_pages_per_cpu = ring_pages_};
}

} // namespace cleartap
