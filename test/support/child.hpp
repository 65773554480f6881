// A program that a test runs, with its output kept in memory; gone with its owner, and with the test however that ends.
// Refuses to know what the program does.
#pragma once

#include "test/support/wait_until.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace cleartap::support {

struct command {
  std::vector<std::string> words;                                    // the first is looked up in PATH
  std::vector<std::pair<std::string, std::string>> environment = {}; // in addition to the test's own
  std::string input = {};                                            // on standard input
};

/// An owned file descriptor.
class descriptor {
public:
  explicit descriptor(int fd = -1) noexcept : fd_{fd} {}
  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  int get() const noexcept { return fd_; }

private:
  int fd_;
};

/// Leads a process group of its own; the whole group is killed at the end.
class child {
public:
  explicit child(const command& what);
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  pid_t pid() const noexcept { return pid_; }

  /// Everything that it wrote so far, from byte `first` on.
  std::string output(std::size_t first = 0) const;
  std::string complaints() const;

  void signal(int number) const;

  /// The exit status, or 128 and the signal that ended it; nothing if it still runs when the time is over.
  std::optional<int> wait(std::chrono::milliseconds time_max = deadline_default);
  bool running() { return !wait(0ms); }

private:
  descriptor output_;
  descriptor complaints_;
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct finished {
  int status = -1; // -1: did not end within half a minute
  std::string output;
  std::string complaints;
};

[[nodiscard]] finished run(const command& what);

/// Whether there is such a program in PATH.
[[nodiscard]] bool installed(const std::string& program);

} // namespace cleartap::support
