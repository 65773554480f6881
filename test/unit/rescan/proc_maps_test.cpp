#include "actors/rescan/proc_maps.hpp"

#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <sys/sysmacros.h>
#include <unistd.h>

using namespace cleartap;

namespace {

/// Processes 1 and 42 as proc(5) shows them, among other entries.
void fill_proc(const temporary_directory& proc) {
  proc.write("1/maps", "7f00-7f10 r-xp 00001000 fe:00 12345   /usr/lib/libssl.so.3\n");
  proc.write("42/maps", "5500-5510 r-xp 00000000 fe:00 77   /usr/bin/nginx\n"
                        "7f00-7f10 r-xp 00001000 fe:00 12345   /usr/lib/libssl.so.3\n");
  proc.write("self/maps", "5500-5510 r-xp 00000000 fe:00 78   /usr/bin/never\n");
  proc.write("uptime", "1.0 1.0\n");
  proc.write("7/status", "a process that ended while it was looked at\n");
}

std::vector<std::string> scanned(const std::filesystem::path& proc) {
  auto seen = std::vector<std::string>{};
  auto mapping = [&](const process_event& event) { seen.push_back(std::to_string(event.pid) + " " + event.path); };
  CHECK(scan_processes(proc, {[](std::uint32_t) { return true; }, mapping}) == 0);
  std::ranges::sort(seen);
  return seen;
}

std::string paths(std::string_view maps) {
  auto all = std::string{};
  for (const auto& event : parse_maps(maps, 1))
    all += event.path + "|";
  return all;
}

} // namespace

TEST_CASE("an executable mapping names its process, its file and its path") {
  const auto events =
      parse_maps("7f3c8a200000-7f3c8a25c000 r-xp 0001f000 fe:00 4198675                    /usr/lib/libssl.so.3\n", 9);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == process_event_kind::mapping);
  CHECK(events[0].pid == 9);
  CHECK(events[0].path == "/usr/lib/libssl.so.3");
  CHECK(events[0].file == file_id{makedev(0xfe, 0), 4198675});
}

TEST_CASE("devices are hexadecimal, of any length, and inodes are decimal, of 64 bits") {
  const auto events = parse_maps("0-1 r-xp 0 08:01 10 /a\n0-1 r-xp 0 103:1f4 18446744073709551615 /b\n"
                                 "0-1 r-xp 0 00:2f 10 /c\n",
                                 1);
  REQUIRE(events.size() == 3);
  CHECK(events[0].file == file_id{makedev(8, 1), 10});
  CHECK(events[1].file == file_id{makedev(0x103, 0x1f4), 18446744073709551615ull});
  CHECK(events[2].file == file_id{makedev(0, 47), 10});
}

TEST_CASE("mappings that cannot be executed are left out") {
  CHECK(paths("0-1 r--p 0 fe:00 5 /a\n0-1 rw-p 0 fe:00 6 /b\n0-1 rwxp 0 fe:00 7 /c\n0-1 --xs 0 fe:00 8 /d\n") ==
        "/c|/d|");
}

TEST_CASE("anonymous and special mappings are no files") {
  CHECK(paths("0-1 r-xp 00000000 00:00 0 \n"
              "0-1 r-xp 00000000 00:00 0                          [vdso]\n"
              "0-1 --xp 00000000 00:00 0                  [vsyscall]\n"
              "0-1 r-xp 00000000 00:05 3                  anon_inode:[perf_event]\n") == "");
}

TEST_CASE("a path keeps its blanks, its marks and its bytes") {
  CHECK(paths("0-1 r-xp 0 fe:00 5   /opt/my  app/lib ssl.so \n") == "/opt/my  app/lib ssl.so |");
  CHECK(paths("0-1 r-xp 0 fe:00 5   /usr/lib/libssl.so.3 (deleted)\n") == "/usr/lib/libssl.so.3 (deleted)|");
  CHECK(paths("0-1 r-xp 0 fe:00 5   /a\\012b\\012\\013\n") == "/a\nb\n\\013|"); // an end of a line in the name
  CHECK(paths("0-1 r-xp 0 fe:00 5   /\xff\xfe\n") == "/\xff\xfe|");
}

TEST_CASE("each file is told once, under the path that comes first") {
  CHECK(paths("0-1 r-xp 0 fe:00 5 /a\n1-2 r-xp 0 fe:00 6 /b\n2-3 r-xp 0 fe:00 5 /same\n") == "/a|/b|");
}

TEST_CASE("the last line may lack its end") {
  CHECK(paths("0-1 r-xp 0 fe:00 5 /a\n0-1 r-xp 0 fe:00 6 /b") == "/a|/b|");
  CHECK(paths("0-1 r-xp 0 fe:00 5") == "");
  CHECK(paths("") == "");
}

