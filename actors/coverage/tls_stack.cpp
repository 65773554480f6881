#include "actors/coverage/tls_stack.hpp"

#include "messages/owned_fd.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/mman.h>
#include <sys/stat.h>

namespace cleartap {

namespace {

constexpr auto executable_size_max = std::size_t{256} << 20; // more is not searched
constexpr auto searched_max = std::size_t{1024};             // executables remembered

struct sign {
  std::string_view mark;
  std::string_view meaning;
};

constexpr auto mapped = std::array{
    sign{"/libjvm.so", "the Java runtime does its TLS itself (JSSE); that is not captured"},
    sign{"/libmbedtls.so", "its TLS is mbed TLS, which is not captured"},
    sign{"/libwolfssl.so", "its TLS is wolfSSL, which is not captured"},
    sign{"/libs2n.so", "its TLS is s2n, which is not captured"},
    sign{"/libbotan-", "its TLS is Botan, which is not captured"},
};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Whether a digit follows `mark` somewhere, as in the names of versions.
bool has_version(std::string_view bytes, std::string_view mark) {
  for (auto at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + 1))
    if (at + mark.size() < bytes.size() && is_digit(bytes[at + mark.size()]))
      return true;
  return false;
}

/// The head of Go's build information, which the linker aligns (debug/buildinfo).
bool is_go(std::string_view bytes) {
  constexpr auto mark = std::string_view{"\xff Go buildinf:"};
  for (auto at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + 1))
    if (at % 16 == 0)
      return true;
  return false;
}

struct unmapper {
  std::size_t size = 0;
  void operator()(void* at) const noexcept { munmap(at, size); }
};

/// What is in an open file, as far as it is searched.
std::string search(int file, std::size_t size) {
  size = std::min(size, executable_size_max);
  auto* at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (at == MAP_FAILED)
    return {};
  auto owner = std::unique_ptr<void, unmapper>{at, unmapper{size}};
  return stack_in_executable({static_cast<const char*>(at), size});
}

} // namespace

std::string stack_in_maps(std::string_view maps) {
  for (const auto& [mark, meaning] : mapped)
    if (maps.find(mark) != std::string_view::npos)
      return std::string{meaning};
  return {};
}

std::string stack_in_executable(std::string_view bytes) {
  if (is_go(bytes))
    return "Go's crypto/tls is in the program; that is not captured yet";
  if (has_version(bytes, "rustls-"))
    return "rustls is in the program; that is not captured yet";
  if (has_version(bytes, "OpenSSL 1.") || has_version(bytes, "OpenSSL 3."))
    return "OpenSSL is linked into the program and its symbols are stripped: there is nothing to attach to";
  if (bytes.find("BoringSSL") != std::string_view::npos)
    return "BoringSSL is linked into the program and its symbols are stripped: there is nothing to attach to";
  return {};
}

std::string tls_stacks::find(std::uint32_t pid) {
  auto directory = proc_ / std::to_string(pid);
  errno = 0;
  auto file = std::ifstream{directory / "maps"};
  auto maps = std::stringstream{};
  maps << file.rdbuf();
  if (!file || maps.str().empty())
    return errno == EACCES || errno == EPERM ? "it may not be looked at: CAP_SYS_PTRACE is needed"
                                             : "it ended before it could be looked at";
  if (auto stack = stack_in_maps(maps.str()); !stack.empty())
    return stack;
  if (auto stack = of_executable(directory / "exe"); !stack.empty())
    return stack;
  return "no TLS library that cleartap knows is in it; it may only pass on what others encrypt";
}

std::string tls_stacks::of_executable(const std::filesystem::path& path) {
  auto file = owned_fd{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat info{};
  if (!file || fstat(file.get(), &info) != 0 || info.st_size <= 0)
    return {};
  auto which = executable{{info.st_dev, info.st_ino}, info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  if (auto known = searched_.find(which); known != searched_.end())
    return known->second;
  if (searched_.size() >= searched_max)
    searched_.clear(); // costs searching again
  return searched_[which] = search(file.get(), static_cast<std::size_t>(info.st_size));
}

} // namespace cleartap
