#include "actors/redaction/key_rule.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>
#include <cassert>

namespace cleartap::masking {

namespace {

enum class letter : std::uint8_t { none, lower, upper, digit };

constexpr auto letters = [] {
  auto table = std::array<letter, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i) {
    const auto c = static_cast<char>(i);
    if (is_lower(c) || i >= 0x80)
      table[i] = letter::lower;
    else if (is_upper(c))
      table[i] = letter::upper;
    else if (is_digit(c))
      table[i] = letter::digit;
  }
  return table;
}();

letter letter_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? letters[index_of(text[at])] : letter::none;
}

/// Whether the capital at `at`, one of a run, starts a word: it leads small letters other than a plural's 's'.
bool leads_word(std::string_view key, std::size_t at) noexcept {
  if (letter_at(key, at + 1) != letter::lower)
    return false;
  return key[at + 1] != 's' || letter_at(key, at + 2) == letter::lower;
}

bool starts_word(letter before, std::string_view key, std::size_t at) noexcept {
  const auto here = letter_at(key, at);
  if (before == letter::none || (before == letter::digit) != (here == letter::digit))
    return true;
  return here == letter::upper && (before == letter::lower || leads_word(key, at));
}

constexpr auto letter_bits = std::size_t{5};

/// The same for both cases of a letter.
constexpr std::size_t code_of(char c) noexcept { return index_of(c) & ((1u << letter_bits) - 1); }

constexpr auto no_code = std::uint8_t{0xff};

/// The codes of letters and digits.
constexpr auto codes = [] {
  auto table = std::array<std::uint8_t, 256>{};
  for (auto i = std::size_t{0}; i < table.size(); ++i)
    table[i] = letters[i] == letter::none ? no_code : static_cast<std::uint8_t>(code_of(static_cast<char>(i)));
  return table;
}();

constexpr std::size_t bucket_of(char first, char second) noexcept {
  return code_of(first) << letter_bits | code_of(second);
}

bool opens_with(std::string_view stem, std::size_t bucket) noexcept {
  if (stem.size() == 1)
    return code_of(stem[0]) == bucket >> letter_bits;
  return bucket_of(stem[0], stem[1]) == bucket;
}

/// Whether `accepts` one of the words of `key` within [begin, end), both starts of words.
template <class Accepts>
bool has_word(const folded_key& key, std::size_t begin, std::size_t end, Accepts accepts) noexcept {
  while (begin < end) {
    auto next = begin + 1;
    while (!key.starts[next])
      ++next;
    if (accepts(std::string_view{key.text.data() + begin, next - begin}))
      return true;
    begin = next;
  }
  return false;
}

bool is_describing(std::string_view word) noexcept { return std::ranges::binary_search(describing_words, word); }
bool is_counting(std::string_view word) noexcept { return std::ranges::binary_search(counting_words, word); }

bool is_asking(const folded_key& key) noexcept {
  auto end = std::size_t{1};
  while (end < key.size && !key.starts[end])
    ++end;
  return end < key.size && std::ranges::binary_search(asking_words, std::string_view{key.text.data(), end});
}

/// Whether the words of `key` to `end` end with a name that is no secret.
bool is_harmless(const folded_key& key, std::size_t end) noexcept {
  const auto text = std::string_view{key.text.data(), end};
  return std::ranges::any_of(harmless_names, [&](std::string_view name) {
    return text.ends_with(name) && key.starts[text.size() - name.size()];
  });
}

/// Whether the other words of `key` take back the stem that ends at `end`.
bool is_taken_back(const folded_key& key, std::size_t end, stem_trust trust) noexcept {
  if (trust == stem_trust::certain)
    return false;
  while (!key.starts[end])
    ++end;
  if (is_asking(key) || is_harmless(key, end))
    return true;
  if (has_word(key, end, key.size, is_describing))
    return true;
  return trust == stem_trust::unless_counted && has_word(key, 0, key.size, is_counting);
}

/// Whether the stem found at `begin` of `key` is in a place where it counts.
bool counts(const key_stem& stem, const folded_key& key, std::size_t begin) noexcept {
  const auto end = begin + stem.text.size();
  const auto is_word = stem.place == stem_place::word || stem.place == stem_place::last;
  if ((is_word && !key.starts[begin]) || (stem.place == stem_place::last && end != key.size))
    return false;
  if (stem.place != stem_place::anywhere && !key.starts[end])
    return false;
  return !is_taken_back(key, end, stem.trust);
}

