// The part of `connection` that turns bytes in order into messages.
#include "actors/streams/connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap {

void connection::consume(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out) {
  while (!bytes.empty() && !over_) {
    switch (in.where) {
    case phase::searching:
      bytes = search(in, bytes, at, out);
      break;
    case phase::between:
      bytes = start(in, bytes, at);
      break;
    case phase::message:
      bytes = advance(in, bytes, at, out);
      break;
    }
  }
  shard_.ledger.not_http += bytes.size();
}

// Looks for a message where the bytes begin, which is the start of a chunk but behind a head whose body is not known:
// elsewhere, what looks like a message may be content.
connection::bytes_view connection::search(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out) {
  auto candidate = in.prefix;
  auto added = std::min(bytes.size(), candidate.size() - in.prefix_size);
  std::copy_n(bytes.begin(), added, candidate.begin() + in.prefix_size);
  auto size = in.prefix_size + added;
  auto found = recognise_message_start(bytes_view{candidate}.first(size));
  if (fits(in, found)) {
    begin_found(in, found, in.prefix_size > 0 ? in.prefix_at : at, out);
    return bytes;
  }
  if (found == message_start::undecided) {
    assert(added == bytes.size());
    if (in.prefix_size == 0)
      in.prefix_at = at;
    in.prefix = candidate;
    in.prefix_size = static_cast<std::uint8_t>(size);
    shard_.ledger.queued += added;
    return {};
  }
  if (found == message_start::http2 && !decided_) {
    over_ = true;
    return bytes;
  }
  if (in.prefix_size > 0) { // this chunk may begin a message by itself
    drop_prefix(in, out);
    return bytes;
  }
  shard_.ledger.queued += bytes.size();
  junk(in, bytes.size(), out);
  return {};
}

bool connection::fits(const stream& in, message_start found) const noexcept {
  if (found == message_start::request)
    return !decided_ || carries_requests(in);
  // What a response consists of depends on its request: without that, content could not be told from heads.
  return found == message_start::response && (!decided_ || (!carries_requests(in) && !pairs_.over()));
}

void connection::begin_found(stream& in, message_start found, kernel_time at, exchange_writer& out) {
  auto prefix = in.prefix;
  auto prefix_size = std::exchange(in.prefix_size, std::uint8_t{0});
  shard_.ledger.queued -= prefix_size; // until the parser has them
  auto is_request = found == message_start::request;
  if (!is_request && !decided_)
    decide(in.way == direction::inbound ? direction::outbound : direction::inbound, out);
  begin(in, is_request ? message_kind::request : message_kind::response, at);
  in.tentative = is_request;
  if (prefix_size > 0)
    advance(in, bytes_view{prefix}.first(prefix_size), at, out);
}

connection::bytes_view connection::start(stream& in, bytes_view bytes, kernel_time at) {
  // Empty lines between messages are no part of any (RFC 9112, 2.2).
  auto is_line_end = [](std::uint8_t byte) { return byte == '\r' || byte == '\n'; };
  auto first = std::ranges::find_if_not(bytes, is_line_end);
  auto skipped = static_cast<std::size_t>(first - bytes.begin());
  shard_.ledger.in_exchanges += skipped;
  if (pairs_.over() && !carries_requests(in))
    in.where = phase::searching;
  else if (first != bytes.end())
    begin(in, carries_requests(in) ? message_kind::request : message_kind::response, at);
  return bytes.subspan(skipped);
}

void connection::begin(stream& in, message_kind kind, kernel_time at) {
  in.where = phase::message;
  in.tentative = in.announced = false;
  in.parser.begin(kind, kind == message_kind::response ? pairs_.response_began() : std::string_view{}, at);
}

connection::bytes_view connection::advance(stream& in, bytes_view bytes, kernel_time at, exchange_writer& out) {
  using state = http1_parser::state;
  auto& parser = in.parser;
  auto used = parser.feed(bytes, at);
  if (in.tentative && parser.start_line_complete()) {
    in.tentative = false;
    if (!decided_)
      decide(in.way, out);
  }
  if (parser.where() == state::failed || parser.where() == state::too_large)
    return fail(in, bytes, out);
  shard_.ledger.queued += used;
  if (!in.announced && parser.kind() == message_kind::request && parser.head_complete())
    end_request_head(in, out);
  if (parser.where() == state::complete)
    end_message(in, out);
  return bytes.subspan(used);
}

connection::bytes_view connection::fail(stream& in, bytes_view bytes, exchange_writer& out) {
  auto too_large = in.parser.where() == http1_parser::state::too_large;
  if (too_large)
    ++shard_.ledger[in.parser.limit_reached()];
  if (in.tentative)
    return fail_tentative(in, bytes, out);
  auto reason = too_large ? stream_drop::limit : stream_drop::parse_error;
  shard_.drop_queued(reason, in.parser.take().size);
  shard_.ledger[reason] += bytes.size();
  if (!carries_requests(in))
    pairs_.response_failed();
  else if (in.announced)
    pairs_.request_failed(out);
  in.where = phase::searching;
  pairs_.give_up(out);
  return {};
}

// What looked like a request was none. It ends before this chunk, if it began before it.
connection::bytes_view connection::fail_tentative(stream& in, bytes_view bytes, exchange_writer& out) {
  auto began_before = in.parser.message().size > 0;
  abandon(in, out);
  if (began_before)
    return bytes;
  shard_.ledger.queued += bytes.size();
  junk(in, bytes.size(), out);
  return {};
}

void connection::end_request_head(stream& in, exchange_writer& out) {
  in.announced = true;
  end_unclaimed_response(out);
  const auto& request = in.parser.message();
  pairs_.request_began(request.method, request.first, out);
}

// A client that waits for its responses has seen the end of this one, which was lost then.
void connection::end_unclaimed_response(exchange_writer& out) {
  auto& in = responses();
  if (in.where == phase::message && !pairs_.claimed())
    abandon(in, out);
}

void connection::end_message(stream& in, exchange_writer& out) {
  auto ends_http = carries_requests(in) ? false : in.parser.ends_http();
  auto message = in.parser.take();
  auto rest_unknown = !carries_requests(in) && !pairs_.claimed() && message.body.truncated;
  in.where = rest_unknown ? phase::searching : phase::between;
  if (carries_requests(in)) {
    pairs_.request_ended(std::move(message), out);
  } else if (message.status / 100 == 1 && !ends_http) {
    pairs_.interim_ended(message, out);
  } else {
    pairs_.response_ended(std::move(message), out);
    over_ = ends_http;
  }
}

} // namespace cleartap
