#include "actors/store/database.hpp"

#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <limits>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace cleartap;
using namespace std::string_literals;

namespace {

database opened(const std::filesystem::path& where) {
  auto store = database::open(where);
  INFO((store ? "" : store.error().text));
  REQUIRE(store);
  return std::move(*store);
}

std::string refusal(const std::filesystem::path& where) {
  auto store = database::open(where);
  return store ? "opened" : store.error().text;
}

/// "GET shop/a = {}" for every row, sorted.
std::vector<std::string> rows_of(const database& store) {
  auto lines = std::vector<std::string>{};
  auto content = store.read();
  REQUIRE(content);
  for (const auto& row : content->rows)
    lines.push_back(row.method + " " + row.authority + row.path + " = " + row.evidence);
  std::ranges::sort(lines);
  return lines;
}

std::vector<std::string> marks_of(const database& store) {
  auto lines = std::vector<std::string>{};
  auto content = store.read();
  REQUIRE(content);
  for (const auto& mark : content->watermarks)
    lines.push_back(mark.sender.sniffer + "/" + std::to_string(mark.sender.epoch) + ":" + std::to_string(mark.number));
  std::ranges::sort(lines);
  return lines;
}

evidence_row row(std::string path, std::string evidence) {
  return {"shop", "GET", std::move(path), std::move(evidence)};
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info{};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777u;
}

/// Makes the store refuse watermarks of the sniffer called "refused", behind the back of `database`.
void refuse_a_sniffer(const std::filesystem::path& directory) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open((directory / "cleartap.db").c_str(), &handle) == SQLITE_OK);
  CHECK(sqlite3_exec(handle,
                     "CREATE TRIGGER refuse BEFORE INSERT ON epochs WHEN NEW.sniffer = 'refused' "
                     "BEGIN SELECT RAISE(ABORT, 'no room'); END",
                     nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

/// While it lives, no file of this process grows beyond `bytes_max`, as on a full disk.
class full_disk {
public:
  explicit full_disk(rlim_t bytes_max) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    auto limit = rlimit{bytes_max, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, SIG_DFL);
  }

private:
  rlimit before_{};
};

} // namespace

TEST_CASE("a new store is empty") {
  const auto dir = temporary_directory{};
  const auto store = opened(dir.path());
  CHECK(rows_of(store).empty());
  CHECK(marks_of(store).empty());
}

TEST_CASE("what was committed is there, also after the store was opened again") {
  const auto dir = temporary_directory{};
  {
    auto store = opened(dir.path());
    REQUIRE(store.commit({{row("/a", "{1}"), row("/b", "{2}")}, {{{"node", 7}, 3}}}));
    CHECK(rows_of(store) == std::vector{"GET shop/a = {1}"s, "GET shop/b = {2}"s});
  }
  const auto again = opened(dir.path());
  CHECK(rows_of(again) == std::vector{"GET shop/a = {1}"s, "GET shop/b = {2}"s});
  CHECK(marks_of(again) == std::vector{"node/7:3"s});
}

TEST_CASE("a row of the same key is replaced, and each part of the key counts") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  REQUIRE(store.commit({{{"h", "GET", "/a", "1"}, {"h", "PUT", "/a", "2"}, {"i", "GET", "/a", "3"}}, {}}));
  REQUIRE(store.commit({{{"h", "GET", "/a", "4"}, {"h", "GET", "/b", "5"}, {"h", "GET", "/b", "6"}}, {}}));
  CHECK(rows_of(store) == std::vector{"GET h/a = 4"s, "GET h/b = 6"s, "GET i/a = 3"s, "PUT h/a = 2"s});
}

TEST_CASE("a row with empty evidence is deleted") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  REQUIRE(store.commit({{row("/a", "1"), row("/b", "2")}, {}}));
  REQUIRE(store.commit({{row("/a", ""), row("/never-there", "")}, {}}));
  CHECK(rows_of(store) == std::vector{"GET shop/b = 2"s});
  REQUIRE(store.commit({{row("/b", ""), row("/b", "3")}, {}})); // in the order given
  CHECK(rows_of(store) == std::vector{"GET shop/b = 3"s});
}

