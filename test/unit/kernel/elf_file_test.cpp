#include "actors/probes/elf_file.hpp"

#include "actors/probes/library_file.hpp"

#include "test/support/temporary_directory.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sys/stat.h>

using namespace cleartap;

/// Something to look for in this program's own file.
extern "C" [[gnu::used, gnu::noinline]] int cleartap_landmark(int x) { return x * 31 + 7; }

namespace {

constexpr auto own_file = "/proc/self/exe";
constexpr auto landmark = std::array<std::string_view, 1>{"cleartap_landmark"};

std::string content_of(const std::filesystem::path& path) {
  auto file = std::ifstream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The system's OpenSSL, or an empty path.
std::filesystem::path libssl() {
  for (const auto* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"})
    if (auto path = std::filesystem::path{folder} / "libssl.so.3"; std::filesystem::exists(path))
      return path;
  return {};
}

struct library_closer {
  void operator()(void* handle) const noexcept { dlclose(handle); }
};

std::string error_of(const result<elf_file>& file) { return file ? "" : file.error().text; }

/// The function that BIO_read or BIO_write calls for an SSL BIO, as the loaded library has it.
const char* bio_method(void* library, bool read) {
  auto* methods = reinterpret_cast<const void* (*)()>(dlsym(library, "BIO_f_ssl"))();
  return static_cast<const char* const*>(methods)[read ? 4 : 2];
}

/// In the file, by name; none if it is no ELF file.
std::vector<elf_symbol> functions_of(const std::filesystem::path& path, std::span<const std::string_view> names) {
  auto file = elf_file::open(path);
  return file ? file->functions(names) : std::vector<elf_symbol>{};
}

} // namespace

TEST_CASE("a function of this program is found where its code is in the file") {
  const auto file = elf_file::open(own_file);
  REQUIRE(file);
  const auto found = file->functions(landmark);
  REQUIRE(found.size() == 1);
  CHECK(found.front().name == "cleartap_landmark");
  const auto offset = file->code_offset(found.front().address);
  REQUIRE(offset);
  CHECK(file->code_address(*offset) == found.front().address);
  auto code = std::array<char, 8>{};
  std::memcpy(code.data(), reinterpret_cast<const void*>(&cleartap_landmark), code.size());
  CHECK(content_of(own_file).substr(*offset, code.size()) == std::string{code.data(), code.size()});
  const auto bytes = file->code(found.front().address, code.size());
  CHECK(std::string{bytes.begin(), bytes.end()} == std::string{code.data(), code.size()});
}

TEST_CASE("names that are not there are left out, and none twice") {
  const auto names = std::array<std::string_view, 4>{"no_such_function", "cleartap_landmark", "", "cleartap_landmark"};
  CHECK(functions_of(own_file, names).size() == 1);
  CHECK(functions_of(own_file, {}).empty());
}

TEST_CASE("functions that a program only calls are not defined in it") {
  const auto names = std::array<std::string_view, 2>{"dlclose", "memcpy"};
  CHECK(functions_of(own_file, names).empty());
}

TEST_CASE("the functions of the system's OpenSSL are found, though it is stripped") {
  const auto path = libssl();
  if (path.empty())
    SKIP("there is no libssl.so.3 here");
  const auto found = look_into(path);
  REQUIRE(found);
  CHECK(found->family == "OpenSSL");
  CHECK(found->obstacle.empty());
  CHECK(found->functions.size() >= 11); // SSL_write_ex2 came with 3.3
  const auto file = content_of(path);
  auto library = std::unique_ptr<void, library_closer>{dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)};
  REQUIRE(library);
  for (const auto& each : found->functions) {
    INFO(each.symbol);
    const auto* code = static_cast<const char*>(dlsym(library.get(), each.symbol.c_str()));
    if (each.symbol.starts_with("BIO_f_ssl: "))
      code = bio_method(library.get(), each.symbol.ends_with("read"));
    REQUIRE(code);
    // Behind the first instruction: there may be somebody's breakpoint on it.
    CHECK(file.substr(each.offset + 4, 12) == std::string(code + 4, 12));
  }
}

TEST_CASE("a file that is no ELF file is refused by name") {
  const auto dir = temporary_directory{};
  const auto text = dir.write("notes.txt", "\177ELf, almost\n");
  CHECK(error_of(elf_file::open(text)) == text.string() + " is not an ELF file");
  CHECK(error_of(elf_file::open(dir.write("empty", ""))) == (dir.path() / "empty").string() + " is not an ELF file");
  CHECK(error_of(elf_file::open(dir.path())) == dir.path().string() + " is not an ELF file");
}

TEST_CASE("a missing file is refused with its path and the reason") {
  CHECK(error_of(elf_file::open("/no/such/file")) == "cannot open /no/such/file: No such file or directory");
}

TEST_CASE("a pipe in the place of a library does not block") {
  const auto dir = temporary_directory{};
  const auto pipe = dir.path() / "libssl.so.3";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of(elf_file::open(pipe)) == pipe.string() + " is not an ELF file");
}

TEST_CASE("an ELF file cut anywhere has no functions and does no harm") {
  const auto dir = temporary_directory{};
  const auto whole = content_of(own_file);
  for (auto size : {std::size_t{1}, std::size_t{4}, std::size_t{16}, std::size_t{63}, std::size_t{64}, std::size_t{100},
                    std::size_t{4097}, whole.size() / 2, whole.size() - 1000}) {
    INFO(size);
    const auto cut = dir.write("cut", whole.substr(0, size));
    CHECK(functions_of(cut, landmark).empty());
    static_cast<void>(look_into(cut));
  }
}

TEST_CASE("an ELF file whose head or tables lie does no harm") {
  const auto dir = temporary_directory{};
  const auto whole = content_of(own_file);
  for (std::size_t at = 4; at < 64; ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    CHECK(functions_of(dir.write("head", damaged), landmark).size() <= 1);
  }
  auto tables = whole;
  std::memset(tables.data() + tables.size() - 4096, 0xff, 4096); // section headers come last
  CHECK(functions_of(dir.write("tables", tables), landmark).size() <= 1);
}
