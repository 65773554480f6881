// What is to be masked by name and by the patterns of the configuration. Refuses to know messages, and which exchanges
// it is for.
#pragma once

#include "actors/redaction/contacts.hpp"
#include "actors/redaction/key_rule.hpp"
#include "actors/redaction/mask.hpp"
#include "actors/redaction/name_memory.hpp"
#include "actors/redaction/own_patterns.hpp"

#include <bitset>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// What a policy is made of. Names of headers are whole and of any case.
struct policy_wishes {
  bool metadata_only = false; // no value is kept
  std::vector<std::string> headers;
  std::vector<std::string> keys;
  std::vector<std::vector<std::string>> headers_allow; // what is not in each of these is masked
  masking::contact_rules contacts;
  std::vector<std::string> keep_headers;
  std::vector<std::string> keep_keys;                    // whole names, compared by their words
  std::vector<std::string> keep_classes;                 // what is told by its form
  std::shared_ptr<const masking::own_patterns> patterns; // perhaps shared with other policies
  masking::pattern_choice chosen;                        // of them
};

/// What was searched by one policy and held nothing. The same name may be judged otherwise in another place.
struct harmless_names {
  masking::name_memory json;          // keys; marked: names the value beside it
  masking::name_memory text;          // what stands before ':' or '='
  masking::name_memory keys;          // likewise, with the word before it
  masking::name_memory headers;       // names whose values are searched as text
  masking::name_memory header_values; // of those
  masking::name_memory words;         // segments of paths and the like
};

/// For one thread at a time: what it says stays the same, but it remembers the names that it is asked about most. Not
/// copied: its parts refer to each other.
class redaction_policy {
public:
  /// `headers` (any case, whole names) and `keys` are masked as `custom` beside the built-in ones.
  explicit redaction_policy(std::span<const std::string> headers = {}, std::span<const std::string> keys = {},
                            masking::contact_rules contacts = {});
  explicit redaction_policy(policy_wishes wishes);

  /// Whether values are dropped, see drop_values.hpp.
  [[nodiscard]] bool metadata_only() const noexcept { return wishes_.metadata_only; }

  /// The class of the values under `key`, decoded, or nothing if they may be shown. A mask in the key is not its name.
  [[nodiscard]] std::optional<redaction_class> key(std::string_view key, std::size_t stem_size_min = 0) const {
    auto kind = keys_.match(key, stem_size_min);
    if (kind && masking::holds_mask(key))
      kind = keys_.match(masking::without_masks(key), stem_size_min);
    if (kind && is_kept_key(key))
      kind.reset();
    return kind;
  }

  /// Whether key() knows other names than the built-in ones, which have two letters at least.
  [[nodiscard]] bool has_extra_keys() const noexcept { return keys_.has_extra(); }

  /// The class of the value of the header `name`, or nothing if it may be shown.
  [[nodiscard]] std::optional<redaction_class> header(std::string_view name) const;

  /// Whether lists of headers to keep leave the header `name` out.
  [[nodiscard]] bool drops_header(std::string_view name) const noexcept;

  /// Whether the header `name` is shown although its name says that it is secret.
  [[nodiscard]] bool keeps_header(std::string_view name) const noexcept;

  /// Whether what is of this class is shown.
  [[nodiscard]] bool keeps(redaction_class kind) const noexcept { return kept_[static_cast<std::uint8_t>(kind)]; }

  /// Whether contacts of this class, email or phone, are masked and not only noted.
  [[nodiscard]] bool masks_contact(redaction_class kind) const noexcept {
    return (kind == redaction_class::email ? wishes_.contacts.emails : wishes_.contacts.phones) && !keeps(kind);
  }

  /// What the patterns of the configuration match, see own_patterns::find.
  [[nodiscard]] std::vector<masking::finding> find_own(std::string_view text) const {
    return has_own_ ? wishes_.patterns->find(text, wishes_.chosen) : std::vector<masking::finding>{};
  }

  [[nodiscard]] bool holds_own(std::string_view text) const {
    return has_own_ && wishes_.patterns->holds(text, wishes_.chosen);
  }

  [[nodiscard]] bool has_own() const noexcept { return has_own_; }

  /// "[REDACTED:card]"
  [[nodiscard]] std::string_view mask_of(redaction_class kind) const noexcept {
    const auto own = wishes_.patterns ? wishes_.patterns->mask_of(kind) : std::string_view{};
    return own.empty() ? masking::mask_of(kind) : own;
  }

  /// The size of the mask that `text` starts with, or 0.
  [[nodiscard]] std::size_t mask_size(std::string_view text) const noexcept {
    return wishes_.patterns ? wishes_.patterns->mask_size(text) : masking::mask_size(text);
  }

  [[nodiscard]] harmless_names& harmless() const noexcept { return *harmless_; }

private:
  bool is_kept_key(std::string_view key) const noexcept;

  policy_wishes wishes_;
  masking::key_rule keys_;
  std::vector<std::string> kept_keys_; // in lower case, without what separates words
  std::bitset<256> kept_;              // classes
  bool has_own_ = false;
  std::unique_ptr<harmless_names> harmless_ = std::make_unique<harmless_names>();
};

} // namespace cleartap
