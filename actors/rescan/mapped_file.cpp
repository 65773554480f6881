#include "actors/rescan/mapped_file.hpp"

#include "actors/rescan/proc_maps.hpp"

#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>

namespace cleartap {

namespace {

namespace fs = std::filesystem;

std::optional<struct stat> look_at(const fs::path& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0 ? std::optional{info} : std::nullopt;
}

/// Opens what is there if it is that file. Devices are not compared: an overlay and btrfs show others by stat(2) than
/// in a process's maps, but the same inode number. It is opened only once it is sure to be a plain file: the path is a
/// stranger's, and to open a device can have effects.
owned_fd open_file(const fs::path& path, std::uint64_t inode) {
  auto place = owned_fd{open(path.c_str(), O_PATH | O_CLOEXEC)};
  struct stat info{};
  if (!place || fstat(place.get(), &info) != 0 || info.st_ino != inode || !S_ISREG(info.st_mode))
    return owned_fd{};
  return owned_fd{open(("/proc/self/fd/" + std::to_string(place.get())).c_str(), O_RDONLY | O_CLOEXEC)};
}

std::string own_root(const fs::path& process) {
  auto error = std::error_code{};
  auto root = fs::read_symlink(process / "root", error).string();
  return root.empty() ? "/" : root;
}

std::uint64_t mount_namespace(const fs::path& process) {
  auto info = look_at(process / "ns" / "mnt");
  return info ? info->st_ino : 0;
}

/// In the order of how little they need: the last but one wants CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE.
owned_fd open_in_process(const fs::path& process, const process_event& mapping) {
  const auto inode = mapping.file.inode;
  if (auto file = open_file((process / "root").string() + mapping.path, inode))
    return file;
  if (auto file = open_file(process / "exe", inode))
    return file;
  auto range = range_of(process / "maps", inode);
  return range.empty() ? owned_fd{} : open_file(process / "map_files" / range, inode);
}

} // namespace

std::optional<mapped_file> open_mapped(const fs::path& proc, const process_event& mapping) {
  auto process = proc / std::to_string(mapping.pid);
  auto file = mapped_file{.path = mapping.path, .root = own_root(process)};
  file.mount_namespace = mount_namespace(process);
  file.fd = open_in_process(process, mapping);
  if (file.fd)
    return file;
  // It ended. Its mounts may have been the same as here.
  file.root = "/";
  file.mount_namespace = mount_namespace(proc / "self");
  file.fd = open_file(mapping.path, mapping.file.inode);
  return file.fd ? std::optional{std::move(file)} : std::nullopt;
}

void reachability::find_namespaces() {
  namespaces_.emplace();
  auto error = std::error_code{};
  for (const auto& entry : fs::directory_iterator{proc_, error}) {
    const auto name = entry.path().filename().native(); // a copy: the path that it is of is gone
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    if (auto id = mount_namespace(entry.path()); id != 0)
      (*namespaces_)[id].try_emplace(own_root(entry.path()), entry.path() / "root");
  }
}

bool reachability::reachable(const mapped_file& file) {
  struct stat open_one{};
  if (fstat(file.fd.get(), &open_one) != 0 || open_one.st_nlink == 0)
    return false;
  auto is_there = [&](const fs::path& path) {
    auto named = look_at(path);
    return named && named->st_ino == open_one.st_ino && named->st_dev == open_one.st_dev;
  };
  if (file.mount_namespace == mount_namespace(proc_ / "self"))
    return is_there((file.root == "/" ? "" : file.root) + file.path);
  if (!namespaces_)
    find_namespaces();
  auto found = namespaces_->find(file.mount_namespace);
  if (found == namespaces_->end())
    return true; // the next program of the same image will have the same file
  auto process = found->second.find(file.root);
  return process == found->second.end() || is_there(process->second.string() + file.path);
}

} // namespace cleartap