TEST_CASE("a watermark is replaced, one for each run of each sniffer") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  REQUIRE(store.commit({{}, {{{"a", 1}, 5}, {{"a", 2}, 6}, {{"b", 1}, 7}}}));
  REQUIRE(store.commit({{}, {{{"a", 1}, 9}}}));
  CHECK(marks_of(store) == std::vector{"a/1:9"s, "a/2:6"s, "b/1:7"s});
}

TEST_CASE("an epoch's ledger and end are kept with its watermark, and forgotten with it") {
  const auto dir = temporary_directory{};
  {
    auto store = opened(dir.path());
    REQUIRE(store.commit({{}, {{{"a", 1}, 5, 40, epoch_end::clean, 50, 10}, {{"a", 2}, 1, 3}}}));
  }
  auto store = opened(dir.path());
  auto content = store.read();
  REQUIRE(content);
  REQUIRE(content->watermarks.size() == 2);
  const auto& first = content->watermarks[content->watermarks[0].sender.epoch == 1 ? 0 : 1];
  CHECK(first.number == 5);
  CHECK(first.exchanges == 40);
  CHECK(first.end == epoch_end::clean);
  CHECK(first.offered == 50);
  CHECK(first.dropped == 10);
  REQUIRE(store.commit({{}, {}, {{"a", 1}}}));
  CHECK(marks_of(store) == std::vector{"a/2:1"s});
}

TEST_CASE("epochs and numbers have all their 64 bits") {
  const auto dir = temporary_directory{};
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  {
    auto store = opened(dir.path());
    REQUIRE(store.commit({{}, {{{"a", most}, most}, {{"a", 1ull << 63}, 1}, {{"a", 0}, 2}}}));
  }
  CHECK(marks_of(opened(dir.path())) ==
        std::vector{"a/0:2"s, "a/18446744073709551615:18446744073709551615"s, "a/9223372036854775808:1"s});
}

TEST_CASE("texts of any bytes come back as they were") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  const auto odd = evidence_row{"a\0b"s, "'; DROP TABLE evidence; --", "/\xff\xfe\n", std::string(5u << 20, '\0')};
  REQUIRE(store.commit({{odd, {"a", "", "", "1"}}, {{{"node\0x"s, 1}, 1}}}));
  const auto content = store.read();
  REQUIRE(content);
  REQUIRE(content->rows.size() == 2);
  const auto& back = content->rows[content->rows[0].authority.size() == 3 ? 0 : 1];
  CHECK(back.authority == odd.authority);
  CHECK(back.method == odd.method);
  CHECK(back.path == odd.path);
  CHECK((back.evidence == odd.evidence));
  CHECK(content->watermarks.at(0).sender.sniffer == "node\0x"s);
}

TEST_CASE("an empty commit is a commit") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  CHECK(store.commit({}));
}

TEST_CASE("a commit that fails in its last part leaves nothing behind and the store usable") {
  const auto dir = temporary_directory{};
  {
    auto store = opened(dir.path());
    REQUIRE(store.commit({{row("/old", "1")}, {{{"node", 1}, 1}}}));
  }
  refuse_a_sniffer(dir.path());
  auto store = opened(dir.path());
  const auto done = store.commit({{row("/old", ""), row("/new", "2")}, {{{"node", 1}, 2}, {{"refused", 1}, 1}}});
  REQUIRE_FALSE(done);
  CHECK(done.error().text == "cannot write a watermark: no room");
  CHECK(rows_of(store) == std::vector{"GET shop/old = 1"s});
  CHECK(marks_of(store) == std::vector{"node/1:1"s});
  CHECK(store.commit({{row("/new", "2")}, {{{"node", 1}, 2}}}));
  CHECK(marks_of(store) == std::vector{"node/1:2"s});
}

