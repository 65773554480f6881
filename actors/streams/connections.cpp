#include "actors/streams/connections.hpp"

#include <cassert>

namespace cleartap {

void connections::accept(const tls_chunk& chunk, std::span<const std::uint8_t> bytes,
                         std::chrono::nanoseconds wall_offset, std::vector<exchange>& out) {
  assert(bytes.size() == chunk.size_captured && chunk.size_captured <= chunk.size_original);
  shard_.wall_offset = wall_offset;
  auto& ledger = shard_.ledger;
  ledger.in += chunk.size_original;
  if (chunk.kind == chunk_kind::closed) {
    ledger.add_other(other_protocol::unknown, chunk.size_original);
    if (auto found = known_.find(chunk.connection); found != known_.end())
      close(found, out);
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
    known->http->close(out);
    known->http.reset();
  }
}

void connections::process_exited(std::uint32_t tgid, std::vector<exchange>& out) {
  auto first = connection_id{.tgid = tgid, .object = 0, .generation = kernel_time::min()};
  for (auto it = known_.lower_bound(first); it != known_.end() && it->first.tgid == tgid;)
    it = close(it, out);
}

void connections::expire(kernel_time now, std::vector<exchange>& out) {
  for (auto it = known_.begin(); it != known_.end();) {
    if (now - it->second.last < shard_.limits.idle_max) {
      if (it->second.http)
        it->second.http->tick(now, out);
      ++it;
      continue;
    }
    ++shard_.ledger[stream_limit::idle];
    it = close(it, out);
  }
}

void connections::close_all(std::vector<exchange>& out) {
  for (auto it = known_.begin(); it != known_.end();)
    it = close(it, out);
  assert(shard_.ledger.queued == 0);
}

connections::entry* connections::find_or_add(const tls_chunk& chunk) {
  auto place = known_.lower_bound(chunk.connection);
  if (place != known_.end() && place->first == chunk.connection)
    return &place->second;
  if (known_.size() >= shard_.limits.connections_max)
    return nullptr;
  auto fresh = entry{.last = chunk.at, .http = std::make_unique<connection>(chunk, shard_)};
  return &known_.emplace_hint(place, chunk.connection, std::move(fresh))->second;
}

connections::table::iterator connections::close(table::iterator which, std::vector<exchange>& out) {
  if (which->second.http)
    which->second.http->close(out);
  return known_.erase(which);
}

} // namespace cleartap
