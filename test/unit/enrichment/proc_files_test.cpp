#include "actors/enrichment/proc_files.hpp"

#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace cleartap;

namespace {

const auto id = std::string(64, 'd');

/// A /proc with one process, 42.
class fake_proc {
public:
  explicit fake_proc(std::string_view stat) { proc_.write("42/stat", stat); }

  fake_proc& with_exe(const std::string& target) {
    std::filesystem::create_symlink(target, proc_.path() / "42/exe");
    return *this;
  }
  fake_proc& with_cgroup(std::string_view text) {
    proc_.write("42/cgroup", text);
    return *this;
  }
  std::optional<proc_facts> read(std::uint32_t pid = 42) const { return read_proc(proc_.path(), pid); }

private:
  temporary_directory proc_;
};

std::string comm_of(std::string_view stat) {
  auto facts = fake_proc{stat}.read();
  return facts ? facts->comm + "<" + std::to_string(facts->parent) : "nothing";
}

std::string cgroup_of(std::string_view lines) { return fake_proc{"42 (a) S 1 1"}.with_cgroup(lines).read()->cgroup; }

} // namespace

TEST_CASE("a process's name, parent, executable and cgroup are read") {
  auto proc = fake_proc{"42 (nginx) S 7 42 42 0 -1 4194560 1 2 3\n"};
  proc.with_exe("/usr/sbin/nginx").with_cgroup("0::/system.slice/nginx.service\n");
  const auto facts = proc.read();
  REQUIRE(facts);
  CHECK(facts->parent == 7);
  CHECK(facts->comm == "nginx");
  CHECK(facts->exe == "/usr/sbin/nginx");
  CHECK(facts->cgroup == "/system.slice/nginx.service");
}

TEST_CASE("a name may hold blanks, parentheses, line ends and any byte") {
  CHECK(comm_of("42 (tmux: server) S 1 2") == "tmux: server<1");
  CHECK(comm_of("42 (a) S 99 (b)) S 7 2") == "a) S 99 (b)<7");
  CHECK(comm_of("42 (((((() S 7 2") == "(((((<7");
  CHECK(comm_of("42 () S 7 2") == "<7");
  CHECK(comm_of("42 (x\ny) R 7 2") == "x\ny<7");
  CHECK(comm_of("42 (\xff\xfe) R 7 2") == "\xff\xfe<7");
}

TEST_CASE("a stat that is cut or no stat at all is of no process") {
  CHECK(comm_of("") == "nothing");
  CHECK(comm_of("42") == "nothing");
  CHECK(comm_of("42 (nginx") == "nothing");
  CHECK(comm_of("42 (nginx)") == "nothing");
  CHECK(comm_of("42 (nginx) S ") == "nothing");
  CHECK(comm_of(")(") == "nothing");
  CHECK(comm_of(std::string(1u << 20, 'x')) == "nothing");
}

TEST_CASE("a parent that is no number or too large is unknown") {
  CHECK(comm_of("42 (a) S x 2") == "a<0");
  CHECK(comm_of("42 (a) S -1 2") == "a<0");
  CHECK(comm_of("42 (a) S 4294967296 2") == "a<0");
  CHECK(comm_of("42 (a) S 4294967295 2") == "a<4294967295");
}

TEST_CASE("a process that is gone is nothing") {
  CHECK_FALSE(fake_proc{"42 (a) S 1 2"}.read(43));
  CHECK_FALSE(read_proc("/no/such/proc", 42));
}

TEST_CASE("parts that may not be read stay empty") {
  const auto facts = fake_proc{"42 (kthreadd) S 0 0"}.read();
  REQUIRE(facts);
  CHECK(facts->exe == "");
  CHECK(facts->cgroup == "");
}

TEST_CASE("an executable that was replaced is told as the kernel tells it") {
  CHECK(fake_proc{"42 (a) S 1 1"}.with_exe("/usr/bin/my app (deleted)").read()->exe == "/usr/bin/my app (deleted)");
}

TEST_CASE("on a unified hierarchy the one path counts, colons and all") {
  CHECK(cgroup_of("0::/user.slice/a:b.scope\n") == "/user.slice/a:b.scope");
  CHECK(cgroup_of("0::/\n") == "/");
}

TEST_CASE("on a v1 host the path that names a container counts, wherever it stands") {
  CHECK(cgroup_of("12:pids:/docker/" + id + "\n1:name=systemd:/other\n0::/\n") == "/docker/" + id);
  CHECK(cgroup_of("12:pids:/user.slice\n5:cpu,cpuacct:/kubepods/besteffort/pod1/" + id + "\n0::/\n") ==
        "/kubepods/besteffort/pod1/" + id);
  CHECK(cgroup_of("12:pids:/user.slice\n0::/init.scope\n") == "/init.scope");
}

TEST_CASE("lines that are no cgroups are skipped") {
  CHECK(cgroup_of("garbage\n:\n0::/a\n\n") == "/a");
  CHECK(cgroup_of("") == "");
  CHECK(cgroup_of(std::string(1u << 20, 'x')) == "");
}

TEST_CASE("this very process is read from the real /proc") {
  const auto facts = read_proc("/proc", static_cast<std::uint32_t>(getpid()));
  REQUIRE(facts);
  CHECK(facts->parent == static_cast<std::uint32_t>(getppid()));
  CHECK(facts->exe == std::filesystem::read_symlink("/proc/self/exe").string());
  CHECK_FALSE(facts->comm.empty());
}

TEST_CASE("the executable is the path that the process itself sees") {
  auto proc = temporary_directory{};
  std::filesystem::create_directories(proc.path() / "7");
  auto link = [&](const char* name, const char* to) {
    std::filesystem::remove(proc.path() / "7" / name);
    std::filesystem::create_symlink(to, proc.path() / "7" / name);
  };
  link("exe", "/srv/root/usr/bin/curl");
  CHECK(read_executable(proc.path(), 7) == "/srv/root/usr/bin/curl");
  link("root", "/");
  CHECK(read_executable(proc.path(), 7) == "/srv/root/usr/bin/curl");
  link("root", "/srv/root"); // a chroot
  CHECK(read_executable(proc.path(), 7) == "/usr/bin/curl");
  CHECK(read_executable(proc.path(), 8).empty());
}