TEST_CASE("lines that are no mappings are skipped and the next one is read") {
  CHECK(paths("\n\n \nx\nr-xp\n0-1 r-xp\n0-1 r-xp 0 fe00 5 /no-colon\n0-1 r-xp 0 fe:00 five /a\n"
              "0-1 r-xp 0 fe:00 99999999999999999999 /too-large\n0-1 r-xp 0 fe:00 6 relative\n"
              "0-1 r-xp 0 fe:00 7 /good\n") == "/good|");
  CHECK(paths(std::string_view{"\0\0\0 r-xp 0 fe:00 5\n0-1 r-xp 0 fe:00 6 /a\n", 42}) == "/a|");
}

TEST_CASE("huge garbage is no mapping") {
  CHECK(paths(std::string(4u << 20, ' ')) == "");
  CHECK(paths(std::string(4u << 20, '\n')) == "");
  CHECK(paths(std::string(4u << 20, 'x')) == "");
  CHECK(paths("0-1 r-xp 0 fe:00 5 /" + std::string(1u << 20, 'p')).size() == (1u << 20) + 2);
}

TEST_CASE("a process with as many files as the kernel lets it map is read without a search per line") {
  auto maps = std::string{};
  for (auto i = 1; i <= 65530; ++i)
    maps += "0-1 r-xp 0 fe:00 " + std::to_string(i) + " /f\n";
  CHECK(parse_maps(maps, 1).size() == 65530);
}

TEST_CASE("every process is visited, and nothing else in /proc") {
  const auto proc = temporary_directory{};
  fill_proc(proc);
  CHECK(scanned(proc.path()) ==
        std::vector<std::string>{"1 /usr/lib/libssl.so.3", "42 /usr/bin/nginx", "42 /usr/lib/libssl.so.3"});
}

TEST_CASE("maps larger than one read are read whole") {
  const auto proc = temporary_directory{};
  auto maps = std::string{};
  for (auto i = 1; i <= 2000; ++i)
    maps += "7f0000000000-7f0000001000 r--p 00000000 fe:00 " + std::to_string(i) + "      /usr/share/some/file\n";
  proc.write("5/maps", maps + "7f00-7f10 r-xp 00000000 fe:00 9999 /the/last\n");
  CHECK(scanned(proc.path()) == std::vector<std::string>{"5 /the/last"});
}

TEST_CASE("a scan of nothing finds nothing") {
  const auto proc = temporary_directory{};
  CHECK(scanned(proc.path()).empty());
  CHECK(scanned(proc.path() / "missing").empty());
}

TEST_CASE("this very process is found in the real /proc") {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto pid = static_cast<std::uint32_t>(getpid());
  auto found = false;
  auto only_this = [&](std::uint32_t each) { return each == pid; };
  scan_processes("/proc", {only_this, [&](const process_event& event) { found |= event.path == self; }});
  CHECK(found);
}

TEST_CASE("a file of which numbers are known is called as the process calls it") {
  auto proc = temporary_directory{};
  proc.write("42/maps", "5500-5510 r-xp 00000000 fe:00 77   /usr/bin/nginx\n"
                        "6500-6510 r-xp 00000000 00:2f 12345   /overlay/other\n"
                        "7f00-7f10 r-xp 00001000 fe:00 12345   /usr/lib/libssl.so.3\n"
                        "8f00-8f10 r--p 00001000 fe:00 99   /usr/share/data\n");
  CHECK(path_of(proc.path(), 42, {makedev(0xfe, 0), 12345}) == "/usr/lib/libssl.so.3");
  CHECK(path_of(proc.path(), 42, {makedev(0, 0x2f), 12345}) == "/overlay/other");
  CHECK(path_of(proc.path(), 42, {makedev(8, 1), 77}) == "/usr/bin/nginx"); // an overlay's device is another one
  CHECK_FALSE(path_of(proc.path(), 42, {makedev(0xfe, 0), 99}));
  CHECK_FALSE(path_of(proc.path(), 43, {makedev(0xfe, 0), 77}));
}

TEST_CASE("a file of a process in a chroot is called as it is there") {
  auto proc = temporary_directory{};
  proc.write("42/maps", "7f00-7f10 r-xp 00001000 fe:00 12345   /srv/jail/usr/lib/libssl.so.3\n");
  std::filesystem::create_symlink("/srv/jail", proc.path() / "42" / "root");
  CHECK(path_of(proc.path(), 42, {makedev(0xfe, 0), 12345}) == "/usr/lib/libssl.so.3");
}
