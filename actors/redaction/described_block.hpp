// Tells the blocks of YAML that describe a secret from those that hold one. Refuses to know the name above a block.
#pragma once

#include <cstddef>
#include <string_view>

namespace cleartap::masking {

inline constexpr auto described_block_max = std::size_t{2048}; // bytes; longer ones are not looked at

/// Whether `value` is a block on lines of its own that says where a secret is to be found or that one is wanted, and
/// nothing else: a volume of Kubernetes made from a secret or with a token, the secrets that a workflow asks for. Each
/// line is an entry, and each that has a value has one that no secret is in.
[[nodiscard]] bool is_described_block(std::string_view value) noexcept;

} // namespace cleartap::masking
