#include "actors/redaction/own_search.hpp"

#include "actors/redaction/contacts.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

std::size_t end_of(std::string_view text, std::string_view part) noexcept {
  return static_cast<std::size_t>(part.data() - text.data()) + part.size();
}

} // namespace

std::size_t own_search::mask(std::size_t at, bool cut, mask_writer& out) {
  const auto [part, kind] = found_[next_ - 1];
  const auto end = end_of(text_, part);
  const auto begin = std::max(at, begin_);
  advance();
  if (begin >= end) // another mask has passed it
    return at;
  const auto longer = reaching(begin, end, cut, out.policy());
  out.mask(text_.substr(begin, end - begin), kind);
  out.mask(longer.part, longer.kind);
  return end + longer.part.size();
}

/// What begins within [begin, end) and goes on behind it: the part that does.
finding own_search::reaching(std::size_t begin, std::size_t end, bool cut, const redaction_policy& policy) {
  auto out = finding{text_.substr(end, 0)};
  const auto take = [&](const std::optional<finding>& found) {
    if (found && end_of(text_, found->part) > end + out.part.size())
      out = {text_.substr(end, end_of(text_, found->part) - end), found->kind};
  };
  for (auto at = begin; at < end; ++at) {
    auto found = opens_pattern(text_[at]) ? find_pattern(text_, at, cut) : std::nullopt;
    if (!found && policy.contacts().any() && opens_contact(text_[at]))
      found = find_contact(text_, at, begin, policy.contacts());
    take(found);
    if (found) // what is within it is passed, so that the time does not grow with the square
      at = std::max(at, end_of(text_, found->part) - 1);
  }
  if (!providers_)
    providers_.emplace(text_, cut);
  if (providers_->begin() < begin)
    providers_->advance(begin);
  if (providers_->begin() < end)
    take(providers_->found());
  return out;
}

void own_search::advance() noexcept {
  if (next_ == found_.size()) {
    begin_ = std::numeric_limits<std::size_t>::max();
    ++next_; // found_[next_ - 1] is never asked for
    return;
  }
  begin_ = static_cast<std::size_t>(found_[next_].part.data() - text_.data());
  ++next_;
}

} // namespace cleartap::masking
