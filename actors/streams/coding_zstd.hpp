// Removes zstd (RFC 8878) by libzstd, with windows as RFC 9659 allows them to HTTP. Refuses to know headers and limits
// of bodies.
#pragma once

#include "actors/streams/coding.hpp"

#include <memory>

struct ZSTD_DCtx_s;

namespace cleartap {

class zstd_coding {
public:
  /// A context with the window of a large body is not kept. One that has none is 94 KB, and 219 KB
  /// after a body of one block.
  static constexpr std::size_t memory_kept_max = 512 * 1024;

  /// Before the next body. Not after each message of one: windows would be made anew for every few bytes.
  void end_body() noexcept;

  /// One frame or several, with skippable ones among them.
  [[nodiscard]] coding_end remove(std::string_view from, coding_output& into);

  std::size_t memory_kept() const noexcept;

private:
  struct deleter {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };

  bool prepare();
  coding_end remove_frame(std::string_view& from, coding_output& into);
  coding_end remove_frames(std::string_view from, coding_output& into);

  std::unique_ptr<ZSTD_DCtx_s, deleter> context_;
};

} // namespace cleartap
