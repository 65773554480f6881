// Finds the contacts of one text: those to be masked are given, the others are noted and hide nothing. Refuses to know
// formats.
#pragma once

#include "actors/redaction/contacts.hpp"
#include "actors/redaction/mask_writer.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

class contact_search {
public:
  /// `text`: that of `out`, or a part of it. Both must outlive this.
  contact_search(std::string_view text, mask_writer& out) noexcept : text_{text}, out_{&out} {}

  /// The contact noticed at text[at], which begins at `floor` or behind it, if it is to be masked. One that may be
  /// shown is noted; the text is to be searched as if it were not there, since more than it may be secret.
  [[nodiscard]] std::optional<finding> find(std::size_t at, std::size_t floor) {
    return may_open_contact(text_, at) && at >= noted_end_ ? find_opened(at, floor) : std::nullopt;
  }

private:
  std::optional<finding> find_opened(std::size_t at, std::size_t floor);

  std::string_view text_;
  mask_writer* out_;
  std::size_t noted_end_ = 0;
};

/// For a text in which nothing else is secret and no phone number without its '+'.
void mask_contacts(std::string_view text, mask_writer& out);

} // namespace cleartap::masking
