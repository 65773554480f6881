// Which TLS libraries are in use, by whom, and since when no more. Refuses to look at files or processes itself.
#pragma once

#include "messages/probing.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace cleartap {

/// What to do with a file that a process maps.
enum class file_verdict : std::uint8_t {
  unknown, // never looked at: look, then call `learn`
  known,   // a library that is attached, or a file that is none
  too_many // unknown, but the table is full
};

/// What looking at a file told.
struct library_facts {
  std::string path;
  std::size_t functions = 0;
  std::chrono::seconds seen{0};
  std::string family;
};

class library_table {
public:
  library_table(std::size_t libraries_max, std::chrono::seconds unused_max) noexcept
      : libraries_max_{libraries_max}, unused_max_{unused_max} {}

  /// From now on; libraries beyond `libraries_max` stay.
  void limit(std::size_t libraries_max, std::chrono::seconds unused_max) noexcept {
    libraries_max_ = libraries_max;
    unused_max_ = unused_max;
  }

  /// A process maps this file. Here alone a file may be named as it is shown; everywhere else as what carries probes.
  [[nodiscard]] file_verdict mapped(std::uint32_t pid, file_id shown);

  /// What is shown as `shown` is `file`.
  void alias(file_id shown, file_id file);

  /// The outcome of looking at an unknown file.
  void learn_library(std::uint32_t pid, file_id file, library_facts facts = {});
  void learn_other(file_id file);

  /// The outcome of attaching it. Refused, it is no library until `forget_others`, or every user would try again.
  void attached(file_id file, std::chrono::seconds now, attach_outcome outcome = {});
  void refused(file_id file, std::string reason, std::chrono::seconds now);

  /// It could not be attached for a reason that may pass: its next user shows it again.
  void drop_library(file_id file);

  /// A child maps what its parent maps.
  void forked(std::uint32_t parent, std::uint32_t child);

  /// The process ended, or runs another program now.
  void process_gone(std::uint32_t pid, std::chrono::seconds now);

  /// Forgets the users that `alive` denies: a process can be gone before its mappings are told.
  void drop_gone(const std::function<bool(std::uint32_t pid)>& alive, std::chrono::seconds now);

  /// Libraries that nobody has used for `unused_max`, and those that nobody uses and that are `gone`; they are
  /// forgotten.
  [[nodiscard]] std::vector<file_id> take_unused(std::chrono::seconds now,
                                                 const std::function<bool(file_id)>& gone = nullptr);

  /// Forgets what was no library, and what is shown as what: inodes are used again, and layers copied.
  void forget_others() noexcept;

  /// Nothing is attached any more.
  void clear() noexcept;

  /// At most `libraries_max` libraries, and as many that were refused.
  [[nodiscard]] library_rows rows(std::chrono::seconds now) const;

  /// What the process uses; one with probes before others.
  [[nodiscard]] std::optional<library_row> used_by(std::uint32_t pid, std::chrono::seconds now) const;

  std::size_t libraries() const noexcept { return libraries_.size(); }
  std::size_t processes() const noexcept { return by_process_.size(); }

private:
  struct library {
    std::set<std::uint32_t> users;
    std::chrono::seconds unused_since{0};
    library_facts facts;
    bool attached = false;
    attach_outcome outcome;
    std::string refusal;
    std::chrono::seconds since{0}; // attached or refused
  };

  static library_row row_of(file_id file, const library& each, std::chrono::seconds now);

  std::size_t libraries_max_;
  std::chrono::seconds unused_max_;
  std::map<file_id, library> libraries_;
  std::map<file_id, library> refused_; // their users are not in by_process_
  std::map<std::uint32_t, std::set<file_id>> by_process_;
  std::set<file_id> others_;
  std::map<file_id, file_id> aliases_;
};

} // namespace cleartap
