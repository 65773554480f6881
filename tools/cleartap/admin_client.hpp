// Talks to the admin port of a running cleartap, with the token of its token file.
#pragma once

#include "config/settings.hpp"
#include "messages/result.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace cleartap {

class admin_client {
public:
  explicit admin_client(const settings& config) : config_{config} {}

  /// Whether anything listens at the admin port.
  [[nodiscard]] bool reachable() const;

  /// The answer's JSON text.
  [[nodiscard]] result<std::string> get(const std::string& path) const;
  [[nodiscard]] result<std::string> post(const std::string& path) const;

  /// Hands over each line of the answer as it comes, empty ones too, until `line` returns false or the peer ends.
  [[nodiscard]] result<void> stream(const std::string& path, const std::function<bool(std::string_view)>& line) const;

private:
  template <class Request>
  result<std::string> ask(Request request) const;

  const settings& config_;
};

} // namespace cleartap
