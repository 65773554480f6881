#include "actors/redaction/mask_writer.hpp"

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
