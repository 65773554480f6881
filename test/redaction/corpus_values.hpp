// Random secrets of every class and look-alikes of every kind, the same for the same seed. Refuses to know where they
// stand.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace cleartap::score {

/// The classes of redaction that the corpus has; the first ones are told by their key.
inline constexpr auto kinds =
    std::to_array<std::string_view>({"password", "secret", "token", "apikey", "authorization", "session", "card", "ssn",
                                     "jwt", "pem", "provider", "url", "email", "phone"});

inline constexpr auto lookalikes =
    std::to_array<std::string_view>({"uuid", "timestamp", "epoch", "order", "invoice", "tracking", "price", "hash",
                                     "sha", "phone-like", "version", "address", "file"});

/// Whether the kind is masked only if the configuration asks for it.
constexpr bool is_contact(std::string_view kind) noexcept { return kind == "email" || kind == "phone"; }

class values {
public:
  explicit values(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  std::string run(std::string_view from, std::size_t size);

  template <std::size_t N>
  std::string_view pick(const std::array<std::string_view, N>& from) {
    return from[below(N)];
  }

  /// What is secret of a private key and of a URL, without what stands around it.
  std::string secret(std::string_view kind);
  std::string lookalike(std::string_view kind);

private:
  std::string card();
  std::string provider();
  std::string phone();

  std::mt19937_64 random_;
};

} // namespace cleartap::score
