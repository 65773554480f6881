#include "actors/redaction/body.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/binary.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/csv.hpp"
#include "actors/redaction/encoding.hpp"
#include "actors/redaction/form.hpp"
#include "actors/redaction/json_text.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/multipart.hpp"
#include "actors/redaction/plain_text.hpp"
#include "actors/redaction/protobuf.hpp"

namespace cleartap::masking {

namespace {

/// Programs and style sheets.
text_kind kind_of(std::string_view content_type) noexcept {
  const auto is_code = contains_any_case(content_type, "script") || starts_any_case(content_type, "text/css");
  return is_code ? text_kind::code : text_kind::any;
}

bool is_form(std::string_view text, std::string_view content_type) noexcept {
  return starts_any_case(content_type, "application/x-www-form-urlencoded") && !trimmed(text).starts_with('<');
}

} // namespace

void mask_body(std::string_view text, std::string_view content_type, bool cut, std::size_t level, mask_writer& out) {
  if (text.empty())
    return;
  if (level > multipart_levels_max)
    return out.remove_from(text, removal::depth);
  if (const auto delimiter = multipart_delimiter(text, content_type); !delimiter.empty())
    return mask_multipart(text, delimiter, cut, level, out);
  if (const auto* wide = text.size() > 1 ? utf16_of(text) : nullptr)
    return mask_layer(text, *wide, out, [&](std::string_view decoded, mask_writer& inner) {
      mask_body(decoded, content_type, cut, level, inner);
    });
  const auto protobuf = protobuf_kind_of(content_type);
  if (protobuf != protobuf_kind::none && mask_protobuf(text, protobuf, cut, out))
    return;
  if (text.find('\0') != std::string_view::npos) // neither JSON nor a form
    return mask_binary(text, binary_kind_of(text, content_type), out);
  if (looks_like_json(text) || contains_any_case(content_type, "json"))
    return mask_json(text, cut, out);
  if (is_form(text, content_type))
    return mask_form(text, cut, out);
  if (const auto kind = binary_kind_of(text, content_type); kind != binary_kind::none)
    return mask_binary(text, kind, out);
  if (is_table(content_type))
    return mask_table(text, cut, out);
  mask_text(text, cut, out, kind_of(content_type));
}

} // namespace cleartap::masking
