// What is told of programs and mappings where perf refuses to.
#include "actors/ring/mapping_probe.hpp"
#include "test/bpf/tls_talk.hpp"
#include "test/support/wait_until.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cleartap;
using namespace cleartap::support;

namespace {

mapping_probe open_probe() {
  auto probe = mapping_probe::open();
  if (!probe)
    SKIP(probe.error().text);
  return std::move(*probe);
}

/// Runs a shell that stays until its input ends.
class waiting_shell {
public:
  waiting_shell() {
    REQUIRE(pipe2(input_, O_CLOEXEC) == 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(input_[0], 0);
      execl("/bin/cat", "cat", nullptr);
      _exit(127);
    }
    close(input_[0]);
  }
  waiting_shell(const waiting_shell&) = delete;
  waiting_shell& operator=(const waiting_shell&) = delete;
  ~waiting_shell() {
    close(input_[1]);
    waitpid(pid_, nullptr, 0);
  }

  std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }

private:
  int input_[2] = {-1, -1};
  pid_t pid_ = -1;
};

ino_t inode_of(const std::filesystem::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_ino;
}

} // namespace

TEST_CASE("a kernel program tells which program begins, by its path, before what it maps, by its inode") {
  auto probe = open_probe();
  const auto program = std::filesystem::canonical("/bin/cat");
  for (auto i = 0; i < 20; ++i) {
    auto cat = waiting_shell{};
    auto own = std::vector<process_event>{};
    REQUIRE(wait_until([&] {
      auto events = std::vector<process_event>{};
      probe.drain(events);
      std::ranges::copy_if(events, std::back_inserter(own), [&](const auto& each) { return each.pid == cat.pid(); });
      return own.size() >= 3; // itself, its loader, its libc
    }));
    CHECK(own[0].kind == process_event_kind::program);
    CHECK(own[0].path == program);
    CHECK(own[0].file.inode == inode_of(program));
    CHECK(std::ranges::count(own, process_event_kind::program, &process_event::kind) == 1);
    CHECK(std::ranges::is_sorted(own, {}, &process_event::at));
    CHECK(own[0].at > kernel_time{0});
    for (auto each = own.begin() + 1; each != own.end(); ++each) {
      CHECK(each->path.empty());
      CHECK(each->file.inode != 0);
    }
  }
}

TEST_CASE("of mappings only those of files that can be executed are told, and those that failed are not") {
  auto probe = open_probe();
  auto file = open("/bin/cat", O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  auto child = run_in_child([&] {
    for (auto [protection, flags, from] :
         {std::tuple{PROT_READ, MAP_PRIVATE, file}, std::tuple{PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1},
          std::tuple{PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED_NOREPLACE, file},
          std::tuple{PROT_READ | PROT_EXEC, MAP_PRIVATE, file}}) {
      auto* where = flags & MAP_FIXED_NOREPLACE ? reinterpret_cast<void*>(0x1000 * 7 + 1) : nullptr; // not of a page
      mmap(where, 4096, protection, flags, from, 0);
    }
  });
  close(file);
  REQUIRE(child > 0);
  auto events = std::vector<process_event>{};
  probe.drain(events);
  auto own = std::ranges::count(events, static_cast<std::uint32_t>(child), &process_event::pid);
  CHECK(own == 1);
}

TEST_CASE("mappings for which there is no room are told as lost, once") {
  auto probe = open_probe();
  auto child = run_in_child([] {
    auto file = open("/bin/cat", O_RDONLY | O_CLOEXEC);
    for (auto i = 0; i < 20'000; ++i)
      if (auto* page = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0); page != MAP_FAILED)
        munmap(page, 4096);
    close(file);
  });
  REQUIRE(child > 0);
  auto events = std::vector<process_event>{};
  probe.drain(events);
  CHECK(events.size() > 1000);
  CHECK(std::ranges::count(events, process_event_kind::mappings_lost, &process_event::kind) == 1);
  events.clear();
  probe.drain(events);
  CHECK(std::ranges::count(events, process_event_kind::mappings_lost, &process_event::kind) == 0);
}
