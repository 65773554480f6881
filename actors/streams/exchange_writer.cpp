#include "actors/streams/exchange_writer.hpp"

#include "actors/streams/application.hpp"
#include "actors/streams/grpc_messages.hpp"
#include "actors/streams/request_target.hpp"

#include <algorithm>
#include <array>
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
  case body_loss::aborted:
    return exchange_quality::aborted;
  case body_loss::kernel:
    return exchange_quality::truncated_kernel;
  case body_loss::gap:
    return exchange_quality::truncated_gap;
  }
  return exchange_quality::truncated_gap;
}

std::string_view to_string(http_version version) noexcept {
  constexpr auto names = std::array<std::string_view, 3>{"1.0", "1.1", "2"};
  return names[static_cast<std::size_t>(version)];
}

std::string lower_case(std::string_view text) {
  auto lower = std::string{text};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view first_of(std::string_view a, std::string_view b, std::string_view c) noexcept {
  return !a.empty() ? a : !b.empty() ? b : c;
}

/// HTTP/2 tells scheme and authority apart from the target (RFC 9113, 8.3.1).
void fill_target(http_request& request, const http_message& message) {
  if (message.version == http_version::http2 && message.target.empty() && message.method != "CONNECT") {
    request.host = message.authority;
    return; // unknown
  }
  auto split = split_target(message.protocol.empty() ? request.method : "", message.target);
  if (auto scheme = first_of(message.scheme, split.scheme, ""); !scheme.empty())
    request.scheme = lower_case(scheme);
  request.host = first_of(message.authority, split.host, header_value(request.headers, "host").value_or(""));
  request.path = split.path;
  if (split.query)
    request.query = std::string{*split.query};
}

} // namespace

void exchange_writer::write(http_message request, http_message response) {
  auto& made = add(request);
  made.duration = response.last - request.first;
  made.request = settle_request(request);
  made.response = settle_response(response);
  made.quality = quality_of(std::max(request.loss, response.loss)); // decoding may have added one
  if (made.quality == exchange_quality::complete && (request.fields_unknown || response.fields_unknown))
    made.quality = exchange_quality::fields_unknown;
  tell_application(made, request.grpc_messages, response.grpc_messages);
}

void exchange_writer::write_request(http_message request) {
  auto& made = add(request);
  made.quality = exchange_quality::request_only;
  made.request = settle_request(request);
  tell_application(made, request.grpc_messages, 0);
}

void exchange_writer::write_response(http_message response) {
  auto& made = add(response);
  made.quality = exchange_quality::response_only;
  made.response = settle_response(response);
  tell_application(made, 0, response.grpc_messages);
}

exchange& exchange_writer::add(const http_message& first) {
  auto& made = out_.emplace_back();
  made.connection = facts_.id;
  made.seen = first.first;
  made.time = wall_time{first.first + shard_.wall_offset};
  made.role = facts_.role;
  made.library = facts_.library;
  made.sockets = facts_.sockets;
  return made;
}

http_request exchange_writer::settle_request(http_message& message) {
  settle(message, shard_.limits.request_body_max);
  auto request = http_request{};
  request.method = std::move(message.method);
  request.version = to_string(message.version);
  request.headers = std::move(message.headers);
  request.trailers = std::move(message.trailers);
  request.body = std::move(message.body);
  fill_target(request, message);
  return request;
}

http_response exchange_writer::settle_response(http_message& message) {
  settle(message, shard_.limits.response_body_max);
  return {.status = message.status,
          .headers = std::move(message.headers),
          .trailers = std::move(message.trailers),
          .body = std::move(message.body)};
}

void exchange_writer::settle(http_message& message, std::size_t body_max) {
  auto& ledger = shard_.ledger;
  assert(ledger.queued >= message.size);
  ledger.queued -= message.size;
  ledger.in_exchanges += message.size;
  const auto& limits = shard_.limits.decoding;
  count(shard_.decoder.decode(message.headers, message.body, body_max, limits), message);
  if (message.body.size_carried > 0 && grpc_type(message.headers)) {
    auto encoding = header_value(message.headers, "grpc-encoding").value_or("");
    auto messages = decode_grpc_messages(encoding, message.body, body_max, shard_.decoder.kept(), limits);
    count(messages.how, message);
    message.grpc_messages = static_cast<std::uint32_t>(messages.whole);
  }
  if (message.loss == body_loss::limit)
    ++ledger[stream_limit::body];
}

void exchange_writer::count(decode_outcome how, http_message& message) noexcept {
  auto& ledger = shard_.ledger;
  switch (how) {
  case decode_outcome::done:
    return;
  case decode_outcome::undecodable:
    ++ledger.undecodable;
    return;
  case decode_outcome::cut:
    break;
  case decode_outcome::cut_decoded:
    ++ledger[stream_limit::decoded];
    break;
  case decode_outcome::cut_ratio:
    ++ledger[stream_limit::ratio];
    break;
  }
  message.lose(body_loss::limit);
}

void exchange_writer::tell_application(exchange& made, std::uint32_t request_messages,
                                       std::uint32_t response_messages) {
  made.application = application_of(made);
  if (!made.application)
    return;
  made.application->request_messages = request_messages;
  made.application->response_messages = response_messages;
}

} // namespace cleartap
