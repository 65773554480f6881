#include "actors/ring/socket_lookup.hpp"

#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto heading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
constexpr auto tcp =
    "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 25 1 x 100 0\n"
    "   1: 0100007F:1F90 0200007F:C350 01 00000000:00000000 02:000000AA 00000000     0        0 77 1 x 20 4\n";
constexpr auto tcp6 = "   0: 00000000000000000000000001000000:01BB 0000000000000000FFFF00000A00000A:0400 01 "
                      "00000000:00000000 00:00000000 00000000     0        0 88 1 x 20 4\n";

/// A proc file system with one process, 7, whose descriptors 3 and 4 are sockets.
void fill(const temporary_directory& dir) {
  namespace fs = std::filesystem;
  fs::create_directories(dir.path() / "7/fd");
  fs::create_directories(dir.path() / "7/net");
  dir.write("7/net/tcp", std::string{heading} + tcp);
  dir.write("7/net/tcp6", std::string{heading} + tcp6);
  fs::create_symlink("socket:[77]", dir.path() / "7/fd/3");
  fs::create_symlink("socket:[88]", dir.path() / "7/fd/4");
  fs::create_symlink("/dev/null", dir.path() / "7/fd/5");
}

tls_chunk chunk_of(std::uint64_t object, std::optional<int> descriptor) {
  auto chunk = tls_chunk{};
  chunk.connection = {7, object, kernel_time{1}};
  chunk.at = kernel_time{1s};
  chunk.descriptor = descriptor;
  return chunk;
}

} // namespace

TEST_CASE("a connected socket is found by its inode, in both families") {
  auto v4 = find_in_tcp_table(std::string{heading} + tcp, 77, ip_family::v4);
  REQUIRE(v4);
  CHECK(to_string(v4->local) == "127.0.0.1:8080");
  CHECK(to_string(v4->remote) == "127.0.0.2:50000");
  CHECK(v4->evidence == socket_evidence::descriptor);
  auto v6 = find_in_tcp_table(std::string{heading} + tcp6, 88, ip_family::v6);
  REQUIRE(v6);
  CHECK(to_string(v6->local) == "[::1]:443");
  CHECK(to_string(v6->remote) == "10.0.0.10:1024");
}

TEST_CASE("what listens, is not there or is no table is not found") {
  CHECK_FALSE(find_in_tcp_table(std::string{heading} + tcp, 25, ip_family::v4));
  CHECK_FALSE(find_in_tcp_table(std::string{heading} + tcp, 78, ip_family::v4));
  CHECK_FALSE(find_in_tcp_table(std::string{heading} + tcp, 77, ip_family::v6));
  CHECK_FALSE(find_in_tcp_table("", 77, ip_family::v4));
  CHECK_FALSE(find_in_tcp_table("heading\n 1: zz 01 02 03 04 05 06 77\n", 77, ip_family::v4));
}

TEST_CASE("a connection is looked up once, when its descriptor is a socket and its call was just now") {
  const auto dir = temporary_directory{};
  fill(dir);
  auto sockets = socket_lookup{dir.path()};
  CHECK(sockets.find(chunk_of(1, 3), 1s + 1ms)->local.port == 8080);
  CHECK(sockets.find(chunk_of(2, 4), 1s + 1ms)->local.port == 443);
  CHECK_FALSE(sockets.find(chunk_of(3, 5), 1s));
  CHECK_FALSE(sockets.find(chunk_of(4, 6), 1s));
  CHECK_FALSE(sockets.find(chunk_of(5, std::nullopt), 1s));
  CHECK_FALSE(sockets.find(chunk_of(6, 3), 2s));
  std::filesystem::remove_all(dir.path() / "7");
  CHECK(sockets.find(chunk_of(1, 3), 5s)->local.port == 8080);
  auto closed = chunk_of(1, 3);
  closed.kind = chunk_kind::closed;
  CHECK(sockets.find(closed, 5s)->local.port == 8080);
  CHECK_FALSE(sockets.find(chunk_of(1, 3), 1s));
}
