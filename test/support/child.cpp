#include "test/support/child.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cleartap::support {

namespace {

descriptor memory_file(std::string_view content = {}) {
  auto file = descriptor{memfd_create("test", MFD_CLOEXEC)};
  if (file.get() < 0 || write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      lseek(file.get(), 0, SEEK_SET) != 0 ||
      fcntl(file.get(), F_SETFL, O_APPEND) != 0) // else processes that write at the same time overwrite each other
    throw std::runtime_error{std::string{"memfd: "} + std::strerror(errno)};
  return file;
}

std::string read_all(int file, std::size_t first = 0) {
  auto content = std::string{};
  char part[65536];
  while (true) {
    auto size = pread(file, part, sizeof part, static_cast<off_t>(first + content.size()));
    if (size <= 0)
      return content;
    content.append(part, static_cast<std::size_t>(size));
  }
}

/// Kills what a test left behind when it was itself killed: a process that holds the list of groups and waits for the
/// test's end. PR_SET_PDEATHSIG alone would leave grandchildren, such as the workers of a server.
class guard {
public:
  static void add(pid_t group) { the().tell(group); }
  static void remove(pid_t group) { the().tell(-group); }

private:
  static const guard& the() {
    static auto only = guard{};
    return only;
  }

  guard() {
    prctl(PR_SET_CHILD_SUBREAPER, 1); // so that `child` can wait for the grandchildren too
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error{"pipe"};
    auto from = descriptor{ends[0]};
    to_ = descriptor{ends[1]};
    pid_ = fork();
    if (pid_ != 0)
      return;
    close(ends[1]);
    setsid();
    watch(from.get());
    _exit(0);
  }

  ~guard() {
    to_ = descriptor{};
    waitpid(pid_, nullptr, 0);
  }

  static void watch(int from) {
    auto groups = std::set<pid_t>{};
    auto news = pid_t{};
    while (read(from, &news, sizeof news) == sizeof news)
      if (news > 0)
        groups.insert(news);
      else
        groups.erase(-news);
    for (auto group : groups)
      kill(-group, SIGKILL);
  }

  void tell(pid_t news) const { static_cast<void>(!write(to_.get(), &news, sizeof news)); }

  descriptor to_;
  pid_t pid_ = -1;
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
  auto list = std::vector<char*>{};
  for (const auto& word : words)
    list.push_back(const_cast<char*>(word.c_str()));
  list.push_back(nullptr);
  return list;
}

[[noreturn]] void become(const command& what, char* const* words, int input, int output, int complaints) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(complaints, STDERR_FILENO);
  for (const auto& [name, value] : what.environment)
    setenv(name.c_str(), value.c_str(), 1);
  execvp(words[0], words);
  dprintf(STDERR_FILENO, "cannot run %s: %s\n", words[0], std::strerror(errno));
  _exit(127);
}

} // namespace

descriptor::~descriptor() {
  if (fd_ >= 0)
    close(fd_);
}

child::child(const command& what) : output_{memory_file()}, complaints_{memory_file()} {
  auto input = memory_file(what.input);
  auto words = pointers(what.words);
  guard::add(0); // starts it before it is needed
  pid_ = fork();
  if (pid_ < 0)
    throw std::runtime_error{"fork"};
  if (pid_ == 0)
    become(what, words.data(), input.get(), output_.get(), complaints_.get());
  setpgid(pid_, pid_); // both do it, so that it is done whoever comes first
  guard::add(pid_);
}

child::~child() {
  kill(-pid_, SIGKILL);
  while (waitpid(-pid_, nullptr, 0) > 0)
    continue;
  guard::remove(pid_);
}

std::string child::output(std::size_t first) const { return read_all(output_.get(), first); }

std::string child::complaints() const { return read_all(complaints_.get()); }

void child::signal(int number) const {
  if (!status_)
    kill(pid_, number);
}

std::optional<int> child::wait(std::chrono::milliseconds time_max) {
  auto ended = [this] {
    auto raw = 0;
    if (!status_ && waitpid(pid_, &raw, WNOHANG) == pid_)
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return status_.has_value();
  };
  static_cast<void>(wait_until(ended, time_max));
  return status_;
}

finished run(const command& what) {
  auto program = child{what};
  auto status = program.wait(30s);
  return {status.value_or(-1), program.output(), program.complaints()};
}

bool installed(const std::string& program) { return run({{"/bin/sh", "-c", "command -v " + program}}).status == 0; }

} // namespace cleartap::support
