// Which inode carries probes, on this kernel and its file systems.
#include "actors/probes/iterators.hpp"
#include "messages/owned_fd.hpp"
#include "test/bpf/tls_talk.hpp"
#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

using namespace cleartap;

namespace {

namespace fs = std::filesystem;

file_id shown(const fs::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return {info.st_dev, info.st_ino};
}

std::optional<file_id> found(const inode_finder& finder, const fs::path& path) {
  auto file = owned_fd{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  return finder.find(file.get());
}

bool mount_overlay(const fs::path& where, const fs::path& lower, const std::string& name) {
  for (const auto* part : {"upper", "work", "merged"})
    fs::create_directories(where / (name + part));
  auto options = "lowerdir=" + lower.string() + ",upperdir=" + (where / (name + "upper")).string() +
                 ",workdir=" + (where / (name + "work")).string();
  return mount("overlay", (where / (name + "merged")).c_str(), "overlay", 0, options.c_str()) == 0;
}

} // namespace

TEST_CASE("a plain file carries probes under its own numbers") {
  auto finder = inode_finder::load();
  if (!finder)
    SKIP(finder.error().text);
  auto home = temporary_directory{};
  auto path = home.write("lib.so", "content");
  CHECK(found(*finder, path) == shown(path));
  CHECK_FALSE(finder->find(-1));
  CHECK_FALSE(found(*finder, home.path())); // a directory cannot be mapped
}

TEST_CASE("two overlays of one layer have one file, until one of them copies it") {
  auto finder = inode_finder::load();
  if (!finder)
    SKIP(finder.error().text);
  auto home = temporary_directory{};
  auto lower = home.path() / "lower";
  fs::create_directories(home.path() / "boxes");
  auto file = home.write("lower/lib.so", "content");
  // In mounts of its own, which are gone with the child.
  auto report = home.path() / "report";
  auto pid = run_in_child([&] {
    auto line = std::ofstream{report};
    if (unshare(CLONE_NEWNS) != 0 || mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", (home.path() / "boxes").c_str(), "tmpfs", 0, nullptr) != 0 ||
        !mount_overlay(home.path() / "boxes", lower, "a") || !mount_overlay(home.path() / "boxes", lower, "b")) {
      line << "refused";
      return;
    }
    auto of_a = home.path() / "boxes" / "amerged" / "lib.so";
    auto of_b = home.path() / "boxes" / "bmerged" / "lib.so";
    line << (found(*finder, of_a) == shown(file)) << (found(*finder, of_b) == shown(file));
    std::ofstream{of_b, std::ios::app} << "more"; // copies it up
    line << (found(*finder, of_b) != shown(file)) << (found(*finder, of_a) == shown(file));
  });
  REQUIRE(pid > 0);
  auto told = std::string{};
  std::ifstream{report} >> told;
  if (told == "refused")
    SKIP("no permission to mount an overlay");
  CHECK(told == "1111");
}
