// Makes header blocks: byte by byte, and at random. The same for the same seed.
#pragma once

#include "test/unit/streams/hpack_truth.hpp"

#include <array>
#include <iterator>
#include <random>
#include <string_view>
#include <utility>

namespace cleartap {

/// A block written by hand, without Huffman's coding.
class block_writer {
public:
  enum class literal : std::uint8_t { inserted = 0x40, plain = 0x00, never_indexed = 0x10 };

  block_writer& size_update(std::size_t size) { return integer(0x20, 5, size); }
  block_writer& indexed(std::size_t index) { return integer(0x80, 7, index); }
  block_writer& field(literal how, std::string_view name, std::string_view value) {
    return integer(static_cast<std::uint8_t>(how), prefix(how), 0).string(name).string(value);
  }
  block_writer& field(literal how, std::size_t name_index, std::string_view value) {
    return integer(static_cast<std::uint8_t>(how), prefix(how), name_index).string(value);
  }
  block_writer& string(std::string_view text) {
    integer(0, 7, text.size());
    bytes.insert(bytes.end(), text.begin(), text.end());
    return *this;
  }
  block_writer& integer(std::uint8_t first, int prefix, std::size_t value) {
    const auto max = (std::size_t{1} << prefix) - 1;
    bytes.push_back(static_cast<std::uint8_t>(first | std::min(value, max)));
    if (value < max)
      return *this;
    for (value -= max; value >= 0x80; value >>= 7)
      bytes.push_back(static_cast<std::uint8_t>(value | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }

  std::vector<std::uint8_t> bytes;

private:
  static int prefix(literal how) { return how == literal::inserted ? 6 : 4; }
};

class hpack_random {
public:
  explicit hpack_random(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  std::string text(std::size_t size) {
    auto made = std::string(size, '\0');
    for (auto& each : made)
      each = static_cast<char>('a' + below(26));
    return made;
  }
  /// Few different ones, so that they are found in the table again.
  std::string name() { return below(4) == 0 ? text(1 + below(20)) : "name-" + std::to_string(below(20)); }
  std::string value() { return below(2) == 0 ? text(below(60)) : std::to_string(below(10)); }

  std::size_t table_size() {
    static constexpr auto sizes = std::array<std::size_t, 8>{0, 31, 40, 200, 1000, 4096, 10'000, 60'000};
    return sizes[below(sizes.size())];
  }

private:
  std::mt19937_64 random_;
};

/// One representation of any kind, valid behind those that `truth` has decoded; now and then larger than the table.
inline block_writer random_representation(hpack_random& random, const hpack_truth& truth) {
  using literal = block_writer::literal;
  static constexpr auto kinds =
      std::array{literal::inserted, literal::inserted, literal::plain, literal::never_indexed};
  const auto dynamic = truth.dynamic_entries();
  const auto index = dynamic > 0 && random.below(3) > 0 ? 62 + random.below(dynamic) : 1 + random.below(61);
  if (random.below(3) == 0)
    return block_writer{}.indexed(index);
  const auto how = kinds[random.below(kinds.size())];
  const auto value = random.below(50) == 0 ? random.text(random.below(12'000)) : random.value();
  if (random.below(2) == 0)
    return block_writer{}.field(how, index, value);
  return block_writer{}.field(how, random.name(), value);
}

/// A block of every representation, with updates of the table's size.
inline true_block random_block(hpack_random& random, hpack_truth& truth) {
  auto block = true_block{.insertions_before = truth.insertions()};
  const auto add = [&](const block_writer& next) {
    auto said = truth.decode(next.bytes);
    if (!said)
      std::abort();
    block.bytes.insert(block.bytes.end(), next.bytes.begin(), next.bytes.end());
    std::move(said->begin(), said->end(), std::back_inserter(block.fields));
  };
  if (random.below(10) == 0)
    for (auto updates = 1 + random.below(2); updates > 0; --updates)
      add(block_writer{}.size_update(random.table_size()));
  for (auto fields = random.below(12); fields > 0; --fields)
    add(random_representation(random, truth));
  return block;
}

/// Blocks as nghttp2 deflates them.
class hpack_deflater {
public:
  explicit hpack_deflater(std::size_t table_max = std::size_t{1} << 20) {
    auto* made = static_cast<nghttp2_hd_deflater*>(nullptr);
    if (nghttp2_hd_deflate_new(&made, table_max) != 0)
      std::abort();
    deflater_.reset(made);
  }

  /// As the other side's settings would.
  void table_size(std::size_t size) { nghttp2_hd_deflate_change_table_size(deflater_.get(), size); }

  std::vector<std::uint8_t> block(const std::vector<std::pair<std::string, std::string>>& fields) {
    auto given = std::vector<nghttp2_nv>{};
    for (const auto& [name, value] : fields)
      given.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    auto made = std::vector<std::uint8_t>(nghttp2_hd_deflate_bound(deflater_.get(), given.data(), given.size()));
    const auto size = nghttp2_hd_deflate_hd(deflater_.get(), made.data(), made.size(), given.data(), given.size());
    if (size < 0)
      std::abort();
    made.resize(static_cast<std::size_t>(size));
    return made;
  }

private:
  static std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }
  struct end {
    void operator()(nghttp2_hd_deflater* deflater) const noexcept { nghttp2_hd_deflate_del(deflater); }
  };
  std::unique_ptr<nghttp2_hd_deflater, end> deflater_;
};

} // namespace cleartap
