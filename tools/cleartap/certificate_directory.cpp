#include "tools/cleartap/certificate_directory.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace cleartap {

namespace {

constexpr auto ca_length = std::chrono::days{3650};
constexpr auto key_mode = mode_t{0600};
constexpr auto certificate_mode = mode_t{0644};

failure unwritable(const std::filesystem::path& what, const std::string& why) {
  return {"cannot write " + what.string() + ": " + why + "; name a directory that you may write to"};
}

/// As a whole or not at all: who reads the file meanwhile has the one before.
result<void> write_file(const std::filesystem::path& file, std::string_view text, mode_t mode) {
  auto fresh = file;
  fresh += ".new";
  ::unlink(fresh.c_str());
  const auto fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0)
    return unwritable(file, std::strerror(errno));
  auto fine = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  auto error = errno;
  fine = ::close(fd) == 0 && fine;
  if (fine && ::rename(fresh.c_str(), file.c_str()) == 0)
    return {};
  error = fine ? errno : error;
  ::unlink(fresh.c_str());
  return unwritable(file, std::strerror(error));
}

result<void> write_files(const certificate_files& files, const key_and_certificate& made) {
  if (auto written = write_file(files.key, made.key, key_mode); !written)
    return written;
  return write_file(files.certificate, made.certificate, certificate_mode);
}

result<std::string> read_file(const std::filesystem::path& file) {
  errno = 0;
  auto in = std::ifstream{file, std::ios::binary};
  auto text = std::ostringstream{};
  text << in.rdbuf();
  if (!in || text.str().empty())
    return failure{"cannot read " + file.string() + ": " + (errno ? std::strerror(errno) : "it is empty") +
                   "; run as its owner, or name another directory"};
  return text.str();
}

std::filesystem::path without_slash(const std::filesystem::path& directory) {
  return directory.has_filename() ? directory : directory.parent_path();
}

bool is_there(const std::filesystem::path& file) {
  auto ignored = std::error_code{};
  return std::filesystem::exists(std::filesystem::symlink_status(file, ignored));
}

} // namespace

certificate_directory::certificate_directory(const std::filesystem::path& directory)
    : directory_{without_slash(std::filesystem::absolute(directory).lexically_normal())}
    , ca_files_{"CA", directory_ / "ca.crt", directory_ / "ca.key", {}} {}

certificate_files certificate_directory::files_of(const std::string& name) const {
  const auto stem = name.starts_with("*.") ? "wildcard" + name.substr(1) : name;
  return {name, directory_ / (stem + ".crt"), directory_ / (stem + ".key"), {}};
}

result<void> certificate_directory::check(const std::vector<std::string>& names, bool renew) const {
  auto taken = std::set{ca_files_.certificate};
  for (const auto& name : names) {
    if (auto checked = check_certificate_name(name); !checked)
      return checked;
    const auto files = files_of(name);
    if (!taken.insert(files.certificate).second)
      return failure{"\"" + name + "\" would have the same file as another certificate, " + files.certificate.string() +
                     "; name it once, or in full"};
    if (!renew && (is_there(files.certificate) || is_there(files.key)))
      return failure{files.certificate.string() + " is there already; --renew makes a new one in its place"};
  }
  return {};
}

result<certificate_files> certificate_directory::open_ca(std::chrono::sys_seconds now) {
  auto error = std::error_code{};
  if (!std::filesystem::exists(directory_, error)) {
    std::filesystem::create_directories(directory_.parent_path(), error);
    if (error || ::mkdir(directory_.c_str(), 0700) != 0)
      return unwritable(directory_, error ? error.message() : std::strerror(errno));
  }
  if (!is_there(ca_files_.certificate) && !is_there(ca_files_.key)) {
    auto made = make_ca("cleartap link CA", {now, ca_length});
    if (!made)
      return made.error();
    if (auto written = write_files(ca_files_, *made); !written)
      return written.error();
    made_ca_ = true;
  }
  auto certificate = read_file(ca_files_.certificate);
  if (!certificate)
    return certificate.error();
  auto key = read_file(ca_files_.key);
  if (!key)
    return key.error();
  ca_ = {*std::move(certificate), *std::move(key)};
  const auto end = end_of(ca_.certificate);
  if (!end)
    return failure{ca_files_.certificate.string() + ": " + end.error().text};
  if (*end <= now)
    return failure{"the CA of " + ca_files_.certificate.string() +
                   " has expired; name a new directory and give all machines certificates from there"};
  ca_files_.end = *end;
  return ca_files_;
}

result<certificate_files> certificate_directory::add(const std::string& name, const validity& valid) const {
  auto made = make_certificate(ca_, name, valid);
  if (!made)
    return failure{ca_files_.certificate.string() + ": " + made.error().text};
  auto files = files_of(name);
  if (auto written = write_files(files, *made); !written)
    return written.error();
  files.end = end_of(made->certificate) ? *end_of(made->certificate) : valid.now;
  return files;
}

} // namespace cleartap
