#include "actors/redaction/mask_writer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap::masking {

void mask_writer::mask(std::string_view part, redaction_class kind) {
  if (part.empty() || policy_->mask_size(part) == part.size() || removed_ || policy_->keeps(kind))
    return;
  count(kind);
  replace(part, policy_->mask_of(kind), kind);
}

void mask_writer::mask_quoted(std::string_view part, redaction_class kind) {
  if (part.empty() || removed_ || policy_->keeps(kind))
    return;
  count(kind);
  auto quoted = std::string{'"'};
  quoted += policy_->mask_of(kind);
  replace(part, quoted += '"', kind);
}

void mask_writer::replace(std::string_view part, std::string_view with, redaction_class kind) {
  flush_own(part);
  if (removed_)
    return;
  if (stats_->notes)
    stats_->notes->mask(text_, copied_, part, kind);
  copy_to(part);
  out_ += with;
  if (!first_)
    first_ = kind;
  if (out_.size() > copied_ + growth_max)
    remove_from(text_.substr(copied_), removal::growth);
}

void mask_writer::remove_from(std::string_view part, removal why) {
  flush_own(part);
  if (removed_)
    return;
  if (stats_->notes)
    stats_->notes->remove(text_, part, why);
  copy_to(part);
  removed_ = true;
  ++stats_->removed[static_cast<std::size_t>(why)];
}

bool mask_writer::spend(std::string_view part) {
  if (part.size() <= *work_left_) {
    *work_left_ -= part.size();
    return !removed_;
  }
  *work_left_ = 0;
  remove_from(part, removal::work);
  return false;
}

/// What matches before `part`, which is written next.
void mask_writer::flush_own(std::string_view part) {
  if (own_next_ < own_.size())
    mask_own(static_cast<std::size_t>(part.data() - text_.data()));
}

void mask_writer::begin_own(std::string_view text) {
  assert(own_.empty());
  if (policy_->has_own())
    own_ = policy_->find_own(text);
  own_next_ = 0;
}

void mask_writer::end_own() {
  flush_own(text_.substr(text_.size()));
  own_.clear();
}

/// Masks what is left of the matches up to `end`.
void mask_writer::mask_own(std::size_t end) {
  for (; own_next_ < own_.size() && !removed_; ++own_next_) {
    const auto [part, kind] = own_[own_next_];
    const auto first = static_cast<std::size_t>(part.data() - text_.data());
    const auto last = first + part.size();
    const auto begin = std::max(first, copied_);
    if (first >= end)
      return;
    if (begin < std::min(last, end))
      write_own(text_.substr(begin, std::min(last, end) - begin), kind);
    if (last > end)
      return; // the rest of it is behind what is written next
  }
}

void mask_writer::write_own(std::string_view part, redaction_class kind) {
  count(kind);
  if (stats_->notes)
    stats_->notes->mask(text_, copied_, part, kind);
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  changed_ = true;
  out_ += text_.substr(copied_, begin - copied_);
  out_ += policy_->mask_of(kind);
  copied_ = begin + part.size();
  if (!first_)
    first_ = kind;
  if (out_.size() <= copied_ + growth_max)
    return;
  own_.clear(); // and nothing is written any more
  remove_from(text_.substr(copied_), removal::growth);
}

std::string mask_writer::take() && {
  assert(changed_);
  if (!removed_)
    out_ += text_.substr(copied_);
  return std::move(out_);
}

/// Takes the text up to `part` over and skips the part.
void mask_writer::copy_to(std::string_view part) {
  const auto begin = static_cast<std::size_t>(part.data() - text_.data());
  assert(begin >= copied_ && begin + part.size() <= text_.size());
  if (!changed_)
    out_.reserve(text_.size() + mask_of(redaction_class::authorization).size());
  changed_ = true;
  out_ += text_.substr(copied_, begin - copied_);
  copied_ = begin + part.size();
}

/// The classes of the configuration share a count.
void mask_writer::count(redaction_class kind) noexcept {
  const auto index = static_cast<std::size_t>(kind);
  ++stats_->masked[index < masks.size() ? index : static_cast<std::size_t>(redaction_class::custom)];
}

} // namespace cleartap::masking
