// A pid, and in it an object, that were another's before.
#include "test/bpf/capture.hpp"

#include <catch2/generators/catch_generators.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <linux/sched.h>
#include <openssl/ssl.h>
#include <set>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace cleartap;

namespace {

const auto first_sizes = std::vector<std::size_t>{3000, 5};
const auto second_sizes = std::vector<std::size_t>{700, 20'000};

/// A child of this pid, or of any with 0: a negative number, or its pid once it has ended well.
pid_t run_as(pid_t wanted, const std::vector<std::size_t>& sizes) {
  auto arguments = clone_args{};
  arguments.exit_signal = SIGCHLD;
  if (wanted != 0) {
    arguments.set_tid = reinterpret_cast<std::uintptr_t>(&wanted);
    arguments.set_tid_size = 1;
  }
  auto pid = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid == 0)
    talk_and_end(sizes);
  auto status = 0;
  if (pid < 0)
    return -errno;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? pid : -ECHILD;
}

/// Two processes after each other with the same pid, which is returned, and the same memory, because they are copies of
/// one that does nothing else in between; a negative number if the second cannot be made.
pid_t run_twice() {
  auto* shared = mmap(nullptr, sizeof(pid_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(shared != MAP_FAILED);
  auto& pid = *static_cast<pid_t*>(shared);
  auto parent = run_in_child([&] {
    talk({1}); // so that OpenSSL is set up, which each of its threads might do
    pid = run_as(0, first_sizes);
    if (pid > 0)
      pid = run_as(pid, second_sizes);
  });
  REQUIRE(parent > 0);
  auto both = pid;
  munmap(shared, sizeof(pid_t));
  return both;
}

struct talked {
  std::set<std::string> sockets; // one, if the connection never seems to use another's
  std::string bytes[2];
  std::uint64_t begin[2] = {UINT64_MAX, UINT64_MAX};
};

std::map<connection_id, talked> connections_of(const std::vector<seen_chunk>& chunks) {
  auto all = std::map<connection_id, talked>{};
  for (const auto& seen : chunks) {
    auto& each = all[seen.chunk.connection];
    auto way = static_cast<std::size_t>(seen.chunk.way);
    each.begin[way] = std::min(each.begin[way], seen.chunk.offset);
    each.bytes[way] += seen.bytes;
    if (const auto& sockets = seen.chunk.sockets)
      each.sockets.insert(to_string(sockets->local) + " " + to_string(sockets->remote));
  }
  return all;
}

} // namespace

TEST_CASE("a process under the pid of another one, with an object where that had one, has connections of its own") {
  auto variant = GENERATE(program_variant::typed, program_variant::untyped);
  INFO(to_string(variant));
  // OpenSSL clears every new object by a function that is probed; other libraries do not.
  auto test = capture{library_of(&SSL_read), {.wishes = {.variant = variant}}, {"SSL_clear", "SSL_free"}};
  auto pid = run_twice();
  if (pid == -EPERM || pid == -EINVAL || pid == -ENOSYS)
    SKIP("no process with a given pid can be made: " << std::strerror(-pid));
  REQUIRE(pid > 0);
  auto all = connections_of(test.chunks_of(pid));
  auto objects = std::set<std::uint64_t>{};
  auto sockets = std::set<std::string>{};
  const auto known = std::size_t{variant == program_variant::typed};
  auto whole = std::multiset<std::string>{};
  for (const auto& [id, each] : all) {
    objects.insert(id.object);
    CHECK(each.begin[0] == 0);
    CHECK(each.begin[1] == 0);
    for (const auto& bytes : each.bytes)
      whole.insert(bytes);
    CHECK(each.sockets.size() == known);
    sockets.insert(each.sockets.begin(), each.sockets.end());
  }
  REQUIRE(objects.size() < 4); // else the second one had both elsewhere
  CHECK(all.size() == 4);
  CHECK((whole == std::multiset<std::string>{written(first_sizes), written(first_sizes), written(second_sizes),
                                             written(second_sizes), "done", "done", "done", "done"}));
  CHECK(sockets.size() == 4 * known);
}
