#include "actors/streams/exchange_writer.hpp"

#include "actors/streams/request_target.hpp"

#include <algorithm>
#include <cassert>
#include <cctype>

namespace cleartap {

namespace {

exchange_quality quality_of(body_loss loss) noexcept {
  switch (loss) {
  case body_loss::none:
    return exchange_quality::complete;
  case body_loss::limit:
    return exchange_quality::truncated_limit;
  case body_loss::kernel:
    return exchange_quality::truncated_kernel;
  case body_loss::gap:
    return exchange_quality::truncated_gap;
  }
  return exchange_quality::truncated_gap;
}

std::string lower_case(std::string_view text) {
  auto lower = std::string{text};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

void fill_target(http_request& request, std::string_view target) {
  auto split = split_target(request.method, target);
  if (!split.scheme.empty())
    request.scheme = lower_case(split.scheme);
  request.host = split.host.empty() ? header_value(request.headers, "host").value_or("") : split.host;
  request.path = split.path;
  if (split.query)
    request.query = std::string{*split.query};
}

} // namespace

void exchange_writer::write(http1_message request, http1_message response) {
  auto& made = add(request);
  made.duration = response.last - request.first;
  made.request = settle_request(request);
  made.response = settle_response(response);
  made.quality = quality_of(std::max(request.loss, response.loss)); // decoding may have added one
}

void exchange_writer::write_request(http1_message request) {
  auto& made = add(request);
  made.quality = exchange_quality::request_only;
  made.request = settle_request(request);
}

void exchange_writer::write_response(http1_message response) {
  auto& made = add(response);
  made.quality = exchange_quality::response_only;
  made.response = settle_response(response);
}

exchange& exchange_writer::add(const http1_message& first) {
  auto& made = out_.emplace_back();
  made.connection = facts_.id;
  made.seen = first.first;
  made.time = wall_time{first.first + shard_.wall_offset};
  made.role = facts_.role;
  made.library = facts_.library;
  made.sockets = facts_.sockets;
  return made;
}

http_request exchange_writer::settle_request(http1_message& message) {
  settle(message, shard_.limits.request_body_max);
  auto request = http_request{};
  request.method = std::move(message.method);
  request.version = message.version_minor == 0 ? "1.0" : "1.1";
  request.headers = std::move(message.headers);
  request.body = std::move(message.body);
  fill_target(request, message.target);
  return request;
}

http_response exchange_writer::settle_response(http1_message& message) {
  settle(message, shard_.limits.response_body_max);
  return {.status = message.status, .headers = std::move(message.headers), .body = std::move(message.body)};
}

void exchange_writer::settle(http1_message& message, std::size_t body_max) {
  auto& ledger = shard_.ledger;
  assert(ledger.queued >= message.size);
  ledger.queued -= message.size;
  ledger.in_exchanges += message.size;
  auto decoded = shard_.decoder.decode(message.headers, message.body, body_max);
  if (decoded == content_decoder::outcome::cut)
    message.lose(body_loss::limit);
  if (decoded == content_decoder::outcome::undecodable)
    ++ledger.undecodable;
  if (message.loss == body_loss::limit)
    ++ledger[stream_limit::body];
}

} // namespace cleartap
