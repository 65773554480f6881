#include "actors/rescan/proc_maps.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <optional>
#include <set>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto maps_size_max = std::size_t{16u << 20}; // of one process; 100,000 mappings and more

/// Splits off the next field of a line and the blanks after it.
std::string_view take_field(std::string_view& line) {
  auto end = std::min(line.find(' '), line.size());
  auto field = line.substr(0, end);
  auto rest = line.find_first_not_of(' ', end);
  line = rest == std::string_view::npos ? std::string_view{} : line.substr(rest);
  return field;
}

std::uint64_t number(std::string_view text, int base) {
  auto value = std::uint64_t{0};
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// "7f00-7f10 r-xp 00001000 fe:00 12345   /usr/lib/libssl.so.3"
std::optional<process_event> parse_line(std::string_view line) {
  take_field(line); // addresses
  auto permissions = take_field(line);
  if (permissions.size() < 3 || permissions[2] != 'x')
    return std::nullopt;
  take_field(line); // offset
  auto device = take_field(line);
  auto inode = number(take_field(line), 10);
  auto colon = device.find(':');
  if (inode == 0 || colon == std::string_view::npos || !line.starts_with('/'))
    return std::nullopt;
  auto event = process_event{.kind = process_event_kind::mapping};
  event.file.device = makedev(static_cast<unsigned>(number(device.substr(0, colon), 16)),
                              static_cast<unsigned>(number(device.substr(colon + 1), 16)));
  event.file.inode = inode;
  event.path = line;
  return event;
}

/// The whole file, or nothing with errno set. A proc file has no size to ask for.
std::optional<std::string> read_file(const std::filesystem::path& path) {
  auto fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return std::nullopt;
  auto text = std::string{};
  auto block = std::array<char, 16384>{};
  auto count = ssize_t{0};
  while (text.size() < maps_size_max && (count = read(fd, block.data(), block.size())) > 0)
    text.append(block.data(), static_cast<std::size_t>(count));
  auto failed = count < 0 ? errno : 0;
  close(fd);
  errno = failed;
  return failed ? std::nullopt : std::optional{std::move(text)};
}

} // namespace

std::vector<process_event> parse_maps(std::string_view maps, std::uint32_t pid) {
  auto events = std::vector<process_event>{};
  auto seen = std::set<file_id>{};
  while (!maps.empty()) {
    auto end = std::min(maps.find('\n'), maps.size());
    auto event = parse_line(maps.substr(0, end));
    maps.remove_prefix(std::min(end + 1, maps.size()));
    if (!event || !seen.insert(event->file).second)
      continue;
    event->pid = pid;
    events.push_back(std::move(*event));
  }
  return events;
}

std::size_t scan_processes(const std::filesystem::path& proc, const std::function<void(const process_event&)>& visit) {
  auto refused = std::size_t{0};
  auto error = std::error_code{};
  for (const auto& entry : std::filesystem::directory_iterator{proc, error}) {
    auto pid = static_cast<std::uint32_t>(number(entry.path().filename().native(), 10));
    if (pid == 0)
      continue;
    auto maps = read_file(entry.path() / "maps");
    if (!maps) {
      refused += errno == EACCES || errno == EPERM;
      continue;
    }
    for (const auto& event : parse_maps(*maps, pid))
      visit(event);
  }
  return refused;
}

} // namespace cleartap
