#include "actors/redaction/phrase.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/keyed_value.hpp"
#include "actors/redaction/name_list.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace cleartap::masking {

namespace {

constexpr auto name_size_max = std::size_t{64};

// Keywords of SQL, and what a sentence calls them. An error that quotes a token is none.
constexpr auto literal_names = name_list_of({"password", "passwd", "passphrase", "pwd"});

// The last two letters of these and of "BY".
constexpr auto literal_endings = name_list_of({"rd", "wd", "se", "by"});

// What follows an option in a text about it.
constexpr auto prose =
    std::to_array<std::string_view>({"and", "argument", "as", "for", "flag", "from", "if", "in", "is", "option", "or",
                                     "parameter", "string", "the", "to", "was", "when", "with"});

bool is_name_char(char c) noexcept { return is_alnum(c) || c == '_' || c == '-'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at]))
    ++at;
  return at;
}

std::size_t skip_blanks_back(std::string_view text, std::size_t at) noexcept {
  while (at > 0 && is_space(text[at - 1]))
    --at;
  return at;
}

std::string_view word_before(std::string_view text, std::size_t end) noexcept {
  auto begin = end;
  while (begin > 0 && end - begin < name_size_max && is_name_char(text[begin - 1]))
    --begin;
  return text.substr(begin, end - begin);
}

/// A value of a command line: in quotes, or to the next blank.
std::string_view argument_at(std::string_view text, std::size_t at) noexcept {
  if (at == text.size())
    return {};
  if (is_quote(text[at]))
    return quoted_value(text, at);
  return text.substr(at, std::min(text.find_first_of(" \t\r\n\"'`<>", at), text.size()) - at);
}

/// What the line says before the option at text[at], as far as it is near.
std::string_view command_before(std::string_view text, std::size_t at) noexcept {
  const auto reach = std::min(at, name_size_max);
  const auto before = text.substr(at - reach, reach);
  const auto line = before.find_last_of("\r\n;|");
  return line == std::string_view::npos ? before : before.substr(line + 1);
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) noexcept {
  return std::ranges::any_of(words, [text](auto word) { return text.find(word) != std::string_view::npos; });
}

/// "mysql -u root -phunter2", without a blank: of no other program is this one a password.
std::optional<phrase> attached_password(std::string_view text, std::size_t at) noexcept {
  if (!text.substr(at).starts_with("-p") || !has_any(command_before(text, at), {"mysql", "mariadb", "sshpass "}))
    return std::nullopt;
  const auto value = argument_at(text, at + 2);
  return value.empty() ? std::nullopt : std::optional{phrase{"password", value}};
}

} // namespace

std::optional<phrase> option_at(std::string_view text, std::size_t at) noexcept {
  if (at > 0 && !is_space(text[at - 1]) && !is_quote(text[at - 1]))
    return std::nullopt;
  if (auto found = attached_password(text, at))
    return found;
  const auto begin = at + (text.substr(at).starts_with("--") ? 2 : 1);
  auto end = begin;
  while (end < text.size() && end - begin < name_size_max && is_name_char(text[end]))
    ++end;
  auto name = text.substr(begin, end - begin);
  if (name.empty() || end == text.size() || !is_blank(text[end]))
    return std::nullopt;
  const auto value = argument_at(text, skip_blanks(text, end));
  if (value.starts_with('-') || std::ranges::binary_search(prose, value))
    return std::nullopt;
  if (name == "u" || name == "user")
    name = value.find_first_of(":/") == value.find(':') && value.find(':', 1) != std::string_view::npos
               ? std::string_view{"password"}
               : std::string_view{};
  if (name == "p" && has_any(command_before(text, at), {" login ", "sshpass "}))
    name = "password"; // "docker login -u ann -p hunter2"
  return phrase{name, value};
}

std::optional<phrase> literal_at(std::string_view text, std::size_t at) noexcept {
  const auto end = skip_blanks_back(text, at);
  if (end == at || end < 2 || !literal_endings.has(text.substr(end - 2, 2)))
    return std::nullopt;
  auto name = word_before(text, end);
  if (equal_any_case(name, "by")) {
    const auto verb = word_before(text, skip_blanks_back(text, end - name.size()));
    name = equal_any_case(verb, "identified") ? std::string_view{"password"} : std::string_view{};
  } else if (!literal_names.has(name)) {
    return std::nullopt;
  }
  return name.empty() ? std::nullopt : std::optional{phrase{name, quoted_value(text, at)}};
}

std::optional<phrase> serialized_at(std::string_view text, std::size_t at) noexcept {
  if (at < 3 || !is_one_of(text[at - 1], "sid") || !is_one_of(text[at - 2], ";|"))
    return std::nullopt;
  auto name = std::string_view{};
  if (text[at - 2] == '|') {
    name = word_before(text, at - 2);
  } else if (text[at - 3] == '"') {
    const auto reach = std::min(at - 3, name_size_max);
    const auto before = text.substr(at - 3 - reach, reach);
    const auto open = before.rfind('"');
    name = open == std::string_view::npos ? std::string_view{} : before.substr(open + 1);
  }
  auto begin = at + 1;
  const auto size_end = std::min(text.find_first_not_of("0123456789.-", begin), text.size());
  if (name.empty() || size_end == begin)
    return std::nullopt;
  if (text[at - 1] != 's')
    return phrase{name, text.substr(begin, size_end - begin)};
  if (text.substr(size_end, 2) != ":\"")
    return std::nullopt;
  begin = size_end + 2;
  const auto end = std::min(text.find("\";", begin), text.size());
  return phrase{name, text.substr(begin, end - begin)};
}

} // namespace cleartap::masking
