#include "actors/redaction/protobuf.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/binary.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/content.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <string>
#include <vector>

namespace cleartap::masking {

namespace {

constexpr auto frame_head = std::size_t{5};
constexpr auto varint_size_max = std::size_t{10};
constexpr auto key_size_max = std::size_t{64};

enum class wire_type : std::uint8_t { varint, fixed64, bytes, group, end_group, fixed32 };

struct varint {
  std::uint64_t value = 0;
  std::size_t size = 0; // 0: none is there
};

varint read_varint(std::string_view text) noexcept {
  auto out = varint{};
  for (auto i = std::size_t{0}; i < std::min(text.size(), varint_size_max); ++i) {
    out.value |= (index_of(text[i]) & 0x7f) << 7 * i;
    if (index_of(text[i]) < 0x80) {
      out.size = i + 1;
      return out;
    }
  }
  return {};
}

std::string varint_of(std::uint64_t value) {
  auto out = std::string{};
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(0x80 | (value & 0x7f));
  return out += static_cast<char>(value);
}

std::string frame_length_of(std::uint64_t value) {
  auto out = std::string{};
  for (auto shift : {24, 16, 8, 0})
    out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::uint64_t frame_length(std::string_view frame) noexcept {
  auto out = std::uint64_t{0};
  for (auto c : frame.substr(1, frame_head - 1))
    out = out << 8 | index_of(c);
  return out;
}

struct field {
  wire_type type = wire_type::varint;
  std::string_view length;  // of bytes, as written
  std::string_view payload; // of bytes; shorter than the length says if the text is cut
  std::uint64_t length_said = 0;
  std::size_t size = 0; // of all of it; 0: there is none, or what is there is none
};

/// The field at the start of `text`, which is not empty.
field read_field(std::string_view text) noexcept {
  const auto tag = read_varint(text);
  if (tag.size == 0 || tag.value >> 3 == 0 || tag.value >> 32 != 0)
    return {};
  auto out = field{static_cast<wire_type>(tag.value & 7), {}, {}, 0, tag.size};
  const auto rest = text.substr(tag.size);
  const auto number = read_varint(rest);
  const auto add = [&](std::size_t size) { out.size = size == 0 || size > rest.size() ? 0 : out.size + size; };
  switch (out.type) {
  case wire_type::varint:
    add(number.size);
    break;
  case wire_type::fixed64:
    add(8);
    break;
  case wire_type::fixed32:
    add(4);
    break;
  case wire_type::bytes:
    add(number.size);
    if (out.size == 0)
      break;
    out.length = rest.substr(0, number.size);
    out.length_said = number.value;
    out.payload = rest.substr(number.size, number.value);
    out.size += out.payload.size();
    break;
  default: // groups are not used any more
    out.size = 0;
  }
  return out;
}

/// `cut`: the last field may be there in part.
bool is_message(std::string_view text, bool cut) noexcept {
  while (!text.empty()) {
    const auto next = read_field(text);
    if (next.size == 0)
      return cut && text.size() < 2 * varint_size_max;
    if (next.type == wire_type::bytes && next.payload.size() < next.length_said)
      return cut;
    text.remove_prefix(next.size);
  }
  return true;
}

/// Whether a byte is none of text; tags and lengths are.
bool is_control(char c) noexcept { return index_of(c) < 0x20 ? !is_space(c) : c == 0x7f; }

/// A string that could be a message as well is one if it has a line break: the tag of field 1.
bool is_string(std::string_view text, bool cut) noexcept {
  if (std::ranges::any_of(text, is_control))
    return false;
  return text.find('\n') == std::string_view::npos || !is_message(text, cut);
}

bool is_name(std::string_view text) noexcept {
  return text.size() <= key_size_max && text.find(' ') == std::string_view::npos && is_string(text, false);
}

class message_pass {
public:
  message_pass(std::string_view text, mask_writer& out) : collector_{mask_writer::collecting{}, text, out, changes_} {}

  /// Both return by how many bytes what they masked makes the text longer.
  std::int64_t mask_frames(std::string_view text, bool cut) {
    auto growth = std::int64_t{0};
    while (text.size() > frame_head) {
      const auto said = frame_length(text);
      const auto payload = text.substr(frame_head, said);
      const auto opened = open(text.substr(1, frame_head - 1));
      const auto more = mask_payload(payload, cut && payload.size() < said, std::nullopt, 0);
      close(opened, frame_length_of(said + static_cast<std::uint64_t>(more)));
      growth += more;
      text.remove_prefix(frame_head + payload.size());
    }
    return growth;
  }

  std::int64_t mask_message(std::string_view text, bool cut, std::optional<redaction_class> kind, std::size_t level) {
    auto growth = std::int64_t{0};
    auto name = std::string_view{};
    while (!text.empty()) {
      const auto next = read_field(text);
      if (next.size == 0)
        break;
      if (next.type == wire_type::bytes) {
        const auto of = kind ? kind : class_of(name);
        if (of || !is_numbering(next.payload) || !names_number(name))
          growth += mask_field(next, cut && next.size == text.size(), of, level);
        name = is_name(next.payload) ? next.payload : std::string_view{};
      }
      text.remove_prefix(next.size);
    }
    return growth;
  }

  void write_to(mask_writer& out) const {
    for (const auto& each : changes_)
      out.apply(each);
  }

private:
  std::int64_t mask_field(const field& of, bool cut, std::optional<redaction_class> kind, std::size_t level) {
    const auto opened = open(of.length);
    const auto more = mask_payload(of.payload, cut, kind, level + 1);
    const auto length = varint_of(of.length_said + static_cast<std::uint64_t>(more));
    const auto growth =
        more == 0 ? 0 : static_cast<std::int64_t>(length.size()) - static_cast<std::int64_t>(of.length.size());
    close(opened, more == 0 ? std::string{of.length} : length);
    return more + growth;
  }

  std::int64_t mask_payload(std::string_view text, bool cut, std::optional<redaction_class> kind, std::size_t level) {
    const auto first = changes_.size();
    if (is_string(text, cut)) {
      auto inner = mask_writer{text, text, as_it_is, collector_};
      if (kind)
        inner.mask(text, *kind);
      else
        mask_content(text, cut, inner);
    } else if (level < message_levels_max && is_message(text, cut)) {
      return mask_message(text, cut, kind, level);
    } else {
      auto inner = mask_writer{text, text, as_it_is, collector_};
      mask_binary(text, binary_kind::data, inner);
    }
    auto growth = std::int64_t{0};
    for (auto i = first; i < changes_.size(); ++i)
      growth += static_cast<std::int64_t>(changes_[i].with.size()) - static_cast<std::int64_t>(changes_[i].part.size());
    return growth;
  }

  /// Of what follows a string that is a name and no more.
  std::optional<redaction_class> class_of(std::string_view name) const {
    return name.empty() ? std::nullopt : collector_.policy().key(name);
  }

  /// Makes place for a new length before the changes of what it is the length of.
  std::size_t open(std::string_view length) {
    changes_.push_back({length, std::string{length}, std::nullopt});
    return changes_.size() - 1;
  }

  void close(std::size_t opened, std::string length) {
    if (opened + 1 == changes_.size())
      changes_.pop_back();
    else
      changes_[opened].with = std::move(length);
  }

  std::vector<text_change> changes_;
  mask_writer collector_;
};

bool are_frames(std::string_view text, bool cut) noexcept {
  constexpr auto web_trailers = '\x80';
  while (!text.empty()) {
    if (text.size() < frame_head)
      return cut;
    const auto said = frame_length(text);
    if ((text[0] != '\0' && text[0] != web_trailers) || (said > text.size() - frame_head && !cut))
      return false;
    text.remove_prefix(std::min(frame_head + said, text.size()));
  }
  return true;
}

} // namespace

protobuf_kind protobuf_kind_of(std::string_view content_type) noexcept {
  if (starts_any_case(content_type, "application/grpc"))
    return starts_any_case(content_type, "application/grpc-web-text") ? protobuf_kind::none : protobuf_kind::frames;
  const auto is_message = contains_any_case(content_type, "protobuf");
  return is_message ? protobuf_kind::message : protobuf_kind::none;
}

bool mask_protobuf(std::string_view text, protobuf_kind kind, bool cut, mask_writer& out) {
  assert(kind != protobuf_kind::none);
  const auto framed = kind == protobuf_kind::frames;
  if (out.level() > 0 || !(framed ? are_frames(text, cut) : is_message(text, cut)))
    return false;
  if (!out.spend(text))
    return true;
  auto pass = message_pass{text, out};
  if (framed)
    pass.mask_frames(text, cut);
  else
    pass.mask_message(text, cut, std::nullopt, 0);
  pass.write_to(out);
  return true;
}

} // namespace cleartap::masking
