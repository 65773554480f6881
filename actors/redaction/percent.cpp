#include "actors/redaction/percent.hpp"

#include "actors/redaction/ascii.hpp"

namespace cleartap::masking {

std::string percent_decoded(std::string_view text) {
  auto out = std::string{};
  out.reserve(text.size());
  while (!text.empty()) {
    const auto escape = text.size() > 2 && text[0] == '%' && is_hex(text[1]) && is_hex(text[2]);
    if (escape)
      out += static_cast<char>(hex_value(text[1]) << 4 | hex_value(text[2]));
    else
      out += text[0] == '+' ? ' ' : text[0];
    text.remove_prefix(escape ? 3 : 1);
  }
  return out;
}

} // namespace cleartap::masking
