// Which sniffers have a session, one each, and what came over it. Thread-safe. Refuses to know batches.
#pragma once

#include "actors/link/tls_connection.hpp"
#include "actors/link/token_bucket.hpp"
#include "messages/delivery.hpp"
#include "messages/result.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace cleartap {

/// One live session, readable by any thread.
struct session_record {
  sender_id sender;
  wall_time since{};
  std::shared_ptr<tls_connection> connection;
  std::atomic<std::uint64_t> batches{0}; // whole ones, duplicates too
  std::atomic<std::uint64_t> exchanges{0};
  std::atomic<std::uint64_t> delayed{0}; // times that rate_max or memory_max made it wait
};

class session_table {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// A session that was not heard for so long gives way to a newcomer of the same name.
  static constexpr auto silent_after = std::chrono::seconds{2};
  /// How often one name may begin a session: a burst, and then a rate per second.
  static constexpr auto sessions_burst = 20.0;
  static constexpr auto sessions_rate = 2.0;

  explicit session_table(std::size_t sessions_max) noexcept : sessions_max_{sessions_max} {}

  /// The session of a peer whose certificate vouches for `sender.sniffer`. Refused while another one of that name is
  /// alive, unless it is of the same epoch and so of the same process, which has given it up; an older one that is
  /// silent is cut.
  [[nodiscard]] result<std::shared_ptr<session_record>>
  claim(const sender_id& sender, std::shared_ptr<tls_connection> connection, time_point now, wall_time wall_now);

  void release(const std::shared_ptr<session_record>& record);

  std::size_t limit() const noexcept { return sessions_max_; }
  void limit(std::size_t sessions_max) noexcept { sessions_max_ = sessions_max; }

  /// By name.
  void for_each(const std::function<void(const session_record&)>& visit) const;
  std::size_t size() const;

private:
  struct name_entry {
    token_bucket starts{sessions_rate, sessions_burst};
    std::shared_ptr<session_record> live; // nothing between sessions
  };

  static constexpr std::size_t names_max = 65536;

  void forget_idle_names();

  std::atomic<std::size_t> sessions_max_;
  mutable std::mutex mutex_;
  std::map<std::string, name_entry> names_;
  std::size_t live_ = 0;
};

} // namespace cleartap
