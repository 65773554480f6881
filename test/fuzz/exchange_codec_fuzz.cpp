// The decoder against any bytes, plain or as a zstd frame. What it takes fits the limit, and is written back the same.
#include "actors/link/exchange_bytes.hpp"
#include "actors/link/exchange_codec.hpp"
#include "test/fuzz/input.hpp"

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

constexpr auto size_max = std::size_t{1} << 20;

void check(const exchange_batch& batch) {
  auto size = std::size_t{0};
  for (const auto& each : batch.exchanges) {
    size += size_in_memory(each);
    expect(each.request || each.response);
  }
  expect(size <= size_max);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto encoder = exchange_encoder{};
  static auto decoder = exchange_decoder{};
  const auto bytes = std::span{data, size};
  if (const auto batch = from_bytes(bytes, size_max)) {
    check(*batch);
    expect(std::ranges::equal(to_bytes(*batch), bytes));
    expect(static_cast<bool>(decoder.decode(encoder.encode(*batch), size_max)));
  }
  if (const auto batch = decoder.decode(bytes, size_max)) {
    check(*batch);
    const auto again = decoder.decode(encoder.encode(*batch), size_max);
    expect(again && to_bytes(*again) == to_bytes(*batch));
  }
  return 0;
}
