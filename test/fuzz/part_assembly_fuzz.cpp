// The assembly against parts in any order. What it returns is what an honest sender would have had to send: the parts
// of one batch behind each other.
#include "actors/link/parts.hpp"
#include "test/fuzz/input.hpp"

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

constexpr auto size_max = std::size_t{512};

wire_part next_part(input& from) {
  auto part = wire_part{};
  part.number = from.number(1);
  part.part = static_cast<std::uint32_t>(from.number(2));
  part.parts = static_cast<std::uint32_t>(from.number(2));
  const auto bytes = from.take(from.number(1));
  part.bytes = {bytes.begin(), bytes.end()};
  return part;
}

/// The parts since the last part 0.
class honest_sender {
public:
  void note(const wire_part& part) {
    if (part.part == 0)
      parts_.clear();
    parts_.push_back(part);
  }
  bool could_have_sent(const std::vector<std::uint8_t>& batch) const {
    auto joined = std::vector<std::uint8_t>{};
    for (auto i = std::uint32_t{0}; const auto& each : parts_) {
      if (each.part != i++ || each.number != parts_[0].number || each.parts != parts_.size())
        return false;
      joined.insert(joined.end(), each.bytes.begin(), each.bytes.end());
    }
    return joined == batch;
  }

private:
  std::vector<wire_part> parts_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  auto assembly = part_assembly{size_max};
  auto sender = honest_sender{};
  while (!from.empty()) {
    const auto part = next_part(from);
    sender.note(part);
    const auto done = assembly.add(part);
    expect(assembly.size() <= size_max);
    if (done && *done)
      expect(sender.could_have_sent(**done) && (*done)->size() <= size_max);
  }
  return 0;
}
