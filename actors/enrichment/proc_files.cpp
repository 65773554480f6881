#include "actors/enrichment/proc_files.hpp"

#include <charconv>
#include <fstream>
#include <sstream>

namespace cleartap {

namespace {

/// "PID (comm) S PPID ...": the comm may hold blanks and parentheses, so its end is the last one (proc(5)).
bool parse_stat(const std::string& stat, proc_facts& facts) {
  auto begin = stat.find('(');
  auto end = stat.rfind(')');
  if (begin == std::string::npos || end == std::string::npos || end < begin || end + 4 >= stat.size())
    return false;
  facts.comm = stat.substr(begin + 1, end - begin - 1);
  std::from_chars(stat.data() + end + 4, stat.data() + stat.size(), facts.parent);
  return true;
}

/// The path in the unified hierarchy, or, on v1 and hybrid hosts, the first that names a container, or the last.
std::string parse_cgroups(std::istream& lines) {
  auto path = std::string{};
  for (auto line = std::string{}; std::getline(lines, line);) {
    auto last_colon = line.find(':', line.find(':') + 1);
    if (last_colon == std::string::npos)
      continue;
    path = line.substr(last_colon + 1);
    if (!container_id(path).empty())
      break;
  }
  return path;
}

} // namespace

std::optional<proc_facts> read_proc(const std::filesystem::path& proc, std::uint32_t pid) {
  auto directory = proc / std::to_string(pid);
  auto stat = std::ifstream{directory / "stat"};
  auto text = std::stringstream{};
  text << stat.rdbuf();
  auto facts = proc_facts{};
  if (!stat || !parse_stat(text.str(), facts))
    return std::nullopt;
  facts.exe = read_executable(proc, pid);
  auto cgroups = std::ifstream{directory / "cgroup"};
  facts.cgroup = parse_cgroups(cgroups);
  return facts;
}

std::string read_executable(const std::filesystem::path& proc, std::uint32_t pid) {
  auto directory = proc / std::to_string(pid);
  auto error = std::error_code{};
  auto path = std::filesystem::read_symlink(directory / "exe", error).string();
  // In a chroot the link shows the way from outside.
  auto root = std::filesystem::read_symlink(directory / "root", error).string();
  if (root.size() > 1 && path.starts_with(root + "/"))
    path.erase(0, root.size());
  return path;
}

} // namespace cleartap
