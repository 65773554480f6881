#include "actors/redaction/mask_writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap::masking {

void mask_writer::mask(std::string_view part, redaction_class kind) {
  if (!part.empty() && policy_->mask_size(part) != part.size() && !policy_->keeps(kind))
    replace(part, policy_->mask_of(kind), kind, before(part));
}

void mask_writer::mask_quoted(std::string_view part, redaction_class kind) {
  if (part.empty() || policy_->keeps(kind))
    return;
  auto quoted = std::string{'"'};
  quoted += policy_->mask_of(kind);
  replace(part, quoted += '"', kind, before(part));
}

void mask_writer::note(std::string_view part, redaction_class kind) { note(part, kind, before(part)); }

void mask_writer::note(std::string_view part, redaction_class kind, std::string_view before) {
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  const auto end = begin + part.size();
  ++note_count_;
  if (begin < std::max(noted_end_, copied_) || is_removed() || is_own(begin, end))
    return;
  noted_end_ = end;
  if (!outer_) {
    if (stats_->notes)
      stats_->notes->show(text_, before, part, kind);
    return;
  }
  if (changes_)
    return outer_->note(part, kind, before);
  if (!how_) {
    noted_ = noted_.value_or(kind);
    return;
  }
  if (before.empty())
    before = outer_->before(part_);
  outer_->note(noted_source_.part(begin, end), kind, before);
}

/// Whether a pattern of the configuration matches in [begin, end).
bool mask_writer::is_own(std::size_t begin, std::size_t end) const noexcept {
  return std::any_of(own_.begin() + static_cast<std::ptrdiff_t>(std::min(own_next_, own_.size())), own_.end(),
                     [&](const finding& each) {
                       const auto first = static_cast<std::size_t>(each.part.data() - text_.data());
                       return first < end && begin < first + each.part.size();
                     });
}

void mask_writer::apply(const text_change& change) {
  assert(!outer_);
  flush_own(change.part);
  if (change.kind)
    return replace(change.part, change.with, *change.kind, before(change.part));
  if (removed_)
    return;
  copy_to(change.part);
  out_ += change.with;
}

/// `before`: what stands before the secret in the innermost text that says something there, for its key.
void mask_writer::replace(std::string_view part, std::string_view with, redaction_class kind, std::string_view before) {
  flush_own(part);
  if (is_removed())
    return;
  changed_ = true;
  if (!first_)
    first_ = kind;
  if (!outer_)
    return write(part, with, kind, before);
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  copied_ = begin + part.size();
  if (changes_)
    return changes_->push_back({part, std::string{with}, kind});
  if (!how_) {
    removed_ = true;
    return;
  }
  auto written = std::string{};
  how_->append(written, with);
  if (before.empty())
    before = outer_->before(part_);
  outer_->replace(source_.part(begin, copied_), written, kind, before);
}

void mask_writer::write(std::string_view part, std::string_view with, redaction_class kind, std::string_view before) {
  const auto index = static_cast<std::size_t>(kind); // the classes of the configuration share a count
  ++stats_->masked[index < masks.size() ? index : static_cast<std::size_t>(redaction_class::custom)];
  if (stats_->notes)
    stats_->notes->mask(text_, before, part, kind);
  copy_to(part);
  out_ += with;
  if (out_.size() > copied_ + growth_max)
    remove_from(text_.substr(copied_), removal::growth);
}

void mask_writer::remove_from(std::string_view part, removal why) {
  flush_own(part);
  if (is_removed())
    return;
  if (outer_) {
    if (how_)
      ++stats_->removed[static_cast<std::size_t>(why)];
    const auto rest = text_.substr(static_cast<std::size_t>(part.data() - text_.data()));
    if (!rest.empty())
      replace(rest, mask_of(redaction_class::secret), redaction_class::secret, before(rest));
    removed_ = true;
    return;
  }
  if (stats_->notes)
    stats_->notes->remove(text_, part, why);
  copy_to(part);
  removed_ = true;
  ++stats_->removed[static_cast<std::size_t>(why)];
}

bool mask_writer::spend(std::string_view part) {
  if (part.size() <= *work_left_) {
    *work_left_ -= part.size();
    return !is_removed();
  }
  *work_left_ = 0;
  remove_from(part, removal::work);
  return false;
}

void mask_writer::begin_own(std::string_view text) {
  if (own_depth_++ > 0 || !policy_->has_own())
    return; // the matches of the text around it are known
  own_ = policy_->find_own(text);
  own_next_ = 0;
}

void mask_writer::end_own() {
  if (--own_depth_ > 0)
    return;
  flush_own(text_.substr(text_.size()));
  own_.clear();
}

/// What matches before `part`, which is written next. What is left of a match behind it comes later.
void mask_writer::flush_own(std::string_view part) {
  if (own_next_ >= own_.size())
    return;
  const auto end = static_cast<std::size_t>(part.data() - text_.data());
  auto own = std::exchange(own_, {}); // writing comes here again
  for (; own_next_ < own.size() && !is_removed(); ++own_next_) {
    const auto [match, kind] = own[own_next_];
    const auto first = static_cast<std::size_t>(match.data() - text_.data());
    const auto last = first + match.size();
    const auto begin = std::max(first, copied_);
    if (first >= end)
      break;
    if (begin < std::min(last, end)) {
      const auto shown = text_.substr(begin, std::min(last, end) - begin);
      replace(shown, policy_->mask_of(kind), kind, before(shown));
    }
    if (last > end)
      break;
  }
  own_ = std::move(own);
}

std::string mask_writer::take() && {
  assert(changed_ && !outer_);
  if (!removed_)
    out_ += text_.substr(copied_);
  return std::move(out_);
}

/// Takes the text up to `part` over and skips the part.
void mask_writer::copy_to(std::string_view part) {
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  assert(begin >= copied_ && begin + part.size() <= text_.size());
  if (out_.empty() && copied_ == 0)
    out_.reserve(text_.size() + mask_of(redaction_class::authorization).size());
  changed_ = true;
  out_ += text_.substr(copied_, begin - copied_);
  copied_ = begin + part.size();
}

/// What stands before `part` and is not masked. Empty if that is the start of a text inside of another one.
std::string_view mask_writer::before(std::string_view part) const noexcept {
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  return begin < copied_ ? std::string_view{} : text_.substr(copied_, begin - copied_);
}

} // namespace cleartap::masking
