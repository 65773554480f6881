// Applies a tree of YAML to the settings and collects what is wrong with it. Refuses to know files and command lines.
#pragma once

#include "config/settings.hpp"
#include "config/yaml_tree.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cleartap {

struct settings_problem {
  std::size_t line = 0; // counted from 1; 0: unknown
  std::string key;      // dotted; empty: the text as a whole
  std::string cause;    // one line: what is wrong; what is accepted
};

class settings_reader {
public:
  static constexpr std::size_t problems_max = 20;

  /// `target` outlives the reader. It is of use only if there are no problems.
  explicit settings_reader(settings& target) : target_{target} {}

  /// Takes `node` as the value of `key`, a setting or a section; "" is the section of all. Stops after `problems_max`
  /// problems, the last of which then says so.
  void apply(const yaml_node& node, const std::string& key);

  /// In the order of the text.
  const std::vector<settings_problem>& problems() const noexcept { return problems_; }

private:
  void apply_section(const yaml_node& map, const std::string& section);
  void report(const yaml_node& node, std::string_view key, std::string cause);
  bool full() const noexcept { return problems_.size() > problems_max; }

  settings& target_;
  std::vector<std::pair<std::string, std::size_t>> seen_; // known keys and their lines
  std::vector<settings_problem> problems_;
};

} // namespace cleartap
