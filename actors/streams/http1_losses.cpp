// The part of `http1_conversation` that deals with what does not become a message.
#include "actors/streams/http1_conversation.hpp"

#include <limits>
#include <utility>

namespace cleartap {

namespace {

// Two sides that answer each other so often, and never in HTTP where one of them begins, speak something else.
constexpr auto turns_max = 8;

/// "GET / HTTP/1.1" and "HTTP/1.1 200" with their line ends; one more may have begun before.
constexpr std::uint64_t messages_max(std::uint64_t bytes) noexcept { return bytes / 16 + 1; }

} // namespace

void http1_conversation::pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out) {
  auto& in = at(way);
  if (in.where != phase::message || in.parser.skippable() < size) {
    lose(in, size, why, out);
    return;
  }
  in.parser.skip(size, why);
  if (in.parser.where() == http1_parser::state::complete)
    end_message(in, out);
}

// No message in progress survives, and no request so far can be told its response.
void http1_conversation::lose(stream& in, std::uint64_t size, body_loss why, exchange_writer& out) {
  if (carries_requests(in))
    pairs_.requests_lost();
  if (in.where == phase::message)
    end_early(in, why, out);
  drop_prefix(in, out);
  in.where = phase::searching;
  in.at_start = false;
  give_up(in, messages_max(size), out);
}

void http1_conversation::give_up(const stream& in, std::uint64_t missing, exchange_writer& out) {
  if (carries_requests(in))
    pairs_.give_up({.requests = missing}, out);
  else
    pairs_.give_up({.responses = missing}, out);
}

void http1_conversation::begin_anywhere(exchange_writer& out) {
  constexpr auto any_number = std::numeric_limits<std::uint64_t>::max();
  pairs_.give_up({any_number, any_number}, out);
}

void http1_conversation::end_early(stream& in, body_loss why, exchange_writer& out) {
  if (in.parser.is_given_up()) {
    static_cast<void>(in.parser.take());
    return;
  }
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

void http1_conversation::abandon(stream& in, exchange_writer& out) {
  in.where = phase::searching;
  if (!in.parser.is_given_up() && in.parser.kind() == message_kind::response)
    pairs_.response_failed();
  junk(in, in.parser.take().size, out);
}

void http1_conversation::drop_prefix(stream& in, exchange_writer& out) {
  auto size = std::exchange(in.prefix_size, std::uint8_t{0});
  junk(in, size, out);
}

// `size` queued bytes are in no message.
void http1_conversation::junk(const stream& in, std::uint64_t size, exchange_writer& out) {
  if (size == 0)
    return;
  if (!decided_) {
    undecided_size_ += size;
    turns_ += in.way != std::exchange(junk_way_, in.way);
    if (course_ == course::going_on && (undecided_size_ > shard_.limits.search_max || turns_ > turns_max))
      course_ = course::over;
    return;
  }
  shard_.drop_queued(stream_drop::resync, size);
  if (!carries_requests(in) && pairs_.waiting())
    give_up(in, messages_max(size), out); // a response may have been among them
}

void http1_conversation::decide(direction requests, exchange_writer& out) {
  decided_ = true;
  requests_ = requests;
  facts_.role = requests == direction::outbound ? observer_role::client : observer_role::server;
  shard_.drop_queued(stream_drop::resync, std::exchange(undecided_size_, 0));
  auto& other = responses();
  if (other.where == phase::message && other.parser.kind() == message_kind::request)
    abandon(other, out);
}

std::vector<std::uint8_t> http1_conversation::take_prefix(direction way) {
  auto& in = at(way);
  auto size = std::exchange(in.prefix_size, std::uint8_t{0});
  shard_.ledger.queued -= size;
  return {in.prefix.begin(), in.prefix.begin() + size};
}

std::optional<http_message> http1_conversation::take_upgraded() {
  if (!decided_)
    return std::nullopt;
  return pairs_.take_answered();
}

void http1_conversation::dissolve(exchange_writer& out) {
  for (auto& each : streams_)
    if (each.where == phase::message)
      abandon(each, out);
  shard_.drop_queued(stream_drop::resync, std::exchange(undecided_size_, 0));
}

void http1_conversation::close(connection_end why, exchange_writer& out) {
  if (why != connection_end::forgotten) // a body that lasts until then is whole
    responses().parser.finish();
  if (responses().parser.where() == http1_parser::state::complete)
    end_message(responses(), out);
  // An answer in progress keeps its request: so the request ends first.
  auto loss = loss_at(why);
  lose(requests(), 0, loss, out);
  lose(responses(), 0, loss, out);
  shard_.ledger.queued -= undecided_size_;
  shard_.ledger.add_other(successor_, std::exchange(undecided_size_, 0));
}

} // namespace cleartap
