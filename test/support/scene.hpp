// What most end-to-end tests need: nginx, a cleartap and a watcher, all at work. Refuses to know what is tested.
#pragma once

#include "test/support/sniffer.hpp"
#include "test/support/text.hpp"
#include "test/support/web_server.hpp"

namespace cleartap::support {

/// The two observations of one call.
struct observed_call {
  boost::json::value client;
  boost::json::value server;
};

struct scene {
  /// With these settings beside those of `instance_settings`.
  explicit scene(const std::vector<std::pair<std::string, std::string>>& more = {});

  /// Both observations of the call to this path of nginx.
  observed_call expect_call(const std::string& path) { return expect_call(web.authority(), path); }
  observed_call expect_call(const std::string& host, const std::string& path);

  /// What nginx was seen to answer at this path.
  boost::json::value expect_served(const std::string& path) {
    return watch.expect_one(called("server", web.authority(), path));
  }

  temporary_directory home;
  web_server web;
  sniffer tap;
  watcher watch;
};

} // namespace cleartap::support
