// Masks strings inside of protobuf messages and of the frames of gRPC, and corrects the lengths around them, so that
// what was a message stays one. Refuses to know field names: only the strings tell what they are.
#pragma once

#include "actors/redaction/mask_writer.hpp"

#include <string_view>

namespace cleartap::masking {

/// Messages inside of messages; what is deeper is searched as bytes.
inline constexpr auto message_levels_max = std::size_t{32};

enum class protobuf_kind : std::uint8_t {
  none,
  message,
  frames // of gRPC: a flag, a length and a message each
};

[[nodiscard]] protobuf_kind protobuf_kind_of(std::string_view content_type) noexcept;

/// Strings are masked as values of any format, and whole if the string before them in their message is a sensitive key:
/// so are the entries of maps. Bytes that are neither text nor a message lose their rest from the first secret on.
/// `cut`: the text goes on behind its end. Returns false, and masks nothing, if `text` is not what `kind` says.
[[nodiscard]] bool mask_protobuf(std::string_view text, protobuf_kind kind, bool cut, mask_writer& out);

} // namespace cleartap::masking
