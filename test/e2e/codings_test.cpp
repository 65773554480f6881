// Content codings between real programs, in both versions of HTTP: bodies are shown as what they mean.
#include "test/support/program_scene.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace cleartap::support;
using boost::json::value;

namespace {

std::string plain_of(const std::string& path) {
  auto filler = std::string{};
  for (auto i = 0; i < 1000; ++i)
    filler += "word ";
  return R"({"path":")" + path + R"(","filler":")" + filler + R"("})";
}

} // namespace

TEST_CASE("responses in every coding are shown as text, with the length that they were carried in") {
  if (node().empty() || !installed("zstd"))
    SKIP("there is no /usr/bin/node, or zstd is not installed");
  auto in = program_scene{{node(), program_script("protocols_server.js")}};
  in.open_watch("/echo/warm-up");
  for (const auto& [option, version] : {std::pair{"--http1.1", "1.1"}, std::pair{"--http2", "2"}})
    for (auto coding : {"br", "gzip", "deflate", "raw", "zstd", "gzip+br", "br+zstd"}) {
      INFO(coding << " in HTTP/" << version);
      auto path = std::string{"/coded/"} + coding + "/" + unique_word();
      REQUIRE(fetch(in.url(path), {option}).status == 200);
      auto call = in.expect_call(path);
      for (const auto& seen : {call.client, call.server}) {
        CHECK(text(seen, "/request/version") == version);
        CHECK(text(seen, "/quality") == "complete");
        CHECK((text(seen, "/response/body") == plain_of(path)));
        CHECK(text(seen, "/response/bytes") == header(seen, "/response", "x-coded-size"));
        CHECK(text(seen, "/response/truncated") == "false");
      }
    }
}

TEST_CASE("request bodies in every coding are shown as text") {
  if (node().empty())
    SKIP("there is no /usr/bin/node");
  auto in = program_scene{{node(), program_script("protocols_server.js")}};
  in.open_watch("/echo/warm-up");
  for (const auto& [coding, program] :
       {std::pair{"br", "brotli"}, std::pair{"gzip", "gzip"}, std::pair{"zstd", "zstd"}}) {
    if (!installed(program))
      SKIP(program << " is not installed");
    auto path = "/echo/" + unique_word();
    auto coded = run({{program, "-c"}, {}, plain_of(path)});
    REQUIRE(coded.status == 0);
    for (auto option : {"--http1.1", "--http2"})
      REQUIRE(fetch(in.url(path + option),
                    {option, "--data-binary", "@-", "-H", "Content-Type: application/json", "-H",
                     std::string{"Content-Encoding: "} + coding},
                    coded.output)
                  .status == 200);
    for (auto option : {"--http1.1", "--http2"}) {
      INFO(coding << ", " << option);
      auto call = in.expect_call(path + option);
      for (const auto& seen : {call.client, call.server}) {
        CHECK(text(seen, "/quality") == "complete");
        CHECK((text(seen, "/request/body") == plain_of(path)));
        CHECK(number(seen, "/request/bytes") == static_cast<std::int64_t>(coded.output.size()));
      }
    }
  }
}
