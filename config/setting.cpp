#include "config/setting.hpp"

#include "config/host_name.hpp"
#include "config/redaction_lists.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <optional>

namespace cleartap {
namespace {

constexpr auto digits = std::string_view{"0123456789"};

std::string in_quotes(std::string_view text) { return "\"" + shown(text) + "\""; }

failure out_of_range(std::string_view text) { return {shown(text) + " is out of range"}; }

/// Says what a node is to a setting that wants `wanted`, e.g. "is a list, not a number".
failure wrong_kind(const yaml_node& node, std::string_view wanted) {
  if (node.kind == yaml_kind::nothing)
    return {"has no value"};
  const auto is = node.kind == yaml_kind::map    ? "a map"
                  : node.kind == yaml_kind::list ? "a list"
                                                 : in_quotes(node.text) + (node.quoted ? " in quotes" : "");
  return {"is " + is + ", not " + std::string{wanted}};
}

/// Decimal digits only, without a leading zero: YAML 1.1 and 1.2 disagree on what 010 and 1_000 are.
bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos && (text == "0" || text[0] != '0');
}

/// A number larger than the type is the type's maximum.
std::uint64_t decimal(std::string_view text) {
  auto value = std::uint64_t{0};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : std::numeric_limits<std::uint64_t>::max();
}

result<std::uint64_t> read_number(const number_setting& kind, const yaml_node& node) {
  const auto text = std::string_view{node.text};
  if (node.kind != yaml_kind::scalar || node.quoted)
    return wrong_kind(node, "a number");
  if (text.starts_with('-') && is_decimal(text.substr(1)))
    return out_of_range(text);
  if (!is_decimal(text))
    return failure{in_quotes(text) + " is not a whole decimal number"};
  const auto value = decimal(text);
  if (value < kind.min || value > kind.max)
    return out_of_range(text);
  if (kind.power_of_two && !std::has_single_bit(value))
    return failure{shown(text) + " is not a power of two"};
  return value;
}

result<void> assign(const number_setting& kind, settings& target, const yaml_node& node) {
  const auto value = read_number(kind, node);
  if (!value)
    return value.error();
  std::visit(
      [&](auto at) {
        auto& place = *at(target);
        place = static_cast<std::remove_reference_t<decltype(place)>>(*value);
      },
      kind.at);
  return {};
}

result<void> assign(const switch_setting& kind, settings& target, const yaml_node& node) {
  if (node.kind != yaml_kind::scalar || node.quoted || (node.text != "true" && node.text != "false"))
    return wrong_kind(node, "a truth value");
  *kind.at(target) = node.text == "true";
  return {};
}

result<void> assign(const word_setting& kind, settings& target, const yaml_node& node) {
  if (node.kind != yaml_kind::scalar)
    return wrong_kind(node, "a word");
  if (std::find(kind.words.begin(), kind.words.end(), node.text) == kind.words.end())
    return failure{in_quotes(node.text) + " is not known"};
  *kind.at(target) = node.text;
  return {};
}

result<void> assign(const path_setting& kind, settings& target, const yaml_node& node) {
  const auto empty = node.kind == yaml_kind::scalar && node.text.empty() && kind.optional;
  if (!empty && (node.kind != yaml_kind::scalar || !node.text.starts_with('/')))
    return wrong_kind(node, "an absolute path");
  if (node.text.size() > path_setting::size_max)
    return failure{in_quotes(node.text) + " is too long"};
  *kind.at(target) = node.text;
  return {};
}

/// The host without brackets and the port, or nothing. Whether the host is one is for the caller to check.
struct host_and_port {
  std::string host;
  std::uint16_t port = 0;
  bool bracketed = false;
};

std::optional<host_and_port> split_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  const auto port = text.substr(colon + 1);
  auto host = std::string{text.substr(0, colon)};
  if (!is_decimal(port) || decimal(port) > std::numeric_limits<std::uint16_t>::max())
    return std::nullopt;
  const auto bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed)
    host = host.substr(1, host.size() - 2);
  if (bracketed && !is_ipv6_address(host))
    return std::nullopt;
  return host_and_port{std::move(host), static_cast<std::uint16_t>(decimal(port)), bracketed};
}

