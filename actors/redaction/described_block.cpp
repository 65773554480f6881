#include "actors/redaction/described_block.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace cleartap::masking {

namespace {

constexpr auto describing_keys = std::to_array<std::string_view>(
    {"audience", "defaultMode", "defaultUser", "description", "expirationSeconds", "key", "mode", "name", "optional",
     "path", "required", "secretName", "type", "user"});

struct block_entry {
  std::string_view key;
  std::string_view value;
};

/// The entry on a line, perhaps the first of an item; nothing if there is anything else.
std::optional<block_entry> entry_of(std::string_view line) noexcept {
  line = trimmed(line);
  while (line.starts_with("- "))
    line = trimmed(line.substr(2));
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || (colon + 1 < line.size() && line[colon + 1] != ' '))
    return std::nullopt;
  return block_entry{line.substr(0, colon), trimmed(line.substr(colon + 1))};
}

bool is_bool(std::string_view value) noexcept { return value == "true" || value == "false"; }

/// What the entries of a block have told.
struct block_evidence {
  bool secret_name = false; // or how long a token lasts
  bool wanted = false;
  bool items = false;
  bool path = false;

  bool is_enough() const noexcept { return secret_name || wanted || (items && path); }

  void add(const block_entry& entry) noexcept {
    secret_name |= entry.key == "secretName" || entry.key == "expirationSeconds";
    wanted |= entry.key == "required" && is_bool(entry.value);
    items |= entry.key == "items";
    path |= entry.key == "path";
  }
};

/// Whether only blanks are between `value` and the line break before it. Its name is before that, in the same text.
bool is_on_own_line(std::string_view value) noexcept {
  const auto* at = value.data() - 1;
  while (*at == ' ')
    --at;
  return *at == '\n';
}

} // namespace

bool is_described_block(std::string_view value) noexcept {
  if (value.size() > described_block_max || !is_on_own_line(value))
    return false;
  auto evidence = block_evidence{};
  for (auto rest = value; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto entry = entry_of(rest.substr(0, end));
    const auto is_harmless =
        entry && (entry->value.empty() || std::ranges::find(describing_keys, entry->key) != describing_keys.end());
    if (!is_harmless)
      return false;
    evidence.add(*entry);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return evidence.is_enough();
}

} // namespace cleartap::masking
