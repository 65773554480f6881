// Removes gzip and deflate by zlib. Refuses to know headers and limits of bodies.
#pragma once

#include "actors/streams/coding.hpp"

#include <memory>
#include <zlib.h>

namespace cleartap {

class inflate_coding {
public:
  /// RFC 1952: one member or several.
  [[nodiscard]] coding_end remove_gzip(std::string_view from, coding_output& into);

  /// RFC 1950, or RFC 1951 alone, which is common under the same name.
  [[nodiscard]] coding_end remove_deflate(std::string_view from, coding_output& into);

  std::size_t memory_kept() const noexcept;

private:
  enum class format : int { gzip = 15 + 16, zlib = 15, raw = -15 }; // zlib's windowBits
  struct end {
    void operator()(z_stream* stream) const noexcept;
  };

  bool prepare(format how, std::string_view from);
  coding_end inflate(coding_output& into);

  std::unique_ptr<z_stream, end> stream_; // kept: its window of 32 KB costs more than a small body
};

} // namespace cleartap
