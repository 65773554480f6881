#include "actors/streams/coding_brotli.hpp"

#include <brotli/decode.h>
#include <cstdlib>
#include <memory>

namespace cleartap {

namespace {

// The library tells nothing before its window is full or its input is used up, and nothing at all of a slice in which
// it fails. Small slices bring what is kept early; the smallest bring all that comes before a window that is refused.
constexpr auto slice_size = std::size_t{4096};
constexpr auto slice_size_refused = std::size_t{1};

/// The window is as long as the next part of the body says, up to 16 MiB, and a few bytes can fill it: work that no
/// limit on the output sees. So it has to be in a proportion to the body that came; from 32 KiB on none is refused.
class window_memory {
public:
  explicit window_memory(std::size_t encoded) noexcept
      : size_max_{std::max(encoded * 512, std::size_t{1} << 20) + slack} {}

  bool refused() const noexcept { return refused_; }

  static void* allocate(void* self, std::size_t size) noexcept {
    auto& memory = *static_cast<window_memory*>(self);
    const auto refused = size > memory.size_max_;
    memory.refused_ = memory.refused_ || refused;
    return refused ? nullptr : std::malloc(size);
  }
  static void release(void*, void* at) noexcept { std::free(at); }

private:
  static constexpr std::size_t slack = 4096; // what the library writes behind a window

  std::size_t size_max_;
  bool refused_ = false;
};

struct destroy {
  void operator()(BrotliDecoderState* state) const noexcept { BrotliDecoderDestroyInstance(state); }
};

// Windows beyond RFC 7932's 16 MiB are off in the library unless asked for.
coding_end remove_by_slices(std::string_view from, std::size_t slice_max, window_memory& memory, coding_output& into) {
  const auto state = std::unique_ptr<BrotliDecoderState, destroy>{
      BrotliDecoderCreateInstance(window_memory::allocate, window_memory::release, &memory)};
  if (!state)
    return coding_end::damaged;
  const auto room = into.room();
  auto slice = std::size_t{0};
  const auto* next = bytes_of(from);
  while (true) {
    auto room_left = room.size();
    auto* place = room.data();
    const auto status = BrotliDecoderDecompressStream(state.get(), &slice, &next, &room_left, &place, nullptr);
    if (!into.take(room.size() - room_left))
      return coding_end::full;
    if (status == BROTLI_DECODER_RESULT_SUCCESS)
      return coding_end::whole;
    if (status == BROTLI_DECODER_RESULT_ERROR)
      return coding_end::damaged;
    if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT || BrotliDecoderHasMoreOutput(state.get()) == BROTLI_TRUE)
      continue;
    from.remove_prefix(static_cast<std::size_t>(next - bytes_of(from)));
    if (from.empty())
      return coding_end::early;
    slice = std::min(slice_max, from.size());
  }
}

} // namespace

coding_end brotli_coding::remove(std::string_view from, coding_output& into) {
  auto memory = window_memory{from.size()};
  const auto how = remove_by_slices(from, slice_size, memory, into);
  if (!memory.refused())
    return how;
  into.restart();
  static_cast<void>(remove_by_slices(from, slice_size_refused, memory, into));
  return coding_end::full;
}

} // namespace cleartap
