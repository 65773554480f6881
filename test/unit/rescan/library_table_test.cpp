#include "actors/rescan/library_table.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto openssl = file_id{1, 100};
constexpr auto gnutls = file_id{1, 200};
constexpr auto libc = file_id{1, 300};

using files = std::vector<file_id>;

/// A table in which process 10 uses `openssl`.
library_table table_in_use() {
  auto table = library_table{8, 60s};
  REQUIRE(table.mapped(10, openssl) == file_verdict::unknown);
  table.learn_library(10, openssl);
  return table;
}

} // namespace

TEST_CASE("a file is looked at once, whatever it turns out to be") {
  auto table = table_in_use();
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  CHECK(table.mapped(10, libc) == file_verdict::unknown);
  table.learn_other(libc);
  CHECK(table.mapped(12, libc) == file_verdict::known);
  CHECK(table.libraries() == 1);
  CHECK(table.processes() == 2); // the users of libraries, not of other files
}

TEST_CASE("two files of the same inode number on two devices are two files") {
  auto table = table_in_use();
  CHECK(table.mapped(10, file_id{2, openssl.inode}) == file_verdict::unknown);
}

TEST_CASE("new limits hold from then on, and what is attached stays") {
  auto table = table_in_use();
  table.limit(1, 5s);
  CHECK(table.mapped(10, gnutls) == file_verdict::too_many);
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  table.limit(2, 5s);
  CHECK(table.mapped(10, gnutls) == file_verdict::unknown);
  table.process_gone(10, 100s);
  table.process_gone(11, 100s);
  CHECK(table.take_unused(105s) == files{openssl});
}

TEST_CASE("a full table knows its libraries and looks at no others") {
  auto table = library_table{1, 60s};
  table.learn_library(10, openssl);
  table.learn_other(libc);
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  CHECK(table.mapped(11, libc) == file_verdict::known);
  CHECK(table.mapped(11, gnutls) == file_verdict::too_many);
}

TEST_CASE("a library that was forgotten makes room for another") {
  auto table = library_table{1, 60s};
  table.learn_library(10, openssl);
  table.process_gone(10, 0s);
  CHECK(table.take_unused(60s) == files{openssl});
  CHECK(table.mapped(11, gnutls) == file_verdict::unknown);
}

TEST_CASE("a library is unused once its last user has been gone for long enough") {
  auto table = table_in_use();
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  table.process_gone(10, 100s);
  CHECK(table.take_unused(1000s).empty());
  table.process_gone(11, 1000s);
  CHECK(table.take_unused(1059s).empty());
  CHECK(table.take_unused(1060s) == files{openssl});
  CHECK(table.take_unused(1060s).empty());
  CHECK(table.libraries() == 0);
  CHECK(table.processes() == 0);
}

TEST_CASE("a new user in time keeps a library") {
  auto table = table_in_use();
  table.process_gone(10, 100s);
  CHECK(table.mapped(12, openssl) == file_verdict::known);
  CHECK(table.take_unused(1000s).empty());
  table.process_gone(12, 1000s);
  CHECK(table.take_unused(1059s).empty());
}

TEST_CASE("a process that is gone twice or was never seen changes nothing") {
  auto table = table_in_use();
  table.process_gone(99, 0s);
  table.process_gone(10, 5s);
  table.process_gone(10, 50s);
  CHECK(table.take_unused(65s) == files{openssl});
}

TEST_CASE("a child uses what its parent uses, also when the parent has ended") {
  auto table = table_in_use();
  table.forked(10, 20);
  table.process_gone(10, 0s);
  CHECK(table.processes() == 1);
  CHECK(table.take_unused(1000s).empty());
  table.process_gone(20, 1000s);
  CHECK(table.take_unused(1060s) == files{openssl});
}

TEST_CASE("a child of a process without libraries is no user") {
  auto table = table_in_use();
  table.forked(99, 20);
  CHECK(table.processes() == 1);
}

