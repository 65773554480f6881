#include "actors/streams/coding_zstd.hpp"

#include <zstd.h>

namespace cleartap {

namespace {

constexpr auto window_log_max = 23; // RFC 9659: 8 MB, which every receiver of HTTP can be asked for

enum class magic : std::uint8_t { frame, part, other };

/// RFC 8878, 3.1.1 and 3.1.2. The library would take frames of its early versions too, by code that nobody tends.
magic magic_of(std::string_view bytes) noexcept {
  constexpr auto frame = std::string_view{"\x28\xB5\x2F\xFD", 4};
  constexpr auto skippable = std::string_view{"\x2A\x4D\x18", 3}; // behind 0x50 to 0x5F
  const auto begins = [](std::string_view text, std::string_view with) {
    return text.substr(0, with.size()) == with.substr(0, text.size());
  };
  const auto skips = !bytes.empty() && (bytes_of(bytes)[0] & 0xF0) == 0x50 && begins(bytes.substr(1), skippable);
  if (!begins(bytes, frame) && !skips)
    return magic::other;
  return bytes.size() < frame.size() ? magic::part : magic::frame;
}

} // namespace

void zstd_coding::deleter::operator()(ZSTD_DCtx_s* context) const noexcept { ZSTD_freeDCtx(context); }

std::size_t zstd_coding::memory_kept() const noexcept { return ZSTD_sizeof_DCtx(context_.get()); }

bool zstd_coding::prepare() {
  if (context_)
    return ZSTD_isError(ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only)) == 0;
  context_.reset(ZSTD_createDCtx());
  return context_ && ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_max)) == 0;
}

coding_end zstd_coding::remove_frame(std::string_view& from, coding_output& into) {
  auto input = ZSTD_inBuffer{from.data(), from.size(), 0};
  const auto room = into.room();
  while (true) {
    auto output = ZSTD_outBuffer{room.data(), room.size(), 0};
    const auto status = ZSTD_decompressStream(context_.get(), &output, &input);
    if (ZSTD_isError(status))
      return coding_end::damaged;
    if (!into.take(output.pos))
      return coding_end::full;
    if (status == 0) {
      from.remove_prefix(input.pos);
      return coding_end::whole;
    }
    if (input.pos == input.size && output.pos < output.size)
      return coding_end::early;
  }
}

coding_end zstd_coding::remove_frames(std::string_view from, coding_output& into) {
  if (magic_of(from) == magic::other)
    return coding_end::damaged;
  while (magic_of(from) == magic::frame)
    if (const auto how = remove_frame(from, into); how != coding_end::whole)
      return how;
  return !from.empty() && magic_of(from) == magic::part ? coding_end::early : coding_end::whole;
}

coding_end zstd_coding::remove(std::string_view from, coding_output& into) {
  if (from.empty())
    return coding_end::early;
  return prepare() ? remove_frames(from, into) : coding_end::damaged;
}

void zstd_coding::end_body() noexcept {
  if (memory_kept() > memory_kept_max)
    context_.reset();
}

} // namespace cleartap
