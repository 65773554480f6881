// The SQLite database: evidence rows and watermarks, each commit in one transaction. Refuses to know what evidence
// means.
#pragma once

#include "messages/delivery.hpp"
#include "messages/result.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

struct sqlite3;

namespace cleartap {

/// Thread-safe: a reader never sees half of a commit.
class database {
public:
  /// Opens or creates cleartap.db in `directory`, which is created too; what is created its owner alone may read. The
  /// failure names the path and the mend.
  [[nodiscard]] static result<database> open(const std::filesystem::path& directory);

  struct content {
    std::vector<evidence_row> rows; // in no order
    std::vector<watermark> watermarks;
  };

  /// As of one commit.
  [[nodiscard]] result<content> read() const;

  /// Inserts or replaces; a row with empty evidence is deleted. All of it or nothing.
  [[nodiscard]] result<void> commit(const commit_request& changes);

private:
  struct closer {
    void operator()(sqlite3* handle) const noexcept;
  };
  explicit database(std::unique_ptr<sqlite3, closer> handle)
      : mutex_{std::make_unique<std::mutex>()}, handle_{std::move(handle)} {}

  result<void> run(const char* sql) const;
  result<void> read_rows(content& into) const;
  result<void> read_watermarks(content& into) const;
  result<void> write(const commit_request& changes) const;
  result<void> write_epochs(const commit_request& changes) const;

  std::unique_ptr<std::mutex> mutex_;
  std::unique_ptr<sqlite3, closer> handle_;
};

} // namespace cleartap
