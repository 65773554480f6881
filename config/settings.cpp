#include "config/settings.hpp"

#include "config/redaction_lists.hpp"
#include "config/settings_reader.hpp"
#include "config/text.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace cleartap {
namespace {

/// What is wrong, one problem a line.
using complaints = std::string;

void complain(complaints& out, const std::string& line) {
  if (!out.empty())
    out += '\n';
  out += line;
}

complaints read_into(settings& target, std::string_view yaml, std::string_view name) {
  auto reader = settings_reader{target};
  reader.apply(read_yaml(yaml), "");
  auto out = complaints{};
  for (const auto& [line, key, cause] : reader.problems())
    complain(out, std::string{name} + (line ? ":" + std::to_string(line) : "") + ": " +
                      (key.empty() ? "" : shown(key) + ": ") + cause);
  return out;
}

complaints override_in(settings& target, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos)
    return "--set " + shown(text) + ": has no " + (equals == 0 ? "key" : "value") +
           "; accepted: KEY=VALUE, e.g. --set logLevel=debug";
  auto reader = settings_reader{target};
  reader.apply(read_yaml(text.substr(equals + 1)), std::string{text.substr(0, equals)});
  auto out = complaints{};
  for (const auto& [line, key, cause] : reader.problems())
    complain(out, "--set " + shown(key) + ": " + cause);
  return out;
}

failure unreadable(const std::filesystem::path& path, int error) {
  const auto* mend = error == ENOENT   ? "check the path after --config"
                     : error == EACCES ? "give this user the right to read it, or run as one who has it"
                     : error == EISDIR ? "name a file in this directory"
                                       : "name a readable file after --config";
  return {shown(path.string()) + ": cannot be read: " + std::generic_category().message(error) + "; " + mend};
}

/// One byte more than `yaml_size_max` at most, so that read_yaml sees that it is too long.
result<std::string> read_file(const std::filesystem::path& path) {
  const auto file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>{std::fopen(path.c_str(), "rbe"), std::fclose};
  if (!file)
    return unreadable(path, errno);
  auto text = std::string(yaml_size_max + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()))
    return unreadable(path, errno);
  return text;
}

std::string joined(const std::string& host, std::uint16_t port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

} // namespace

std::string to_string(const connect_address& where) {
  return where.host.empty() ? std::string{} : joined(where.host, where.port);
}

std::string to_string(const listen_address& where) { return joined(where.host, where.port); }

result<settings> parse_settings(std::string_view yaml, std::string_view name) {
  auto out = settings{};
  if (auto wrong = read_into(out, yaml, name); !wrong.empty())
    return failure{std::move(wrong)};
  if (auto checked = check_redaction(out.redaction); !checked)
    return checked.error();
  return out;
}

result<settings> load_settings(const std::filesystem::path& path, std::span<const std::string> overrides) {
  auto out = settings{};
  auto wrong = complaints{};
  if (!path.empty()) {
    const auto text = read_file(path);
    if (!text)
      return text.error();
    wrong = read_into(out, *text, path.string());
  }
  for (const auto& each : overrides)
    if (const auto more = override_in(out, each); !more.empty())
      complain(wrong, more);
  if (!wrong.empty())
    return failure{std::move(wrong)};
  if (auto checked = check_redaction(out.redaction); !checked)
    return checked.error();
  return out;
}

} // namespace cleartap
