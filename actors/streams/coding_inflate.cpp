#include "actors/streams/coding_inflate.hpp"

namespace cleartap {

namespace {

/// RFC 1950, 2.2: whether a zlib header comes first.
bool has_zlib_header(std::string_view bytes) noexcept {
  if (bytes.size() < 2)
    return true;
  const auto method = bytes_of(bytes)[0];
  const auto flags = bytes_of(bytes)[1];
  return (method & 0x0F) == 8 && (method * 256 + flags) % 31 == 0;
}

/// RFC 1952, 2.3.1: whether a member may begin here. Anything else behind a member, zeros often, is not content.
bool may_begin_member(const z_stream& rest) noexcept {
  return rest.avail_in > 0 && rest.next_in[0] == 0x1F && (rest.avail_in == 1 || rest.next_in[1] == 0x8B);
}

} // namespace

void inflate_coding::end::operator()(z_stream* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

std::size_t inflate_coding::memory_kept() const noexcept {
  return stream_ ? sizeof(z_stream) + 7 * 1024 + 32 * 1024 : 0; // zconf.h: what inflate takes
}

bool inflate_coding::prepare(format how, std::string_view from) {
  if (!stream_) {
    auto fresh = std::make_unique<z_stream>();
    if (inflateInit2(fresh.get(), static_cast<int>(how)) != Z_OK)
      return false;
    stream_.reset(fresh.release());
  } else if (inflateReset2(stream_.get(), static_cast<int>(how)) != Z_OK) {
    return false;
  }
  stream_->next_in = const_cast<Bytef*>(bytes_of(from)); // zlib does not write there
  stream_->avail_in = static_cast<uInt>(from.size());
  return true;
}

coding_end inflate_coding::inflate(coding_output& into) {
  auto& stream = *stream_;
  const auto room = into.room();
  while (true) {
    stream.next_out = room.data();
    stream.avail_out = static_cast<uInt>(room.size());
    const auto status = ::inflate(&stream, Z_SYNC_FLUSH);
    if (!into.take(room.size() - stream.avail_out))
      return coding_end::full;
    if (status == Z_STREAM_END)
      return coding_end::whole;
    if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0))
      return coding_end::early;
    if (status != Z_OK)
      return coding_end::damaged;
  }
}

coding_end inflate_coding::remove_gzip(std::string_view from, coding_output& into) {
  if (!prepare(format::gzip, from))
    return coding_end::damaged;
  auto how = inflate(into);
  while (how == coding_end::whole && may_begin_member(*stream_)) {
    inflateReset(stream_.get());
    how = inflate(into);
  }
  return how;
}

coding_end inflate_coding::remove_deflate(std::string_view from, coding_output& into) {
  return prepare(has_zlib_header(from) ? format::zlib : format::raw, from) ? inflate(into) : coding_end::damaged;
}

} // namespace cleartap
