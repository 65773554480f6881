#include "config/settings_reader.hpp"

#include "config/settings_table.hpp"

#include <algorithm>

namespace cleartap {
namespace {

/// The section that a user was in who wrote `key`: the nearest one that there is.
std::string_view enclosing_section(std::string_view key) {
  do {
    const auto dot = key.rfind('.');
    key = key.substr(0, dot == std::string_view::npos ? 0 : dot);
  } while (!is_section(key));
  return key;
}

std::string unknown_key(std::string_view key) {
  const auto nearest = nearest_key(key);
  return "unknown key; " + (nearest ? "did you mean " + *nearest + "? " : std::string{}) +
         "keys here: " + names_below(enclosing_section(key));
}

std::string accepted_in(std::string_view section) {
  if (section.empty())
    return "one YAML map in UTF-8 with the keys of the shipped cleartap.yaml";
  return "below it, indented, the keys " + names_below(section);
}

} // namespace

void settings_reader::apply(const yaml_node& node, const std::string& key) {
  const auto* which = find_setting(key);
  if (!which && !is_section(key))
    return report(node, key, unknown_key(key));

  const auto before = std::find_if(seen_.begin(), seen_.end(), [&](const auto& each) { return each.first == key; });
  if (before != seen_.end())
    return report(node, key, "is there already, in line " + std::to_string(before->second) + "; accepted: once");
  seen_.emplace_back(key, node.line);

  if (!which)
    return apply_section(node, key);
  if (node.kind == yaml_kind::refused)
    return report(node, key, node.text + "; accepted: " + accepted(*which));
  assign(*which, target_, node,
         [this](const yaml_node& part, const std::string& name, std::string cause) { report(part, name, cause); });
}

void settings_reader::apply_section(const yaml_node& map, const std::string& section) {
  if (map.kind == yaml_kind::nothing)
    return; // all keys of the section are commented out
  if (map.kind != yaml_kind::map)
    return report(map, section,
                  (map.kind == yaml_kind::refused ? map.text : "is not a map") + "; accepted: " + accepted_in(section));
  for (const auto& child : map.children) {
    if (full())
      return;
    if (child.key.find('.') != std::string::npos)
      report(child, child.key, "is a key with dots; accepted: a line and a level of indentation for each name");
    else
      apply(child, section.empty() ? child.key : section + "." + child.key);
  }
}

void settings_reader::report(const yaml_node& node, std::string_view key, std::string cause) {
  if (problems_.size() == problems_max)
    problems_.push_back({node.line, "", "there are more problems, from here on; mend those above first"});
  else if (!full())
    problems_.push_back({node.line, std::string{key}, std::move(cause)});
}

} // namespace cleartap
