// Batches in parts that each fit into a frame. Refuses to know what is in a batch and how parts are sent.
#pragma once

#include "messages/result.hpp"
#include "messages/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cleartap {

/// The largest batch that can be sent. It covers one exchange whose two bodies are as large as settings allow.
inline constexpr auto batch_size_max = std::size_t{wire_parts_max} * wire_part_size_max;

/// At least one part, also of nothing. Precondition: number > 0, bytes.size() <= batch_size_max.
[[nodiscard]] std::vector<wire_part> split(std::uint64_t number, std::span<const std::uint8_t> bytes);

/// Puts the parts of one peer's batches together, one batch at a time. Part 0 of any batch begins afresh, so that a
/// peer can send again from the start; every other part must be the one behind the last.
class part_assembly {
public:
  explicit part_assembly(std::size_t size_max) noexcept : size_max_{size_max} {}

  /// The bytes of the whole batch with its last part, else nothing. After a failure the batch must begin again.
  [[nodiscard]] result<std::optional<std::vector<std::uint8_t>>> add(const wire_part& part);

  /// Of the batch that is not complete.
  std::size_t size() const noexcept { return bytes_.size(); }

private:
  failure refuse(std::string why);

  std::size_t size_max_;
  std::uint64_t number_ = 0;
  std::uint32_t parts_ = 0;
  std::uint32_t next_ = 0; // 0: no batch is under way
  std::vector<std::uint8_t> bytes_;
};

} // namespace cleartap
