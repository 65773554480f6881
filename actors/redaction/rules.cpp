#include "actors/redaction/rules.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>

namespace cleartap {

namespace {

enum class verdict : std::uint8_t { no, unknown, yes };

constexpr auto metadata_only = std::string_view{"metadata-only"};

verdict both(verdict a, verdict b) noexcept { return std::min(a, b); } // unknown and yes: unknown

std::string_view without_port(std::string_view host) noexcept {
  if (const auto at = host.rfind('@'); at != std::string_view::npos) // user information, which no host has
    host.remove_prefix(at + 1);
  if (host.starts_with('['))
    return host.substr(1, std::min(host.find(']'), host.size()) - 1);
  if (host.find(':') == host.rfind(':')) // else an IPv6 address without brackets
    host = host.substr(0, host.find(':'));
  while (host.ends_with('.'))
    host.remove_suffix(1);
  return host;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// Whether two names are one by their words, or one is within the other.
bool overlap(std::string_view a, std::string_view b) {
  const auto folded = [](std::string_view name) {
    auto out = masking::folded_key{};
    masking::fold(name.substr(0, masking::key_window_max), out);
    return std::string{out.text.data(), out.size};
  };
  return folded(a).find(folded(b)) != std::string::npos;
}

void choose_patterns(policy_wishes& wishes, std::size_t first, std::size_t count) {
  std::fill_n(wishes.chosen.begin() + static_cast<std::ptrdiff_t>(first), count, true);
}

void keep(policy_wishes& wishes, const rule_settings& rule) {
  append(wishes.keep_headers, rule.keep_headers);
  append(wishes.keep_keys, rule.keep_keys);
  append(wishes.keep_classes, rule.keep_classes);
  if (rule.mode == "full")
    wishes.metadata_only = false;
}

/// What a rule removes is not kept by another.
void remove(policy_wishes& wishes, const rule_settings& rule) {
  append(wishes.headers, rule.headers);
  append(wishes.keys, rule.keys);
  if (!rule.headers_allow.empty())
    wishes.headers_allow.push_back(rule.headers_allow);
  wishes.contacts.emails |= rule.emails;
  wishes.contacts.phones |= rule.phones;
  wishes.metadata_only |= rule.mode == metadata_only;
  std::erase_if(wishes.keep_headers, [&](const std::string& kept) {
    return std::ranges::any_of(rule.headers, [&](const auto& name) { return masking::equal_any_case(kept, name); });
  });
  std::erase_if(wishes.keep_keys, [&](const std::string& kept) {
    return std::ranges::any_of(rule.keys, [&](const auto& name) { return overlap(kept, name); });
  });
  std::erase_if(wishes.keep_classes, [&](const std::string& kept) {
    const auto own = std::ranges::find(rule.patterns, kept, &pattern_settings::name) != rule.patterns.end();
    return own || (rule.emails && kept == "email") || (rule.phones && kept == "phone");
  });
}

} // namespace

std::unique_ptr<const redaction_policy> policy_of_all(const redaction_settings& wanted) {
  const auto rules = redaction_rules{wanted};
  return rules.make(rules.choose("", ""));
}

std::string_view host_of(const exchange& what) noexcept {
  return what.request ? std::string_view{what.request->host} : std::string_view{};
}

bool is_host_of(std::string_view host, std::string_view pattern) noexcept {
  host = without_port(host);
  if (!pattern.starts_with("*."))
    return masking::equal_any_case(host, pattern);
  const auto ending = pattern.substr(1);
  return host.size() > ending.size() && masking::equal_any_case(host.substr(host.size() - ending.size()), ending);
}

redaction_rules::redaction_rules(const redaction_settings& wanted) : wanted_{wanted} {
  auto all = wanted.patterns;
  for (const auto& each : wanted.rules) {
    const auto executables = each.executable.empty() ? exclusion{} : exclusion{{each.executable}};
    rules_.push_back({each, executables, all.size()});
    append(all, each.patterns);
    asks_executable_ |= !each.executable.empty();
  }
  if (!all.empty())
    patterns_ = std::make_shared<const masking::own_patterns>(std::move(all));
}

const redaction_policy& redaction_rules::policy_for(std::string_view host, const std::string& executable) {
  const auto which = choose(host, executable);
  if (const auto known = policies_.find(which); known != policies_.end())
    return *known->second;
  if (policies_.size() >= policies_max)
    policies_.clear();
  return *policies_.emplace(which, make(which)).first->second;
}

redaction_rules::choice redaction_rules::choose(std::string_view host, const std::string& executable) const {
  auto out = choice{};
  for (auto i = std::size_t{0}; i < rules_.size(); ++i) {
    const auto& [wanted, executables, first] = rules_[i];
    const auto by_host = wanted.host.empty() ? verdict::yes
                         : host.empty()      ? verdict::unknown
                                             : (is_host_of(host, wanted.host) ? verdict::yes : verdict::no);
    const auto by_executable = wanted.executable.empty()       ? verdict::yes
                               : executable.empty()            ? verdict::unknown
                               : executables.match(executable) ? verdict::yes
                                                               : verdict::no;
    const auto verdict_of_both = both(by_host, by_executable);
    const auto bit = std::uint32_t{1} << i;
    out.removing |= verdict_of_both != verdict::no ? bit : 0;
    out.keeping |= verdict_of_both == verdict::yes ? bit : 0;
  }
  return out;
}

std::unique_ptr<redaction_policy> redaction_rules::make(choice which) const {
  auto wishes = policy_wishes{};
  wishes.metadata_only = wanted_.mode == metadata_only;
  wishes.headers = wanted_.headers;
  wishes.keys = wanted_.keys;
  if (!wanted_.headers_allow.empty())
    wishes.headers_allow.push_back(wanted_.headers_allow);
  wishes.contacts = {.emails = wanted_.emails, .phones = wanted_.phones};
  wishes.patterns = patterns_;
  wishes.chosen.resize(patterns_ ? patterns_->size() : 0);
  choose_patterns(wishes, 0, wanted_.patterns.size());
  for (auto i = std::size_t{0}; i < rules_.size(); ++i)
    if (which.keeping >> i & 1)
      keep(wishes, rules_[i].wanted);
  for (auto i = std::size_t{0}; i < rules_.size(); ++i)
    if (which.removing >> i & 1) {
      remove(wishes, rules_[i].wanted);
      choose_patterns(wishes, rules_[i].first_pattern, rules_[i].wanted.patterns.size());
    }
  return std::make_unique<redaction_policy>(std::move(wishes));
}

} // namespace cleartap