TEST_CASE("a pid that is used again although its end was never seen leaves no user behind") {
  auto table = table_in_use();
  table.learn_library(20, gnutls);
  table.forked(10, 20); // the end of the first 20 was lost
  table.process_gone(20, 0s);
  CHECK(table.take_unused(60s) == files{gnutls});
  table.process_gone(10, 100s);
  CHECK(table.take_unused(160s) == files{openssl});
}

TEST_CASE("a library can be dropped after one of its users' pids was used again") {
  auto table = table_in_use();
  table.learn_library(20, gnutls);
  table.forked(10, 20);
  table.process_gone(20, 0s);
  table.drop_library(gnutls);
  table.drop_library(openssl);
  CHECK(table.libraries() == 0);
  CHECK(table.processes() == 0);
}

TEST_CASE("a dropped library is shown again by its next user") {
  auto table = table_in_use();
  table.learn_library(10, gnutls);
  table.drop_library(openssl);
  CHECK(table.processes() == 1); // 10 still uses the other one
  CHECK(table.mapped(11, openssl) == file_verdict::unknown);
  table.drop_library(openssl);
  table.drop_library(file_id{});
  CHECK(table.libraries() == 1);
}

TEST_CASE("files that were no libraries are looked at again after they were forgotten") {
  auto table = table_in_use();
  table.learn_other(libc);
  table.forget_others();
  CHECK(table.mapped(10, libc) == file_verdict::unknown);
  CHECK(table.mapped(10, openssl) == file_verdict::known);
}

TEST_CASE("the memory of other files is bounded and never costs a library") {
  auto table = table_in_use();
  for (std::uint64_t inode = 1; inode <= 65536; ++inode)
    table.learn_other({7, inode});
  CHECK(table.mapped(10, {7, 1}) == file_verdict::known);
  table.learn_other({7, 65537});
  CHECK(table.mapped(10, {7, 1}) == file_verdict::unknown);
  CHECK(table.mapped(10, {7, 65537}) == file_verdict::known);
  CHECK(table.mapped(10, openssl) == file_verdict::known);
}

TEST_CASE("a cleared table knows nothing") {
  auto table = table_in_use();
  table.learn_other(libc);
  table.clear();
  CHECK(table.libraries() == 0);
  CHECK(table.processes() == 0);
  CHECK(table.mapped(10, openssl) == file_verdict::unknown);
  CHECK(table.mapped(10, libc) == file_verdict::unknown);
  CHECK(table.take_unused(1000s).empty());
}

TEST_CASE("a user whose end was told before its mapping is noticed by looking") {
  auto table = table_in_use();
  static_cast<void>(table.mapped(11, openssl)); // gone already
  table.drop_gone([](std::uint32_t pid) { return pid == 10; }, 5s);
  CHECK(table.processes() == 1);
  table.drop_gone([](std::uint32_t) { return false; }, 6s);
  CHECK(table.processes() == 0);
  CHECK(table.take_unused(65s).empty());
  CHECK(table.take_unused(66s) == files{openssl});
}

TEST_CASE("a library is shown with what is known of it, through all its states") {
  auto table = library_table{8, 60s};
  table.learn_library(10, openssl, {"/usr/lib/libssl.so.3", 6, 5s});
  REQUIRE(table.rows(7s).size() == 1);
  auto row = table.rows(7s)[0];
  CHECK(row.path == "/usr/lib/libssl.so.3");
  CHECK(row.file == openssl);
  CHECK((row.processes == 1 && row.functions == 6 && row.attached == 0));
  CHECK((row.state == library_state::attaching && row.age == 2s));
  table.attached(openssl, 8s);
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  row = table.rows(10s)[0];
  CHECK((row.processes == 2 && row.attached == 6));
  CHECK((row.state == library_state::attached && row.age == 2s));
  table.process_gone(10, 20s);
  table.process_gone(11, 30s);
  row = table.rows(31s)[0];
  CHECK((row.processes == 0 && row.attached == 6));
  CHECK((row.state == library_state::unused && row.age == 1s));
}

