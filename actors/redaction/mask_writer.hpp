// Writes masks into one text, counts and notes them; the text is copied only when the first mask is written. Refuses to
// know what a secret is.
#pragma once

#include "actors/redaction/encoding.hpp"
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

/// Texts inside of texts, each encoded in the one around it; what holds still more of them is masked.
inline constexpr auto layers_max = std::size_t{16};

/// What takes the place of a part of a text: a mask of a class, or, without one, what follows from masks elsewhere.
struct text_change {
  std::string_view part;
  std::string with;
  std::optional<redaction_class> kind;
};

/// All views that its functions take are parts of `text`, each behind the one before. A writer for a text that is
/// encoded inside of another one writes into that one, so that masks are counted, noted and bounded where they show.
class mask_writer {
public:
  mask_writer(std::string_view text, const redaction_policy& policy, redaction_stats& stats,
              std::size_t& work_left) noexcept
      : text_{text}, policy_{&policy}, stats_{&stats}, work_left_{&work_left} {}

  /// For `text`, that `part` of the text of `outer` stands for. Both must outlive it.
  mask_writer(std::string_view text, std::string_view part, const encoding& how, mask_writer& outer) noexcept
      : text_{text}
      , policy_{outer.policy_}
      , stats_{outer.stats_}
      , work_left_{outer.work_left_}
      , outer_{&outer}
      , level_{outer.level_ + 1}
      , how_{&how}
      , part_{part}
      , source_{part, how}
      , noted_source_{part, how} {}

  /// For a text that is only asked about: nothing is written, and what would be masked first ends it.
  struct asking {};
  mask_writer(asking, std::string_view text, mask_writer& outer) noexcept
      : text_{text}
      , policy_{outer.policy_}
      , stats_{outer.stats_}
      , work_left_{outer.work_left_}
      , outer_{&outer}
      , level_{outer.level_ + 1} {}

  /// For a text whose changes are collected, in their order, to be applied to `outer` later. `text` is that of `outer`.
  struct collecting {};
  mask_writer(collecting, std::string_view text, mask_writer& outer, std::vector<text_change>& changes) noexcept
      : text_{text}
      , policy_{outer.policy_}
      , stats_{outer.stats_}
      , work_left_{outer.work_left_}
      , outer_{&outer}
      , level_{outer.level_}
      , changes_{&changes} {}

  mask_writer(const mask_writer&) = delete;
  mask_writer& operator=(const mask_writer&) = delete;

  const redaction_policy& policy() const noexcept { return *policy_; }

  /// How many texts its text is inside of.
  std::size_t level() const noexcept { return level_; }

  /// Puts the mask in the place of `part`. An empty part and a mask stay.
  void mask(std::string_view part, redaction_class kind);

  /// As mask(), as a JSON string: for a part that is no string.
  void mask_quoted(std::string_view part, redaction_class kind);

  /// Notes that `part` is of this class and shown: that changes nothing and hides nothing, and no text around it is
  /// masked because of it. A text may be searched twice; what is known from there or partly masked is not noted.
  void note(std::string_view part, redaction_class kind);

  /// Precondition: the text is not inside of another one.
  void apply(const text_change& change);

  /// Removes the text from `part` to its end; nothing can be written after that. Inside of another text, a mask takes
  /// its place.
  void remove_from(std::string_view part, removal why);

  /// Takes `part.size()` off the exchange's work, or removes the text from `part` on.
  [[nodiscard]] bool spend(std::string_view part);

  /// Until end_own(), what the patterns of the configuration match in `text` is masked where nothing else is. What else
  /// is secret is found as if there were no patterns.
  void begin_own(std::string_view text);
  void end_own();

  bool is_removed() const noexcept { return removed_ || (outer_ && outer_->is_removed()); }
  bool is_changed() const noexcept { return changed_; }
  std::optional<redaction_class> first() const noexcept { return first_; } // class of the first mask

  /// How often something in the text was found that is to be noted, known or not: such a text is to be searched again.
  std::size_t note_count() const noexcept { return note_count_; }
  std::optional<redaction_class> noted() const noexcept { return noted_; } // of the first note of a text that is asked

  /// The text with the masks. Precondition: is_changed(), and it is not inside of another text.
  std::string take() &&;

private:
  void replace(std::string_view part, std::string_view with, redaction_class kind, std::string_view before);
  void note(std::string_view part, redaction_class kind, std::string_view before);
  bool is_own(std::size_t begin, std::size_t end) const noexcept;
  void write(std::string_view part, std::string_view with, redaction_class kind, std::string_view before);
  void copy_to(std::string_view part);
  void flush_own(std::string_view part);
  std::string_view before(std::string_view part) const noexcept;

  std::string_view text_;
  const redaction_policy* policy_;
  redaction_stats* stats_;
  std::size_t* work_left_;
  mask_writer* outer_ = nullptr;
  std::size_t level_ = 0;
  const encoding* how_ = nullptr; // of text_ in part_; null: nothing is written
  std::string_view part_;         // of the outer text
  source_cursor source_;
  source_cursor noted_source_; // notes are ahead of masks
  std::vector<text_change>* changes_ = nullptr;
  std::string out_;
  std::size_t copied_ = 0;   // bytes of text_ that out_ stands for
  std::vector<finding> own_; // matches of patterns of the configuration
  std::size_t own_next_ = 0; // of own_: those before are written
  std::size_t own_depth_ = 0;
  std::size_t noted_end_ = 0; // of the last note
  std::size_t note_count_ = 0;
  std::optional<redaction_class> noted_;
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
