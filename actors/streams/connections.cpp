#include "actors/streams/connections.hpp"

#include <cassert>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

constexpr auto rest_after = kernel_time{5s}; // what is kept for speed is given back then

} // namespace

void connections::accept(const tls_chunk& chunk, std::span<const std::uint8_t> bytes,
                         std::chrono::nanoseconds wall_offset, std::vector<exchange>& out) {
  assert(bytes.size() == chunk.size_captured && chunk.size_captured <= chunk.size_original);
  shard_.wall_offset = wall_offset;
  auto& ledger = shard_.ledger;
  ledger.in += chunk.size_original;
  if (chunk.kind == chunk_kind::closed) {
    ledger.add_other(other_protocol::unknown, chunk.size_original);
    close_one(chunk, out);
    return;
  }
  auto* known = find_or_add(chunk);
  if (!known) {
    ++ledger[stream_limit::connections];
    ledger[stream_drop::connections_full] += chunk.size_original;
    return;
  }
  known->last = std::max(known->last, chunk.at);
  if (!known->http) {
    ledger.add_other(known->other, chunk.size_original);
  } else if (!known->http->accept(chunk, bytes, out)) {
    known->other = known->http->other();
    ++ledger.connections_of[static_cast<std::size_t>(known->other)];
    known->http->close(connection_end::forgotten, out);
    known->http.reset();
    others_.push_back(chunk.connection);
  }
}

void connections::close_one(const tls_chunk& closing, std::vector<exchange>& out) {
  const auto& id = closing.connection;
  auto process = known_.find(id.tgid);
  if (process == known_.end())
    return;
  auto found = process->second.find(id);
  if (found == process->second.end())
    return;
  if (found->second.http)
    found->second.http->close(closing, out);
  --size_;
  process->second.erase(found);
  if (process->second.empty())
    known_.erase(process);
}

void connections::process_exited(std::uint32_t tgid, std::vector<exchange>& out) {
  auto found = known_.find(tgid);
  if (found == known_.end())
    return;
  for (auto& [id, each] : found->second)
    close(each, connection_end::process_ended, out);
  known_.erase(found);
}

void connections::expire(kernel_time now, std::vector<exchange>& out) {
  close_if(
      [&](entry& each) {
        const auto idle = now - each.last;
        if (idle >= shard_.limits.idle_max) {
          ++shard_.ledger[stream_limit::idle];
          return true;
        }
        if (each.http)
          each.http->tick(now, idle >= rest_after, out);
        return false;
      },
      out);
}

void connections::close_all(std::vector<exchange>& out) {
  close_if([](const entry&) { return true; }, out);
  assert(shard_.ledger.queued == 0 && shard_.kept == 0);
}

connections::entry* connections::find_or_add(const tls_chunk& chunk) {
  auto& all = known_[chunk.connection.tgid];
  if (auto found = all.find(chunk.connection); found != all.end())
    return &found->second;
  if (size_ >= shard_.limits.connections_max) {
    if (all.empty())
      known_.erase(chunk.connection.tgid);
    return nullptr;
  }
  ++size_;
  auto fresh = entry{.last = chunk.at, .http = std::make_unique<connection>(chunk, shard_)};
  return &all.emplace(chunk.connection, std::move(fresh)).first->second;
}

void connections::close(entry& which, connection_end why, std::vector<exchange>& out) {
  if (which.http)
    which.http->close(why, out);
  --size_;
}

template <class Predicate>
void connections::close_if(Predicate is_over, std::vector<exchange>& out) {
  for (auto& [tgid, all] : known_)
    for (auto each = all.begin(); each != all.end();)
      if (is_over(each->second)) {
        close(each->second, connection_end::forgotten, out);
        each = all.erase(each);
      } else {
        ++each;
      }
  std::erase_if(known_, [](const auto& process) { return process.second.empty(); });
}

} // namespace cleartap
