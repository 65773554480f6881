#include "config/redaction_lists.hpp"

#include "config/host_name.hpp"
#include "config/pattern.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <array>

namespace cleartap {
namespace {

constexpr auto class_size_max = std::size_t{32};
constexpr auto forms =
    std::to_array<std::string_view>({"card", "email", "jwt", "pem", "phone", "provider", "ssn", "url"});

constexpr auto header_names = names_setting{nullptr, name_kind::header};
constexpr auto any_names = names_setting{nullptr, name_kind::any};

/// Of a list's items, which have neither a key nor always a line of their own.
std::string numbered(const std::string& key, std::size_t index) { return key + "[" + std::to_string(index) + "]"; }

std::string what_it_is(const yaml_node& node) {
  return node.kind == yaml_kind::refused ? node.text : "\"" + shown(node.text) + "\"";
}

/// Reads one map: each of its keys once, by what `read` makes of it.
class map_reader {
public:
  map_reader(std::string key, const problem_sink& report) : key_{std::move(key)}, report_{report} {}

  bool ok() const noexcept { return ok_; }

  void complain(const yaml_node& at, const std::string& key, std::string cause) {
    ok_ = false;
    report_(at, key, std::move(cause));
  }
  void complain(const yaml_node& at, std::string cause) { complain(at, key_ + "." + at.key, std::move(cause)); }

  /// `read(child)` is false for a key that there is not.
  template <class Read>
  void read(const yaml_node& map, std::string_view keys, Read read_child) {
    if (map.kind != yaml_kind::map)
      return complain(map, key_, "is not a map; accepted: the keys " + std::string{keys});
    auto seen = std::vector<std::string_view>{};
    for (const auto& child : map.children) {
      if (std::ranges::find(seen, child.key) != seen.end())
        complain(child, "is there already; accepted: once");
      else if (!read_child(child))
        complain(child, "unknown key; keys here: " + std::string{keys});
      seen.push_back(child.key);
    }
  }

  void names(std::vector<std::string>& target, const names_setting& kind, const yaml_node& node) {
    auto names =
        node.kind == yaml_kind::refused ? result<std::vector<std::string>>{failure{node.text}} : read_names(kind, node);
    if (names)
      target = *std::move(names);
    else
      complain(node, names.error().text + "; accepted: " + accepted(kind));
  }

  void switched_on(bool& target, const yaml_node& node) {
    if (node.kind != yaml_kind::scalar || node.quoted || (node.text != "true" && node.text != "false"))
      return complain(node, "is " + what_it_is(node) + ", not a truth value; accepted: true, false");
    target = node.text == "true";
  }

  void word(std::string& target, const yaml_node& node, bool (*accepts)(std::string_view), std::string_view accepted) {
    if (node.kind != yaml_kind::scalar || !accepts(node.text))
      return complain(node, "is " + what_it_is(node) + "; accepted: " + std::string{accepted});
    target = node.text;
  }

