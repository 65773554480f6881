#include "actors/probes/hello_watch.hpp"

#include "actors/probes/libbpf_failure.hpp"
#include "actors/probes/mounts.hpp"
#include "actors/ring/decode.hpp"
#include "actors/ring/record_source.hpp"
#include "bpf/hello.h"
#include "messages/owned_fd.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <net_programs.skel.h>
#include <vector>

namespace cleartap {

namespace {

namespace fs = std::filesystem;

struct skeleton_closer {
  void operator()(net_programs* skeleton) const noexcept { net_programs__destroy(skeleton); }
};

failure refusal(const std::string& what) {
  auto mend = errno == EPERM || errno == EACCES ? "; needs CAP_BPF and CAP_NET_ADMIN" : "";
  return {"cannot " + what + ": " + std::strerror(errno) + mend};
}

} // namespace

struct hello_watch::programs {
  std::unique_ptr<net_programs, skeleton_closer> skeleton;
  std::vector<link_ptr> links;
  std::unique_ptr<record_source> ring;
};

std::optional<tls_hello> decode_hello(std::span<const std::uint8_t> record) {
  auto head = hello_record{};
  if (record.size() < sizeof head)
    return std::nullopt;
  std::memcpy(&head, record.data(), sizeof head);
  if ((head.family != 4 && head.family != 6) || head.size_captured > record.size() - sizeof head)
    return std::nullopt;
  auto hello = tls_hello{};
  hello.at = kernel_time{head.at_ns};
  hello.pid = head.tgid;
  hello.comm.assign(head.comm, strnlen(head.comm, sizeof head.comm));
  hello.cookie = head.cookie;
  hello.as_client = head.sent != 0;
  const auto family = head.family == 4 ? ip_family::v4 : ip_family::v6;
  auto source = decode_endpoint(family, head.source, head.source_port);
  auto target = decode_endpoint(family, head.target, head.target_port);
  hello.local = hello.as_client ? source : target;
  hello.remote = hello.as_client ? target : source;
  auto bytes = record.subspan(sizeof head, head.size_captured);
  hello.bytes.assign(bytes.begin(), bytes.end());
  return hello;
}

result<fs::path> cgroup_root() {
  auto reached = false;
  // The first process has the machine's own view; this one may be in a namespace that shows a part.
  for (const auto& [mounts, prefix] : {std::pair{"/proc/1/mounts", "/proc/1/root"}, std::pair{"/proc/mounts", ""}})
    for (const auto& where : mount_points(mounts, "cgroup2")) {
      auto root = fs::path{prefix + where.string()};
      auto error = std::error_code{};
      if (!fs::exists(root / "cgroup.procs", error))
        continue;
      if (!fs::exists(root / "cgroup.type", error)) // which every group but the root has
        return root;
      reached = true;
    }
  if (reached)
    return failure{"the root of cgroup v2 cannot be reached from this container; run it with the host's pids, or set "
                   "coverage.cgroup to the host's root mounted here"};
  return failure{"there is no cgroup v2; mount it: mount -t cgroup2 none /sys/fs/cgroup/unified"};
}

hello_watch::hello_watch(std::unique_ptr<programs> loaded) : programs_{std::move(loaded)} {}
hello_watch::hello_watch(hello_watch&&) noexcept = default;
hello_watch::~hello_watch() = default;

result<hello_watch> hello_watch::open(const fs::path& cgroup) {
  auto root = cgroup.empty() ? cgroup_root() : result<fs::path>{cgroup};
  if (!root)
    return root.error();
  auto directory = owned_fd{::open(root->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory)
    return refusal("open the cgroup " + root->string());
  auto loaded = std::make_unique<programs>();
  loaded->skeleton.reset(net_programs__open_and_load());
  if (!loaded->skeleton)
    return refusal("load the programs that see ClientHellos");
  auto& all = loaded->skeleton->progs;
  for (auto* program : {all.socket_created, all.packet_received, all.packet_sent}) {
    loaded->links.emplace_back(bpf_program__attach_cgroup(program, directory.get()));
    if (!loaded->links.back())
      return refusal("see the packets of the cgroup " + root->string());
  }
  auto ring = open_ring_buffer(bpf_map__fd(loaded->skeleton->maps.hellos));
  if (!ring)
    return refusal("map the ring of ClientHellos");
  loaded->ring = std::move(*ring);
  auto watch = hello_watch{std::move(loaded)};
  auto finder = socket_finder::load(bpf_map__fd(watch.programs_->skeleton->maps.owners));
  if (finder)
    watch.finder_.emplace(std::move(*finder));
  else
    watch.owners_complaint_ = finder.error().text;
  return watch;
}

void hello_watch::drain(std::size_t hellos_max, const std::function<void(tls_hello)>& visit) {
  programs_->ring->drain(hellos_max, [&](std::span<const std::uint8_t> record) {
    if (auto hello = decode_hello(record))
      visit(std::move(*hello));
  });
}

std::optional<socket_holder> hello_watch::adopt(std::uint32_t gone, std::uint64_t cookie) const {
  return finder_ ? finder_->adopt(gone, cookie) : std::nullopt;
}

hello_tally hello_watch::tally() const {
  auto key = std::uint32_t{0};
  auto counts = hello_counts{};
  bpf_map__lookup_elem(programs_->skeleton->maps.hello_counters, &key, sizeof key, &counts, sizeof counts, 0);
  return {counts.seen, counts.lost};
}

std::optional<failure> try_hello_watch() {
  auto watch = hello_watch::open({});
  return watch ? std::nullopt : std::optional{watch.error()};
}

} // namespace cleartap
