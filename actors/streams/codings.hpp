// The codings that can be removed, and their names. Refuses to know where a coding is named and what a body may become.
#pragma once

#include "actors/streams/coding_brotli.hpp"
#include "actors/streams/coding_inflate.hpp"
#include "actors/streams/coding_zstd.hpp"

namespace cleartap {

enum class coding : std::uint8_t { identity, gzip, deflate, brotli, zstd, unknown };

/// By the names of HTTP's registry, in any case; with the old x-gzip.
[[nodiscard]] coding coding_of(std::string_view name) noexcept;

/// Keeps what is expensive to make between two bodies: less than 600 KB.
class codings {
public:
  /// Appends to `into`, which has at most `size_max` bytes afterwards.
  [[nodiscard]] coding_end remove(coding which, std::string_view from, std::size_t size_max, std::string& into);

  /// Before the next body: gives back what is too large to be kept.
  void end_body() noexcept { zstd_.end_body(); }

  std::size_t memory_kept() const noexcept { return inflate_.memory_kept() + zstd_.memory_kept(); }

private:
  inflate_coding inflate_;
  brotli_coding brotli_;
  zstd_coding zstd_;
};

} // namespace cleartap
