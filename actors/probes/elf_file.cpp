#include "actors/probes/elf_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto pointer_size = std::size_t{8};

void search_table(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, std::span<const std::string_view> names,
                  std::vector<elf_symbol>& found) {
  auto* data = elf_getdata(section, nullptr);
  if (!data || header.sh_entsize == 0)
    return;
  for (auto i = 0; i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
    auto symbol = GElf_Sym{};
    if (!gelf_getsym(data, i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
      continue;
    const auto* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name && std::ranges::find(names, name) != names.end() &&
        std::ranges::find(found, name, &elf_symbol::name) == found.end())
      found.push_back({name, symbol.st_value});
  }
}

bool is_relative(std::uint16_t machine, std::uint64_t type) {
  return (machine == EM_X86_64 && type == R_X86_64_RELATIVE) || (machine == EM_AARCH64 && type == R_AARCH64_RELATIVE);
}

} // namespace

void elf_file::deleter::operator()(Elf* elf) const noexcept { elf_end(elf); }

result<elf_file> elf_file::open(const std::filesystem::path& path) {
  auto file = elf_file{};
  // Whoever owns the container may have put a pipe there, which must not block.
  file.fd_ = owned_fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.fd_)
    return failure{"cannot open " + path.string() + ": " + std::strerror(errno)};
  elf_version(EV_CURRENT);
  file.elf_.reset(elf_begin(file.fd_.get(), ELF_C_READ, nullptr));
  auto header = GElf_Ehdr{};
  if (!file.elf_ || elf_kind(file.elf_.get()) != ELF_K_ELF || !gelf_getehdr(file.elf_.get(), &header))
    return failure{path.string() + " is not an ELF file"};
  file.machine_ = header.e_machine;
  file.read_segments();
  return file;
}

void elf_file::read_segments() {
  auto count = std::size_t{0};
  if (elf_getphdrnum(elf_.get(), &count) != 0)
    return;
  for (auto i = 0; i < static_cast<int>(count); ++i) {
    auto header = GElf_Phdr{};
    if (!gelf_getphdr(elf_.get(), i, &header) || header.p_type != PT_LOAD)
      continue;
    segments_.push_back({header.p_vaddr, header.p_offset, header.p_filesz, (header.p_flags & PF_X) != 0});
  }
}

std::vector<elf_symbol> elf_file::functions(std::span<const std::string_view> names) const {
  auto found = std::vector<elf_symbol>{};
  for (auto wanted : {SHT_DYNSYM, SHT_SYMTAB}) {
    Elf_Scn* section = nullptr;
    while (found.size() < names.size() && (section = elf_nextscn(elf_.get(), section)) != nullptr) {
      auto header = GElf_Shdr{};
      if (gelf_getshdr(section, &header) && header.sh_type == static_cast<GElf_Word>(wanted))
        search_table(elf_.get(), section, header, names, found);
    }
  }
  return found;
}

const elf_file::segment* elf_file::segment_of(std::uint64_t address) const {
  auto holds = [&](const segment& each) { return address >= each.address && address - each.address < each.size; };
  auto found = std::ranges::find_if(segments_, holds);
  return found == segments_.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> elf_file::code_offset(std::uint64_t address) const {
  const auto* found = segment_of(address);
  return found && found->code ? std::optional{address - found->address + found->offset} : std::nullopt;
}

std::optional<std::uint64_t> elf_file::code_address(std::uint64_t offset) const {
  for (const auto& each : segments_)
    if (each.code && offset >= each.offset && offset - each.offset < each.size)
      return each.address + (offset - each.offset);
  return std::nullopt;
}

std::vector<std::uint8_t> elf_file::code(std::uint64_t address, std::size_t size_max) const {
  const auto* found = segment_of(address);
  if (!found || !found->code)
    return {};
  auto rest = found->size - (address - found->address);
  return read(address - found->address + found->offset,
              static_cast<std::size_t>(std::min<std::uint64_t>(size_max, rest)));
}

std::vector<std::uint8_t> elf_file::read(std::uint64_t offset, std::size_t size) const {
  auto bytes = std::vector<std::uint8_t>(size);
  auto count = pread(fd_.get(), bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

// Most pointers have a relocation that says what to add to the load address. One without (DT_RELR, or an executable at
// a fixed address) is in the file as it is.
std::optional<std::uint64_t> elf_file::pointer(std::uint64_t address) const {
  auto found = std::optional<std::uint64_t>{};
  visit_pointers([&](std::uint64_t place, std::uint64_t target) {
    if (place == address)
      found = target;
    return !found;
  });
  if (found)
    return found;
  const auto* place = segment_of(address);
  auto stored = place ? read(address - place->address + place->offset, pointer_size) : std::vector<std::uint8_t>{};
  if (stored.size() < pointer_size)
    return std::nullopt;
  auto value = std::uint64_t{0};
  std::memcpy(&value, stored.data(), pointer_size);
  return value ? std::optional{value} : std::nullopt;
}

void elf_file::visit_pointers(const std::function<bool(std::uint64_t, std::uint64_t)>& visit) const {
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf_.get(), section)) != nullptr) {
    auto header = GElf_Shdr{};
    if (!gelf_getshdr(section, &header) || header.sh_type != SHT_RELA || header.sh_entsize == 0)
      continue;
    auto* data = elf_getdata(section, nullptr);
    for (auto i = 0; data && i < static_cast<int>(header.sh_size / header.sh_entsize); ++i) {
      auto each = GElf_Rela{};
      if (gelf_getrela(data, i, &each) && is_relative(machine_, GELF_R_TYPE(each.r_info)) &&
          !visit(each.r_offset, static_cast<std::uint64_t>(each.r_addend)))
        return;
    }
  }
}

} // namespace cleartap
