#include "actors/redaction/content.hpp"

#include "actors/redaction/json_text.hpp"
#include "actors/redaction/plain_text.hpp"

namespace cleartap::masking {

bool looks_like_json(std::string_view text) noexcept {
  if (text.starts_with(byte_order_mark))
    text.remove_prefix(byte_order_mark.size());
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || (text[begin] != '{' && text[begin] != '['))
    return false;
  text.remove_prefix(begin);
  return !text.starts_with("[REDACTED:") && !text.starts_with("[DROPPED:"); // text that begins with a mask
}

void mask_content(std::string_view text, bool cut, mask_writer& out) {
  if (looks_like_json(text))
    mask_json(text, cut, out);
  else
    mask_text(text, cut, out);
}

} // namespace cleartap::masking
