#include "actors/ring/socket_lookup.hpp"

#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto known_max = std::size_t{16384}; // connections remembered
constexpr auto age_max = 100ms;                // of the call by which a descriptor is known
constexpr auto established = "01";

std::optional<std::uint64_t> hexadecimal(std::string_view digits) {
  auto value = std::uint64_t{0};
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional{value} : std::nullopt;
}

/// "0100007F:1F90": words of the address as the machine stores them, the port as a number.
std::optional<endpoint> parse_endpoint(std::string_view text, ip_family family) {
  const auto words = family == ip_family::v4 ? std::size_t{1} : std::size_t{4};
  if (text.size() != words * 8 + 5 || text[words * 8] != ':')
    return std::nullopt;
  auto where = endpoint{.family = family};
  for (std::size_t i = 0; i < words; ++i) {
    auto word = hexadecimal(text.substr(i * 8, 8));
    if (!word)
      return std::nullopt;
    auto stored = static_cast<std::uint32_t>(*word);
    std::memcpy(where.address.data() + i * 4, &stored, sizeof stored);
  }
  auto port = hexadecimal(text.substr(words * 8 + 1));
  if (!port)
    return std::nullopt;
  where.port = static_cast<std::uint16_t>(*port);
  return where;
}

std::string content_of(const std::filesystem::path& path) {
  auto text = std::ostringstream{};
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

/// "socket:[12345]"; 0: it is none.
std::uint64_t socket_inode(const std::filesystem::path& descriptor) {
  auto error = std::error_code{};
  auto target = std::filesystem::read_symlink(descriptor, error).string();
  if (error || !target.starts_with("socket:["))
    return 0;
  return std::strtoull(target.c_str() + std::strlen("socket:["), nullptr, 10);
}

} // namespace

std::optional<socket_pair> find_in_tcp_table(std::string_view table, std::uint64_t inode, ip_family family) {
  auto lines = std::istringstream{std::string{table}};
  auto line = std::string{};
  for (std::getline(lines, line); std::getline(lines, line);) { // the first is the heading
    auto fields = std::istringstream{line};
    auto number = std::string{};
    auto local = std::string{};
    auto remote = std::string{};
    auto state = std::string{};
    auto skipped = std::string{};
    auto found = std::uint64_t{0};
    fields >> number >> local >> remote >> state >> skipped >> skipped >> skipped >> skipped >> skipped >> found;
    if (!fields || found != inode || state != established)
      continue;
    auto from = parse_endpoint(local, family);
    auto to = parse_endpoint(remote, family);
    if (from && to)
      return socket_pair{*from, *to, socket_evidence::descriptor};
  }
  return std::nullopt;
}

std::optional<socket_pair> socket_lookup::find(const tls_chunk& chunk, kernel_time now) {
  if (chunk.sockets || !chunk.descriptor)
    return chunk.sockets;
  if (chunk.kind == chunk_kind::closed) {
    auto node = known_.extract(chunk.connection);
    return node ? node.mapped() : std::nullopt;
  }
  if (auto known = known_.find(chunk.connection); known != known_.end())
    return known->second;
  if (known_.size() >= known_max)
    known_.clear(); // costs looking again
  auto found = now - chunk.at > age_max ? std::nullopt : look_up(chunk.connection.tgid, *chunk.descriptor);
  known_.emplace(chunk.connection, found);
  return found;
}

std::optional<socket_pair> socket_lookup::look_up(std::uint32_t pid, int descriptor) const {
  const auto process = proc_ / std::to_string(pid);
  const auto inode = socket_inode(process / "fd" / std::to_string(descriptor));
  if (inode == 0)
    return std::nullopt;
  if (auto found = find_in_tcp_table(content_of(process / "net/tcp"), inode, ip_family::v4))
    return found;
  return find_in_tcp_table(content_of(process / "net/tcp6"), inode, ip_family::v6);
}

} // namespace cleartap
