// The secrets that ports ask for: the admin port's, made at the start and kept in a file that its owner alone may read,
// and those that users give in files. Compared in constant time.
#pragma once

#include "messages/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace cleartap {

/// 256 random bits from the kernel, as 64 hex digits.
[[nodiscard]] std::string make_token();

/// Whether the Authorization header's value carries this token (RFC 6750, section 2.1). Takes as long for any wrong
/// token of the right length.
[[nodiscard]] bool authorized(std::string_view authorization, std::string_view token) noexcept;

/// The token that the user put into the file at `path`: one word of at least `given_token_size_min` printable ASCII
/// characters. `key` is the setting to name in the failure.
inline constexpr std::size_t given_token_size_min = 16;
[[nodiscard]] result<std::string> read_given_token(const std::filesystem::path& path, std::string_view key);

/// A file that exists while this lives: mode 0600, never shown half written.
class token_file {
public:
  [[nodiscard]] static result<token_file> create(const std::filesystem::path& path, std::string_view token);
  [[nodiscard]] static result<std::string> read(const std::filesystem::path& path);

  token_file(token_file&& other) noexcept
      : path_{std::exchange(other.path_, {})}, made_directory_{other.made_directory_} {}
  token_file& operator=(token_file&&) = delete;
  ~token_file();

private:
  token_file(std::filesystem::path path, bool made_directory)
      : path_{std::move(path)}, made_directory_{made_directory} {}

  std::filesystem::path path_;
  bool made_directory_ = false; // and so must remove it
};

} // namespace cleartap
