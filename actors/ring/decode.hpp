// Turns the kernel programs' records into messages, once, at the edge. Refuses to believe a record's sizes.
#pragma once

#include "messages/capture.hpp"
#include "messages/process.hpp"

#include <optional>
#include <span>

namespace cleartap {

struct decoded_chunk {
  tls_chunk chunk;
  std::span<const std::uint8_t> bytes; // within the record
};

/// `address` is in network order; IPv4 in its first 4 bytes.
[[nodiscard]] endpoint decode_endpoint(ip_family family, const std::uint8_t (&address)[16],
                                       std::uint16_t port) noexcept;

/// Nothing if the record is not what bpf/events.h describes.
[[nodiscard]] std::optional<decoded_chunk> decode_tls_event(std::span<const std::uint8_t> record) noexcept;
[[nodiscard]] std::optional<process_event> decode_process_record(std::span<const std::uint8_t> record);

} // namespace cleartap
