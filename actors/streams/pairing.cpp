#include "actors/streams/pairing.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace cleartap {

namespace {

using namespace std::chrono_literals;

// A server that is silent for so long has answered everything. For one that was seen to be slow it takes longer.
constexpr auto quiet_min = kernel_time{1s};
constexpr auto quiet_factor = 4;

bool has_usual_body(std::string_view method) noexcept { return method != "HEAD" && method != "CONNECT"; }

} // namespace

void pairing::doubt::expect_response(std::string_view method) noexcept {
  ++outstanding_min;
  ++outstanding_max;
  any_method = any_method || !has_usual_body(method);
}

void pairing::request_began(std::string_view method, kernel_time first, exchange_writer& out) {
  auto fresh = slot{};
  fresh.method = method;
  waits_ = waits_ || (in_step_ && slots_.empty());
  expect(fresh, first, out);
  slots_.push_back(std::move(fresh));
}

// Says whether the request may be paired, and what it tells about the client.
void pairing::expect(slot& added, kernel_time first, exchange_writer& out) {
  if (!slots_.empty() && slots_.back().request && slots_.back().request->last == first)
    pipelined_ = true; // both came with one call
  if (slots_.size() >= out.shard().limits.pipeline_max) {
    ++out.shard().ledger[stream_limit::pipeline];
    pipelined_ = true;
    give_up({}, out);
  }
  added.settled = doubt_ || std::exchange(owed_, false);
  if (doubt_)
    doubt_->expect_response(added.method);
}

void pairing::request_ended(http_message request, exchange_writer& out) {
  assert(!slots_.empty() && !slots_.back().request);
  slots_.back().request = std::move(request);
  write_settled(out);
}

bool pairing::request_failed(exchange_writer& out) {
  assert(!slots_.empty() && !slots_.back().request);
  auto failed = std::move(slots_.back());
  slots_.pop_back();
  auto in_progress = claimed_ && slots_.empty();
  claimed_ = claimed_ && !slots_.empty();
  out.shard().drop_queued(stream_drop::resync, failed.interim_size);
  if (failed.response)
    out.write_response(*std::move(failed.response));
  return in_progress || failed.response;
}

void pairing::request_unknown(exchange_writer& out) {
  give_up({.requests = 1}, out);
  // What follows in its place may be its own content: that must not get its response.
  if (!doubt_)
    doubt_ = doubt{.outstanding_min = 0, .outstanding_max = 1, .any_method = true};
}

/// The client pipelines, and something was lost before that was known.
void pairing::begin_doubt() noexcept {
  doubt_ = std::exchange(suspicion_, std::nullopt);
  for (auto& each : slots_)
    if (!std::exchange(each.settled, true))
      doubt_->expect_response(each.method);
  claimed_ = false;
}

std::string_view pairing::response_began() {
  claimed_ = !slots_.empty() && !slots_.front().settled;
  if (claimed_) {
    // No response in between was lost, or the loss would have been noticed before this one began.
    pipelined_ = pipelined_ || slots_.size() > 1;
    if (!pipelined_ || !suspicion_)
      return slots_.front().method;
    begin_doubt(); // so it did before the loss
  }
  if (doubt_)
    return doubt_->any_method ? "" : "GET"; // whichever of them it answers, it ends alike
  // With threads, a response can be seen before the end of the call that wrote its request.
  if (in_step_)
    owed_ = true;
  in_step_ = false;
  return {};
}

void pairing::response_ended(http_message response, exchange_writer& out) {
  if (!std::exchange(claimed_, false)) {
    settle_response();
    write_settled(out);
    out.write_response(std::move(response));
    return;
  }
  in_step_ = true;
  suspicion_.reset();
  if (const auto& request = slots_.front().request)
    slowest_ = std::max(slowest_, response.first - request->last);
  slots_.front().response = std::move(response);
  slots_.front().settled = true;
  write_settled(out);
}

void pairing::interim_ended(const http_message& interim, exchange_writer& out) {
  if (std::exchange(claimed_, false))
    slots_.front().interim_size += interim.size;
  else
    out.shard().drop_queued(stream_drop::resync, interim.size);
}

http_message pairing::take_answered() {
  auto answered = std::move(slots_.front());
  slots_.pop_front();
  answered.request->size += answered.interim_size;
  return *std::move(answered.request);
}

void pairing::settle_response() noexcept {
  if (!doubt_)
    return;
  doubt_->outstanding_min -= doubt_->outstanding_min > 0;
  doubt_->outstanding_max -= doubt_->outstanding_max > 0;
  if (doubt_->outstanding_max == 0)
    doubt_.reset();
}

void pairing::saw(kernel_time at, bool of_requests) noexcept {
  const auto quiet = std::max(quiet_min, quiet_factor * slowest_);
  if (doubt_ && of_requests && slots_.empty() && doubt_->outstanding_min == 0 && at - last_ > quiet)
    doubt_.reset();
  last_ = std::max(last_, at);
}

void pairing::requests_lost() noexcept {
  // A client that waits has had its response before it sends another request, of which bytes are missing now.
  auto unanswered = std::ranges::any_of(slots_, [](const slot& each) { return each.request && !each.settled; });
  pipelined_ = pipelined_ || (!waits_ && unanswered && !claimed_);
}

void pairing::give_up(missing what, exchange_writer& out) {
  auto given_up = doubt{};
  for (auto each = claimed_ ? std::next(slots_.begin()) : slots_.begin(); each != slots_.end(); ++each) {
    given_up.outstanding_max += !std::exchange(each->settled, true);
    given_up.any_method = given_up.any_method || !has_usual_body(each->method);
  }
  given_up.outstanding_min = given_up.outstanding_max;
  in_step_ = owed_ = false;
  // Where one loss is all, a client that waits has at most two under way: the request whose response was lost, and the
  // next; or, where it was a request, that one.
  pipelined_ = pipelined_ || (!waits_ && given_up.outstanding_max > (what.requests > 0 ? 1u : 2u));
  auto& which = pipelined_ || doubt_ ? doubt_ : suspicion_;
  which = which.value_or(given_up);
  constexpr auto max = std::numeric_limits<std::uint64_t>::max();
  which->outstanding_min -= std::min(which->outstanding_min, what.responses);
  which->outstanding_max += std::min(max - which->outstanding_max, what.requests);
  which->any_method = which->any_method || what.requests > 0;
  if (doubt_ && doubt_->outstanding_max == 0)
    doubt_.reset();
  write_settled(out);
}

void pairing::write_settled(exchange_writer& out) {
  auto done = [](const slot& each) { return each.settled && each.request; };
  for (auto& each : slots_)
    if (done(each))
      write(each, out);
  std::erase_if(slots_, done);
}

void pairing::write(slot& done, exchange_writer& out) {
  done.request->size += done.interim_size;
  if (done.response)
    out.write(*std::move(done.request), *std::move(done.response));
  else
    out.write_request(*std::move(done.request));
}

} // namespace cleartap
