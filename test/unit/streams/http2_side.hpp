// Writes what one side of an HTTP/2 connection would send; header blocks come from nghttp2's deflater.
#pragma once

#include "actors/streams/http2_frame.hpp"

#include <memory>
#include <nghttp2/nghttp2.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleartap {

using field_list = std::vector<std::pair<std::string, std::string>>;

inline field_list get(std::string path) {
  return {{":method", "GET"}, {":scheme", "https"}, {":authority", "shop.test"}, {":path", std::move(path)}};
}

inline field_list post(std::string path, std::string type = "application/json") {
  auto fields = get(std::move(path));
  fields[0].second = "POST";
  fields.emplace_back("content-type", std::move(type));
  return fields;
}

inline field_list status(int code, field_list more = {}) {
  more.insert(more.begin(), {":status", std::to_string(code)});
  return more;
}

inline std::string frame(frame_type type, unsigned flags, std::uint32_t stream, std::string_view payload) {
  auto text = std::string{};
  for (auto shift : {16, 8, 0})
    text += static_cast<char>(payload.size() >> shift);
  text += static_cast<char>(type);
  text += static_cast<char>(flags);
  for (auto shift : {24, 16, 8, 0})
    text += static_cast<char>(stream >> shift);
  return text.append(payload);
}

inline std::string data_frame(std::uint32_t stream, std::string_view text, bool ends) {
  return frame(frame_type::data, ends ? frame_flag::end_stream : 0, stream, text);
}

/// In the order in which they are written here, which + does not promise.
inline std::string joined(std::initializer_list<std::string> parts) {
  auto text = std::string{};
  for (const auto& each : parts)
    text += each;
  return text;
}

inline std::string settings_frame() { return frame(frame_type::settings, 0, 0, ""); }
inline std::string reset_frame(std::uint32_t stream) {
  return frame(frame_type::rst_stream, 0, stream, std::string("\0\0\0\x08", 4));
}

class http2_side {
public:
  /// No table is larger than `table_max`.
  explicit http2_side(std::size_t table_max = 4096) {
    auto* fresh = static_cast<nghttp2_hd_deflater*>(nullptr);
    if (nghttp2_hd_deflate_new(&fresh, table_max) != 0)
      throw std::runtime_error{"no deflater"};
    deflater_.reset(fresh);
  }

  std::string block(const field_list& fields) {
    auto list = std::vector<nghttp2_nv>{};
    auto bytes = [](const std::string& text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    for (const auto& [name, value] : fields)
      list.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    auto text = std::string(nghttp2_hd_deflate_bound(deflater_.get(), list.data(), list.size()), '\0');
    auto size = nghttp2_hd_deflate_hd(deflater_.get(), bytes(text), text.size(), list.data(), list.size());
    text.resize(static_cast<std::size_t>(size));
    return text;
  }

  /// The next block tells it.
  void table_size(std::size_t size) { nghttp2_hd_deflate_change_table_size(deflater_.get(), size); }

  std::string headers(std::uint32_t stream, const field_list& fields, bool ends) {
    auto flags = frame_flag::end_headers | (ends ? frame_flag::end_stream : 0);
    return frame(frame_type::headers, static_cast<unsigned>(flags), stream, block(fields));
  }

private:
  struct end {
    void operator()(nghttp2_hd_deflater* deflater) const noexcept { nghttp2_hd_deflate_del(deflater); }
  };
  std::unique_ptr<nghttp2_hd_deflater, end> deflater_;
};

} // namespace cleartap
