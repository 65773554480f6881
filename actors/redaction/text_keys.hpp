// Judges the keys in one text by their names and the words before them. Refuses to find keys, and to know tags.
#pragma once

#include "actors/redaction/authorization_codes.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/text_names.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace cleartap::masking {

class text_keys {
public:
  text_keys(std::string_view text, const redaction_policy& policy) noexcept
      : text_{text}, names_{policy}, codes_{text}, harmless_{&policy.harmless().keys} {}

  /// Those without a word before them.
  text_names& names() noexcept { return names_; }

  /// Whether `plain`, see plain_key_before(), is known to be harmless wherever it stands. Most are judged once by a
  /// policy.
  bool knows(std::string_view plain) noexcept { return harmless_->knows(plain); }

  /// The class of the key before the separator text[at].
  std::optional<redaction_class> class_of(std::size_t at, const text_key& key);

  /// "name: password", which says what the value on the next line is: "value: hunter2".
  void note(std::size_t at, const text_key& key);

private:
  std::optional<redaction_class> class_with_word_before(const text_key& key);

  std::string_view text_;
  text_names names_;
  authorization_codes codes_;
  name_memory* harmless_;                     // with the words before them
  std::optional<redaction_class> named_kind_; // of the next "value"
  std::size_t named_end_ = 0;                 // to where
};

} // namespace cleartap::masking
