#include "actors/streams/graphql.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto name_max = std::size_t{128};
constexpr auto batch_max = std::size_t{8};
constexpr auto kinds = std::array<std::string_view, 3>{"query", "mutation", "subscription"};

bool is_name_char(char c) noexcept {
  return (c >= '0' && c <= '9') || c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/// The tokens of a document that matter here: names and braces.
class tokens {
public:
  explicit tokens(std::string_view document) noexcept : rest_{document} {}

  /// A name, or one character; empty at the end.
  std::string_view next() noexcept {
    skip_ignored();
    auto size = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_name_char) - rest_.begin());
    return take(std::max(size, std::size_t{rest_.empty() ? 0u : 1u}));
  }

private:
  std::string_view take(std::size_t size) noexcept {
    auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// White space, commas, comments (2.1) and strings (2.9.4).
  void skip_ignored() noexcept {
    while (!rest_.empty()) {
      if (rest_.front() == '#')
        take(std::min(rest_.find('\n'), rest_.size()));
      else if (rest_.front() == '"')
        skip_string();
      else if (std::string_view{" \t\r\n,\xEF\xBB\xBF"}.find(rest_.front()) != std::string_view::npos)
        take(1);
      else
        return;
    }
  }

  void skip_string() noexcept {
    auto block = rest_.starts_with("\"\"\"");
    auto end = std::string_view{block ? "\"\"\"" : "\""};
    take(end.size());
    while (!rest_.empty() && !rest_.starts_with(end))
      take(rest_.front() == '\\' ? 2 : 1);
    take(end.size());
  }

  std::string_view rest_;
};

struct operation {
  std::string_view kind;
  std::string_view name;
};

/// To the end of the definition: its selections are in the first braces that are not an argument's.
void skip_definition(tokens& from, std::string_view token) noexcept {
  auto braces = 0;
  auto parentheses = 0;
  for (; !token.empty(); token = from.next()) {
    parentheses += (token == "(") - (token == ")");
    braces += (token == "{") - (token == "}");
    if (token == "}" && braces == 0 && parentheses == 0)
      return;
  }
}

/// The chosen operation of those that the document defines; the first, if none is chosen.
std::optional<operation> find_operation(std::string_view document, std::string_view chosen) {
  auto from = tokens{document};
  for (auto token = from.next(); !token.empty(); token = from.next()) {
    auto found = operation{kinds[0], ""};
    if (std::ranges::find(kinds, token) != kinds.end()) {
      found.kind = token;
      token = from.next();
      if (!token.empty() && is_name_char(token.front())) {
        found.name = token;
        token = from.next();
      }
      if (token != "{" && token != "(" && token != "@")
        return std::nullopt;
    } else if (token != "{" && token != "fragment") {
      return std::nullopt;
    }
    if (token != "fragment" && (chosen.empty() || found.name == chosen))
      return found;
    skip_definition(from, token);
  }
  return std::nullopt;
}

bool is_name(std::string_view text) noexcept {
  return text.size() <= name_max && std::ranges::all_of(text, is_name_char);
}

std::string_view text_at(const json::object& from, std::string_view key) noexcept {
  const auto* value = from.if_contains(key);
  return value && value->is_string() ? std::string_view{value->get_string()} : std::string_view{};
}

/// A persisted query is named, and its text is not there.
bool is_persisted(const json::object& request) noexcept {
  const auto* extensions = request.if_contains("extensions");
  return extensions && extensions->is_object() && extensions->get_object().contains("persistedQuery");
}

std::string operation_of(const json::value& request) {
  if (!request.is_object())
    return {};
  const auto& object = request.get_object();
  auto name = text_at(object, "operationName");
  auto document = text_at(object, "query");
  if (document.empty())
    return is_persisted(object) && is_name(name) ? std::string{name} : std::string{};
  return graphql_operation(document, name);
}

std::string percent_decoded(std::string_view text) {
  auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
  };
  auto decoded = std::string{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return percent_decoded(pair.substr(name.size() + 1));
  }
  return {};
}

} // namespace

std::string graphql_operation(std::string_view document, std::string_view name) {
  auto found = find_operation(document, name);
  if (!found || !is_name(found->name))
    return {};
  auto text = std::string{found->kind};
  return found->name.empty() ? text : text.append(" ").append(found->name);
}

std::string graphql_operation_of_query(std::string_view query) {
  if (query.find("query=") == std::string_view::npos)
    return {};
  return graphql_operation(parameter(query, "query"), parameter(query, "operationName"));
}

std::string graphql_operation_of_json(std::string_view body) {
  // Most JSON is none, and not worth parsing.
  if (body.find("\"query\"") == std::string_view::npos && body.find("\"persistedQuery\"") == std::string_view::npos)
    return {};
  auto error = json::error_code{};
  auto parsed = json::parse(body, error);
  if (error)
    return {};
  if (!parsed.is_array())
    return operation_of(parsed);
  auto all = std::string{};
  const auto& batch = parsed.get_array();
  for (std::size_t i = 0; i < std::min(batch.size(), batch_max); ++i)
    if (auto one = operation_of(batch[i]); !one.empty())
      all.append(all.empty() ? "" : ", ").append(one);
  return all;
}

} // namespace cleartap
