#include "actors/probes/machine_code.hpp"

#include <algorithm>
#include <capstone/capstone.h>
#include <elf.h>
#include <set>

namespace cleartap {

namespace {

constexpr auto instructions_max = std::size_t{20000};
constexpr auto instruction_size_max = std::size_t{16};
constexpr auto window_size = std::size_t{4096}; // of code read at once
constexpr auto thunk_instructions_max = 8;

class disassembler {
public:
  explicit disassembler(const elf_file& file) : file_{file}, x86_{file.machine() == EM_X86_64} {
    open_ = cs_open(x86_ ? CS_ARCH_X86 : CS_ARCH_ARM64, x86_ ? CS_MODE_64 : CS_MODE_ARM, &handle_) == CS_ERR_OK;
    if (open_)
      cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = open_ ? cs_malloc(handle_) : nullptr;
  }
  disassembler(const disassembler&) = delete;
  disassembler& operator=(const disassembler&) = delete;
  ~disassembler() {
    if (instruction_)
      cs_free(instruction_, 1);
    if (open_)
      cs_close(&handle_);
  }

  /// Valid until the next call; null if there is no instruction.
  const cs_insn* at(std::uint64_t address) {
    if (address < window_begin_ || address - window_begin_ + instruction_size_max > window_.size()) {
      window_begin_ = address;
      window_ = file_.code(address, window_size);
    }
    auto left = std::span{window_}.subspan(std::min(address - window_begin_, window_.size()));
    const auto* bytes = left.data();
    auto size = left.size();
    if (!instruction_ || size == 0 || !cs_disasm_iter(handle_, &bytes, &size, &address, instruction_))
      return nullptr;
    return instruction_;
  }

  bool in_group(const cs_insn& what, unsigned group) const { return cs_insn_group(handle_, &what, group); }
  bool x86() const noexcept { return x86_; }

  /// `jmp`, or `b` without a condition: what follows is not reached.
  bool always_jumps(const cs_insn& what) const {
    if (x86_)
      return what.id == X86_INS_JMP || what.id == X86_INS_LJMP;
    return what.id == ARM64_INS_BR || (what.id == ARM64_INS_B && (what.detail->arm64.cc == ARM64_CC_INVALID ||
                                                                  what.detail->arm64.cc == ARM64_CC_AL));
  }

  /// Where a jump goes; nothing if a register or memory says so. The target is the last operand, as in `tbz x0, #1, y`.
  std::optional<std::uint64_t> target(const cs_insn& what) const {
    if (x86_) {
      const auto& x86 = what.detail->x86;
      if (x86.op_count != 1 || x86.operands[0].type != X86_OP_IMM)
        return std::nullopt;
      return static_cast<std::uint64_t>(x86.operands[0].imm);
    }
    const auto& arm = what.detail->arm64;
    if (arm.op_count == 0 || arm.operands[arm.op_count - 1].type != ARM64_OP_IMM)
      return std::nullopt;
    return static_cast<std::uint64_t>(arm.operands[arm.op_count - 1].imm);
  }

  /// Ends the program, e.g. behind a call that does not return.
  bool traps(const cs_insn& what) const {
    return x86_ ? what.id == X86_INS_UD2 || what.id == X86_INS_HLT || what.id == X86_INS_INT3
                : what.id == ARM64_INS_BRK || what.id == ARM64_INS_HLT;
  }

private:
  const elf_file& file_;
  bool x86_;
  bool open_ = false;
  csh handle_ = 0;
  cs_insn* instruction_ = nullptr;
  std::vector<std::uint8_t> window_; // of the code
  std::uint64_t window_begin_ = 0;
};

/// Walks from `address` until the way ends. Puts the targets of jumps into `waiting`. False: no code.
bool walk(disassembler& code, std::uint64_t address, std::set<std::uint64_t>& seen, std::vector<std::uint64_t>& waiting,
          function_leaves& found) {
  while (seen.insert(address).second) {
    if (seen.size() > instructions_max)
      return false;
    const auto* each = code.at(address);
    if (!each)
      return false;
    auto next = address + each->size;
    if (code.in_group(*each, CS_GRP_RET)) {
      found.returns.push_back(address);
      return true;
    }
    if (code.traps(*each))
      return true;
    if (code.in_group(*each, CS_GRP_JUMP) || code.always_jumps(*each)) {
      if (auto target = code.target(*each))
        waiting.push_back(*target);
      else
        found.all = false;
      if (code.always_jumps(*each))
        return true;
    }
    address = next;
  }
  return true;
}

std::optional<std::uint64_t> address_into_result(disassembler& code, std::uint64_t address) {
  auto page = std::optional<std::uint64_t>{}; // arm64: adrp x0, page; add x0, x0, rest
  for (auto i = 0; i < thunk_instructions_max; ++i) {
    const auto* each = code.at(address);
    if (!each || code.in_group(*each, CS_GRP_RET))
      return std::nullopt;
    address += each->size;
    if (code.x86()) {
      const auto& x86 = each->detail->x86;
      if (each->id == X86_INS_LEA && x86.operands[0].reg == X86_REG_RAX && x86.operands[1].mem.base == X86_REG_RIP)
        return address + static_cast<std::uint64_t>(x86.operands[1].mem.disp);
      if (each->id == X86_INS_MOV && x86.operands[0].reg == X86_REG_EAX && x86.operands[1].type == X86_OP_IMM)
        return static_cast<std::uint64_t>(x86.operands[1].imm); // an executable at a fixed address
      continue;
    }
    const auto& arm = each->detail->arm64;
    if (each->id == ARM64_INS_ADRP && arm.operands[0].reg == ARM64_REG_X0)
      page = static_cast<std::uint64_t>(arm.operands[1].imm);
    else if (each->id == ARM64_INS_ADD && page && arm.operands[0].reg == ARM64_REG_X0 && arm.op_count == 3)
      return *page + static_cast<std::uint64_t>(arm.operands[2].imm);
  }
  return std::nullopt;
}

} // namespace

std::optional<function_leaves> find_leaves(const elf_file& file, std::uint64_t address) {
  auto code = disassembler{file};
  auto found = function_leaves{};
  auto seen = std::set<std::uint64_t>{};
  auto waiting = std::vector{address};
  while (!waiting.empty()) {
    auto next = waiting.back();
    waiting.pop_back();
    if (!walk(code, next, seen, waiting, found))
      return std::nullopt;
  }
  std::ranges::sort(found.returns);
  return found;
}

bool begins_with_call(const elf_file& file, std::uint64_t address, std::uint64_t target) {
  auto code = disassembler{file};
  for (auto i = 0; i < thunk_instructions_max; ++i) {
    const auto* each = code.at(address);
    if (!each || code.in_group(*each, CS_GRP_RET))
      return false;
    if ((code.in_group(*each, CS_GRP_CALL) || code.always_jumps(*each)) && code.target(*each) == target)
      return true;
    address += each->size;
  }
  return false;
}

std::optional<std::uint64_t> returned_address(const elf_file& file, std::uint64_t address) {
  auto code = disassembler{file};
  return address_into_result(code, address);
}

} // namespace cleartap
