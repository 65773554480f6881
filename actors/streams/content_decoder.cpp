#include "actors/streams/content_decoder.hpp"

#include <algorithm>
#include <array>
#include <strings.h>
#include <vector>

namespace cleartap {

namespace {

// A chain of codings is a bomb or a mistake; honest senders use one.
constexpr auto codings_max = std::size_t{4};

bool same_word(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) noexcept {
  auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view{}
                                         : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Appends the list's words, but `neutral`, which changes no byte, and nothing beyond one more than `codings_max`.
void append_codings(std::string_view list, std::string_view neutral, std::vector<std::string_view>& codings) {
  while (!list.empty() && codings.size() <= codings_max) {
    auto comma = list.find(',');
    auto word = trimmed(list.substr(0, comma));
    if (!word.empty() && !same_word(word, neutral) && !same_word(word, "identity"))
      codings.push_back(word);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

/// In the order in which the sender applied them: the transfer's come after the content's.
std::vector<std::string_view> codings_of(const http_headers& headers) {
  auto codings = std::vector<std::string_view>{};
  for (const auto& [name, value] : headers)
    if (same_word(name, "content-encoding"))
      append_codings(value, "identity", codings);
  for (const auto& [name, value] : headers)
    if (same_word(name, "transfer-encoding"))
      append_codings(value, "chunked", codings);
  return codings;
}

/// RFC 1950, 2.2: whether a zlib header comes first. "deflate" without one is common.
bool has_zlib_header(std::string_view bytes) noexcept {
  if (bytes.size() < 2)
    return true;
  auto method = static_cast<unsigned char>(bytes[0]);
  auto flags = static_cast<unsigned char>(bytes[1]);
  return (method & 0x0F) == 8 && (method * 256 + flags) % 31 == 0;
}

} // namespace

void content_decoder::end::operator()(z_stream* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

bool content_decoder::prepare(format how) {
  if (stream_)
    return inflateReset2(stream_.get(), static_cast<int>(how)) == Z_OK;
  auto fresh = std::make_unique<z_stream>();
  if (inflateInit2(fresh.get(), static_cast<int>(how)) != Z_OK)
    return false;
  stream_.reset(fresh.release());
  return true;
}

content_decoder::ending content_decoder::inflate(std::string_view from, format how, std::size_t size_max,
                                                 std::string& into) {
  if (!prepare(how))
    return ending::damaged;
  auto& stream = *stream_;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(from.data()));
  stream.avail_in = static_cast<uInt>(from.size());
  std::array<char, 16 * 1024> room;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    auto status = ::inflate(&stream, Z_SYNC_FLUSH);
    auto made = room.size() - stream.avail_out;
    auto kept = std::min(made, size_max - into.size());
    into.append(room.data(), kept);
    if (kept < made)
      return ending::limit;
    if (status == Z_STREAM_END) {
      // A gzip body may have several members (RFC 1952, 2.2); anything else behind the end is not content.
      auto another =
          how == format::gzip && stream.avail_in >= 2 && stream.next_in[0] == 0x1F && stream.next_in[1] == 0x8B;
      if (!another)
        return ending::whole;
      inflateReset(&stream);
    } else if (status == Z_BUF_ERROR || (status == Z_OK && stream.avail_in == 0 && stream.avail_out > 0)) {
      return ending::early;
    } else if (status != Z_OK) {
      return ending::damaged;
    }
  }
}

content_decoder::ending content_decoder::remove(std::string_view coding, std::string_view from, std::size_t size_max,
                                                std::string& into) {
  if (same_word(coding, "gzip") || same_word(coding, "x-gzip"))
    return inflate(from, format::gzip, size_max, into);
  if (same_word(coding, "deflate"))
    return inflate(from, has_zlib_header(from) ? format::zlib : format::raw, size_max, into);
  return ending::damaged;
}

content_decoder::outcome content_decoder::decode(const http_headers& headers, http_body& body, std::size_t size_max) {
  if (body.size_carried == 0)
    return outcome::done;
  auto codings = codings_of(headers);
  auto over = false;
  for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
    auto decoded = std::string{};
    auto how = codings.size() > codings_max ? ending::damaged : remove(*coding, body.bytes, size_max, decoded);
    if (how == ending::damaged) {
      body.bytes.clear();
      body.truncated = true;
      return outcome::undecodable;
    }
    body.bytes = std::move(decoded);
    body.truncated = body.truncated || how != ending::whole;
    over = over || how == ending::limit;
  }
  return over ? outcome::cut : outcome::done;
}

} // namespace cleartap
