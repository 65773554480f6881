#include "actors/probes/elf_symbols.hpp"

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

std::string error_of(const result<std::vector<function_offset>>& found) { return found ? "" : found.error().text; }

} // namespace

TEST_CASE("a function of this program is found where its code is in the file") {
  const auto found = find_functions(own_file, landmark);
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().symbol == "cleartap_landmark");
  auto code = std::array<char, 8>{};
  std::memcpy(code.data(), reinterpret_cast<const void*>(&cleartap_landmark), code.size());
  CHECK(content_of(own_file).substr(found->front().offset, code.size()) == std::string{code.data(), code.size()});
}

TEST_CASE("names that are not there are left out, and none twice") {
  const auto names = std::array<std::string_view, 4>{"no_such_function", "cleartap_landmark", "", "cleartap_landmark"};
  const auto found = find_functions(own_file, names);
  REQUIRE(found);
  CHECK(found->size() == 1);
  CHECK(find_functions(own_file, std::span<const std::string_view>{})->empty());
}

TEST_CASE("functions that a program only calls are not defined in it") {
  const auto names = std::array<std::string_view, 2>{"dlclose", "memcpy"};
  CHECK(find_functions(own_file, names)->empty());
}

TEST_CASE("all probed functions are found in the system's OpenSSL, though it is stripped") {
  const auto path = libssl();
  if (path.empty())
    SKIP("there is no libssl.so.3 here");
  const auto found = find_functions(path, probed_symbols());
  REQUIRE(found);
  CHECK(found->size() == probed_symbols().size());
  const auto file = content_of(path);
  auto library = std::unique_ptr<void, library_closer>{dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)};
  REQUIRE(library);
  for (const auto& each : *found) {
    INFO(each.symbol);
    const auto* code = static_cast<const char*>(dlsym(library.get(), each.symbol.c_str()));
    REQUIRE(code);
    // Behind the first instruction: there may be somebody's breakpoint on it.
    CHECK(file.substr(each.offset + 4, 12) == std::string(code + 4, 12));
  }
}

TEST_CASE("a file that is no ELF file is refused by name") {
  const auto dir = temporary_directory{};
  const auto text = dir.write("notes.txt", "\177ELf, almost\n");
  CHECK(error_of(find_functions(text, landmark)) == text.string() + " is not an ELF file");
  CHECK(error_of(find_functions(dir.write("empty", ""), landmark)) ==
        (dir.path() / "empty").string() + " is not an ELF file");
  CHECK(error_of(find_functions(dir.path(), landmark)) == dir.path().string() + " is not an ELF file");
}

TEST_CASE("a missing file is refused with its path and the reason") {
  CHECK(error_of(find_functions("/no/such/file", landmark)) == "cannot open /no/such/file: No such file or directory");
}

TEST_CASE("a pipe in the place of a library does not block") {
  const auto dir = temporary_directory{};
  const auto pipe = dir.path() / "libssl.so.3";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(error_of(find_functions(pipe, landmark)) == pipe.string() + " is not an ELF file");
}

TEST_CASE("an ELF file cut anywhere has no functions and does no harm") {
  const auto dir = temporary_directory{};
  const auto whole = content_of(own_file);
  for (auto size : {std::size_t{1}, std::size_t{4}, std::size_t{16}, std::size_t{63}, std::size_t{64}, std::size_t{100},
                    std::size_t{4097}, whole.size() / 2, whole.size() - 1000}) {
    INFO(size);
    const auto found = find_functions(dir.write("cut", whole.substr(0, size)), landmark);
    CHECK((!found || found->empty()));
  }
}

TEST_CASE("an ELF file whose head or tables lie does no harm") {
  const auto dir = temporary_directory{};
  const auto whole = content_of(own_file);
  for (std::size_t at = 4; at < 64; ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    const auto found = find_functions(dir.write("head", damaged), landmark);
    CHECK((!found || found->size() <= 1));
  }
  auto tables = whole;
  std::memset(tables.data() + tables.size() - 4096, 0xff, 4096); // section headers come last
  const auto found = find_functions(dir.write("tables", tables), landmark);
  CHECK((!found || found->size() <= 1));
}
