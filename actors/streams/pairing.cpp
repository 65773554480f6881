#include "actors/streams/pairing.hpp"

#include <cassert>
#include <utility>

namespace cleartap {

void pairing::request_began(std::string_view method, kernel_time first, exchange_writer& out) {
  auto fresh = slot{};
  fresh.method = method;
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
    give_up(out);
  }
  added.settled = over_ || std::exchange(owed_, false);
}

void pairing::request_ended(http1_message request, exchange_writer& out) {
  assert(!slots_.empty() && !slots_.back().request);
  slots_.back().request = std::move(request);
  write_settled(out);
}

void pairing::request_failed(exchange_writer& out) {
  assert(!slots_.empty() && !slots_.back().request);
  auto failed = std::move(slots_.back());
  slots_.pop_back();
  claimed_ = claimed_ && !slots_.empty();
  out.shard().drop_queued(stream_drop::resync, failed.interim_size);
  if (failed.response)
    out.write_response(*std::move(failed.response));
}

std::string_view pairing::response_began() {
  claimed_ = !slots_.empty() && !slots_.front().settled;
  if (claimed_) {
    // No response in between was lost, or the loss would have been noticed before this one began.
    pipelined_ = pipelined_ || slots_.size() > 1;
    return slots_.front().method;
  }
  // With threads, a response can be seen before the end of the call that wrote its request.
  if (in_step_)
    owed_ = true;
  in_step_ = false;
  return {};
}

void pairing::response_ended(http1_message response, exchange_writer& out) {
  if (!std::exchange(claimed_, false)) {
    out.write_response(std::move(response));
    return;
  }
  in_step_ = true;
  slots_.front().response = std::move(response);
  slots_.front().settled = true;
  write_settled(out);
}

void pairing::interim_ended(const http1_message& interim, exchange_writer& out) {
  if (std::exchange(claimed_, false))
    slots_.front().interim_size += interim.size;
  else
    out.shard().drop_queued(stream_drop::resync, interim.size);
}

void pairing::give_up(exchange_writer& out) {
  for (auto i = std::size_t{claimed_ ? 1u : 0u}; i < slots_.size(); ++i)
    slots_[i].settled = true;
  in_step_ = owed_ = false;
  // Responses to requests that were given up may still be under way, and nobody can tell how many.
  over_ = over_ || pipelined_;
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
