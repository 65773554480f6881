// nghttp2's HPACK inflater, owned. Refuses to know why a block cannot be inflated.
#pragma once

#include "actors/streams/header_field.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct nghttp2_hd_inflater;

namespace cleartap {

/// Strings of more than 64 KiB, after Huffman's coding, fail: nghttp2 takes none. After a failure it is of no more use.
class hpack_inflater {
public:
  static constexpr std::size_t static_entries = 61; // RFC 7541, appendix A

  /// Accepts size updates up to `table_max`, and up to 4096 in any case: that is every table's size at the beginning.
  explicit hpack_inflater(std::size_t table_max);

  /// Of a whole block. False: it failed; what was visited stands.
  [[nodiscard]] bool inflate(std::span<const std::uint8_t> block, const field_visitor& visit);

  /// What one literal says, which `bytes` begins with behind its first integer: a name, if it `has_name`, and a value.
  /// Removes it from `bytes`. The views live until the next call. False: it failed.
  [[nodiscard]] bool inflate_literal(std::span<const std::uint8_t>& bytes, bool has_name, header_field& field);

  /// The newest of the dynamic entries follows the static ones. An index from 1 up to `entries()`.
  [[nodiscard]] header_field entry(std::size_t index) const;
  [[nodiscard]] std::size_t entries() const;

  /// Of the dynamic table at most, as its sender has set it.
  [[nodiscard]] std::size_t table_size() const;

private:
  struct end {
    void operator()(nghttp2_hd_inflater* inflater) const noexcept;
  };
  std::unique_ptr<nghttp2_hd_inflater, end> inflater_;
};

} // namespace cleartap
