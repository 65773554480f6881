// Encoded bodies, made by the libraries' own encoders. Refuses to know the decoder; an encoder that fails throws.
#pragma once

#include <brotli/encode.h>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

namespace cleartap::encoders {

inline void require(bool holds) {
  if (!holds)
    throw std::logic_error{"an encoder failed"};
}

/// Calls `encode(piece, last)` for each `piece_size` bytes of `text`: a server that flushes what it has.
inline void in_pieces(std::string_view text, std::size_t piece_size,
                      const std::function<void(std::string_view, bool)>& encode) {
  while (piece_size > 0 && text.size() > piece_size) {
    encode(text.substr(0, piece_size), false);
    text.remove_prefix(piece_size);
  }
  encode(text, true);
}

enum class wrapping : int { gzip = 15 + 16, zlib = 15, raw = -15 };

inline std::string deflated(std::string_view text, wrapping how, int level = 9, std::size_t piece_size = 0) {
  auto stream = z_stream{};
  require(deflateInit2(&stream, level, Z_DEFLATED, static_cast<int>(how), 8, Z_DEFAULT_STRATEGY) == Z_OK);
  auto bytes = std::string{};
  in_pieces(text, piece_size, [&](std::string_view piece, bool last) {
    auto room = std::string(deflateBound(&stream, piece.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    require(deflate(&stream, last ? Z_FINISH : Z_SYNC_FLUSH) == (last ? Z_STREAM_END : Z_OK));
    bytes += room.substr(0, room.size() - stream.avail_out);
  });
  deflateEnd(&stream);
  return bytes;
}

inline std::string gzip(std::string_view text) { return deflated(text, wrapping::gzip); }

struct brotli_options {
  std::uint32_t quality = 5;
  std::uint32_t window_log = 22;
  bool large_window = false;
};

inline std::string brotli(std::string_view text, const brotli_options& options = {}, std::size_t piece_size = 0) {
  const auto state = std::unique_ptr<BrotliEncoderState, decltype(&BrotliEncoderDestroyInstance)>{
      BrotliEncoderCreateInstance(nullptr, nullptr, nullptr), BrotliEncoderDestroyInstance};
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_QUALITY, options.quality);
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_LARGE_WINDOW, options.large_window ? 1 : 0);
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_LGWIN, options.window_log);
  auto bytes = std::string{};
  in_pieces(text, piece_size, [&](std::string_view piece, bool last) {
    auto left = piece.size();
    const auto* next = reinterpret_cast<const std::uint8_t*>(piece.data());
    const auto what = last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_FLUSH;
    do {
      auto none = std::size_t{0};
      require(BrotliEncoderCompressStream(state.get(), what, &left, &next, &none, nullptr, nullptr) == BROTLI_TRUE);
      auto size = std::size_t{0};
      const auto* made = BrotliEncoderTakeOutput(state.get(), &size);
      bytes.append(reinterpret_cast<const char*>(made), size);
    } while (left > 0 || BrotliEncoderHasMoreOutput(state.get()) == BROTLI_TRUE);
  });
  return bytes;
}

struct zstd_options {
  int level = 3;
  int window_log = 0;     // 0: the level's
  bool tells_size = true; // the frame has the size of its content
};

inline std::string zstd(std::string_view text, const zstd_options& options = {}, std::size_t piece_size = 0) {
  const auto context = std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)>{ZSTD_createCCtx(), ZSTD_freeCCtx};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, options.level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, options.window_log);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  if (options.tells_size)
    ZSTD_CCtx_setPledgedSrcSize(context.get(), text.size());
  else
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  auto bytes = std::string{};
  in_pieces(text, piece_size, [&](std::string_view piece, bool last) {
    auto room = std::string(ZSTD_compressBound(piece.size()) + 64, '\0');
    auto input = ZSTD_inBuffer{piece.data(), piece.size(), 0};
    auto output = ZSTD_outBuffer{room.data(), room.size(), 0};
    require(ZSTD_compressStream2(context.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_flush) == 0);
    bytes += room.substr(0, output.pos);
  });
  return bytes;
}

/// RFC 8878, 3.1.2: what a decoder leaves out.
inline std::string skippable(std::string_view content) {
  auto frame = std::string{"\x5A\x2A\x4D\x18", 4};
  for (auto shift = 0; shift < 32; shift += 8)
    frame += static_cast<char>(content.size() >> shift & 0xFF);
  return frame.append(content);
}

/// gRPC's Length-Prefixed-Message.
inline std::string grpc_message(char flag, std::string_view bytes) {
  auto message = std::string{flag};
  for (auto shift = 24; shift >= 0; shift -= 8)
    message += static_cast<char>(bytes.size() >> shift & 0xFF);
  return message.append(bytes);
}

/// Records as an API answers with them, at least `size_min` bytes; the same in each run.
inline std::string records(std::size_t size_min) {
  auto text = std::string{"["};
  auto state = std::uint32_t{1};
  for (auto id = 1; text.size() < size_min; ++id) {
    state = state * 1664525u + 1013904223u;
    text += R"({"id": )" + std::to_string(id) + R"(, "name": "user-)" + std::to_string(state >> 12) +
            R"(", "active": )" + (state >> 31 ? "true" : "false") + R"(, "balance": )" + std::to_string(state >> 20) +
            "." + std::to_string(state >> 8 & 63) + "},\n";
  }
  return text + "{}]";
}

} // namespace cleartap::encoders
