// A directory with a CA and the certificates that it signed, as PEM files. Refuses to know what they are used for.
#pragma once

#include "actors/link/certificates.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace cleartap {

struct certificate_files {
  std::string name;
  std::filesystem::path certificate;
  std::filesystem::path key; // readable by its owner alone
  std::chrono::sys_seconds end{};
};

class certificate_directory {
public:
  explicit certificate_directory(const std::filesystem::path& directory);

  /// Whether certificates for all of these can be made; nothing is written. With `renew` existing ones may go.
  [[nodiscard]] result<void> check(const std::vector<std::string>& names, bool renew) const;

  /// The CA that is there, or a new one in a directory that is made for its owner alone.
  [[nodiscard]] result<certificate_files> open_ca(std::chrono::sys_seconds now);
  bool made_ca() const noexcept { return made_ca_; }

  /// Precondition: open_ca() succeeded. Replaces files of that name.
  [[nodiscard]] result<certificate_files> add(const std::string& name, const validity& valid) const;

private:
  certificate_files files_of(const std::string& name) const;

  std::filesystem::path directory_;
  certificate_files ca_files_;
  key_and_certificate ca_;
  bool made_ca_ = false;
};

} // namespace cleartap
