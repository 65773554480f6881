#include "actors/streams/connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap {

namespace {

stream_drop drop_of(chunk_cut cut) noexcept {
  switch (cut) {
  case chunk_cut::call_limit:
    return stream_drop::call_limit;
  case chunk_cut::read_fault:
    return stream_drop::read_fault;
  case chunk_cut::unseen:
  case chunk_cut::none:
    break;
  }
  return stream_drop::unseen;
}

/// The client's preface or the server's settings (RFC 9113, 3.4).
bool begins_http2(std::span<const std::uint8_t> bytes) noexcept {
  if (bytes.size() < http2_head_size)
    return false;
  auto head = read_frame_header(bytes);
  return begins_preface(bytes) || (head.type == frame_type::settings && !head.has(frame_flag::ack));
}

} // namespace

connection::connection(const tls_chunk& first, stream_shard& shard)
    : shard_{shard}, http1_{std::make_unique<http1_conversation>(shard, facts_, first.offset == 0)} {
  facts_.id = first.connection;
  // Positions count from the first byte of both directions: one that is seen tells where the other begins.
  for (auto& each : positions_)
    each.known = first.offset == 0;
  at(first.way) = {true, first.offset};
}

bool connection::accept(const tls_chunk& chunk, bytes_view bytes, std::vector<exchange>& out) {
  assert(bytes.size() == chunk.size_captured && chunk.size_captured <= chunk.size_original);
  learn(chunk);
  auto writer = exchange_writer{shard_, facts_, out};
  auto known = align(chunk, writer);
  auto captured = std::uint64_t{chunk.size_captured};
  consume(chunk.way, bytes.subspan(std::min(known, captured)), chunk.at, writer);
  auto cut = chunk.size_original - std::max(known, captured);
  if (cut > 0 && !over_) {
    shard_.ledger[drop_of(chunk.cut)] += cut;
    pass_over(chunk.way, cut, body_loss::kernel, writer);
  } else {
    shard_.ledger.add_other(other_, cut);
  }
  return !over_;
}

void connection::tick(kernel_time now, bool idle, std::vector<exchange>& out) {
  auto writer = exchange_writer{shard_, facts_, out};
  if (http1_)
    http1_->tick(now, writer);
  if (http2_)
    http2_->tick(now, idle, writer);
}

void connection::close(connection_end why, std::vector<exchange>& out) {
  auto writer = exchange_writer{shard_, facts_, out};
  if (http1_)
    http1_->close(why, writer);
  if (http2_)
    http2_->close(why, writer);
  over_ = true;
}

void connection::close(const tls_chunk& closing, std::vector<exchange>& out) {
  learn(closing);
  auto writer = exchange_writer{shard_, facts_, out};
  for (auto way : {direction::inbound, direction::outbound})
    if (auto end = closing.ends[index(way)]; at(way).known && end > at(way).next)
      pass_over_lost(way, end, writer);
  close(connection_end::closed, out);
}

void connection::learn(const tls_chunk& chunk) {
  facts_.library = chunk.library;
  if (!chunk.sockets)
    return;
  // The kernel programs have weighed the evidence; only what was seen inside a call is for good.
  auto& known = facts_.sockets;
  if (!known || chunk.sockets->evidence == socket_evidence::inside_call ||
      known->evidence != socket_evidence::inside_call)
    known = chunk.sockets;
}

// Returns how many bytes at the front of the chunk were seen before.
std::uint64_t connection::align(const tls_chunk& chunk, exchange_writer& out) {
  auto& in = at(chunk.way);
  auto known = std::uint64_t{0};
  if (!in.known) {
    in.known = true;
    if (http1_)
      http1_->begin_anywhere(out);
  } else if (chunk.offset > in.next) {
    pass_over_lost(chunk.way, chunk.offset, out);
  } else {
    known = std::min<std::uint64_t>(in.next - chunk.offset, chunk.size_original);
    shard_.ledger[stream_drop::overlap] += known;
  }
  in.next = std::max(in.next, chunk.offset + chunk.size_original);
  return known;
}

// The next byte that is known of is at `next`.
void connection::pass_over_lost(direction way, std::uint64_t next, exchange_writer& out) {
  auto hole = next - at(way).next;
  shard_.ledger.lost += hole;
  ++shard_.ledger.holes;
  pass_over(way, hole, body_loss::gap, out);
}

void connection::consume(direction way, bytes_view bytes, kernel_time at, exchange_writer& out) {
  if (http2_) {
    over_ = !http2_->consume(way, bytes, at, out);
    return;
  }
  auto rest = http1_->consume(way, bytes, at, out);
  if (http1_->where() == http1_conversation::course::http2) {
    become_http2(way, rest, at, out);
  } else if (http1_->where() == http1_conversation::course::over) {
    over_ = true;
    other_ = http1_->successor();
    shard_.ledger.add_other(other_, rest.size());
  }
}

void connection::become_http2(direction way, bytes_view bytes, kernel_time at, exchange_writer& out) {
  auto upgraded = http1_->take_upgraded();
  auto first = http1_->take_prefix(way);
  first.insert(first.end(), bytes.begin(), bytes.end());
  auto other = http1_->take_prefix(opposite(way));
  auto from_start = std::array<bool, 2>{};
  auto starts = upgraded || (http1_->untouched(way) && begins_http2(first));
  for (auto each : {direction::inbound, direction::outbound})
    from_start[index(each)] = starts && (upgraded || http1_->untouched(each));
  http1_->dissolve(out);
  http1_.reset();
  http2_ = std::make_unique<http2_conversation>(shard_, facts_, from_start);
  if (upgraded)
    http2_->upgraded(opposite(way), *std::move(upgraded));
  if (!other.empty())
    over_ = !http2_->consume(opposite(way), other, at, out);
  if (!over_)
    over_ = !http2_->consume(way, first, at, out);
  else
    shard_.ledger.add_other(other_, first.size());
}

void connection::pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out) {
  if (http1_)
    http1_->pass_over(way, size, why, out);
  else
    http2_->pass_over(way, size, why, out);
}

} // namespace cleartap
