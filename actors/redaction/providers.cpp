#include "actors/redaction/providers.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/provider_forms.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto bot_id_min = std::size_t{8};
constexpr auto bot_id_max = std::size_t{12};

constexpr bool is_word_char(char c) noexcept { return is_base64url(c) || c == '.'; }

constexpr bool is_in(token_alphabet alphabet, char c) noexcept {
  switch (alphabet) {
  case token_alphabet::hex:
    return is_hex(c);
  case token_alphabet::upper:
    return is_upper(c) || is_digit(c);
  case token_alphabet::alnum:
    return is_alnum(c);
  case token_alphabet::word:
    return is_alnum(c) || c == '_';
  case token_alphabet::base64url:
    return is_base64url(c);
  case token_alphabet::dotted:
    return is_word_char(c);
  case token_alphabet::base64:
    return is_base64url(c) || is_one_of(c, "+/=");
  case token_alphabet::escaped:
    return is_base64url(c) || c == '%';
  case token_alphabet::path:
    return is_word_char(c) || is_one_of(c, "/@");
  }
  return false;
}

/// The forms by the first byte of their prefixes.
struct form_index {
  std::array<provider_form, provider_forms.size()> forms = provider_forms;
  std::array<std::uint8_t, 129> begins{};
};

constexpr auto by_first_byte = [] {
  auto out = form_index{};
  std::ranges::sort(out.forms, {}, [](const provider_form& form) { return form.prefix[0]; });
  auto at = std::size_t{0};
  for (auto first = std::size_t{0}; first < 128; ++first) {
    out.begins[first] = static_cast<std::uint8_t>(at);
    while (at < out.forms.size() && index_of(out.forms[at].prefix[0]) == first)
      ++at;
  }
  out.begins[128] = static_cast<std::uint8_t>(at);
  return out;
}();

static_assert(provider_forms.size() < 256);
static_assert(std::ranges::all_of(provider_forms, [](const provider_form& form) {
  return form.size_max == 0 || (form.checks & (own_word | bot_id)) != 0 || form.chars == token_alphabet::upper;
})); // else a long word could be counted again from each of its parts

constexpr std::size_t pair_of(char first, char second) noexcept {
  return (index_of(first) & 0x7f) << 7 | (index_of(second) & 0x7f);
}

/// The first two bytes of all prefixes: most words are let go by them.
constexpr auto openings = [] {
  auto out = std::array<bool, std::size_t{1} << 14>{};
  for (const auto& form : provider_forms)
    for (auto second = 0; second < 128; ++second)
      if (form.prefix.size() == 1 || form.prefix[1] == second)
        out[pair_of(form.prefix[0], static_cast<char>(second))] = true;
  return out;
}();

bool is_mixed(std::string_view text) noexcept {
  return std::ranges::any_of(text, is_digit) && std::ranges::any_of(text, is_lower) &&
         std::ranges::any_of(text, is_upper);
}

bool is_behind_bot_id(std::string_view text, std::size_t at) noexcept {
  if (at == 0 || text[at - 1] != ':')
    return false;
  auto begin = at - 1;
  while (begin > 0 && at - 1 - begin <= bot_id_max && is_digit(text[begin - 1]))
    --begin;
  return at - 1 - begin >= bot_id_min && at - 1 - begin <= bot_id_max;
}

/// What must stand, or not stand, before a token at `at`.
bool may_begin(const provider_form& form, std::string_view text, std::size_t at) noexcept {
  if ((form.checks & bot_id) != 0)
    return is_behind_bot_id(text, at);
  if ((form.checks & refresh) != 0)
    return text.substr(0, at).ends_with("1//");
  return (form.checks & own_word) == 0 || at == 0 || !is_one_of(text[at - 1], "-_.+");
}

bool may_end(const provider_form& form, std::string_view rest) noexcept {
  if (rest.empty())
    return true;
  if ((form.checks & own_word) != 0 && is_one_of(rest[0], (form.checks & mixed) != 0 ? "-_+=/" : "-_+"))
    return false;
  return !is_alnum(rest[0]) && rest[0] != '_';
}

/// The size of the token of `form` at `at`, or 0.
std::size_t token_size(const provider_form& form, std::string_view text, std::size_t at, bool cut) noexcept {
  const auto rest = text.substr(at);
  if (!rest.starts_with(form.prefix) || !may_begin(form, text, at))
    return 0;
  const auto end_max = form.size_max == 0 ? rest.size() : form.prefix.size() + form.size_max + 1; // one more: too long
  auto end = form.prefix.size();
  while (end < std::min(end_max, rest.size()) && is_in(form.chars, rest[end]))
    ++end;
  auto size = end - form.prefix.size();
  const auto shortened =
      cut && end == rest.size() && size >= cut_token_min && (form.size_max == 0 || size < form.size_max);
  if (shortened)
    return end;
  while (size > 0 && rest[form.prefix.size() + size - 1] == '.')
    --size;
  const auto body = rest.substr(form.prefix.size(), size);
  const auto fits = size >= form.size_min && (form.size_max == 0 || size <= form.size_max);
  if (!fits || !may_end(form, rest.substr(form.prefix.size() + size)))
    return 0;
  if ((form.checks & mixed) != 0 && !is_mixed(body))
    return 0;
  if ((form.checks & digit) != 0 && std::ranges::none_of(body, is_digit))
    return 0;
  return form.prefix.size() + size;
}

