#include "actors/probes/elf_symbols.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gelf.h>
#include <memory>
#include <optional>
#include <unistd.h>

namespace cleartap {

namespace {

class file_descriptor {
public:
  explicit file_descriptor(int fd) noexcept : fd_{fd} {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (fd_ >= 0)
      close(fd_);
  }
  int get() const noexcept { return fd_; }

private:
  int fd_;
};

struct elf_deleter {
  void operator()(Elf* elf) const noexcept { elf_end(elf); }
};

/// A symbol's value is an address; the probe wants the place in the file, which the loadable segment tells (ELF spec,
/// program header).
std::optional<std::uint64_t> file_offset(Elf* elf, std::uint64_t address) {
  auto count = std::size_t{0};
  if (elf_getphdrnum(elf, &count) != 0)
    return std::nullopt;
  for (auto i = 0; i < static_cast<int>(count); ++i) {
    auto segment = GElf_Phdr{};
    if (!gelf_getphdr(elf, i, &segment) || segment.p_type != PT_LOAD || !(segment.p_flags & PF_X))
      continue;
    if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
      return address - segment.p_vaddr + segment.p_offset;
  }
  return std::nullopt;
}

void search_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::span<const std::string_view> names,
                  std::vector<function_offset>& found) {
  auto* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0)
    return;
  for (auto i = 0; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    auto symbol = GElf_Sym{};
    if (!gelf_getsym(data, i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
      continue;
    const auto* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (!name || std::ranges::find(names, name) == names.end())
      continue;
    auto offset = file_offset(elf, symbol.st_value);
    if (offset && std::ranges::find(found, name, &function_offset::symbol) == found.end())
      found.push_back({name, *offset});
  }
}

} // namespace

result<std::vector<function_offset>> find_functions(const std::filesystem::path& path,
                                                    std::span<const std::string_view> names) {
  // Whoever owns the container may have put a pipe there, which must not block.
  auto file = file_descriptor{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.get() < 0)
    return failure{"cannot open " + path.string() + ": " + std::strerror(errno)};
  elf_version(EV_CURRENT);
  auto elf = std::unique_ptr<Elf, elf_deleter>{elf_begin(file.get(), ELF_C_READ_MMAP, nullptr)};
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF)
    return failure{path.string() + " is not an ELF file"};
  auto found = std::vector<function_offset>{};
  for (auto wanted : {SHT_DYNSYM, SHT_SYMTAB}) {
    Elf_Scn* section = nullptr;
    while (found.size() < names.size() && (section = elf_nextscn(elf.get(), section)) != nullptr) {
      auto header = GElf_Shdr{};
      if (gelf_getshdr(section, &header) && header.sh_type == static_cast<GElf_Word>(wanted))
        search_table(elf.get(), section, header, names, found);
    }
  }
  return found;
}

} // namespace cleartap