static_assert(std::ranges::is_sorted(asking_words));
static_assert(std::ranges::is_sorted(counting_words));
static_assert(std::ranges::is_sorted(describing_words));
static_assert(std::ranges::is_sorted(numbering_words));
static_assert(std::ranges::is_sorted(paying_words));

} // namespace

void fold(std::string_view key, folded_key& out) noexcept {
  assert(key.size() <= key_window_max);
  auto before = letter::none;
  out.size = 0;
  for (auto i = std::size_t{0}; i < key.size(); ++i) {
    const auto here = letters[index_of(key[i])];
    if (here != letter::none) {
      out.text[out.size] = to_lower(key[i]);
      out.starts[out.size] = starts_word(before, key, i);
      ++out.size;
    }
    before = here;
  }
  out.starts[out.size] = true;
}

bool names_number(std::string_view key) noexcept {
  if (key.empty() || key.size() > key_window_max)
    return false;
  folded_key folded;
  fold(key, folded);
  const auto numbers = [](std::string_view word) { return std::ranges::binary_search(numbering_words, word); };
  const auto pays = [](std::string_view word) { return std::ranges::binary_search(paying_words, word); };
  return has_word(folded, 0, folded.size, numbers) && !has_word(folded, 0, folded.size, pays);
}

key_rule::key_rule(std::span<const std::string> extra) {
  auto stems = std::vector<key_stem>(key_stems.begin(), key_stems.end());
  extra = extra.first(std::min(extra.size(), extra_keys_max));
  names_.reserve(extra.size()); // stems keep views of the names
  for (const auto& name : extra) {
    folded_key folded;
    fold(std::string_view{name}.substr(0, key_window_max), folded);
    if (folded.size == 0)
      continue;
    names_.emplace_back(folded.text.data(), folded.size);
    stems.push_back({names_.back(), redaction_class::custom, stem_place::word, stem_trust::certain});
  }
  index(stems);
}

void key_rule::index(std::span<const key_stem> stems) {
  for (const auto& stem : stems)
    note_opening(stem.text);
  for (auto i = std::size_t{0}; i < buckets_.size(); ++i) {
    buckets_[i].begin = static_cast<std::uint32_t>(stems_.size());
    std::ranges::copy_if(stems, std::back_inserter(stems_), [i](const key_stem& s) { return opens_with(s.text, i); });
    buckets_[i].end = static_cast<std::uint32_t>(stems_.size());
  }
}

/// A stem of one or two letters may be followed by any others.
void key_rule::note_opening(std::string_view stem) noexcept {
  auto opening = std::size_t{0};
  for (auto c : stem.substr(0, 3))
    opening = opening << letter_bits | code_of(c);
  const auto open = letter_bits * (3 - std::min<std::size_t>(stem.size(), 3));
  for (auto rest = std::size_t{0}; rest < std::size_t{1} << open; ++rest)
    openings_.set(opening << open | rest);
}

bool key_rule::may_match(std::string_view key) const noexcept {
  auto opening = std::size_t{0};
  for (auto c : key) {
    const auto code = codes[index_of(c)];
    if (code == no_code)
      continue;
    opening = (opening << letter_bits | code) & (openings_.size() - 1);
    if (openings_[opening])
      return true;
  }
  for (auto i = 0; i < 2; ++i) { // the last two letters may open a shorter stem
    opening = opening << letter_bits & (openings_.size() - 1);
    if (openings_[opening])
      return true;
  }
  return false;
}

std::optional<redaction_class> key_rule::match(std::string_view key, std::size_t stem_size_min) const noexcept {
  if (!may_match(key))
    return std::nullopt;
  folded_key folded;
  for (;;) {
    fold(key.substr(0, key_window_max), folded);
    const auto kind = match(folded, stem_size_min);
    if (kind || key.size() <= key_window_max)
      return kind;
    key.remove_prefix(key_window_max / 2);
  }
}

std::optional<redaction_class> key_rule::match(const folded_key& key, std::size_t stem_size_min) const noexcept {
  const auto text = std::string_view{key.text.data(), key.size};
  for (auto at = std::size_t{0}; at < text.size(); ++at) {
    const auto found = buckets_[bucket_of(text[at], at + 1 < text.size() ? text[at + 1] : '\0')];
    const auto rest = text.substr(at);
    for (auto i = found.begin; i < found.end; ++i) {
      const auto& stem = stems_[i];
      const auto fits = stem.text.size() <= rest.size() && stem.text.back() == rest[stem.text.size() - 1];
      if (fits && stem.text.size() >= stem_size_min && rest.starts_with(stem.text) && counts(stem, key, at))
        return stem.kind;
    }
  }
  return std::nullopt;
}

} // namespace cleartap::masking
