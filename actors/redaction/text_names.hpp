// Judges the names in text by the policy, each that is harmless mostly once by a policy. Refuses to find names.
#pragma once

#include "actors/redaction/encoding.hpp"
#include "actors/redaction/name_memory.hpp"
#include "actors/redaction/policy.hpp"

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
    if (name.find('\\') != std::string_view::npos)
      return policy_->key(decoded(name, json_escapes));
    if (name.find('%') != std::string_view::npos)
      return policy_->key(decoded(name, form_escapes));
    return judge(name);
  }

  /// The class of a name that is taken as it stands.
  std::optional<redaction_class> class_of_plain(std::string_view name) {
    return harmless_->knows(name) ? std::nullopt : judge(name);
  }

private:
  /// What looks escaped is not remembered: class_of() reads it otherwise.
  std::optional<redaction_class> judge(std::string_view name) {
    const auto kind = policy_->key(name);
    if (!kind && name.find_first_of("\\%") == std::string_view::npos)
      harmless_->add(name);
    return kind;
  }

  const redaction_policy* policy_;
  name_memory* harmless_;
};

} // namespace cleartap::masking