TEST_CASE("a refused library is shown with the reason, and is no library until others are forgotten") {
  auto table = table_in_use();
  table.refused(openssl, "no room", 3s);
  CHECK(table.libraries() == 0);
  CHECK(table.processes() == 0);
  CHECK(table.mapped(11, openssl) == file_verdict::known);
  table.forked(11, 12);
  auto row = table.rows(5s).at(0);
  CHECK((row.state == library_state::refused && row.reason == "no room" && row.age == 2s));
  CHECK((row.processes == 3 && row.attached == 0));
  table.process_gone(10, 6s);
  table.drop_gone([](std::uint32_t pid) { return pid != 11; }, 6s);
  CHECK(table.rows(6s).at(0).processes == 1);
  table.forget_others();
  CHECK(table.rows(6s).empty());
  CHECK(table.mapped(12, openssl) == file_verdict::unknown);
}

TEST_CASE("refusals are limited too") {
  auto table = library_table{1, 60s};
  table.learn_library(10, openssl);
  table.refused(openssl, "no room", 0s);
  table.learn_library(10, gnutls);
  table.refused(gnutls, "no room", 0s);
  CHECK(table.rows(0s).size() == 1);
  CHECK(table.mapped(11, gnutls) == file_verdict::known);
}

TEST_CASE("a file that several containers show under numbers of their own is one library") {
  constexpr auto shown = file_id{40, 100};
  auto table = table_in_use();
  REQUIRE(table.mapped(11, shown) == file_verdict::unknown);
  table.alias(shown, openssl);
  CHECK(table.mapped(11, shown) == file_verdict::known);
  CHECK(table.libraries() == 1);
  CHECK(table.rows(0s).at(0).processes == 2);
  table.process_gone(10, 0s);
  CHECK(table.take_unused(1000s).empty()); // the other container uses it
  table.forget_others();                   // a layer may have been copied since
  CHECK(table.mapped(12, shown) == file_verdict::unknown);
  CHECK(table.mapped(12, openssl) == file_verdict::known);
}

TEST_CASE("a library that is gone is let go at once when nobody uses it, and not before") {
  auto table = table_in_use();
  table.learn_library(10, gnutls);
  table.learn_library(11, gnutls);
  const auto gone = [](file_id file) { return file == gnutls; };
  table.process_gone(10, 100s);
  CHECK(table.take_unused(100s, gone).empty());
  table.process_gone(11, 100s);
  CHECK(table.take_unused(100s, gone) == files{gnutls});
  CHECK(table.take_unused(160s, gone) == files{openssl});
}

TEST_CASE("of what a process uses, what has probes is told before what has none") {
  auto table = table_in_use();
  table.learn_library(10, gnutls, {"/lib/libgnutls.so", 4, 0s, "GnuTLS"});
  CHECK_FALSE(table.used_by(99, 0s));
  table.attached(gnutls, 0s, {.how = "uprobe_multi"});
  auto best = table.used_by(10, 5s);
  REQUIRE(best);
  CHECK((best->family == "GnuTLS" && best->attached == 4 && best->how == "uprobe_multi" && best->age == 5s));
  table.refused(gnutls, "no room", 6s);
  table.refused(openssl, "stripped", 6s);
  CHECK(table.used_by(10, 6s)->state == library_state::refused);
}

TEST_CASE("what is attached in part tells how much, and what is left out") {
  auto table = library_table{8, 60s};
  table.learn_library(10, openssl, {"/usr/lib/libssl.so.3", 6, 5s});
  table.attached(openssl, 8s, {.functions = 5, .left_out = "SSL_read: no"});
  auto row = table.rows(8s).at(0);
  CHECK((row.functions == 6 && row.attached == 5 && row.reason == "SSL_read: no"));
  CHECK(row.state == library_state::attached);
}