TEST_CASE("on a full disk a commit fails whole and the next one is taken when there is room") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  REQUIRE(store.commit({{row("/old", "1")}, {{{"node", 1}, 1}}}));
  const auto large = commit_request{{row("/large", std::string(1u << 20, 'x'))}, {{{"node", 1}, 2}}};
  auto refused = [&] {
    auto limit = full_disk{65536};
    return store.commit(large);
  }();
  CHECK_FALSE(refused);
  CHECK(marks_of(store) == std::vector{"node/1:1"s});
  REQUIRE(store.commit(large));
  CHECK(marks_of(store) == std::vector{"node/1:2"s});
  CHECK(rows_of(store).size() == 2);
}

TEST_CASE("a reader in another thread never sees half of a commit") {
  const auto dir = temporary_directory{};
  auto store = opened(dir.path());
  auto halves = 0;
  auto stop = std::atomic<bool>{false};
  auto reader = std::thread{[&] {
    while (!stop)
      if (auto content = store.read(); !content || content->rows.size() != 2 * content->watermarks.size())
        ++halves;
  }};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto path = "/" + std::to_string(i);
    CHECK(store.commit({{row(path, "1"), row(path + "/x", "1")}, {{{"node", i}, 1}}}));
  }
  stop = true;
  reader.join();
  CHECK(halves == 0);
}

TEST_CASE("what is created its owner alone may read, whatever the umask") {
  const auto dir = temporary_directory{};
  const auto before = umask(0);
  auto store = opened(dir.path() / "new/store");
  CHECK(umask(before) == 0); // as it was
  REQUIRE(store.commit({{row("/a", "1")}, {}}));
  CHECK(mode_of(dir.path() / "new/store") == 0700);
  for (const auto& entry : std::filesystem::directory_iterator{dir.path() / "new/store"}) {
    INFO(entry.path());
    CHECK(mode_of(entry.path()) == 0600);
  }
}

TEST_CASE("a second process is refused at its start and told why") {
  const auto dir = temporary_directory{};
  {
    const auto first = opened(dir.path());
    CHECK(refusal(dir.path()) ==
          "cannot use the store " + (dir.path() / "cleartap.db").string() +
              ": database is locked; is another cleartap using it? Stop it, or choose another directory with "
              "store.path");
    CHECK(rows_of(first).empty()); // still usable
  }
  CHECK(refusal(dir.path()) == "opened");
}

TEST_CASE("a store that was just created and is idle is taken too") {
  const auto dir = temporary_directory{};
  auto first = opened(dir.path());
  REQUIRE(first.commit({{row("/a", "1")}, {}}));
  CHECK(refusal(dir.path()).find("is another cleartap using it?") != std::string::npos);
}

TEST_CASE("a file in the place of the directory is refused with the mend") {
  const auto dir = temporary_directory{};
  const auto file = dir.write("store", "");
  CHECK(refusal(file) == "cannot create the store " + file.string() +
                             ": Not a directory; choose another directory with store.path, or make this one writable");
  CHECK(refusal(file / "below").find("choose another directory with store.path") != std::string::npos);
}

TEST_CASE("a directory that cannot be created is refused with the mend") {
  const auto text = refusal("/proc/1/no-such-store");
  CHECK(text.starts_with("cannot create the store /proc/1/no-such-store: "));
  CHECK(text.ends_with("; choose another directory with store.path, or make this one writable"));
}

TEST_CASE("a directory in the place of the database is refused with the mend") {
  const auto dir = temporary_directory{};
  std::filesystem::create_directory(dir.path() / "cleartap.db");
  CHECK(refusal(dir.path()) ==
        "cannot open the store " + (dir.path() / "cleartap.db").string() +
            ": unable to open database file; choose another directory with store.path, or make this one writable");
}

TEST_CASE("a file that is no database is refused and kept") {
  const auto dir = temporary_directory{};
  const auto file = dir.write("cleartap.db", std::string(8192, 'x'));
  CHECK(refusal(dir.path()) ==
        "cannot use the store " + file.string() +
            ": file is not a database; choose another directory with store.path, or make this one writable");
  CHECK(std::filesystem::file_size(file) == 8192);
}