result<void> assign(const address_setting& kind, settings& target, const yaml_node& node) {
  auto address = node.kind == yaml_kind::scalar ? split_address(node.text) : std::nullopt;
  if (!address || (!address->bracketed && address->host != "localhost" && !is_ipv4_address(address->host)))
    return wrong_kind(node, "an address and port");
  *kind.at(target) = {std::move(address->host), address->port};
  return {};
}

result<void> assign(const peer_setting& kind, settings& target, const yaml_node& node) {
  if (node.kind == yaml_kind::scalar && node.text.empty()) {
    *kind.at(target) = {};
    return {};
  }
  auto address = node.kind == yaml_kind::scalar ? split_address(node.text) : std::nullopt;
  if (!address || address->port == 0 || (!address->bracketed && !is_dns_name(address->host)))
    return wrong_kind(node, "a host and port");
  *kind.at(target) = {std::move(address->host), address->port};
  return {};
}

result<void> assign(const name_setting& kind, settings& target, const yaml_node& node) {
  const auto text = std::string_view{node.text};
  const auto plain = kind.wildcard && text.starts_with("*.") ? text.substr(2) : text;
  if (node.kind != yaml_kind::scalar || (!text.empty() && !is_host_name(plain)))
    return wrong_kind(node, "a name");
  *kind.at(target) = node.text;
  return {};
}

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr auto others = std::string_view{"!#$%&'*+-.^_`|~"};
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digits.find(c) != digits.npos ||
           others.find(c) != others.npos;
  });
}

result<void> check_name(const names_setting& kind, const yaml_node& item) {
  if (item.kind == yaml_kind::refused)
    return failure{"an item " + item.text};
  if (item.kind != yaml_kind::scalar)
    return failure{"an item " + wrong_kind(item, "a name").text};
  if (item.text.empty() || item.text.size() > kind.size_max())
    return failure{"the name " + in_quotes(item.text) + " is empty or too long"};
  if (kind.kind == name_kind::header && !is_token(item.text))
    return failure{in_quotes(item.text) + " cannot be the name of a header"};
  if (kind.kind == name_kind::path_pattern && item.text[0] != '/' && item.text[0] != '*')
    return failure{in_quotes(item.text) + " matches no absolute path"};
  return {};
}

result<void> assign(const names_setting& kind, settings& target, const yaml_node& node) {
  auto names = read_names(kind, node);
  if (!names)
    return names.error();
  *kind.at(target) = *std::move(names);
  return {};
}

std::string written(const number_setting& kind, settings& from) {
  return std::visit(
      [&](auto at) {
        const auto& value = *at(from);
        if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(value)>>)
          return std::to_string(value);
        else
          return std::to_string(value.count());
      },
      kind.at);
}

std::string written(const switch_setting& kind, settings& from) { return *kind.at(from) ? "true" : "false"; }

std::string written(const word_setting& kind, settings& from) { return *kind.at(from); }

std::string written(const path_setting& kind, settings& from) { return yaml_text(kind.at(from)->string()); }

/// For both kinds of addresses.
template <class Address>
std::string written_address(const Address& where) {
  if (where.host.empty())
    return "\"\"";
  const auto v6 = where.host.find(':') != std::string::npos;
  return yaml_text((v6 ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port));
}

std::string written(const address_setting& kind, settings& from) { return written_address(*kind.at(from)); }

std::string written(const peer_setting& kind, settings& from) { return written_address(*kind.at(from)); }

std::string written(const name_setting& kind, settings& from) { return yaml_text(*kind.at(from)); }

std::string written(const names_setting& kind, settings& from) { return yaml_list(*kind.at(from)); }

