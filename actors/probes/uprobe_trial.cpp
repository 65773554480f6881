#include "actors/probes/uprobe_trial.hpp"

#include "actors/probes/trial_target.hpp"

#include <array>
#include <bpf/libbpf.h>
#include <csignal>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trial.skel.h>

namespace cleartap {

namespace {

constexpr auto uretprobe_call = std::uint32_t{335}; // of x86-64; arm64 returns by a trap

struct trial_deleter {
  void operator()(struct trial* skeleton) const noexcept { trial__destroy(skeleton); }
};
using trial_program = std::unique_ptr<struct trial, trial_deleter>;

/// From now on the system call uretprobe kills this process; all others are allowed.
bool forbid_uretprobe() {
  auto code = std::array<sock_filter, 4>{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, uretprobe_call, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  auto filter = sock_fprog{.len = code.size(), .filter = code.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// In a child, which may die. Only what is safe after a fork in a program with threads.
int run_filtered() {
  auto child = fork();
  if (child == 0) {
    if (forbid_uretprobe())
      cleartap_trial_target();
    _exit(0);
  }
  auto status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}

} // namespace

// A link keeps its program.
result<attached_probes> attach_empty(uprobe_transport transport, const std::filesystem::path& file,
                                     std::span<const std::uint64_t> offsets, bool at_return) {
  listen_to_libbpf();
  auto skeleton = trial_program{trial__open()};
  if (skeleton && transport != uprobe_transport::multi)
    bpf_program__set_expected_attach_type(skeleton->progs.trial, bpf_attach_type{});
  if (!skeleton || trial__load(skeleton.get()) != 0)
    return libbpf_failure("no program loads");
  return attach_uprobes(transport, skeleton->progs.trial, file, offsets, at_return);
}

result<transport_grant> try_transport(uprobe_transport transport) {
  auto target = trial_target();
  if (!target)
    return target.error();
  auto attached = attach_empty(transport, target->path, std::array{target->offset}, true);
  if (!attached)
    return attached.error();
  auto grant = transport_grant{};
#if defined(__x86_64__)
  if (auto status = run_filtered(); WIFSIGNALED(status))
    grant.returns_refusal = "a process with a seccomp filter died of signal " + std::to_string(WTERMSIG(status)) +
                            " at a return probe, as on kernels 6.11 to 6.13";
#endif
  return grant;
}

} // namespace cleartap
