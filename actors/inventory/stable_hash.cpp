#include "actors/inventory/stable_hash.hpp"

#include <bit>
#include <cstddef>

namespace cleartap {

namespace {

constexpr auto word_size = std::size_t{8};

// Little-endian whatever the machine is: rows move between machines.
std::uint64_t word(std::string_view bytes) noexcept {
  auto sum = std::uint64_t{0};
  for (auto i = bytes.size(); i > 0; --i)
    sum = sum << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return sum;
}

class sip_state {
public:
  void absorb(std::uint64_t block) noexcept {
    v3_ ^= block;
    round();
    round();
    v0_ ^= block;
  }

  std::uint64_t finish() noexcept {
    v2_ ^= 0xff;
    for (auto i = 0; i < 4; ++i)
      round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

private:
  void round() noexcept {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  static constexpr std::uint64_t key0 = 0x0706050403020100;
  static constexpr std::uint64_t key1 = 0x0f0e0d0c0b0a0908;

  std::uint64_t v0_ = key0 ^ 0x736f6d6570736575;
  std::uint64_t v1_ = key1 ^ 0x646f72616e646f6d;
  std::uint64_t v2_ = key0 ^ 0x6c7967656e657261;
  std::uint64_t v3_ = key1 ^ 0x7465646279746573;
};

} // namespace

std::uint64_t stable_hash(std::string_view bytes) noexcept {
  auto state = sip_state{};
  const auto length = static_cast<std::uint64_t>(bytes.size());
  for (; bytes.size() >= word_size; bytes.remove_prefix(word_size))
    state.absorb(word(bytes.substr(0, word_size)));
  state.absorb(word(bytes) | length << 56);
  return state.finish();
}

} // namespace cleartap
