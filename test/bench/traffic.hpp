// Generated traffic for the benches: exchanges of about 2 KB (a GET with six headers, a JSON response of 1.6 KB) as the
// kernel's records and as what a node makes of them. Refuses to know what is measured.
#pragma once

#include "actors/ring/decode.hpp"
#include "actors/streams/connections.hpp"
#include "config/settings.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace cleartap::bench {

inline constexpr auto connections_count = 64;
inline constexpr auto batch_size = 256; // exchanges

using kernel_records = std::vector<std::vector<std::uint8_t>>;

/// Kernel records of keep-alive connections of a client, one event a message.
class traffic {
public:
  /// The calls go to so many services in turn.
  explicit traffic(int apis) : apis_{apis} {}

  /// Of `batch_size` exchanges.
  [[nodiscard]] kernel_records next_records();

private:
  std::vector<std::uint8_t> record(std::size_t connection, std::uint8_t way, const std::string& bytes);

  int apis_;
  int count_ = 0;
  std::uint64_t clock_ = 1;
  std::array<std::array<std::uint64_t, 2>, connections_count> offsets_{};
};

[[nodiscard]] chunk_batch decode(const kernel_records& records);
void pair(connections& open, const chunk_batch& batch, std::vector<exchange>& out);

/// How well bodies can be compressed: JSON tenfold and more, base64 by a quarter, random bytes not at all.
enum class body_kind : std::uint8_t { json, base64, random };

struct link_load {
  const char* name = "";
  body_kind kind = body_kind::json;
  std::size_t body_size = 0; // of the response; 0: as the traffic has it
  std::size_t exchanges = 0; // of a batch
};

/// Redacted exchanges with a process, as they reach the uplink.
[[nodiscard]] std::vector<exchange_batch> batches_of(const link_load& load, std::size_t count);

} // namespace cleartap::bench
