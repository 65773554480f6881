// Writes masks into one text, counts and notes them; the text is copied only when the first mask is written. Refuses to
// know what a secret is.
#pragma once

#include "actors/redaction/policy.hpp"
#include "actors/redaction/stats.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap::masking {

/// Bytes of one exchange that may be looked at, each as often as it is looked at.
inline constexpr auto work_max = std::size_t{64} << 20;

/// Bytes by which masks may make one text longer: "[1,1,1]" under a sensitive key becomes ten times its size.
inline constexpr auto growth_max = std::size_t{64} << 10;

/// All views that its functions take are parts of `text`, each behind the one before.
class mask_writer {
public:
  mask_writer(std::string_view text, const redaction_policy& policy, redaction_stats& stats,
              std::size_t& work_left) noexcept
      : text_{text}, policy_{&policy}, stats_{&stats}, work_left_{&work_left} {}

  const redaction_policy& policy() const noexcept { return *policy_; }
  redaction_stats& stats() const noexcept { return *stats_; }
  std::size_t& work_left() const noexcept { return *work_left_; }

  /// Puts the mask in the place of `part`. An empty part and a mask stay.
  void mask(std::string_view part, redaction_class kind);

  /// As mask(), as a JSON string: for a part that is no string.
  void mask_quoted(std::string_view part, redaction_class kind);

  /// Puts `with`, whose masks are counted already and the first of which is of class `kind`, in the place of `part`.
  void replace(std::string_view part, std::string_view with, redaction_class kind);

  /// Removes the text from `part` to its end; nothing can be written after that.
  void remove_from(std::string_view part, removal why);

  /// Takes `part.size()` off the exchange's work, or removes the text from `part` on.
  [[nodiscard]] bool spend(std::string_view part);

  /// Until end_own(), what the patterns of the configuration match in `text` is masked where nothing else is. What else
  /// is secret is found as if there were no patterns.
  void begin_own(std::string_view text);
  void end_own();

  bool is_removed() const noexcept { return removed_; }
  bool is_changed() const noexcept { return changed_; }
  std::optional<redaction_class> first() const noexcept { return first_; } // class of the first mask

  /// The text with the masks. Precondition: is_changed().
  std::string take() &&;

private:
  void copy_to(std::string_view part);
  void flush_own(std::string_view part);
  void mask_own(std::size_t end);
  void write_own(std::string_view part, redaction_class kind);
  void count(redaction_class kind) noexcept;

  std::string_view text_;
  const redaction_policy* policy_;
  redaction_stats* stats_;
  std::size_t* work_left_;
  std::string out_;
  std::size_t copied_ = 0;   // bytes of text_ that out_ stands for
  std::vector<finding> own_; // matches of patterns of the configuration
  std::size_t own_next_ = 0; // of own_: those before are written
  std::optional<redaction_class> first_;
  bool changed_ = false;
  bool removed_ = false;
};

/// begin_own() and end_own() of one text.
class own_scope {
public:
  own_scope(std::string_view text, mask_writer& out) : out_{out} { out_.begin_own(text); }
  own_scope(const own_scope&) = delete;
  own_scope& operator=(const own_scope&) = delete;
  ~own_scope() { out_.end_own(); }

private:
  mask_writer& out_;
};

} // namespace cleartap::masking
