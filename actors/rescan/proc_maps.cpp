#include "actors/rescan/proc_maps.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <set>
#include <sys/stat.h>
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

/// The kernel shows the end of a line within a name as \012 (proc(5)). A name that has these four characters itself is
/// taken for one, too; it is then found through map_files.
std::string unescaped(std::string_view name) {
  constexpr auto escape = std::string_view{"\\012"};
  auto out = std::string{};
  for (auto at = name.find(escape); at != std::string_view::npos; at = name.find(escape)) {
    out.append(name.substr(0, at)).push_back('\n');
    name.remove_prefix(at + escape.size());
  }
  return out.append(name);
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
  event.path = unescaped(line);
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

/// The root of a process in a chroot, from outside; empty for others.
std::string chroot_of(const std::filesystem::path& process) {
  auto error = std::error_code{};
  auto root = std::filesystem::read_symlink(process / "root", error).string();
  return root.size() > 1 ? root : std::string{};
}

/// The maps show the way from outside.
void show_from_inside(const std::string& chroot, std::string& path) {
  if (!chroot.empty() && path.starts_with(chroot + "/"))
    path.erase(0, chroot.size());
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

std::string range_of(const std::filesystem::path& maps, std::uint64_t inode) {
  auto text = read_file(maps).value_or(std::string{});
  for (auto rest = std::string_view{text}; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto mapping = parse_line(line);
    if (!mapping || mapping->file.inode != inode)
      continue;
    auto range = std::string{take_field(line)};
    // Without leading zeros, which the other file does not have.
    auto dash = range.find('-');
    auto begin = number(range.substr(0, dash), 16);
    auto end = number(range.substr(dash + 1), 16);
    char name[40];
    std::snprintf(name, sizeof name, "%llx-%llx", static_cast<unsigned long long>(begin),
                  static_cast<unsigned long long>(end));
    return name;
  }
  return {};
}

std::optional<std::string> path_of(const std::filesystem::path& proc, std::uint32_t pid, file_id file) {
  const auto process = proc / std::to_string(pid);
  auto found = std::optional<std::string>{};
  for (auto& mapping : parse_maps(read_file(process / "maps").value_or(std::string{}), pid)) {
    if (mapping.file.inode != file.inode || (found && mapping.file != file))
      continue;
    found = std::move(mapping.path);
    if (mapping.file == file)
      break;
  }
  if (found)
    show_from_inside(chroot_of(process), *found);
  return found;
}

std::vector<file_id> own_executable(const std::filesystem::path& proc) {
  auto files = std::vector<file_id>{};
  auto path = proc / "self" / "exe";
  struct stat info{};
  if (stat(path.c_str(), &info) == 0)
    files.push_back({info.st_dev, info.st_ino});
  auto error = std::error_code{};
  auto name = std::filesystem::read_symlink(path, error).string();
  for (const auto& mapping : parse_maps(read_file(proc / "self" / "maps").value_or(std::string{}), 0))
    if (mapping.path == name)
      files.push_back(mapping.file);
  return files;
}

std::size_t scan_processes(const std::filesystem::path& proc, const process_visitor& visit) {
  auto refused = std::size_t{0};
  auto error = std::error_code{};
  for (const auto& entry : std::filesystem::directory_iterator{proc, error}) {
    auto pid = static_cast<std::uint32_t>(number(entry.path().filename().native(), 10));
    if (pid == 0 || !visit.process(pid))
      continue;
    auto maps = read_file(entry.path() / "maps");
    if (!maps) {
      refused += errno == EACCES || errno == EPERM;
      continue;
    }
    auto root = chroot_of(entry.path());
    for (auto& event : parse_maps(*maps, pid)) {
      show_from_inside(root, event.path);
      visit.mapping(event);
    }
  }
  return refused;
}

} // namespace cleartap
