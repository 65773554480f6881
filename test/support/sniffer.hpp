// A running cleartap, and a `cleartap watch` beside it. Knows their options and what they print, nothing of their code.
#pragma once

#include "test/support/network.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <functional>

namespace cleartap::support {

/// The executable under test: $CLEARTAP, else the one of this build.
[[nodiscard]] std::string cleartap_executable();

/// The settings of one instance: ports and files that no other test uses.
class instance_settings {
public:
  explicit instance_settings(std::filesystem::path home);

  /// `cleartap WORDS... --set ...`
  command with(std::vector<std::string> words) const;

  void set(const std::string& key, const std::string& value);
  std::filesystem::path store() const { return home_ / "store"; }
  std::filesystem::path token_file() const { return home_ / "admin.token"; }
  std::uint16_t page() const noexcept { return page_; }
  std::uint16_t metrics() const noexcept { return metrics_; }
  std::uint16_t admin() const noexcept { return admin_; }

private:
  std::filesystem::path home_;
  std::uint16_t page_;
  std::uint16_t metrics_;
  std::uint16_t admin_;
  std::vector<std::string> options_;
};

/// `cleartap standalone`, ready: its first scan is done and its pages answer.
class sniffer {
public:
  /// With these words behind `standalone`, e.g. --config FILE.
  explicit sniffer(const instance_settings& settings, std::vector<std::string> words = {});

  const instance_settings& settings() const noexcept { return settings_; }
  child& program() noexcept { return program_; }

  /// `cleartap ctl VERB --json`, parsed.
  boost::json::value ctl(const std::string& verb) const;

  /// The page's REST interface; null unless the status is 200.
  boost::json::value rest(const std::string& path) const;
  std::string metrics() const;

  /// By SIGINT. Returns the exit status, -1 if it does not end.
  int stop();

private:
  instance_settings settings_;
  child program_;
};

using exchange_filter = std::function<bool(const boost::json::value&)>;
using exchange_list = std::vector<boost::json::value>;

/// `cleartap watch --json` and what it printed.
class watcher {
public:
  explicit watcher(const instance_settings& settings, std::vector<std::string> options = {});

  child& program() noexcept { return program_; }

  /// All that fit so far.
  exchange_list seen(const exchange_filter& filter);

  /// Waits until that many fit; throws, and says what was seen instead, if they do not come.
  exchange_list expect(std::size_t count, const exchange_filter& filter);
  boost::json::value expect_one(const exchange_filter& filter) { return expect(1, filter).front(); }

  /// Calls `traffic` again and again until an exchange that fits is seen: then watcher and probes are at work.
  void warm_up(const exchange_filter& filter, const std::function<void()>& traffic);
  /// The same until both ends of calls to this path are seen: probes that arrive during a call see one of them.
  void warm_up(const std::string& host, const std::string& path, const std::function<void()>& traffic);

private:
  void read();

  child program_;
  std::size_t read_size_ = 0;
  exchange_list exchanges_;
};

/// What is at a JSON pointer, as text; "null" if there is nothing.
[[nodiscard]] std::string text(const boost::json::value& in, std::string_view pointer);
[[nodiscard]] std::int64_t number(const boost::json::value& in, std::string_view pointer);

/// The body of "/request" or "/response", decoded if it is base64.
[[nodiscard]] std::string body(const boost::json::value& exchange, const std::string& message);

/// The first header of that name in "/request" or "/response"; empty if there is none.
[[nodiscard]] std::string header(const boost::json::value& exchange, const std::string& message, std::string_view name);

/// The same of its trailers.
[[nodiscard]] std::string trailer(const boost::json::value& exchange, const std::string& message,
                                  std::string_view name);

/// Exchanges of this role whose host and path are these.
[[nodiscard]] exchange_filter called(std::string role, std::string host, std::string path);

} // namespace cleartap::support
