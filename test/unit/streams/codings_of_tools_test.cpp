// Bodies that the command line tools of the codings have made.
#include "test/support/temporary_directory.hpp"
#include "test/unit/streams/decoding.hpp"
#include "test/unit/streams/encoders.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <iterator>

using namespace cleartap;

namespace {

struct tool {
  std::string name;
  std::string arguments; // reads its input, writes its output
  const char* coding;
};

const auto tools = std::vector<tool>{{"gzip", "-1", "gzip"},        {"gzip", "-9", "gzip"},
                                     {"brotli", "-c -q 0", "br"},   {"brotli", "-c -q 6", "br"},
                                     {"brotli", "-c -q 11", "br"},  {"brotli", "-c -w 24", "br"},
                                     {"zstd", "-1", "zstd"},        {"zstd", "-19", "zstd"},
                                     {"zstd", "--fast=5", "zstd"},  {"zstd", "-3 --no-check", "zstd"},
                                     {"brotli", "-c -q 9 -", "br"}, {"zstd", "-T2 -B100K", "zstd"}};

int run(const std::string& command) { return std::system(command.c_str()); }

std::string content(const std::filesystem::path& file) {
  auto stream = std::ifstream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

} // namespace

TEST_CASE("what the tools make is removed") {
  const auto tool = GENERATE(from_range(tools));
  CAPTURE(tool.name, tool.arguments);
  if (run("command -v " + tool.name + " >/dev/null") != 0)
    SKIP("there is no " + tool.name);
  const auto directory = temporary_directory{};
  const auto text = encoders::records(900'000);
  const auto plain = directory.write("plain", text).string();
  const auto encoded = (directory.path() / "encoded").string();
  REQUIRE(run(tool.name + " " + tool.arguments + " <" + plain + " >" + encoded) == 0);
  const auto [body, how] = decode(tool.coding, content(encoded));
  CHECK(how == decode_outcome::done);
  CHECK((body.bytes == text)); // too long to be shown
  CHECK_FALSE(body.truncated);
}
