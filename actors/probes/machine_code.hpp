// What the machine code of a function tells: where it leaves, and which address it returns. By capstone, for x86-64 and
// arm64. Refuses to know which function it is.
#pragma once

#include "actors/probes/elf_file.hpp"

namespace cleartap {

/// Where a function is left. Every jump is followed, also into other functions, for what returns there returns to this
/// one's caller.
struct function_leaves {
  std::vector<std::uint64_t> returns; // addresses of `ret` instructions, in order
  bool all = true;                    // else there are jumps whose targets only the running program knows
};

/// Nothing if what is there cannot be code: an instruction that does not decode, or more than `instructions_max`.
[[nodiscard]] std::optional<function_leaves> find_leaves(const elf_file& file, std::uint64_t address);

/// Whether a function jumps to or calls `target` before it does much else.
[[nodiscard]] bool begins_with_call(const elf_file& file, std::uint64_t address, std::uint64_t target);

/// The constant address that a function returns at once, like `lea rax, [rip + x]; ret`.
[[nodiscard]] std::optional<std::uint64_t> returned_address(const elf_file& file, std::uint64_t address);

} // namespace cleartap
