#include "config/settings_table.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

using namespace cleartap;

namespace {

const auto shipped = std::filesystem::path{CLEARTAP_SOURCE_DIR} / "config" / "cleartap.yaml";

std::string shipped_text() {
  auto file = std::ifstream{shipped};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> shipped_lines() {
  auto lines = std::vector<std::string>{};
  auto text = std::istringstream{shipped_text()};
  for (auto line = std::string{}; std::getline(text, line);)
    lines.push_back(line);
  return lines;
}

/// The lines of all values below `node`, by their dotted key.
void collect(const yaml_node& node, const std::string& prefix, std::multimap<std::string, std::size_t>& out) {
  for (const auto& child : node.children) {
    if (child.kind == yaml_kind::map)
      collect(child, prefix + child.key + ".", out);
    else
      out.emplace(prefix + child.key, child.line);
  }
}

std::multimap<std::string, std::size_t> shipped_keys() {
  auto out = std::multimap<std::string, std::size_t>{};
  collect(read_yaml(shipped_text()), "", out);
  return out;
}

bool same(const number_setting& kind, settings& a, settings& b) {
  return std::visit([&](auto at) { return *at(a) == *at(b); }, kind.at);
}

template <class Kind>
bool same(const Kind& kind, settings& a, settings& b) {
  return *kind.at(a) == *kind.at(b);
}

result<settings> with(const setting& which, std::uint64_t value) {
  const auto text = std::string{which.key} + "=" + std::to_string(value);
  return load_settings({}, std::span{&text, 1});
}

} // namespace

TEST_CASE("the shipped file gives the defaults") {
  auto loaded = load_settings(shipped, {});
  INFO((loaded ? "" : loaded.error().text));
  REQUIRE(loaded);
  auto defaults = settings{};
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    CHECK(std::visit([&](const auto& kind) { return same(kind, *loaded, defaults); }, each.kind));
  }
}

TEST_CASE("every key is in the shipped file once") {
  const auto keys = shipped_keys();
  CHECK(keys.size() == all_settings().size());
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    CHECK(keys.count(std::string{each.key}) == 1);
  }
}

TEST_CASE("every key in the shipped file has what is accepted, and whether live, at its side or in the line above") {
  const auto lines = shipped_lines();
  const auto keys = shipped_keys();
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    const auto at = keys.find(std::string{each.key});
    REQUIRE(at != keys.end());
    REQUIRE(at->second >= 2);
    const auto& above = lines[at->second - 2];
    const auto& line = lines[at->second - 1];
    const auto comment = line.find('#') != std::string::npos ? line.substr(line.find('#')) : above;
    CHECK(comment.starts_with(std::string(comment.find('#'), ' ') + "# "));
    CHECK(comment.ends_with(" " + accepted(each) + (each.live ? " (live)" : "")));
  }
}

TEST_CASE("every key is listed once") {
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    CHECK(find_setting(each.key) == &each);
    CHECK(!is_section(each.key));
  }
}

TEST_CASE("every number is accepted at its bounds and refused past them") {
  for (const auto& each : all_settings()) {
    const auto* number = std::get_if<number_setting>(&each.kind);
    if (!number)
      continue;
    CAPTURE(each.key);
    CHECK(number->min < number->max);
    CHECK(with(each, number->min));
    CHECK(with(each, number->max));
    CHECK(!with(each, number->max + 1));
    if (number->min > 0)
      CHECK(!with(each, number->min - 1));
  }
}

TEST_CASE("no two keys set the same member") {
  auto target = settings{};
  auto members = std::map<const void*, std::string_view>{};
  for (const auto& each : all_settings()) {
    CAPTURE(each.key);
    const auto* member = std::visit(
        [&](const auto& kind) -> const void* {
          if constexpr (std::is_same_v<decltype(kind), const number_setting&>)
            return std::visit([&](auto at) -> const void* { return at(target); }, kind.at);
          else
            return kind.at(target);
        },
        each.kind);
    CHECK(members.emplace(member, each.key).second);
  }
}

TEST_CASE("a key finds the nearest in its section, else the only one of its name") {
  CHECK(nearest_key("capture.max_buffer_size") == "capture.maxBufferSize");
  CHECK(nearest_key("loglevel") == "logLevel");
  CHECK(nearest_key("pipelines") == "pipeline");
  CHECK(nearest_key("pipeline.stream") == "pipeline.streams");
  CHECK(nearest_key("bodies.workers") == "pipeline.redaction.workers");
  CHECK(nearest_key("nowhere.shards") == std::nullopt); // two stages have it
  CHECK(nearest_key("zzzzzz") == std::nullopt);
  CHECK(nearest_key("") == std::nullopt);
  CHECK(nearest_key(std::string(100'000, 'a')) == std::nullopt);
}

TEST_CASE("a section lists the names below it once") {
  CHECK(names_below("pipeline") == "streams, redaction, enrichment, uplink, inventory, feed, rescan");
  CHECK(names_below("store") == "path");
  CHECK(is_section(""));
  CHECK(is_section("pipeline.feed"));
  CHECK(!is_section("pipe"));
  CHECK(!is_section("pipeline."));
}
