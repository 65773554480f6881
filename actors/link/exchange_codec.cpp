#include "actors/link/exchange_codec.hpp"

#include "actors/link/exchange_bytes.hpp"

#include <new>
#include <zstd.h>

namespace cleartap {

namespace {

constexpr auto level = 1; // more costs a sniffer's host several times the time for a tenth fewer bytes

// The bytes of an empty batch: there are none in memory, yet its bytes are two.
constexpr auto frame_around_nothing = std::size_t{2};

failure refused(const char* why) { return failure{std::string{"a batch of exchanges was refused: "} + why}; }

} // namespace

void exchange_encoder::deleter::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

exchange_encoder::exchange_encoder() : context_{ZSTD_createCCtx()} {
  if (!context_)
    throw std::bad_alloc{};
}

std::vector<std::uint8_t> exchange_encoder::encode(const exchange_batch& batch) {
  const auto plain = to_bytes(batch);
  auto packed = std::vector<std::uint8_t>(ZSTD_compressBound(plain.size()));
  const auto size = ZSTD_compressCCtx(context_.get(), packed.data(), packed.size(), plain.data(), plain.size(), level);
  if (ZSTD_isError(size)) // with that much room only for lack of memory
    throw std::bad_alloc{};
  packed.resize(size);
  packed.shrink_to_fit();
  return packed;
}

void exchange_decoder::deleter::operator()(ZSTD_DCtx_s* context) const noexcept { ZSTD_freeDCtx(context); }

exchange_decoder::exchange_decoder() : context_{ZSTD_createDCtx()} {
  if (!context_)
    throw std::bad_alloc{};
}

result<exchange_batch> exchange_decoder::decode(std::span<const std::uint8_t> bytes, std::size_t size_max) {
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR)
    return refused("no zstd frame");
  if (size == ZSTD_CONTENTSIZE_UNKNOWN)
    return refused("a zstd frame that does not tell its content size");
  if (size > size_max + frame_around_nothing)
    return refused("larger than allowed");
  if (ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) != bytes.size())
    return refused("not exactly one zstd frame");
  const auto plain = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  if (ZSTD_decompressDCtx(context_.get(), plain.get(), size, bytes.data(), bytes.size()) != size)
    return refused("a damaged zstd frame");
  return from_bytes({plain.get(), size}, size_max);
}

} // namespace cleartap
