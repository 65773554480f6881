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

/// Nothing if the record is not what bpf/events.h describes.
[[nodiscard]] std::optional<decoded_chunk> decode_tls_event(std::span<const std::uint8_t> record) noexcept;
[[nodiscard]] std::optional<process_event> decode_process_record(std::span<const std::uint8_t> record);

} // namespace cleartap
