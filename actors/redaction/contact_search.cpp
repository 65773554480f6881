#include "actors/redaction/contact_search.hpp"

#include <algorithm>

namespace cleartap::masking {

std::optional<finding> contact_search::find_opened(std::size_t at, std::size_t floor) {
  const auto found = find_contact(text_, at, std::max(floor, noted_end_));
  if (!found || out_->policy().masks_contact(found->kind))
    return found;
  noted_end_ = static_cast<std::size_t>(found->part.data() - text_.data()) + found->part.size();
  out_->note(found->part, found->kind);
  return std::nullopt;
}

void mask_contacts(std::string_view text, mask_writer& out) {
  auto contacts = contact_search{text, out};
  auto floor = std::size_t{0};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto found = text[at] == '@' || text[at] == '+' ? contacts.find(at, floor) : std::nullopt;
    ++at;
    if (!found)
      continue;
    out.mask(found->part, found->kind);
    floor = at = static_cast<std::size_t>(found->part.data() - text.data()) + found->part.size();
  }
}

} // namespace cleartap::masking
