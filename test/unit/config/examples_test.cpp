#include "config/settings_check.hpp"
#include "config/settings_table.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <fstream>
#include <iterator>

using namespace cleartap;

namespace {

std::vector<std::filesystem::path> examples() {
  auto files = std::vector<std::filesystem::path>{};
  for (const auto& each :
       std::filesystem::directory_iterator{std::filesystem::path{CLEARTAP_SOURCE_DIR} / "config" / "examples"})
    files.push_back(each.path());
  std::ranges::sort(files);
  return files;
}

std::string text_of(const std::filesystem::path& file) {
  auto stream = std::ifstream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

void collect(const yaml_node& node, const std::string& prefix, std::vector<std::string>& keys) {
  for (const auto& child : node.children) {
    if (child.kind == yaml_kind::map)
      collect(child, prefix + child.key + ".", keys);
    else
      keys.push_back(prefix + child.key);
  }
}

std::vector<std::string> keys_of(const std::filesystem::path& file) {
  auto keys = std::vector<std::string>{};
  collect(read_yaml(text_of(file)), "", keys);
  return keys;
}

} // namespace

TEST_CASE("there is an example for a small node, a busy node and debugging") {
  auto names = std::vector<std::string>{};
  for (const auto& each : examples())
    names.push_back(each.filename());
  CHECK(names == std::vector<std::string>{"busy-node.yaml", "debugging.yaml", "small-node.yaml"});
}

TEST_CASE("every example makes sense in every role") {
  const auto file = GENERATE(from_range(examples()));
  CAPTURE(file);
  const auto peer = std::vector<std::string>{"link.connect=reconstructor.example:9443"};
  for (auto role : {node_role::standalone, node_role::sniffer, node_role::reconstructor, node_role::watch}) {
    const auto loaded = load_settings(file, peer, role);
    INFO((loaded ? "" : loaded.error().text));
    CHECK(loaded);
  }
}

TEST_CASE("an example has only what differs from the default") {
  const auto file = GENERATE(from_range(examples()));
  CAPTURE(file);
  const auto loaded = load_settings(file, {});
  REQUIRE(loaded);
  for (const auto& key : keys_of(file)) {
    CAPTURE(key);
    REQUIRE(find_setting(key));
    CHECK(written(*find_setting(key), *loaded) != written(*find_setting(key), {}));
  }
}

TEST_CASE("an example begins with what it is for") {
  const auto file = GENERATE(from_range(examples()));
  const auto text = text_of(file);
  CHECK(text.starts_with("# "));
  CHECK(text.substr(0, text.find("\n\n")).find("All other settings keep their defaults.") != std::string::npos);
}
