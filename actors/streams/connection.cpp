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

} // namespace

connection::connection(const tls_chunk& first, stream_shard& shard)
    : shard_{shard}, streams_{stream{direction::inbound, shard.limits}, stream{direction::outbound, shard.limits}} {
  facts_.id = first.connection;
  // Positions count from the first byte of both directions: one that is seen tells where the other begins.
  for (auto& each : streams_)
    each.positioned = first.offset == 0;
  at(first.way).positioned = true;
  at(first.way).next = first.offset;
}

bool connection::accept(const tls_chunk& chunk, bytes_view bytes, std::vector<exchange>& out) {
  assert(bytes.size() == chunk.size_captured && chunk.size_captured <= chunk.size_original);
  learn(chunk);
  auto writer = exchange_writer{shard_, facts_, out};
  auto& in = at(chunk.way);
  auto known = align(in, chunk, writer);
  auto captured = std::uint64_t{chunk.size_captured};
  consume(in, bytes.subspan(std::min(known, captured)), chunk.at, writer);
  auto cut = chunk.size_original - std::max(known, captured);
  if (cut > 0 && !over_) {
    shard_.ledger[drop_of(chunk.cut)] += cut;
    pass_over(in, cut, body_loss::kernel, writer);
  } else {
    shard_.ledger.not_http += cut;
  }
  return !over_;
}

void connection::close(std::vector<exchange>& out) {
  auto writer = exchange_writer{shard_, facts_, out};
  responses().parser.finish();
  if (responses().parser.where() == http1_parser::state::complete)
    end_message(responses(), writer);
  // An answer in progress keeps its request: so the request ends first.
  lose(requests(), body_loss::gap, writer);
  lose(responses(), body_loss::gap, writer);
  shard_.ledger.queued -= undecided_size_;
  shard_.ledger.not_http += undecided_size_;
  undecided_size_ = 0;
  over_ = true;
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
std::uint64_t connection::align(stream& in, const tls_chunk& chunk, exchange_writer& out) {
  auto known = std::uint64_t{0};
  if (!in.positioned) {
    // Nobody knows what came between the first byte of the other direction and this one.
    in.positioned = true;
    pairs_.give_up(out);
  } else if (chunk.offset > in.next) {
    auto hole = chunk.offset - in.next;
    shard_.ledger.lost += hole;
    ++shard_.ledger.holes;
    pass_over(in, hole, body_loss::gap, out);
  } else {
    known = std::min<std::uint64_t>(in.next - chunk.offset, chunk.size_original);
    shard_.ledger[stream_drop::overlap] += known;
  }
  in.next = std::max(in.next, chunk.offset + chunk.size_original);
  return known;
}

// `size` bytes are missing. Inside of content nothing else is lost with them.
void connection::pass_over(stream& in, std::uint64_t size, body_loss why, exchange_writer& out) {
  if (in.where != phase::message || in.parser.skippable() < size) {
    lose(in, why, out);
    return;
  }
  in.parser.skip(size, why);
  if (in.parser.where() == http1_parser::state::complete)
    end_message(in, out);
}

// No message in progress survives, and no request so far can be told its response.
void connection::lose(stream& in, body_loss why, exchange_writer& out) {
  if (in.where == phase::message)
    end_early(in, why, out);
  drop_prefix(in, out);
  in.where = phase::searching;
  pairs_.give_up(out);
}

void connection::end_early(stream& in, body_loss why, exchange_writer& out) {
  if (!in.parser.head_complete()) {
    abandon(in, out);
    return;
  }
  auto message = in.parser.take();
  message.lose(why);
  if (carries_requests(in))
    pairs_.request_ended(std::move(message), out);
  else
    pairs_.response_ended(std::move(message), out);
}

void connection::abandon(stream& in, exchange_writer& out) {
  if (in.parser.kind() == message_kind::response)
    pairs_.response_failed();
  in.where = phase::searching;
  junk(in, in.parser.take().size, out);
}

void connection::drop_prefix(stream& in, exchange_writer& out) {
  auto size = std::exchange(in.prefix_size, std::uint8_t{0});
  junk(in, size, out);
}

// `size` queued bytes are in no message.
void connection::junk(const stream& in, std::uint64_t size, exchange_writer& out) {
  if (size == 0)
    return;
  if (!decided_) {
    undecided_size_ += size;
    over_ = over_ || undecided_size_ > shard_.limits.search_max;
    return;
  }
  shard_.drop_queued(stream_drop::resync, size);
  if (!carries_requests(in) && pairs_.waiting())
    pairs_.give_up(out); // a response may have been among them
}

void connection::decide(direction requests, exchange_writer& out) {
  decided_ = true;
  requests_ = requests;
  facts_.role = requests == direction::outbound ? observer_role::client : observer_role::server;
  shard_.drop_queued(stream_drop::resync, std::exchange(undecided_size_, 0));
  auto& other = responses();
  if (other.where == phase::message && other.parser.kind() == message_kind::request)
    abandon(other, out);
}

} // namespace cleartap
