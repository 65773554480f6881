#include "actors/streams/hpack_inflater.hpp"

#include <array>
#include <cassert>
#include <new>
#include <nghttp2/nghttp2.h>

namespace cleartap {

namespace {

std::string_view view(const std::uint8_t* bytes, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(bytes), size};
}

header_field field_of(const nghttp2_nv& from) noexcept {
  return {.name = view(from.name, from.namelen), .value = view(from.value, from.valuelen)};
}

} // namespace

void hpack_inflater::end::operator()(nghttp2_hd_inflater* inflater) const noexcept { nghttp2_hd_inflate_del(inflater); }

hpack_inflater::hpack_inflater(std::size_t table_max) {
  auto* made = static_cast<nghttp2_hd_inflater*>(nullptr);
  if (nghttp2_hd_inflate_new(&made) != 0)
    throw std::bad_alloc{};
  inflater_.reset(made);
  // A smaller one would make nghttp2 demand an update, which a sender that never heard of our limit does not send.
  if (table_max > NGHTTP2_DEFAULT_HEADER_TABLE_SIZE)
    nghttp2_hd_inflate_change_table_size(made, table_max);
}

bool hpack_inflater::inflate(std::span<const std::uint8_t> block, const field_visitor& visit) {
  while (true) {
    auto found = nghttp2_nv{};
    auto flags = 0;
    const auto used = nghttp2_hd_inflate_hd2(inflater_.get(), &found, &flags, block.data(), block.size(), 1);
    if (used < 0)
      return false;
    block = block.subspan(static_cast<std::size_t>(used));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0)
      visit(field_of(found));
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      nghttp2_hd_inflate_end_headers(inflater_.get());
      return true;
    }
  }
}

bool hpack_inflater::inflate_literal(std::span<const std::uint8_t>& bytes, bool has_name, header_field& field) {
  // The literal is taken for one without indexing and with a new name (RFC 7541, 6.2.2), an empty one if it has none:
  // nghttp2 decodes its strings where they are, and its table stays empty.
  static constexpr auto beginning = std::array<std::uint8_t, 2>{0, 0};
  auto found = nghttp2_nv{};
  auto flags = 0;
  const auto begun =
      nghttp2_hd_inflate_hd2(inflater_.get(), &found, &flags, beginning.data(), has_name ? 1u : beginning.size(), 0);
  if (begun < 0)
    return false;
  const auto used = nghttp2_hd_inflate_hd2(inflater_.get(), &found, &flags, bytes.data(), bytes.size(), 0);
  if (used < 0 || (flags & NGHTTP2_HD_INFLATE_EMIT) == 0)
    return false;
  bytes = bytes.subspan(static_cast<std::size_t>(used));
  field = field_of(found);
  return true;
}

header_field hpack_inflater::entry(std::size_t index) const {
  assert(index >= 1 && index <= entries());
  return field_of(*nghttp2_hd_inflate_get_table_entry(inflater_.get(), index));
}

std::size_t hpack_inflater::entries() const { return nghttp2_hd_inflate_get_num_table_entries(inflater_.get()); }

std::size_t hpack_inflater::table_size() const {
  return nghttp2_hd_inflate_get_max_dynamic_table_size(inflater_.get());
}

} // namespace cleartap
