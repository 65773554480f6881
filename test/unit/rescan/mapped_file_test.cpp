#include "actors/rescan/mapped_file.hpp"

#include "actors/rescan/proc_maps.hpp"
#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace cleartap;

namespace {

namespace fs = std::filesystem;

constexpr auto page = std::size_t{4096};

/// A file that this process maps executable.
class mapping {
public:
  explicit mapping(const std::string& name) : path{home.write(name, std::string(page, 'x'))} {
    auto fd = owned_fd{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    at_ = mmap(nullptr, page, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd.get(), 0);
    REQUIRE(at_ != MAP_FAILED);
    struct stat info{};
    REQUIRE(fstat(fd.get(), &info) == 0);
    event.pid = static_cast<std::uint32_t>(getpid());
    event.path = path;
    event.file = {info.st_dev, info.st_ino};
  }
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;
  ~mapping() { munmap(at_, page); }

  temporary_directory home;
  fs::path path;
  process_event event;

private:
  void* at_ = nullptr;
};

std::string content(const fs::path& path) {
  auto file = std::ifstream{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool is_there(const mapped_file& file) { return reachability{"/proc"}.reachable(file); }

} // namespace

TEST_CASE("a mapped file is opened by its name, and the way leads to it") {
  auto of = mapping{"lib.so"};
  auto file = open_mapped("/proc", of.event);
  REQUIRE(file);
  CHECK(content(file->way()) == std::string(page, 'x'));
  CHECK(file->path == of.path);
  CHECK(is_there(*file));
}

TEST_CASE("a mapped file is opened after its name has gone") {
  auto of = mapping{"lib.so"};
  auto early = open_mapped("/proc", of.event);
  fs::remove(of.path);
  of.event.path += " (deleted)"; // as the maps show it
  auto file = open_mapped("/proc", of.event);
  if (!file && geteuid() != 0)
    SKIP("/proc/PID/map_files needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE");
  REQUIRE(file);
  CHECK(content(file->way()) == std::string(page, 'x'));
  CHECK_FALSE(is_there(*file));
  REQUIRE(early);
  CHECK_FALSE(is_there(*early));
}

TEST_CASE("another file of the same name is not taken for the mapped one") {
  auto of = mapping{"lib.so"};
  auto file = open_mapped("/proc", of.event);
  of.home.write("new.so", "another");
  fs::rename(of.home.path() / "new.so", of.path); // as a package's upgrade does
  REQUIRE(file);
  CHECK_FALSE(is_there(*file));
  auto again = open_mapped("/proc", of.event);
  if (!again && geteuid() != 0)
    SKIP("/proc/PID/map_files needs CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE");
  REQUIRE(again);
  CHECK(content(again->way()) == std::string(page, 'x'));
}

TEST_CASE("a mapped file with the end of a line in its name is found by a scan") {
  auto of = mapping{"odd\nname.so"};
  auto shown = std::string{};
  auto only_this = [&](std::uint32_t pid) { return pid == of.event.pid; };
  scan_processes("/proc", {only_this, [&](const process_event& event) {
                             if (event.file.inode == of.event.file.inode)
                               shown = event.path;
                           }});
  CHECK(shown == of.path);
}

TEST_CASE("a mapped file of a process that ended is opened if it is still the one of that name") {
  auto of = mapping{"lib.so"};
  of.event.pid = 0x7fffffff;
  CHECK(open_mapped("/proc", of.event));
  of.home.write("new.so", "another");
  fs::rename(of.home.path() / "new.so", of.path);
  CHECK_FALSE(open_mapped("/proc", of.event));
}

TEST_CASE("what is no plain file is not opened") {
  auto home = temporary_directory{};
  auto path = home.path() / "pipe";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  auto event = process_event{.pid = static_cast<std::uint32_t>(getpid()), .path = path, .file = {1, info.st_ino}};
  CHECK_FALSE(open_mapped("/proc", event)); // and does not wait for a writer
}

TEST_CASE("a file of mounts that no process has any more counts as there: the next container of its image has it too") {
  auto of = mapping{"lib.so"};
  auto file = open_mapped("/proc", of.event);
  REQUIRE(file);
  file->mount_namespace = 1; // no namespace has that number
  CHECK(is_there(*file));
}
