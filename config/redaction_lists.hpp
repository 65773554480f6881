// Reads and writes the lists of redaction: its patterns and its rules. Refuses to know where they are applied.
#pragma once

#include "config/setting.hpp"

#include <string>
#include <vector>

namespace cleartap {

/// Sets `target` to the list in `node`, the value of `key`, or reports what is wrong, each item with its line and
/// number, and leaves it.
void read_patterns(std::vector<pattern_settings>& target, const yaml_node& node, const std::string& key,
                   std::size_t size_max, const problem_sink& report);
void read_rules(std::vector<rule_settings>& target, const yaml_node& node, const std::string& key,
                const problem_sink& report);

/// As a file may have them, on one line; equal lists are written alike.
[[nodiscard]] std::string written_patterns(const std::vector<pattern_settings>& patterns);
[[nodiscard]] std::string written_rules(const std::vector<rule_settings>& rules);

/// Fails if the patterns of all lists cannot be searched for together.
[[nodiscard]] result<void> check_redaction(const redaction_settings& redaction);

/// The classes that keep_classes may name: those of what is told by its form.
[[nodiscard]] std::span<const std::string_view> form_classes() noexcept;

} // namespace cleartap
