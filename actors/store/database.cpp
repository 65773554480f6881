#include "actors/store/database.hpp"

#include <algorithm>
#include <charconv>
#include <sqlite3.h>
#include <sys/stat.h>

namespace cleartap {

namespace {

// One process owns the store; a second one is told at its start, not at its first commit.
constexpr auto setup = R"(
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS evidence (
    authority TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, evidence TEXT NOT NULL,
    PRIMARY KEY (authority, method, path));
  CREATE TABLE IF NOT EXISTS epochs (
    sniffer TEXT NOT NULL, epoch TEXT NOT NULL, number INTEGER NOT NULL, exchanges INTEGER NOT NULL,
    ended INTEGER NOT NULL, offered INTEGER NOT NULL, dropped INTEGER NOT NULL,
    PRIMARY KEY (sniffer, epoch));
  COMMIT;
)";

/// While it lives, what this process creates is its owner's alone.
class private_files {
public:
  private_files() noexcept : before_{umask(077)} {}
  private_files(const private_files&) = delete;
  private_files& operator=(const private_files&) = delete;
  ~private_files() { umask(before_); }

private:
  mode_t before_;
};

failure sqlite_failure(sqlite3* handle, const std::string& what) {
  return {what + ": " + (handle ? sqlite3_errmsg(handle) : "out of memory")};
}

/// A prepared statement. Texts are bound without a copy: they must live until the step.
class statement {
public:
  statement(sqlite3* handle, const char* sql) : handle_{handle} {
    sqlite3_prepare_v2(handle, sql, -1, &prepared_, nullptr);
  }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;
  ~statement() { sqlite3_finalize(prepared_); }

  void bind(int index, std::string_view text) {
    sqlite3_bind_text64(prepared_, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind(int index, std::uint64_t number) {
    sqlite3_bind_int64(prepared_, index, static_cast<sqlite3_int64>(number));
  }

  /// SQLITE_ROW, SQLITE_DONE or an error.
  int step() { return prepared_ ? sqlite3_step(prepared_) : SQLITE_ERROR; }

  result<void> run(const std::string& what) {
    auto code = step();
    sqlite3_reset(prepared_);
    if (code != SQLITE_DONE)
      return sqlite_failure(handle_, what);
    return {};
  }

  std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
    return bytes ? std::string{bytes, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))} : "";
  }
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(sqlite3_column_int64(prepared_, column)); }

private:
  sqlite3* handle_;
  sqlite3_stmt* prepared_ = nullptr;
};

} // namespace

void database::closer::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

result<database> database::open(const std::filesystem::path& directory) {
  auto hint = std::string{"; choose another directory with store.path, or make this one writable"};
  auto only_owner = private_files{};
  auto error = std::error_code{};
  std::filesystem::create_directories(directory, error);
  if (error)
    return failure{"cannot create the store " + directory.string() + ": " + error.message() + hint};
  auto path = (directory / "cleartap.db").string();
  sqlite3* raw = nullptr;
  auto code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto opened = database{std::unique_ptr<sqlite3, closer>{raw}};
  if (code != SQLITE_OK)
    return failure{sqlite_failure(raw, "cannot open the store " + path).text + hint};
  if (auto ready = opened.run(setup); !ready) {
    if (sqlite3_errcode(raw) == SQLITE_BUSY)
      hint = "; is another cleartap using it? Stop it, or choose another directory with store.path";
    return failure{"cannot use the store " + path + ": " + ready.error().text + hint};
  }
  return opened;
}

result<void> database::run(const char* sql) const {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return failure{sqlite3_errmsg(handle_.get())};
  return {};
}

result<database::content> database::read() const {
  auto guard = std::lock_guard{*mutex_};
  auto all = content{};
  if (auto done = read_rows(all); !done)
    return done.error();
  if (auto done = read_watermarks(all); !done)
    return done.error();
  return all;
}

result<void> database::read_rows(content& into) const {
  auto rows = statement{handle_.get(), "SELECT authority, method, path, evidence FROM evidence"};
  auto code = rows.step();
  for (; code == SQLITE_ROW; code = rows.step())
    into.rows.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
  if (code != SQLITE_DONE)
    return sqlite_failure(handle_.get(), "cannot read the store");
  return {};
}

result<void> database::read_watermarks(content& into) const {
  auto rows = statement{handle_.get(), "SELECT sniffer, epoch, number, exchanges, ended, offered, dropped "
                                       "FROM epochs"};
  auto code = rows.step();
  for (; code == SQLITE_ROW; code = rows.step()) {
    auto mark = watermark{{rows.text(0), 0}, rows.number(2), rows.number(3)};
    mark.end = static_cast<epoch_end>(std::min<std::uint64_t>(rows.number(4), 2));
    mark.offered = rows.number(5);
    mark.dropped = rows.number(6);
    auto epoch = rows.text(1);
    std::from_chars(epoch.data(), epoch.data() + epoch.size(), mark.sender.epoch);
    into.watermarks.push_back(std::move(mark));
  }
  if (code != SQLITE_DONE)
    return sqlite_failure(handle_.get(), "cannot read the store");
  return {};
}

result<void> database::commit(const commit_request& changes) {
  auto guard = std::lock_guard{*mutex_};
  if (auto begun = run("BEGIN IMMEDIATE"); !begun)
    return begun;
  auto done = write(changes);
  if (done)
    done = run("COMMIT");
  if (!done)
    static_cast<void>(run("ROLLBACK"));
  return done;
}

result<void> database::write(const commit_request& changes) const {
  auto replace =
      statement{handle_.get(), "INSERT INTO evidence VALUES (?, ?, ?, ?) ON CONFLICT (authority, method, path) "
                               "DO UPDATE SET evidence = excluded.evidence"};
  auto remove = statement{handle_.get(), "DELETE FROM evidence WHERE authority = ? AND method = ? AND path = ?"};
  for (const auto& row : changes.rows) {
    auto& change = row.evidence.empty() ? remove : replace;
    change.bind(1, row.authority);
    change.bind(2, row.method);
    change.bind(3, row.path);
    if (!row.evidence.empty())
      change.bind(4, row.evidence);
    if (auto done = change.run("cannot write evidence"); !done)
      return done;
  }
  return write_epochs(changes);
}

result<void> database::write_epochs(const commit_request& changes) const {
  // An epoch is text: SQL's integers do not have all its 64 bits.
  auto mark = statement{handle_.get(), "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)"};
  for (const auto& each : changes.watermarks) {
    auto epoch = std::to_string(each.sender.epoch);
    mark.bind(1, each.sender.sniffer);
    mark.bind(2, epoch);
    mark.bind(3, each.number);
    mark.bind(4, each.exchanges);
    mark.bind(5, static_cast<std::uint64_t>(each.end));
    mark.bind(6, each.offered);
    mark.bind(7, each.dropped);
    if (auto done = mark.run("cannot write a watermark"); !done)
      return done;
  }
  auto forget = statement{handle_.get(), "DELETE FROM epochs WHERE sniffer = ? AND epoch = ?"};
  for (const auto& each : changes.forgotten) {
    auto epoch = std::to_string(each.epoch);
    forget.bind(1, each.sniffer);
    forget.bind(2, epoch);
    if (auto done = forget.run("cannot delete a watermark"); !done)
      return done;
  }
  return {};
}

} // namespace cleartap
