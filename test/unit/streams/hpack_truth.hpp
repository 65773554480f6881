// What header blocks say, by nghttp2 from the first one on, and which insertions one has to have seen to know it.
// Refuses to know the decoders that are tested.
#pragma once

#include "actors/streams/header_field.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <nghttp2/nghttp2.h>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cleartap {

/// A part is known to whoever saw all insertions from the one with this number on.
struct true_field {
  std::string name;
  std::string value;
  std::uint64_t name_from = UINT64_MAX;
  std::uint64_t value_from = UINT64_MAX;
};

class hpack_truth {
public:
  /// Accepts tables of this size, whatever the decoders remember.
  explicit hpack_truth(std::size_t table_max = std::size_t{1} << 20) {
    auto* made = static_cast<nghttp2_hd_inflater*>(nullptr);
    if (nghttp2_hd_inflate_new(&made) != 0)
      std::abort();
    inflater_.reset(made);
    nghttp2_hd_inflate_change_table_size(made, table_max);
  }

  /// How many insertions there were so far; it is the number of the next.
  std::uint64_t insertions() const noexcept { return insertions_; }
  std::size_t dynamic_entries() const noexcept { return table_.size(); }

  /// Nothing: the block is malformed, and nothing can be told from then on.
  std::optional<std::vector<true_field>> decode(std::span<const std::uint8_t> block) {
    auto fields = std::vector<true_field>{};
    while (true) {
      const auto said = representation_of(block);
      auto found = nghttp2_nv{};
      auto flags = 0;
      const auto used = nghttp2_hd_inflate_hd2(inflater_.get(), &found, &flags, block.data(), block.size(), 1);
      if (used < 0)
        return {};
      block = block.subspan(static_cast<std::size_t>(used));
      if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
        fields.push_back(follow(said, found));
      if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
        nghttp2_hd_inflate_end_headers(inflater_.get());
        evict(); // a block may end with a size update
        return fields;
      }
    }
  }

private:
  struct representation {
    bool indexed = false;
    bool inserts = false;
    std::size_t index = 0;
  };
  struct entry {
    std::uint64_t number = 0;
    std::uint64_t name_from = 0;
  };

  static std::size_t integer(std::span<const std::uint8_t>& bytes, std::uint8_t mask) {
    auto value = std::size_t{bytes[0]} & mask;
    bytes = bytes.subspan(1);
    if (value < mask)
      return value;
    for (auto shift = 0; !bytes.empty() && shift < 60; shift += 7) {
      const auto byte = std::size_t{bytes[0]};
      bytes = bytes.subspan(1);
      value += (byte & 0x7F) << shift;
      if (byte < 0x80)
        break;
    }
    return value;
  }

  static representation representation_of(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty() && bytes[0] >> 5 == 1)
      integer(bytes, 0x1F);
    if (bytes.empty())
      return {};
    if (bytes[0] >= 0x80)
      return {.indexed = true, .index = integer(bytes, 0x7F)};
    if (bytes[0] >= 0x40)
      return {.inserts = true, .index = integer(bytes, 0x3F)};
    return {.index = integer(bytes, 0x0F)};
  }

  true_field follow(const representation& said, const nghttp2_nv& found) {
    auto field = true_field{.name = {reinterpret_cast<const char*>(found.name), found.namelen},
                            .value = {reinterpret_cast<const char*>(found.value), found.valuelen}};
    if (said.index > 61) {
      const auto& referred = table_.at(said.index - 62);
      field.name_from = referred.name_from;
      if (said.indexed)
        field.value_from = referred.number;
    }
    if (said.inserts)
      table_.push_front({insertions_, std::min(insertions_, field.name_from)}), ++insertions_;
    evict();
    return field;
  }

  void evict() {
    table_.resize(std::min(table_.size(), nghttp2_hd_inflate_get_num_table_entries(inflater_.get()) - 61));
  }

  struct end {
    void operator()(nghttp2_hd_inflater* inflater) const noexcept { nghttp2_hd_inflate_del(inflater); }
  };
  std::unique_ptr<nghttp2_hd_inflater, end> inflater_;
  std::deque<entry> table_; // the newest first
  std::uint64_t insertions_ = 0;
};

/// What a decoder that saw the insertions from number `seen` on tells wrong of a field, or "". It must know what it
/// can, unless it `may_forget`.
inline std::string mistake(const true_field& truth, const header_field& told, std::uint64_t seen, bool may_forget) {
  const auto part = [&](const std::string& true_text, std::uint64_t from, std::string_view text, bool known) {
    if (known ? text != true_text : !text.empty())
      return "told '" + std::string{text} + "' for '" + true_text + "'";
    if (known != (from >= seen) && (known || !may_forget))
      return (known ? "guessed '" : "does not know '") + true_text + "'";
    return std::string{};
  };
  const auto name = part(truth.name, truth.name_from, told.name, told.name_known);
  return name.empty() ? part(truth.value, truth.value_from, told.value, told.value_known) : name;
}

/// A block, and what it says.
struct true_block {
  std::vector<std::uint8_t> bytes;
  std::vector<true_field> fields;
  std::uint64_t insertions_before = 0;
};

/// Decodes a block that is not malformed; the first mistake, or "".
template <class Decoder>
std::string first_mistake(Decoder& decoder, const true_block& block, std::uint64_t seen, bool may_forget = false) {
  auto found = std::string{};
  auto count = std::size_t{0};
  const auto whole = decoder.decode(block.bytes, [&](const header_field& told) {
    const auto here =
        count < block.fields.size() ? mistake(block.fields[count], told, seen, may_forget) : "one too many";
    if (found.empty() && !here.empty())
      found = "field " + std::to_string(count) + ": " + here;
    ++count;
  });
  if (!whole)
    return "taken for malformed";
  return found.empty() && count != block.fields.size() ? "fields are missing" : found;
}

} // namespace cleartap
