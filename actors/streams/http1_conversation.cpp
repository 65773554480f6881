#include "actors/streams/http1_conversation.hpp"

#include "actors/streams/any_case.hpp"
#include "actors/streams/http2_frame.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cleartap {

namespace {

/// Empty lines in front of a message are no part of any (RFC 9112, 2.2).
std::size_t line_ends_of(std::span<const std::uint8_t> bytes) noexcept {
  auto is_line_end = [](std::uint8_t byte) { return byte == '\r' || byte == '\n'; };
  return static_cast<std::size_t>(std::ranges::find_if_not(bytes, is_line_end) - bytes.begin());
}

} // namespace

http1_conversation::http1_conversation(stream_shard& shard, connection_facts& facts, bool from_start)
    : shard_{shard}
    , facts_{facts}
    , streams_{stream{direction::inbound, from_start, shard}, stream{direction::outbound, from_start, shard}} {}

http1_conversation::bytes_view http1_conversation::consume(direction way, bytes_view bytes, kernel_time at,
                                                           exchange_writer& out) {
  auto& in = this->at(way);
  pairs_.saw(at, carries_requests(in));
  while (!bytes.empty() && course_ == course::going_on) {
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
  return bytes;
}

// Looks for a message where the bytes begin, which is the start of a chunk but behind a head whose body is not known:
// elsewhere, what looks like a message may be content.
http1_conversation::bytes_view http1_conversation::search(stream& in, bytes_view bytes, kernel_time at,
                                                          exchange_writer& out) {
  if (auto lines = in.prefix_size == 0 ? line_ends_of(bytes) : 0; lines > 0) {
    if (decided_) {
      shard_.ledger[stream_drop::resync] += lines;
    } else {
      shard_.ledger.queued += lines;
      undecided_size_ += lines;
    }
    return bytes.subspan(lines);
  }
  auto candidate = in.prefix;
  auto added = std::min(bytes.size(), candidate.size() - in.prefix_size);
  std::copy_n(bytes.begin(), added, candidate.begin() + in.prefix_size);
  auto size = in.prefix_size + added;
  auto found =
      recognise_message_start(bytes_view{candidate}.first(size), in.at_start ? method_set::any : method_set::known);
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
  in.at_start = false;
  if (found == message_start::http2 && !decided_ && is_http2(in, bytes)) {
    course_ = course::http2;
    return bytes;
  }
  if (in.prefix_size > 0) { // this chunk may begin a message by itself
    drop_prefix(in, out);
    return bytes;
  }
  if (!decided_ && !std::exchange(in.searched, true)) {
    successor_ = recognise_other_protocol(bytes);
    if (successor_ != other_protocol::unknown) {
      course_ = course::over;
      return bytes;
    }
  }
  shard_.ledger.queued += bytes.size();
  junk(in, bytes.size(), out);
  return {};
}

bool http1_conversation::is_http2(const stream& in, bytes_view bytes) const {
  auto fits = [](bytes_view whole) { return begins_preface(whole) || consists_of_frames(whole); };
  if (in.prefix_size == 0)
    return fits(bytes);
  auto whole = std::vector(in.prefix.begin(), in.prefix.begin() + in.prefix_size);
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  return fits(whole);
}

bool http1_conversation::fits(const stream& in, message_start found) const noexcept {
  if (found == message_start::request)
    return !decided_ || carries_requests(in);
  return found == message_start::response && (!decided_ || !carries_requests(in));
}

void http1_conversation::begin_found(stream& in, message_start found, kernel_time at, exchange_writer& out) {
  auto prefix = in.prefix;
  auto prefix_size = std::exchange(in.prefix_size, std::uint8_t{0});
  shard_.ledger.queued -= prefix_size; // until the parser has them
  auto is_request = found == message_start::request;
  if (!is_request && !decided_)
    decide(opposite(in.way), out);
  begin(in, is_request ? message_kind::request : message_kind::response, at);
  in.tentative = is_request;
  if (prefix_size > 0)
    advance(in, bytes_view{prefix}.first(prefix_size), at, out);
}

http1_conversation::bytes_view http1_conversation::start(stream& in, bytes_view bytes, kernel_time at) {
  auto lines = line_ends_of(bytes);
  shard_.ledger.in_exchanges += lines;
  if (lines < bytes.size())
    begin(in, carries_requests(in) ? message_kind::request : message_kind::response, at);
  return bytes.subspan(lines);
}

void http1_conversation::begin(stream& in, message_kind kind, kernel_time at) {
  in.where = phase::message;
  in.tentative = in.announced = false;
  in.parser.begin(kind, kind == message_kind::response ? pairs_.response_began() : std::string_view{}, at);
}

http1_conversation::bytes_view http1_conversation::advance(stream& in, bytes_view bytes, kernel_time at,
                                                           exchange_writer& out) {
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
  (parser.is_given_up() ? shard_.ledger.in_exchanges : shard_.ledger.queued) += used;
  if (!carries_requests(in) && parser.has_endless_body() && pairs_.claims_whole_request())
    write_early(in, out);
  if (!in.announced && parser.kind() == message_kind::request && parser.head_complete())
    end_request_head(in, out);
  if (parser.where() == state::complete)
    end_message(in, out);
  return bytes.subspan(used);
}

http1_conversation::bytes_view http1_conversation::fail(stream& in, bytes_view bytes, exchange_writer& out) {
  auto too_large = in.parser.where() == http1_parser::state::too_large;
  if (too_large)
    ++shard_.ledger[in.parser.limit_reached()];
  if (in.tentative)
    return fail_tentative(in, bytes, out);
  auto reason = too_large ? stream_drop::limit : stream_drop::parse_error;
  shard_.drop_queued(reason, in.parser.take().size);
  shard_.ledger[reason] += bytes.size();
  in.where = phase::searching;
  if (!carries_requests(in))
    pairs_.response_failed();
  auto answered = carries_requests(in) && in.announced && pairs_.request_failed(out);
  if (carries_requests(in) && !answered)
    pairs_.request_unknown(out);
  else
    give_up(in, 1, out);
  return {};
}

// What looked like a request was none. It ends before this chunk, if it began before it.
http1_conversation::bytes_view http1_conversation::fail_tentative(stream& in, bytes_view bytes, exchange_writer& out) {
  auto began_before = in.parser.message().size > 0;
  if (decided_)
    pairs_.request_unknown(out);
  abandon(in, out);
  if (began_before)
    return bytes;
  shard_.ledger.queued += bytes.size();
  junk(in, bytes.size(), out);
  return {};
}

void http1_conversation::end_request_head(stream& in, exchange_writer& out) {
  in.announced = true;
  end_unclaimed_response(out);
  const auto& request = in.parser.message();
  pairs_.request_began(request.method, request.first, out);
}

// A client that waits for its responses has seen the end of this one, which was lost then.
void http1_conversation::end_unclaimed_response(exchange_writer& out) {
  auto& in = responses();
  if (in.where == phase::message && !pairs_.claimed())
    abandon(in, out);
}

void http1_conversation::end_message(stream& in, exchange_writer& out) {
  auto ends_http = carries_requests(in) ? false : in.parser.ends_http();
  auto was_written = in.parser.is_given_up();
  auto message = in.parser.take();
  auto rest_unknown = !carries_requests(in) && !pairs_.claimed() && message.body.truncated && !was_written;
  in.where = rest_unknown ? phase::searching : phase::between;
  if (was_written)
    return;
  if (carries_requests(in)) {
    pairs_.request_ended(std::move(message), out);
  } else if (ends_http && leaves_to_http2(message)) {
    course_ = course::http2;
    pairs_.interim_ended(message, out);
  } else if (message.status / 100 == 1 && !ends_http) {
    pairs_.interim_ended(message, out);
  } else {
    if (ends_http)
      leave_http(message);
    pairs_.response_ended(std::move(message), out);
  }
}

bool http1_conversation::leaves_to_http2(const http_message& response) const {
  return response.status == 101 && equal_any_case(header_value(response.headers, "Upgrade").value_or(""), "h2c") &&
         pairs_.claims_whole_request();
}

void http1_conversation::leave_http(const http_message& response) {
  course_ = course::over;
  auto to_websocket = equal_any_case(header_value(response.headers, "Upgrade").value_or(""), "websocket");
  successor_ = response.status != 101 ? other_protocol::tunnel
               : to_websocket         ? other_protocol::websocket
                                      : other_protocol::upgraded;
}

void http1_conversation::tick(kernel_time now, exchange_writer& out) {
  auto& in = responses();
  if (in.where != phase::message || !in.parser.head_complete() || !pairs_.claimed() || in.parser.is_given_up() ||
      now - in.parser.message().first <= shard_.limits.open_max)
    return;
  ++shard_.ledger[stream_limit::open];
  write_early(in, out);
}

/// The rest of the response is counted, and not kept.
void http1_conversation::write_early(stream& in, exchange_writer& out) {
  auto message = in.parser.give_up();
  message.lose(body_loss::limit);
  pairs_.response_ended(std::move(message), out);
}

} // namespace cleartap
