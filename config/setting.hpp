// The kinds of settings: how a value of each is read, and what is accepted. Refuses to know which settings there are.
#pragma once

#include "config/settings.hpp"
#include "config/yaml_tree.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace cleartap {

/// The way from the whole settings to one of them.
template <class T>
using place_of = T* (*)(settings&);

/// A whole decimal number of `unit` within min..max.
struct number_setting {
  std::variant<place_of<std::uint32_t>, place_of<std::size_t>, place_of<std::chrono::seconds>,
               place_of<std::chrono::milliseconds>>
      at;
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::string_view unit;
  bool power_of_two = false;
};

/// true or false.
struct switch_setting {
  place_of<bool> at = nullptr;
};

/// One of `words`.
struct word_setting {
  place_of<std::string> at = nullptr;
  std::span<const std::string_view> words;
};

/// An absolute path; whether anything is there is not looked at. With `optional` it may be empty: none.
struct path_setting {
  static constexpr std::size_t size_max = 4095; // PATH_MAX without its NUL

  place_of<std::filesystem::path> at = nullptr;
  bool optional = false;
};

/// "host:port". The host is kept without brackets: an IP address in text form, or "localhost".
struct address_setting {
  place_of<listen_address> at = nullptr;
};

/// "host:port" to connect to, or empty. The host is kept without brackets: an IP address in text form, or a DNS name.
struct peer_setting {
  place_of<connect_address> at = nullptr;
};

/// A DNS name or an IP address, or empty; with `wildcard` "*" may stand for the first label.
struct name_setting {
  place_of<std::string> at = nullptr;
  bool wildcard = false;
};

/// What a list's items may be.
enum class name_kind : std::uint8_t {
  any,
  header,      // what may be the name of an HTTP field (RFC 9110 section 5.1)
  path_pattern // an absolute path, or a pattern that can match one: it begins with / or *
};

struct names_setting {
  static constexpr std::size_t names_max = 256;

  place_of<std::vector<std::string>> at = nullptr;
  name_kind kind = name_kind::any;

  /// Bytes of one name.
  constexpr std::size_t size_max() const noexcept {
    return kind == name_kind::path_pattern ? path_setting::size_max : 128;
  }
};

/// A list of {class, pattern}.
struct patterns_setting {
  static constexpr std::size_t patterns_max = 32;

  place_of<std::vector<pattern_settings>> at = nullptr;
};

/// A list of rules of redaction.
struct rules_setting {
  static constexpr std::size_t rules_max = 24;
  static constexpr std::size_t patterns_max = 8; // of one rule

  place_of<std::vector<rule_settings>> at = nullptr;
};

struct setting {
  std::string_view key; // dotted
  std::variant<number_setting, switch_setting, word_setting, path_setting, address_setting, peer_setting, name_setting,
               names_setting, patterns_setting, rules_setting>
      kind;
  bool live = false; // may change while cleartap runs
};

/// Takes what is wrong with a value: the part of it, the key, for items of a list with their numbers, and the cause
/// with what is accepted.
using problem_sink = std::function<void(const yaml_node& part, const std::string& key, std::string cause)>;

/// Sets the setting in `target` to the value of `node`, which is not a refusal. What is wrong goes to `report` and
/// leaves `target` as it was.
void assign(const setting& which, settings& target, const yaml_node& node, const problem_sink& report);

/// The value that the setting has in `from`, as a file may have it: equal values are written alike.
[[nodiscard]] std::string written(const setting& which, const settings& from);

/// What the setting accepts, for messages and for the comments of the shipped file, e.g. "1024..65536 bytes".
[[nodiscard]] std::string accepted(const setting& which);

/// The items of a list of names, or what is wrong with it.
[[nodiscard]] result<std::vector<std::string>> read_names(const names_setting& kind, const yaml_node& node);

/// What a list of names accepts.
[[nodiscard]] std::string accepted(const names_setting& kind);

/// As a double-quoted YAML scalar (YAML 1.2 section 5.7), in full. No setting holds control characters.
[[nodiscard]] std::string yaml_text(std::string_view text);

/// As a YAML list of such scalars.
[[nodiscard]] std::string yaml_list(const std::vector<std::string>& texts);

} // namespace cleartap
