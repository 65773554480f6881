#include "actors/redaction/policy.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace cleartap {

namespace {

/// What a message cannot be read without, and which names no one.
constexpr auto structural_headers = std::to_array<std::string_view>(
    {"Host", "Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding"});

template <class Names>
bool is_among(std::string_view name, const Names& names) noexcept {
  return std::ranges::any_of(names, [name](std::string_view other) { return masking::equal_any_case(name, other); });
}

/// Empty for a name that is longer than a window of key_rule: such a name is not kept.
std::string folded(std::string_view key) {
  if (key.size() > masking::key_window_max)
    return {};
  masking::folded_key out;
  masking::fold(key, out);
  return {out.text.data(), out.size};
}

policy_wishes wishes_of(std::span<const std::string> headers, std::span<const std::string> keys,
                        masking::contact_rules contacts) {
  auto wishes = policy_wishes{};
  wishes.headers.assign(headers.begin(), headers.end());
  wishes.keys.assign(keys.begin(), keys.end());
  wishes.contacts = contacts;
  return wishes;
}

std::optional<redaction_class> class_called(std::string_view name, const masking::own_patterns* own) noexcept {
  for (auto i = std::size_t{0}; i < masking::masks.size(); ++i)
    if (masking::masks[i] == "[REDACTED:" + std::string{name} + "]")
      return static_cast<redaction_class>(i);
  return own ? own->class_called(name) : std::nullopt;
}

} // namespace

redaction_policy::redaction_policy(std::span<const std::string> headers, std::span<const std::string> keys,
                                   masking::contact_rules contacts)
    : redaction_policy{wishes_of(headers, keys, contacts)} {}

redaction_policy::redaction_policy(policy_wishes wishes) : wishes_{std::move(wishes)}, keys_{wishes_.keys} {
  for (const auto& each : wishes_.keep_keys)
    if (auto name = folded(each); !name.empty())
      kept_keys_.push_back(std::move(name));
  for (const auto& each : wishes_.keep_classes)
    if (const auto kind = class_called(each, wishes_.patterns.get()))
      kept_.set(static_cast<std::uint8_t>(*kind));
  has_own_ = wishes_.patterns && std::ranges::find(wishes_.chosen, true) != wishes_.chosen.end();
}

std::optional<redaction_class> redaction_policy::header(std::string_view name) const {
  if (keeps_header(name))
    return std::nullopt;
  if (is_among(name, wishes_.headers))
    return redaction_class::custom;
  if (masking::equal_any_case(name, "Access-Control-Allow-Credentials")) // "true", never a credential
    return std::nullopt;
  return key(name);
}

bool redaction_policy::drops_header(std::string_view name) const noexcept {
  return !wishes_.headers_allow.empty() && !is_among(name, structural_headers) &&
         !std::ranges::all_of(wishes_.headers_allow, [name](const auto& allowed) { return is_among(name, allowed); });
}

bool redaction_policy::keeps_header(std::string_view name) const noexcept {
  return !wishes_.keep_headers.empty() && is_among(name, wishes_.keep_headers);
}

bool redaction_policy::is_kept_key(std::string_view key) const noexcept {
  if (kept_keys_.empty() || key.size() > masking::key_window_max)
    return false;
  masking::folded_key name;
  masking::fold(key, name);
  const auto text = std::string_view{name.text.data(), name.size};
  return std::ranges::find(kept_keys_, text) != kept_keys_.end();
}

} // namespace cleartap