/// The sizes of the parts of a Discord bot's token: the base64 of its id, of a time, and a signature.
bool is_bot_token(std::string_view word) noexcept {
  const auto first = word.find('.');
  const auto second = first == std::string_view::npos ? first : word.find('.', first + 1);
  if (second == std::string_view::npos)
    return false;
  const auto last = word.size() - second - 1;
  return first >= 23 && first <= 28 && second - first - 1 == 6 && last >= 27 && last <= 40 && is_mixed(word);
}

constexpr bool is_word(char c) noexcept { return is_base64url(c) || c == '.'; }

std::size_t word_begin(std::string_view text, std::size_t at) noexcept {
  while (at > 0 && is_word(text[at - 1]))
    --at;
  return at;
}

/// A Discord bot's, which is a word of its own.
std::optional<finding> find_bot_token(std::string_view text, std::size_t at) noexcept {
  constexpr auto size_max = std::size_t{28 + 1 + 6 + 1 + 40};
  if (!is_one_of(text[at], "MNO") || (at > 0 && is_word(text[at - 1])))
    return std::nullopt;
  auto end = at;
  while (end < text.size() && end - at <= size_max && is_word(text[end]))
    ++end;
  const auto word = text.substr(at, end - at);
  return is_bot_token(word) ? std::optional{finding{word, redaction_class::provider}} : std::nullopt;
}

/// Precondition: there is a byte behind text[at].
std::optional<finding> find_at(std::string_view text, std::size_t at, bool cut) noexcept {
  const auto first = index_of(text[at]);
  if (first >= 128)
    return std::nullopt;
  for (auto i = by_first_byte.begins[first]; i < by_first_byte.begins[first + 1]; ++i) {
    const auto& form = by_first_byte.forms[i];
    if (form.prefix.size() > 1 && form.prefix[1] != text[at + 1])
      continue;
    if (const auto size = token_size(form, text, at, cut)) {
      const auto begin = (form.checks & with_head) != 0 ? word_begin(text, at) : at;
      return finding{text.substr(begin, at + size - begin), redaction_class::provider};
    }
  }
  return std::nullopt;
}

/// How many bytes at the start of the word at `word` belong to an escape.
std::size_t escape_size(std::string_view text, std::size_t word) noexcept {
  if (word == 0 || (text[word - 1] != '\\' && text[word - 1] != '%'))
    return 0;
  return text[word - 1] == '\\' ? 1 : 2;
}

struct token_words {
  template <class Lane>
  static Lane bytes(Lane lane) noexcept {
    return token_bytes(lane);
  }

  template <class Lane>
  static Lane joints(Lane lane) noexcept {
    return lane.within('-', '/') | lane.is('_') | lane.is('+');
  }
};

std::optional<finding> find_in_word(std::string_view text, run_bounds word, bool cut) noexcept {
  const auto find = [&](std::size_t at) -> std::optional<finding> {
    if (at + 1 >= word.end)
      return std::nullopt;
    auto found = openings[pair_of(text[at], text[at + 1])] ? find_at(text, at, cut) : std::nullopt;
    return found ? found : find_bot_token(text, at);
  };
  const auto joined = word.begin > 0 && is_alnum(text[word.begin - 1]); // the search began inside of the word
  if (auto found = joined ? std::nullopt : find(word.begin))
    return found;
  if (const auto escape = escape_size(text, word.begin); escape != 0)
    if (auto found = find(word.begin + escape))
      return found;
  if (!word.may_join)
    return std::nullopt;
  return find_behind_joints<token_words>(text, word.begin, word.end, find);
}

/// Lets most words go.
bool may_hold_token(std::string_view text, run_bounds word) noexcept {
  return word.may_join || openings[pair_of(text[word.begin], text[word.begin + 1])] ||
         escape_size(text, word.begin) != 0;
}

} // namespace

[[gnu::flatten]] std::optional<finding> find_provider(std::string_view text, std::size_t from, bool cut) noexcept {
  auto words = run_search<token_words>{text, from};
  for (auto word = words.next(); word.begin < word.end; word = words.next())
    if (may_hold_token(text, word))
      if (auto found = find_in_word(text, word, cut))
        return found;
  return std::nullopt;
}

} // namespace cleartap::masking
