// What a batch of exchanges is on the link: exchange_bytes as one zstd frame that tells its content size. Refuses to
// know parts and sessions.
#pragma once

#include "messages/exchange.hpp"
#include "messages/result.hpp"

#include <memory>
#include <span>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace cleartap {

/// Keeps the compressor's memory between batches. Belongs to one thread.
class exchange_encoder {
public:
  exchange_encoder();

  [[nodiscard]] std::vector<std::uint8_t> encode(const exchange_batch& batch);

private:
  struct deleter {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_CCtx_s, deleter> context_;
};

/// Keeps the decompressor's memory between batches. Belongs to one thread.
class exchange_decoder {
public:
  exchange_decoder();

  /// Takes what encode() wrote, from a peer that need not be honest. `size_max` limits the batch in memory, as
  /// size_in_memory counts; that is always more than its bytes before compression, which are refused when they claim
  /// more. The failure is one line.
  [[nodiscard]] result<exchange_batch> decode(std::span<const std::uint8_t> bytes, std::size_t size_max);

private:
  struct deleter {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  std::unique_ptr<ZSTD_DCtx_s, deleter> context_;
};

} // namespace cleartap
