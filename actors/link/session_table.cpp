#include "actors/link/session_table.hpp"

namespace cleartap {

result<std::shared_ptr<session_record>> session_table::claim(const sender_id& sender,
                                                             std::shared_ptr<tls_connection> connection, time_point now,
                                                             wall_time wall_now) {
  auto guard = std::lock_guard{mutex_};
  if (names_.size() >= names_max)
    forget_idle_names();
  auto& entry = names_[sender.sniffer];
  if (!entry.starts.take(1, now))
    return failure{"it begins sessions too often"};
  if (entry.live) {
    const auto& other = *entry.live;
    if (other.sender.epoch != sender.epoch && now - other.connection->last_heard() < silent_after)
      return failure{"another sniffer of that name is connected; give each a certificate or a link.node of its own"};
    entry.live->connection->cut("a newer session of the same name takes over");
  } else if (live_ >= sessions_max_) {
    return failure{"there are link.sessions_max sessions already"};
  } else {
    ++live_;
  }
  entry.live = std::make_shared<session_record>();
  entry.live->sender = sender;
  entry.live->since = wall_now;
  entry.live->connection = std::move(connection);
  return entry.live;
}

void session_table::release(const std::shared_ptr<session_record>& record) {
  auto guard = std::lock_guard{mutex_};
  auto found = names_.find(record->sender.sniffer);
  if (found == names_.end() || found->second.live != record)
    return;
  found->second.live = nullptr;
  --live_;
}

void session_table::forget_idle_names() {
  std::erase_if(names_, [](const auto& each) { return !each.second.live; });
}

void session_table::for_each(const std::function<void(const session_record&)>& visit) const {
  auto guard = std::lock_guard{mutex_};
  for (const auto& [name, entry] : names_)
    if (entry.live)
      visit(*entry.live);
}

std::size_t session_table::size() const {
  auto guard = std::lock_guard{mutex_};
  return live_;
}

} // namespace cleartap
