#include "config/settings.hpp"

#include "test/support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <unistd.h>

using namespace cleartap;

namespace {

result<settings> with(std::initializer_list<std::string> overrides) {
  return load_settings({}, std::span{overrides.begin(), overrides.size()});
}

std::string error_of(const result<settings>& out) { return out ? "no error" : out.error().text; }

} // namespace

TEST_CASE("without a file and overrides there are the defaults") {
  const auto out = with({});
  REQUIRE(out);
  CHECK(out->page.listen == listen_address{"127.0.0.1", 8090});
}

TEST_CASE("a file is read and overrides win over it, the last one most") {
  const auto dir = temporary_directory{};
  const auto file = dir.write("a.yaml", "logLevel: error\ncapture: {maxBufferSize: 2048}\nredaction: {keys: [a]}\n");
  const auto overrides = std::vector<std::string>{"capture.maxBufferSize=4096", "capture.maxBufferSize=16384",
                                                  "redaction.keys=[b, 'c d']", "redaction.headers=[]"};
  const auto out = load_settings(file, overrides);
  REQUIRE(out);
  CHECK(out->logLevel == "error");
  CHECK(out->capture.maxBufferSize == 16384);
  CHECK(out->redaction.keys == std::vector<std::string>{"b", "c d"});
}

TEST_CASE("an override takes any YAML value") {
  CHECK(with({"page.listen=\"[::1]:0\""})->page.listen == listen_address{"::1", 0});
  CHECK(with({"store.path=/data/a=b"})->store.path == "/data/a=b");
  CHECK(with({"process.enabled=false"})->process.enabled == false);
  CHECK(with({"bodies={request_max: 1, response_max: 2}"})->bodies.response_max == 2);
}

TEST_CASE("an override that fails is named with what is accepted") {
  CHECK(error_of(with({"capture.maxBufferSize=1"})) ==
        "--set capture.maxBufferSize: 1 is out of range; accepted: 1024..65536 bytes");
  CHECK(error_of(with({"capture.maxBufSize=2048"})) ==
        "--set capture.maxBufSize: unknown key; did you mean capture.maxBufferSize? keys here: maxBufferSize, "
        "perfBufferPages, connections_max, threads_max, rate_max, transport, programs, sockets, returns, btf_path");
  CHECK(error_of(with({"logLevel="})) == "--set logLevel: has no value; accepted: debug, info, warning, error");
  CHECK(error_of(with({"bodies={request_max: x}"})) ==
        "--set bodies.request_max: \"x\" is not a whole decimal number; accepted: 0..16777216 bytes");
  CHECK(error_of(with({"page.listen=[::1]:80"})) ==
        "--set page.listen: starts a second document; accepted: IP:PORT, \"[IPv6]:PORT\" or localhost:PORT, port "
        "0..65535 (0 = any free one)");
  CHECK(error_of(with({"redaction.keys=[a"})).starts_with("--set redaction.keys: is not valid YAML: "));
  CHECK(error_of(with({"redaction.keys=*a"})).starts_with("--set redaction.keys: is not valid YAML: "));
  CHECK(error_of(with({"logLevel=\xff"})) ==
        "--set logLevel: holds a control character or is not UTF-8; accepted: debug, info, warning, error");
  CHECK(error_of(with({".=1"})).starts_with("--set .: unknown key; "));
  CHECK(error_of(with({"capture.=1"})).starts_with("--set capture.: unknown key; "));
}

TEST_CASE("an override is a key and a value") {
  constexpr auto accepted = "; accepted: KEY=VALUE, e.g. --set logLevel=debug";
  CHECK(error_of(with({"logLevel"})) == std::string{"--set logLevel: has no value"} + accepted);
  CHECK(error_of(with({""})) == std::string{"--set : has no value"} + accepted);
  CHECK(error_of(with({"=debug"})) == std::string{"--set =debug: has no key"} + accepted);
}

TEST_CASE("the problems of the file and of all overrides are told together") {
  const auto dir = temporary_directory{};
  const auto file = dir.write("a.yaml", "logLevel: loud\n");
  const auto overrides = std::vector<std::string>{"store.path=x", "process.enabled=1"};
  CHECK(error_of(load_settings(file, overrides)) ==
        file.string() + ":1: logLevel: \"loud\" is not known; accepted: debug, info, warning, error\n" +
            "--set store.path: is \"x\", not an absolute path; accepted: an absolute path\n" +
            "--set process.enabled: is \"1\", not a truth value; accepted: true, false");
}

TEST_CASE("a file that cannot be read fails with path, reason and mend") {
  const auto dir = temporary_directory{};
  const auto path = dir.path().string();
  CHECK(error_of(load_settings(dir.path() / "none.yaml", {})) ==
        path + "/none.yaml: cannot be read: No such file or directory; check the path after --config");
  CHECK(error_of(load_settings(dir.path(), {})) ==
        path + ": cannot be read: Is a directory; name a file in this directory");
  const auto file = dir.write("a.yaml", "logLevel: debug\n");
  CHECK(error_of(load_settings(file / "b", {})) ==
        path + "/a.yaml/b: cannot be read: Not a directory; name a readable file after --config");
}

TEST_CASE("a file that this user may not read fails with the mend") {
  if (geteuid() == 0)
    SKIP("root may read every file");
  const auto dir = temporary_directory{};
  const auto file = dir.write("a.yaml", "logLevel: debug\n");
  std::filesystem::permissions(file, std::filesystem::perms::none);
  CHECK(error_of(load_settings(file, {})) ==
        file.string() +
            ": cannot be read: Permission denied; give this user the right to read it, or run as one who has it");
}

TEST_CASE("a file that is too long fails without being read whole") {
  const auto out = load_settings("/dev/zero", {});
  CHECK(error_of(out).starts_with("/dev/zero: is longer than 262144 bytes; "));
}