  const std::string& key() const noexcept { return key_; }

private:
  std::string key_;
  const problem_sink& report_;
  bool ok_ = true;
};

bool is_class_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= class_size_max && text[0] >= 'a' && std::ranges::all_of(text, fits);
}

bool is_mode(std::string_view text) { return text == "full" || text == "metadata-only"; }

bool is_host_pattern(std::string_view text) { return is_host_name(text.starts_with("*.") ? text.substr(2) : text); }

bool is_path_pattern(std::string_view text) {
  return !text.empty() && text.size() <= path_setting::size_max && (text[0] == '/' || text[0] == '*');
}

/// True if the list is one and short enough.
bool is_list(const yaml_node& node, const std::string& key, std::size_t size_max, std::string_view items,
             const problem_sink& report) {
  const auto accepted = "; accepted: a list of at most " + std::to_string(size_max) + " " + std::string{items};
  if (node.kind == yaml_kind::list && node.children.size() <= size_max)
    return true;
  report(node, key,
         (node.kind == yaml_kind::list      ? "has " + std::to_string(node.children.size()) + " items"
          : node.kind == yaml_kind::refused ? node.text
                                            : std::string{"is not a list"}) +
             accepted);
  return false;
}

bool read_pattern(pattern_settings& target, const yaml_node& item, const std::string& key, const problem_sink& report) {
  auto reader = map_reader{key, report};
  reader.read(item, "class, pattern", [&](const yaml_node& child) {
    if (child.key == "class") {
      reader.word(target.name, child, is_class_name, "a name of small letters, digits, - and _, 1..32 bytes");
    } else if (child.key == "pattern") {
      target.pattern = child.text;
      auto checked = child.kind == yaml_kind::scalar ? check_pattern(child.text) : failure{what_it_is(child)};
      if (!checked)
        reader.complain(child, checked.error().text);
    } else {
      return false;
    }
    return true;
  });
  if (reader.ok() && (target.name.empty() || target.pattern.empty()))
    reader.complain(item, key,
                    "has no " + std::string{target.name.empty() ? "class" : "pattern"} +
                        "; accepted: the keys class, pattern");
  return reader.ok();
}

constexpr auto rule_keys = std::string_view{"host, executable, mode, headers, headers_allow, keys, patterns, emails, "
                                            "phones, keep_headers, keep_keys, keep_classes"};

constexpr auto no_namespace = std::string_view{
    "namespaces are not known where secrets are removed: the sniffer asks nothing of Kubernetes; bind the rule to an "
    "executable, or give the namespace's nodes settings of their own"};

bool read_condition(map_reader& reader, rule_settings& rule, const yaml_node& child) {
  if (child.key == "host")
    reader.word(rule.host, child, is_host_pattern, "a DNS name, \"*.NAME\" or an IP address, without a port");
  else if (child.key == "executable")
    reader.word(rule.executable, child, is_path_pattern, "a pattern that begins with / or *, 1..4095 bytes");
  else if (child.key == "namespace")
    reader.complain(child, std::string{no_namespace});
  else
    return false;
  return true;
}

bool read_tightening(map_reader& reader, rule_settings& rule, const yaml_node& child, const problem_sink& report) {
  if (child.key == "mode")
    reader.word(rule.mode, child, is_mode, "full, metadata-only");
  else if (child.key == "headers")
    reader.names(rule.headers, header_names, child);
  else if (child.key == "headers_allow")
    reader.names(rule.headers_allow, header_names, child);
  else if (child.key == "keys")
    reader.names(rule.keys, any_names, child);
  else if (child.key == "patterns")
    read_patterns(rule.patterns, child, reader.key() + ".patterns", rules_setting::patterns_max, report);
  else if (child.key == "emails")
    reader.switched_on(rule.emails, child);
  else if (child.key == "phones")
    reader.switched_on(rule.phones, child);
  else
    return false;
  return true;
}

bool is_form(std::string_view name) { return std::ranges::find(forms, name) != forms.end(); }

bool read_loosening(map_reader& reader, rule_settings& rule, const yaml_node& child) {
  if (child.key == "keep_headers") {
    reader.names(rule.keep_headers, header_names, child);
  } else if (child.key == "keep_keys") {
    reader.names(rule.keep_keys, any_names, child);
  } else if (child.key == "keep_classes") {
    reader.names(rule.keep_classes, any_names, child);
    const auto odd = std::ranges::find_if_not(rule.keep_classes, is_form);
    if (odd != rule.keep_classes.end())
      reader.complain(
          child, "\"" + shown(*odd) + "\" is not told by its form; accepted: " + [] {
            auto out = std::string{};
            for (const auto each : forms)
              out.append(out.empty() ? "" : ", ").append(each);
            return out;
          }() + "; what a key or header names is kept by keep_keys and keep_headers");
  } else {
    return false;
  }
  return true;
}

/// The key by which the rule shows what is masked without it; empty if it does not.
std::string_view loosens_by(const rule_settings& rule) {
  if (!rule.keep_headers.empty())
    return "keep_headers";
  if (!rule.keep_keys.empty())
    return "keep_keys";
  if (!rule.keep_classes.empty())
    return "keep_classes";
  return rule.mode == "full" ? "mode" : "";
}

void check_rule(map_reader& reader, const rule_settings& rule, const yaml_node& item) {
  if (rule.host.empty() && rule.executable.empty())
    return reader.complain(item, reader.key(),
                           "has neither host nor executable; what is for all traffic stands in redaction itself");
  const auto loosens = loosens_by(rule);
  if (loosens.empty() || rule.host.empty())
    return;
  const auto at = std::ranges::find(item.children, loosens, &yaml_node::key);
  reader.complain(at == item.children.end() ? item : *at, reader.key() + "." + std::string{loosens},
                  "shows more to whoever sends this host, and a host is what the peer says; rules with host may only "
                  "remove more: bind this one to an executable");
}

bool read_rule(rule_settings& rule, const yaml_node& item, const std::string& key, const problem_sink& report) {
  auto nested_ok = true;
  const auto noting = problem_sink{[&](const yaml_node& part, const std::string& name, std::string cause) {
    nested_ok = false;
    report(part, name, std::move(cause));
  }};
  auto reader = map_reader{key, noting};
  reader.read(item, rule_keys, [&](const yaml_node& child) {
    return read_condition(reader, rule, child) || read_tightening(reader, rule, child, noting) ||
           read_loosening(reader, rule, child);
  });
  if (nested_ok)
    check_rule(reader, rule, item);
  return nested_ok;
}

void append(std::string& out, std::string_view key, const std::string& value) {
  out.append(out.empty() ? "" : ", ").append(key).append(": ").append(value);
}

void append(std::string& out, std::string_view key, const std::vector<std::string>& names) {
  if (!names.empty())
    append(out, key, yaml_list(names));
}

std::string written(const rule_settings& rule) {
  auto out = std::string{};
  if (!rule.host.empty())
    append(out, "host", yaml_text(rule.host));
  if (!rule.executable.empty())
    append(out, "executable", yaml_text(rule.executable));
  if (!rule.mode.empty())
    append(out, "mode", rule.mode);
  append(out, "headers", rule.headers);
  append(out, "headers_allow", rule.headers_allow);
  append(out, "keys", rule.keys);
  if (!rule.patterns.empty())
    append(out, "patterns", written_patterns(rule.patterns));
  if (rule.emails)
    append(out, "emails", "true");
  if (rule.phones)
    append(out, "phones", "true");
  append(out, "keep_headers", rule.keep_headers);
  append(out, "keep_keys", rule.keep_keys);
  append(out, "keep_classes", rule.keep_classes);
  return "{" + out + "}";
}

} // namespace

