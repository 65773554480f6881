#include "actors/coverage/tls_stack.hpp"

#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <unistd.h>

using namespace cleartap;

namespace {

bool mentions(const std::string& text, const std::string& word) { return text.find(word) != std::string::npos; }

} // namespace

TEST_CASE("Java is known by its runtime") {
  CHECK(mentions(stack_in_maps("7f00-7f10 r-xp 0 fe:00 5   /usr/lib/jvm/lib/server/libjvm.so\n"), "Java"));
  CHECK(stack_in_maps("7f00-7f10 r-xp 0 fe:00 5   /usr/lib/libc.so.6\n").empty());
}

TEST_CASE("a Go program is known by the head of its build information, not by the words") {
  auto mark = std::string("\xff Go buildinf:", 14);
  CHECK(mentions(stack_in_executable(std::string(64, 'x') + mark), "Go"));
  CHECK(stack_in_executable(std::string(63, 'x') + mark).empty());
  CHECK(mentions(stack_in_executable(std::string(63, 'x') + mark + std::string(3, 'x') + mark), "Go"));
}

TEST_CASE("rustls and a linked OpenSSL are known by their versions") {
  CHECK(mentions(stack_in_executable("/registry/src/rustls-0.23.5/src/conn.rs"), "rustls"));
  CHECK(stack_in_executable("rustls-pemfile rustls-").empty());
  CHECK(mentions(stack_in_executable("OpenSSL 3.0.15 3 Sep 2024"), "OpenSSL"));
  CHECK(mentions(stack_in_executable("OpenSSL 1.1.1w  11 Sep 2023"), "OpenSSL"));
  CHECK(stack_in_executable("works with OpenSSL 3.x").empty());
  CHECK(mentions(stack_in_executable("third_party/BoringSSL"), "BoringSSL"));
}

TEST_CASE("a process that is gone, and one with nothing that is known, are told apart") {
  auto proc = temporary_directory{};
  auto stacks = tls_stacks{proc.path()};
  CHECK(mentions(stacks.find(7), "ended"));
  proc.write("7/maps", "5500-5510 r-xp 00000000 fe:00 77   /usr/bin/true\n");
  proc.write("7/exe", "nothing");
  CHECK(mentions(stacks.find(7), "no TLS library"));
}

TEST_CASE("an executable is searched once, and again when it has changed") {
  auto proc = temporary_directory{};
  auto stacks = tls_stacks{proc.path()};
  proc.write("7/maps", "5500-5510 r-xp 00000000 fe:00 77   /usr/bin/true\n");
  auto exe = proc.write("7/exe", "OpenSSL 3.0.15");
  CHECK(mentions(stacks.find(7), "stripped"));
  auto before = std::filesystem::last_write_time(exe);
  proc.write("7/exe", "Nothing at all");
  std::filesystem::last_write_time(exe, before);
  CHECK(mentions(stacks.find(7), "stripped"));
  std::filesystem::last_write_time(exe, before + std::chrono::seconds{1});
  CHECK(mentions(stacks.find(7), "no TLS library"));
}
