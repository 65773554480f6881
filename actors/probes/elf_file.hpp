// An ELF file: its symbols, its code, its pointers. It is read, not mapped: a private mapping shows the breakpoints of
// uprobes that are on the file already, and whoever owns the file could end this process by cutting it short. Refuses
// to know why they are wanted.
#pragma once

#include "messages/owned_fd.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct Elf;

namespace cleartap {

struct elf_symbol {
  std::string name;
  std::uint64_t address = 0; // as the file's segments say it, before it is loaded
};

class elf_file {
public:
  /// Fails if the file cannot be opened or is not ELF.
  [[nodiscard]] static result<elf_file> open(const std::filesystem::path& path);

  /// The functions among `names` that are defined here: of the dynamic and, if it was not stripped, of the full symbol
  /// table. Each at most once.
  [[nodiscard]] std::vector<elf_symbol> functions(std::span<const std::string_view> names) const;

  /// Where in the file the code at an address is; nothing if it is no code.
  [[nodiscard]] std::optional<std::uint64_t> code_offset(std::uint64_t address) const;

  /// The reverse.
  [[nodiscard]] std::optional<std::uint64_t> code_address(std::uint64_t offset) const;

  /// The code from an address on to the end of its segment, at most `size_max` bytes; empty if it is no code.
  [[nodiscard]] std::vector<std::uint8_t> code(std::uint64_t address, std::size_t size_max) const;

  /// The address that the pointer at `address` has before the file is loaded; nothing if there is none.
  [[nodiscard]] std::optional<std::uint64_t> pointer(std::uint64_t address) const;

  /// Visits the places of pointers that the loader adjusts, in the order of their table. Ends when `visit` returns
  /// false.
  void visit_pointers(const std::function<bool(std::uint64_t place, std::uint64_t target)>& visit) const;

  [[nodiscard]] std::uint16_t machine() const noexcept { return machine_; } // e_machine

private:
  struct deleter {
    void operator()(Elf* elf) const noexcept;
  };
  struct segment {
    std::uint64_t address = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0; // in the file
    bool code = false;
  };

  elf_file() = default;
  void read_segments();
  [[nodiscard]] const segment* segment_of(std::uint64_t address) const;
  [[nodiscard]] std::vector<std::uint8_t> read(std::uint64_t offset, std::size_t size) const;

  owned_fd fd_; // outlives what reads it
  std::unique_ptr<Elf, deleter> elf_;
  std::uint16_t machine_ = 0;
  std::vector<segment> segments_;
};

} // namespace cleartap
