// What is to be masked by name, compiled once from the configuration. Refuses to know messages.
#pragma once

#include "actors/redaction/contacts.hpp"
#include "actors/redaction/key_rule.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// Read-only after its construction, so that any number of threads may share it. Not copied: its parts refer to each
/// other.
class redaction_policy {
public:
  /// `headers` (any case, whole names) and `keys` are masked as `custom` beside the built-in ones.
  explicit redaction_policy(std::span<const std::string> headers = {}, std::span<const std::string> keys = {},
                            masking::contact_rules contacts = {});

  /// The class of the values under `key`, decoded, or nothing if they may be shown.
  [[nodiscard]] std::optional<redaction_class> key(std::string_view key, std::size_t stem_size_min = 0) const noexcept {
    return keys_.match(key, stem_size_min);
  }

  /// Whether key() knows other names than the built-in ones, which have two letters at least.
  [[nodiscard]] bool has_extra_keys() const noexcept { return keys_.has_extra(); }

  /// The class of the value of the header `name`, or nothing if it may be shown.
  [[nodiscard]] std::optional<redaction_class> header(std::string_view name) const noexcept;

  /// Which contacts are masked.
  [[nodiscard]] masking::contact_rules contacts() const noexcept { return contacts_; }

private:
  std::vector<std::string> headers_;
  masking::key_rule keys_;
  masking::contact_rules contacts_;
};

} // namespace cleartap
