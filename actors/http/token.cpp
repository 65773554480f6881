#include "actors/http/token.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/random.h>
#include <unistd.h>

namespace cleartap {

std::string make_token() {
  auto bytes = std::array<std::uint8_t, 32>{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    std::abort(); // without randomness there is no secret; cannot happen for so few bytes (getrandom(2))
  auto token = std::string{};
  for (auto byte : bytes) {
    token += "0123456789abcdef"[byte >> 4];
    token += "0123456789abcdef"[byte & 15];
  }
  return token;
}

bool authorized(std::string_view authorization, std::string_view token) noexcept {
  constexpr auto scheme = std::string_view{"Bearer "};
  if (token.empty() || authorization.size() != scheme.size() + token.size() || !authorization.starts_with(scheme))
    return false;
  auto difference = 0;
  for (std::size_t i = 0; i < token.size(); ++i)
    difference |= authorization[scheme.size() + i] ^ token[i];
  return difference == 0;
}

result<std::string> read_given_token(const std::filesystem::path& path, std::string_view key) {
  constexpr auto size_max = std::size_t{4096};
  auto refused = [&](const std::string& reason) {
    return failure{std::string{key} + ": " + path.string() + ": " + reason + "; it must hold one word of at least " +
                   std::to_string(given_token_size_min) + " characters, e.g. what `openssl rand -hex 32` prints"};
  };
  errno = 0;
  auto file = std::ifstream{path};
  auto text = std::string(size_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad())
    return refused(std::string{"cannot be read: "} + std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  if (text.empty())
    return refused("is empty");
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c > '~'; }))
    return refused("has something in it that is no printable ASCII character");
  if (text.size() < given_token_size_min || text.size() >= size_max)
    return refused("has a token of " + std::to_string(text.size()) + " characters");
  return text;
}

result<token_file> token_file::create(const std::filesystem::path& path, std::string_view token) {
  auto error = std::error_code{};
  auto fresh = path;
  fresh += ".new";
  auto refused = [&](const std::string& reason) {
    std::filesystem::remove(fresh, error);
    return failure{"cannot write " + path.string() + ": " + reason + "; choose another file with admin.token_file"};
  };
  auto made_directory = path.has_parent_path() && std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return refused(error.message());
  std::filesystem::remove(fresh, error);
  auto fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return refused(std::strerror(errno));
  auto written = write(fd, token.data(), token.size());
  close(fd);
  if (written != static_cast<ssize_t>(token.size()) || rename(fresh.c_str(), path.c_str()) != 0)
    return refused(std::strerror(errno));
  return token_file{path, made_directory};
}

result<std::string> token_file::read(const std::filesystem::path& path) {
  errno = 0;
  auto file = std::ifstream{path};
  auto token = std::string{};
  if (!(file >> token))
    return failure{"cannot read the admin token " + path.string() + ": " +
                   (errno ? std::strerror(errno) : "it is empty") +
                   "; is cleartap running, and may you read its files? Run as the same user"};
  return token;
}

token_file::~token_file() {
  if (path_.empty())
    return;
  auto error = std::error_code{};
  std::filesystem::remove(path_, error);
  if (made_directory_)
    std::filesystem::remove(path_.parent_path(), error);
}

} // namespace cleartap
