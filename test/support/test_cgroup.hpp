// A cgroup (v2) of its own for what a test starts, gone at the end. Refuses to know what is tested. Needs root.
#pragma once

#include "test/support/wait_until.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace cleartap {

class test_cgroup {
public:
  test_cgroup() {
    auto mounts = std::ifstream{"/proc/mounts"};
    for (auto line = std::string{}; path_.empty() && std::getline(mounts, line);) {
      auto fields = std::istringstream{line};
      auto source = std::string{};
      auto where = std::string{};
      auto type = std::string{};
      if (!(fields >> source >> where >> type) || type != "cgroup2")
        continue;
      auto own =
          std::filesystem::path{where} / ("cleartap-test-" + std::to_string(getpid()) + "-" + std::to_string(++made_));
      auto error = std::error_code{};
      if (std::filesystem::create_directory(own, error))
        path_ = own;
      before_ = where + own_group();
    }
  }
  test_cgroup(const test_cgroup&) = delete;
  test_cgroup& operator=(const test_cgroup&) = delete;
  ~test_cgroup() {
    if (path_.empty())
      return;
    leave();
    // What was started here has been told to end.
    static_cast<void>(support::wait_until([this] { return rmdir(path_.c_str()) == 0; }));
  }

  /// Empty if there is no cgroup v2 or no permission.
  const std::filesystem::path& path() const noexcept { return path_; }

  /// What this process makes from now on is in it.
  void enter() const { move_to(path_); }
  void leave() const { move_to(before_); }

private:
  /// This process's, below the root of the hierarchy.
  static std::string own_group() {
    auto groups = std::ifstream{"/proc/self/cgroup"};
    for (auto line = std::string{}; std::getline(groups, line);)
      if (line.starts_with("0::"))
        return line.substr(3);
    return "/";
  }

  static void move_to(const std::filesystem::path& cgroup) {
    std::ofstream{cgroup / "cgroup.procs"} << getpid() << std::flush;
  }

  static inline int made_ = 0;

  std::filesystem::path path_;
  std::filesystem::path before_;
};

} // namespace cleartap
