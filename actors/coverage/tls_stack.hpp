// Guesses which TLS a process uses that has none of the libraries with probes, from what it maps and what is in its
// executable. Refuses to know whether that can be probed.
#pragma once

#include "messages/process.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace cleartap {

/// From the text of /proc/PID/maps; empty if none of the files that it names is known.
[[nodiscard]] std::string stack_in_maps(std::string_view maps);

/// From an executable's bytes; empty if nothing in them is known.
[[nodiscard]] std::string stack_in_executable(std::string_view bytes);

class tls_stacks {
public:
  explicit tls_stacks(std::filesystem::path proc) : proc_{std::move(proc)} {}

  /// A sentence without a full stop, never empty. An executable is searched once, however many processes run it.
  [[nodiscard]] std::string find(std::uint32_t pid);

private:
  struct executable {
    file_id file;
    std::int64_t changed_ns = 0;

    auto operator<=>(const executable&) const = default;
  };

  std::string of_executable(const std::filesystem::path& path);

  std::filesystem::path proc_;
  std::map<executable, std::string> searched_;
};

} // namespace cleartap
