#include "actors/redaction/binary.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/byte_block.hpp"
#include "actors/redaction/patterns.hpp"
#include "actors/redaction/providers.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>
#include <span>

namespace cleartap::masking {

namespace {

constexpr auto media_types = std::to_array<std::string_view>({"image/", "audio/", "video/", "font/", "application/zip",
                                                              "application/gzip", "application/pdf", "application/wasm",
                                                              "application/x-gzip", "application/vnd.openxmlformats"});

constexpr auto data_types = std::to_array<std::string_view>(
    {"application/octet-stream", "application/grpc", "application/protobuf", "application/x-protobuf",
     "application/vnd.google.protobuf", "application/msgpack", "application/x-msgpack", "application/vnd.msgpack",
     "application/cbor", "application/avro", "avro/binary", "application/x-thrift", "application/bson"});

constexpr auto media_stem_min = std::size_t{5}; // letters of a key that do not occur by chance in a megabyte
constexpr auto run_max = std::size_t{128};      // bytes of text between others that are taken for one key

bool is_among(std::string_view type, std::span<const std::string_view> openings) noexcept {
  return std::ranges::any_of(openings, [type](std::string_view opening) { return starts_any_case(type, opening); });
}

/// Whether there is a byte that text does not have: a control other than "\a\b\t\n\v\f\r" and escape.
bool has_control(std::string_view text) noexcept {
  for (auto at = std::size_t{0}; at < text.size(); at += block_size) {
    const auto controls = byte_block::read(text, at).bits([](auto bytes) {
      return bytes.within('\0', '\x06') | bytes.within('\x0e', '\x1a') | bytes.within('\x1c', '\x1f');
    });
    const auto behind = text.size() - at < block_size ? bits_from(text.size() - at) : 0;
    if ((controls & ~behind) != 0)
      return true;
  }
  return false;
}

/// By the sizes that first bytes tell: enough to tell text from records.
bool is_utf8(std::string_view text) noexcept {
  const auto follows = [](char c) { return (index_of(c) & 0xc0) == 0x80; };
  while (!text.empty()) {
    const auto first = index_of(text[0]);
    const auto size = std::size_t{first < 0x80 ? 1u : first < 0xc0 ? 0u : first < 0xe0 ? 2u : first < 0xf0 ? 3u : 4u};
    if (size == 0 || !std::ranges::all_of(text.substr(1, std::max(size, std::size_t{1}) - 1), follows))
      return false;
    text.remove_prefix(std::min(size, text.size()));
  }
  return true;
}

bool is_run_char(char c) noexcept { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }

/// Text between other bytes, or UTF-16 of ASCII.
struct text_run {
  std::array<char, run_max> text; // a byte per character
  std::size_t size = 0;
  std::size_t next = 0; // where another run may begin
};

/// Whether two characters of UTF-16 are at `at`. NULs between longer words end the words.
bool is_wide(std::string_view text, std::size_t at) noexcept {
  return text.size() > at + 3 && text[at + 1] == '\0' && is_run_char(text[at + 2]) && text[at + 3] == '\0';
}

text_run read_run(std::string_view text, std::size_t begin) noexcept {
  const auto step = std::size_t{is_wide(text, begin) ? 2u : 1u};
  text_run out;
  auto at = begin;
  auto last = begin;
  while (at < text.size() && out.size < run_max && is_run_char(text[at])) {
    out.text[out.size++] = text[at];
    last = at;
    if (step == 2 && text.substr(at + 1, 1) != std::string_view{"\0", 1})
      break;
    at += step;
  }
  if (out.size == run_max)
    out.next = begin + run_max / 2; // what two runs part is whole in a third
  else
    out.next = step == 2 ? last : at; // the last character may begin a word of single bytes
  return out;
}

} // namespace

binary_kind binary_kind_of(std::string_view text, std::string_view content_type) noexcept {
  const auto is_xml = contains_any_case(content_type, "xml");
  if (!is_xml && is_among(content_type, media_types))
    return binary_kind::media;
  const auto is_any = starts_any_case(content_type, "application/octet-stream"); // said of text too
  if (!is_xml && is_among(content_type, data_types) && !(is_any && is_utf8(text)))
    return binary_kind::data;
  return has_control(text) ? binary_kind::data : binary_kind::none;
}

void mask_binary(std::string_view text, binary_kind kind, mask_writer& out) {
  assert(kind != binary_kind::none);
  if (!out.spend(text))
    return;
  const auto stem_size_min = kind == binary_kind::media ? media_stem_min : 0;
  const auto providers = provider_search{text, false};
  auto own = out.policy().find_own(text);
  const auto* own_begin = own.empty() ? text.data() + text.size() : own.front().part.data();
  auto searched = std::size_t{0}; // runs that begin before it are
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    if (at == providers.begin() || text.data() + at == own_begin)
      return out.remove_from(text.substr(at), removal::binary);
    if (opens_pattern(text[at]))
      if (const auto found = find_pattern(text, at, false))
        return out.remove_from(found->part, removal::binary);
    if (at < searched || !is_run_char(text[at]))
      continue;
    const auto run = read_run(text, at);
    if (run.size > 1 && out.policy().key({run.text.data(), run.size}, stem_size_min))
      return out.remove_from(text.substr(at), removal::binary);
    searched = run.next;
  }
}

} // namespace cleartap::masking