void read_patterns(std::vector<pattern_settings>& target, const yaml_node& node, const std::string& key,
                   std::size_t size_max, const problem_sink& report) {
  if (!is_list(node, key, size_max, "{class, pattern}", report))
    return;
  auto patterns = std::vector<pattern_settings>(node.children.size());
  auto good = true;
  for (auto i = std::size_t{0}; i < patterns.size(); ++i)
    good &= read_pattern(patterns[i], node.children[i], numbered(key, i), report);
  if (good)
    target = std::move(patterns);
}

void read_rules(std::vector<rule_settings>& target, const yaml_node& node, const std::string& key,
                const problem_sink& report) {
  if (!is_list(node, key, rules_setting::rules_max, "rules", report))
    return;
  auto rules = std::vector<rule_settings>(node.children.size());
  auto good = true;
  for (auto i = std::size_t{0}; i < rules.size(); ++i)
    good &= read_rule(rules[i], node.children[i], numbered(key, i), report);
  if (good)
    target = std::move(rules);
}

std::string written_patterns(const std::vector<pattern_settings>& patterns) {
  auto out = std::string{};
  for (const auto& each : patterns)
    out.append(out.empty() ? "" : ", ")
        .append("{class: " + yaml_text(each.name) + ", pattern: " + yaml_text(each.pattern) + "}");
  return "[" + out + "]";
}

std::string written_rules(const std::vector<rule_settings>& rules) {
  auto out = std::string{};
  for (const auto& each : rules)
    out.append(out.empty() ? "" : ", ").append(written(each));
  return "[" + out + "]";
}

result<void> check_redaction(const redaction_settings& redaction) {
  auto all = std::vector<std::string>{};
  const auto take = [&all](const std::vector<pattern_settings>& patterns) {
    for (const auto& each : patterns)
      all.push_back(each.pattern);
  };
  take(redaction.patterns);
  for (const auto& rule : redaction.rules)
    take(rule.patterns);
  const auto compiled = compile_patterns(all);
  return compiled ? result<void>{} : compiled.error();
}

std::span<const std::string_view> form_classes() noexcept { return forms; }

} // namespace cleartap