std::string written(const patterns_setting& kind, settings& from) { return written_patterns(*kind.at(from)); }

std::string written(const rules_setting& kind, settings& from) { return written_rules(*kind.at(from)); }

std::string accepted(const number_setting& kind) {
  return std::to_string(kind.min) + ".." + std::to_string(kind.max) + " " + std::string{kind.unit} +
         (kind.power_of_two ? ", a power of two" : "");
}

std::string accepted(const switch_setting&) { return "true, false"; }

std::string accepted(const word_setting& kind) {
  auto out = std::string{};
  for (const auto word : kind.words)
    out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

std::string accepted(const path_setting& kind) {
  return kind.optional ? "an absolute path, or \"\" for none" : "an absolute path";
}

std::string accepted(const address_setting&) {
  return "IP:PORT, \"[IPv6]:PORT\" or localhost:PORT, port 0..65535 (0 = any free one)";
}

std::string accepted(const peer_setting&) { return "HOST:PORT, \"[IPv6]:PORT\" or \"\", port 1..65535"; }

std::string accepted(const name_setting& kind) {
  return std::string{"a DNS name or IP address"} + (kind.wildcard ? ", \"*.NAME\"" : "") + " or \"\"";
}

std::string accepted(const patterns_setting&) {
  return "a list of at most " + std::to_string(patterns_setting::patterns_max) + " {class, pattern}";
}

std::string accepted(const rules_setting&) {
  return "a list of at most " + std::to_string(rules_setting::rules_max) + " rules";
}

} // namespace

void assign(const setting& which, settings& target, const yaml_node& node, const problem_sink& report) {
  const auto key = std::string{which.key};
  if (const auto* patterns = std::get_if<patterns_setting>(&which.kind))
    return read_patterns(*patterns->at(target), node, key, patterns_setting::patterns_max, report);
  if (const auto* rules = std::get_if<rules_setting>(&which.kind))
    return read_rules(*rules->at(target), node, key, report);
  const auto done = std::visit(
      [&](const auto& kind) -> result<void> {
        if constexpr (requires { assign(kind, target, node); })
          return assign(kind, target, node);
        else
          return {};
      },
      which.kind);
  if (!done)
    report(node, key, done.error().text + "; accepted: " + accepted(which));
}

std::string written(const setting& which, const settings& from) {
  auto copy = from; // a place is found in settings that may be changed
  return std::visit([&](const auto& kind) { return written(kind, copy); }, which.kind);
}

std::string accepted(const setting& which) {
  return std::visit([](const auto& kind) { return accepted(kind); }, which.kind);
}

std::string accepted(const names_setting& kind) {
  constexpr auto words = std::array{" names", " header names", " patterns"};
  return "a list of at most " + std::to_string(names_setting::names_max) + words[static_cast<std::size_t>(kind.kind)] +
         " of 1.." + std::to_string(kind.size_max()) + " bytes";
}

result<std::vector<std::string>> read_names(const names_setting& kind, const yaml_node& node) {
  if (node.kind != yaml_kind::list)
    return wrong_kind(node, "a list");
  if (node.children.size() > names_setting::names_max)
    return failure{"has " + std::to_string(node.children.size()) + " names"};
  auto names = std::vector<std::string>{};
  for (const auto& item : node.children) {
    if (auto checked = check_name(kind, item); !checked)
      return checked.error();
    names.push_back(item.text);
  }
  return names;
}

std::string yaml_text(std::string_view text) {
  auto out = std::string{"\""};
  for (const auto c : text)
    out.append(c == '"' || c == '\\' ? "\\" : "").append(1, c);
  return out + '"';
}

std::string yaml_list(const std::vector<std::string>& texts) {
  auto out = std::string{};
  for (const auto& text : texts)
    out.append(out.empty() ? "" : ", ").append(yaml_text(text));
  return "[" + out + "]";
}

} // namespace cleartap
