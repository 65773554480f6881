// What the link did lately, readable by any thread: whom a sniffer is connected to, whom a reconstructor refused and
// why. Refuses to know how.
#pragma once

#include "messages/capture.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace cleartap {

class link_status {
public:
  /// Distinct reasons that are counted apart; further ones are counted as "other".
  static constexpr std::size_t reasons_max = 64;

  /// The sniffer's end.
  struct dialled {
    bool connected = false;
    std::string peer; // "host:port" as configured
    std::string name; // under which this sniffer is known there
    wall_time since{};
    std::string last_error;       // why it is not connected, or was not before
    std::uint64_t connects = 0;   // sessions so far
    std::uint64_t failures = 0;   // tries that failed, and sessions that were lost
    std::uint64_t open_parts = 0; // sent and not answered
  };

  void update(const std::function<void(dialled&)>& change);
  dialled sniffer_end() const;

  /// When the certificate that this side shows will have expired; the epoch's begin while none was read.
  void show_certificate(std::optional<std::chrono::sys_seconds> end) {
    certificate_end_ = end ? end->time_since_epoch().count() : 0;
  }
  wall_time certificate_end() const { return std::chrono::sys_seconds{std::chrono::seconds{certificate_end_}}; }

  /// A connection that was not let in, or was ended for what it sent.
  void count_refusal(std::string_view reason);
  void for_each_refusal(const std::function<void(std::string_view reason, std::uint64_t count)>& visit) const;

private:
  mutable std::mutex mutex_;
  dialled dialled_;
  std::atomic<std::int64_t> certificate_end_{0};
  std::map<std::string, std::uint64_t, std::less<>> refusals_;
};

} // namespace cleartap
