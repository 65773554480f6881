// Judges the names in text by the policy, each that is harmless mostly once by a policy. Refuses to find names.
#pragma once

#include "actors/redaction/encoding.hpp"
#include "actors/redaction/name_memory.hpp"
#include "actors/redaction/policy.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace cleartap::masking {

class text_names {
public:
  explicit text_names(const redaction_policy& policy) noexcept : policy_{&policy}, harmless_{&policy.harmless().text} {}

  /// The class of a name that may have escapes.
  std::optional<redaction_class> class_of(std::string_view name) {
    if (harmless_->knows(name))
      return std::nullopt;
    if (!is_escaped(name))
      return judge(name);
    const auto by_json = name.find('\\') != std::string_view::npos;
    return policy_->key(decoded(name, by_json ? json_escapes : form_escapes));
  }

  /// The class of a name that is taken as it stands.
  std::optional<redaction_class> class_of_plain(std::string_view name) {
    if (harmless_->knows(name))
      return std::nullopt;
    return is_escaped(name) ? policy_->key(name) : judge(name);
  }

private:
  /// Such a name is not remembered: what it is depends on how it is read.
  static bool is_escaped(std::string_view name) noexcept {
    return std::ranges::any_of(name, [](char c) { return c == '\\' || c == '%'; });
  }

  std::optional<redaction_class> judge(std::string_view name) {
    const auto kind = policy_->key(name);
    if (!kind)
      harmless_->add(name);
    return kind;
  }

  const redaction_policy* policy_;
  name_memory* harmless_;
};

} // namespace cleartap::masking
