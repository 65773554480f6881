#include "actors/probes/iterators.hpp"

#include "actors/probes/libbpf_failure.hpp"
#include "bpf/hello.h"
#include "messages/owned_fd.hpp"

#include <array>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator_programs.skel.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace cleartap {

namespace {

failure refusal(std::string_view what) {
  return {"cannot " + std::string{what} + ": " + std::strerror(errno) +
          "; needs Linux 5.12 with BTF, CAP_BPF and CAP_PERFMON"};
}

/// Visits one task (6.1+), or all of them.
bool run(bpf_program* program, std::uint32_t task) {
  auto info = bpf_iter_link_info{};
  info.task.tid = task; // older kernels know of no choice and visit all
  LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info, .link_info_len = sizeof info);
  auto link = link_ptr{bpf_program__attach_iter(program, task ? &options : nullptr)};
  if (!link)
    return false;
  auto reading = owned_fd{bpf_iter_create(bpf_link__fd(link.get()))};
  auto nothing = std::array<char, 64>{};
  return reading && read(reading.get(), nothing.data(), nothing.size()) == 0;
}

/// A page of a file, mapped without being read. Not executable: that would be told as a mapping.
class mapped_page {
public:
  explicit mapped_page(int fd) noexcept : at_{mmap(nullptr, size(), PROT_READ, MAP_PRIVATE, fd, 0)} {}
  mapped_page(const mapped_page&) = delete;
  mapped_page& operator=(const mapped_page&) = delete;
  ~mapped_page() {
    if (*this)
      munmap(at_, size());
  }

  explicit operator bool() const noexcept { return at_ != MAP_FAILED; }
  std::uint64_t address() const noexcept { return reinterpret_cast<std::uintptr_t>(at_); }

private:
  static std::size_t size() noexcept { return static_cast<std::size_t>(getpagesize()); }

  void* at_;
};

constexpr auto minor_bits = 20; // of a device number inside the kernel

} // namespace

void iterator_deleter::operator()(iterator_programs* programs) const noexcept { iterator_programs__destroy(programs); }

result<inode_finder> inode_finder::load() {
  auto programs = iterator_ptr{iterator_programs__open()};
  if (!programs)
    return refusal("open the program that finds inodes");
  bpf_program__set_autoload(programs->progs.file_visited, false);
  bpf_map__set_autocreate(programs->maps.owners, false);
  if (iterator_programs__load(programs.get()) != 0)
    return refusal("load the program that finds inodes");
  auto finder = inode_finder{std::move(programs)};
  auto self = owned_fd{open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
  if (!finder.find(self.get()))
    return refusal("run the program that finds inodes");
  return finder;
}

std::optional<file_id> inode_finder::find(int fd) const {
  auto page = mapped_page{fd};
  if (!page)
    return std::nullopt;
  auto& memory = *programs_->bss;
  memory.wanted_tgid = static_cast<std::uint32_t>(getpid());
  memory.wanted_start = page.address();
  memory.found_inode = 0;
  // The thread's own id: some thread of this process has to be visited, and this one is sure to be there.
  if (!run(programs_->progs.mapping_visited, static_cast<std::uint32_t>(gettid())) || memory.found_inode == 0)
    return std::nullopt;
  return file_id{makedev(memory.found_device >> minor_bits, memory.found_device & ((1u << minor_bits) - 1)),
                 memory.found_inode};
}

result<socket_finder> socket_finder::load(int owners) {
  auto programs = iterator_ptr{iterator_programs__open()};
  if (!programs)
    return refusal("open the program that finds the owners of sockets");
  bpf_program__set_autoload(programs->progs.mapping_visited, false);
  if (bpf_map__reuse_fd(programs->maps.owners, owners) != 0 || iterator_programs__load(programs.get()) != 0)
    return refusal("load the program that finds the owners of sockets");
  auto finder = socket_finder{std::move(programs)};
  if (!run(finder.programs_->progs.file_visited, 0)) // as adopt(0, 0)
    return refusal("run the program that finds the owners of sockets");
  return finder;
}

std::optional<socket_holder> socket_finder::adopt(std::uint32_t gone, std::uint64_t cookie) const {
  auto& memory = *programs_->bss;
  memory.adopt_from = gone;
  memory.wanted_cookie = cookie;
  memory.holder.tgid = 0;
  if (!run(programs_->progs.file_visited, 0) || memory.holder.tgid == 0)
    return std::nullopt;
  const auto& comm = memory.holder.comm;
  return socket_holder{memory.holder.tgid, {comm, strnlen(comm, sizeof comm)}};
}

} // namespace cleartap
