// Header blocks from anyone, decoded from the start, late and after losses. Whatever is known is what nghttp2 tells
// that saw every block, and all is known that can be. The blocks are the input's own bytes, or made by nghttp2's
// deflater of fields and table sizes that the input names.
#include "actors/streams/hpack_decoder.hpp"
#include "test/fuzz/input.hpp"
#include "test/unit/streams/hpack_blocks.hpp"

#include <array>

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

using block_bytes = std::vector<std::uint8_t>;

/// The next block, until the input ends.
class block_source {
public:
  explicit block_source(std::span<const std::uint8_t> bytes) : from_{bytes}, deflated_{from_.number(1) % 2 == 1} {}

  std::size_t number() { return from_.number(1); }
  bool empty() const { return from_.empty(); }

  block_bytes next() {
    if (!deflated_) {
      const auto taken = from_.take(from_.number(2));
      return {taken.begin(), taken.end()};
    }
    for (auto changes = from_.number(1) % 4; changes > 0; --changes)
      deflater_.table_size(from_.number(2));
    auto fields = std::vector<std::pair<std::string, std::string>>{};
    for (auto left = from_.number(1) % 16; left > 0; --left) {
      auto name = text();
      fields.emplace_back(std::move(name), text());
    }
    return deflater_.block(fields);
  }

private:
  std::string text() {
    const auto taken = from_.take(from_.number(1));
    return {taken.begin(), taken.end()};
  }

  input from_;
  bool deflated_;
  hpack_deflater deflater_;
};

/// Decoders that began or lost at the same block, and what insertions they saw.
struct followers {
  std::array<hpack_decoder, 2> decoders; // the second one forgets soon
  std::uint64_t seen = 0;

  explicit followers(hpack_decoder::join how) : decoders{hpack_decoder{how, 64 * 1024}, hpack_decoder{how, 80}} {}

  void lose(std::uint64_t insertions) {
    for (auto& each : decoders)
      each.lose();
    seen = insertions;
  }
  void follow(const true_block& block) {
    for (auto i = std::size_t{0}; i < decoders.size(); ++i)
      expect(first_mistake(decoders[i], block, seen, i == 1).empty());
  }
  void decode(const block_bytes& block) {
    for (auto& each : decoders)
      static_cast<void>(each.decode(block, [](const header_field& told) {
        expect(told.value_known || !told.name_known);
        expect(told.name_known || told.name.empty());
        expect(told.value_known || told.value.empty());
      }));
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto source = block_source{{data, size}};
  const auto joined = source.number() % 16;
  const auto lost = source.number() % 16;
  auto truth = std::optional<hpack_truth>{std::in_place, std::size_t{64} * 1024};
  auto whole = followers{hpack_decoder::join::at_start};
  auto late = followers{hpack_decoder::join::late};
  for (auto count = std::size_t{0}; !source.empty(); ++count) {
    const auto bytes = source.next();
    auto before = truth ? truth->insertions() : 0;
    auto said = truth ? truth->decode(bytes) : std::nullopt;
    if (!said) { // malformed: from here on the decoders only have to stand it
      truth.reset();
      whole.decode(bytes);
      late.decode(bytes);
      continue;
    }
    const auto block = true_block{bytes, std::move(*said), before};
    if (count == joined)
      late.seen = before;
    if (count == lost)
      whole.lose(before);
    whole.follow(block);
    if (count >= joined)
      late.follow(block);
  }
  return 0;
}
