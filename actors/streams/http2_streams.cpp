#include "actors/streams/http2_streams.hpp"

#include "actors/streams/application.hpp"

#include <algorithm>
#include <utility>

namespace cleartap {

namespace {

bool is_pushed(std::uint32_t id) noexcept { return id % 2 == 0; }

/// RFC 9113, 8.3: what tells requests from responses.
bool is_response(const http_message& section) noexcept { return section.status != 0; }
bool is_request(const http_message& section) noexcept {
  return !section.method.empty() || !section.target.empty() || !section.scheme.empty() || !section.authority.empty();
}

/// Nothing but the end of the stream is missing: who has what Content-Length told may close before that comes.
bool is_whole(const http_message& message) noexcept {
  auto told = header_value(message.headers, "content-length");
  return told && *told == std::to_string(message.body.size_carried);
}

} // namespace

void http2_streams::decide(direction requests) noexcept {
  decided_ = true;
  requests_ = requests;
  facts_.role = requests == direction::outbound ? observer_role::client : observer_role::server;
}

void http2_streams::upgraded(http_message request) {
  auto added = std::make_unique<stream>();
  added->id = last_request_ = 1;
  added->last = request.last;
  auto& part = requests_of(*added);
  part.message = std::move(request);
  part.head = part.ended = true;
  open_.push_back(std::move(added));
}

void http2_streams::fields(direction way, std::uint32_t id, http_message section, bool ends, exchange_writer& out) {
  auto size = section.size;
  learn_direction(way, section);
  if (is_pushed(id))
    return shard_.drop_queued(stream_drop::pushed, size);
  auto* known = find(id);
  if (!known && std::ranges::find(reset_, id) == reset_.end())
    known = add(way, id, out);
  if (!known || known->written) {
    shard_.ledger.queued -= size;
    if (known)
      shard_.ledger.in_exchanges += size;
    else
      count_unclaimed(id, size);
  } else if (auto& part = known->halves[index(way)]; !fits(part, way, section)) {
    shard_.drop_queued(stream_drop::parse_error, size);
    part.damaged |= !part.head;
    ends = ends && !part.ended;
  } else {
    known->last = section.last;
    take_fields(*known, way, std::move(section), ends);
    end_head(*known, way, out);
  }
  if (known && ends)
    end_half(*known, way, out);
}

void http2_streams::fields_lost(direction way, std::uint32_t id, bool ends, exchange_writer& out) {
  auto* known = find(id);
  if (!known)
    return;
  auto& part = known->halves[index(way)];
  part.damaged = true;
  part.message.lose(body_loss::gap);
  if (ends)
    end_half(*known, way, out);
}

void http2_streams::data(direction way, std::uint32_t id, std::span<const std::uint8_t> content, bool ends,
                         kernel_time at, exchange_writer& out) {
  auto* known = find(id);
  if (!known)
    return count_unclaimed(id, content.size());
  auto& part = known->halves[index(way)];
  known->last = at;
  if (part.ended) { // it is closed (RFC 9113, 5.1)
    shard_.ledger[stream_drop::resync] += content.size();
    return;
  }
  if (known->tunnel) {
    shard_.ledger.add_other(*known->tunnel, content.size());
  } else if (known->written) {
    shard_.ledger.in_exchanges += content.size();
  } else if (!part.head) {
    shard_.ledger[stream_drop::resync] += content.size();
    part.damaged = true;
  } else {
    part.message.size += content.size();
    shard_.ledger.queued += content.size();
    part.message.last = at;
    if (part.message.method != "CONNECT") // a tunnel's, though nobody has agreed to it yet
      part.message.add_body({reinterpret_cast<const char*>(content.data()), content.size()},
                            way == requests_ ? message_kind::request : message_kind::response, shard_);
  }
  if (ends)
    end_half(*known, way, out);
}

void http2_streams::data_lost(direction way, std::uint32_t id, std::uint64_t size, bool ends, body_loss why,
                              exchange_writer& out) {
  auto* known = find(id);
  if (!known)
    return;
  auto& part = known->halves[index(way)];
  if (part.ended)
    return;
  part.message.body.size_carried += size;
  part.message.lose(why);
  if (ends)
    end_half(*known, way, out);
}

void http2_streams::reset(std::uint32_t id, exchange_writer& out) {
  auto* known = find(id);
  if (!known)
    return;
  for (auto& part : known->halves)
    if (!part.ended && (part.damaged || !is_whole(part.message)))
      part.message.lose(body_loss::aborted);
  write(*known, out);
  forget(id);
}

void http2_streams::go_away(direction way, std::uint32_t last, exchange_writer& out) {
  if (!decided_ || way == requests_)
    return;
  write_out([last](const stream& each) { return each.id > last; }, out);
}

void http2_streams::damage(direction way, body_loss why) noexcept {
  for (auto& each : open_) {
    auto& part = each->halves[index(way)];
    if (part.ended)
      continue;
    part.damaged = true;
    if (part.head)
      part.message.lose(why);
  }
}

void http2_streams::tick(kernel_time now, exchange_writer& out) {
  const auto patience = shard_.limits.open_max;
  auto torn = [&](stream& each) {
    const auto& request = requests_of(each);
    auto is_torn = now - each.last > patience && (request.damaged || responses_of(each).damaged || !request.head);
    if (is_torn)
      remember_reset(each.id);
    return is_torn;
  };
  write_out(torn, out);
  for (auto& each : open_) {
    const auto& response = responses_of(*each);
    if (!decided_ || each->written || !response.head || now - response.message.first <= patience)
      continue;
    ++shard_.ledger[stream_limit::open];
    write_early(*each, out);
  }
}

void http2_streams::close(connection_end why, exchange_writer& out) {
  for (auto& each : open_) {
    for (auto& part : each->halves)
      if (!part.ended && (part.damaged || !is_whole(part.message)))
        part.message.lose(loss_at(why));
    write(*each, out);
  }
  open_.clear();
}

http2_streams::stream* http2_streams::find(std::uint32_t id) noexcept {
  // The latest are asked for most.
  for (auto each = open_.rbegin(); each != open_.rend(); ++each)
    if ((*each)->id == id)
      return each->get();
  return nullptr;
}

http2_streams::stream* http2_streams::add(direction way, std::uint32_t id, exchange_writer& out) {
  if (decided_ && way == requests_) {
    last_request_ = std::max(last_request_, id);
    flush_unrequested(id, out);
  }
  if (open_.size() >= shard_.limits.streams_max) {
    ++shard_.ledger[stream_limit::streams];
    return nullptr;
  }
  open_.push_back(std::make_unique<stream>());
  open_.back()->id = id;
  return open_.back().get();
}

void http2_streams::learn_direction(direction way, const http_message& section) noexcept {
  if (decided_)
    return;
  if (is_response(section))
    decide(opposite(way));
  else if (is_request(section))
    decide(way);
}

/// Whether the section can be the next of its message (RFC 9113, 8.1). A peer resets the stream if not.
bool http2_streams::fits(const half& part, direction way, const http_message& section) const noexcept {
  if (part.ended || section.malformed || (is_request(section) && is_response(section)))
    return false;
  if (part.head) // trailers, unless what came before may have been an interim head
    return !is_request(section) && (!is_response(section) || part.message.status == 0);
  const auto all_known = !section.fields_unknown && !part.damaged && section.loss == body_loss::none;
  if (!decided_ || !all_known)
    return true;
  if (way != requests_)
    return is_response(section);
  return !section.method.empty() && (!section.target.empty() || section.method == "CONNECT");
}

void http2_streams::take_fields(stream& of, direction way, http_message section, bool ends) {
  auto& part = of.halves[index(way)];
  auto is_interim = way != requests_ && section.status / 100 == 1 && !ends;
  if (part.head && section.status == 0) {
    auto& message = part.message;
    message.size += section.size;
    message.last = section.last;
    message.fields_unknown |= section.fields_unknown;
    message.loss = std::max(message.loss, section.loss);
    message.trailers = std::move(section.headers);
    message.kept.absorb(std::move(section.kept));
    return;
  }
  // A head before this one had a status that is unknown: an interim one.
  of.interim_size += std::exchange(part.message.size, 0);
  if (is_interim) {
    of.interim_size += section.size;
    return;
  }
  part.message = std::move(section);
  part.head = true;
  // A head is the first of its message. What names neither a status nor a method may be trailers, of a head that was
  // lost.
  if (is_response(part.message) || is_request(part.message))
    part.damaged = false;
  else if (part.damaged)
    part.message.lose(body_loss::gap);
}

/// Some exchanges go out without waiting for an end that is far away.
void http2_streams::end_head(stream& of, direction way, exchange_writer& out) {
  const auto& request = requests_of(of);
  const auto& response = responses_of(of);
  if (!decided_ || way == requests_ || !request.head || !response.head)
    return;
  if (request.message.method == "CONNECT" && response.message.status / 100 == 2) {
    of.tunnel = request.message.protocol == "websocket" ? other_protocol::websocket : other_protocol::tunnel;
    ++shard_.ledger.connections_of[static_cast<std::size_t>(*of.tunnel)];
    write(of, out);
  } else if (is_event_stream(response.message.headers)) {
    write_early(of, out);
  }
}

void http2_streams::end_half(stream& of, direction way, exchange_writer& out) {
  of.halves[index(way)].ended = true;
  finish(of, out);
}

/// Bytes of a stream that is not open.
void http2_streams::count_unclaimed(std::uint32_t id, std::uint64_t size) noexcept {
  if (is_pushed(id))
    shard_.ledger[stream_drop::pushed] += size;
  else if (std::ranges::find(reset_, id) != reset_.end())
    shard_.ledger.in_exchanges += size; // of an exchange that went out
  else
    shard_.ledger[open_.size() >= shard_.limits.streams_max ? stream_drop::limit : stream_drop::resync] += size;
}

void http2_streams::finish(stream& of, exchange_writer& out) {
  const auto& request = requests_of(of);
  const auto& response = responses_of(of);
  if (!decided_ || !response.ended)
    return;
  // With threads, a response can be seen before the end of the call that wrote its request.
  auto no_request_comes = !request.head && of.id <= last_request_;
  if (!request.ended && !request.damaged && !no_request_comes)
    return;
  write(of, out);
  std::erase_if(open_, [&of](const auto& each) { return each.get() == &of; });
}

void http2_streams::write(stream& of, exchange_writer& out) {
  if (std::exchange(of.written, true))
    return;
  auto& request = requests_of(of);
  auto& response = responses_of(of);
  auto interim = std::exchange(of.interim_size, 0);
  if (!decided_ || (!request.head && !response.head))
    return shard_.drop_queued(stream_drop::resync, request.message.size + response.message.size + interim);
  (request.head ? request : response).message.size += interim;
  if (request.head && response.head)
    out.write(std::move(request.message), std::move(response.message));
  else if (request.head)
    out.write_request(std::move(request.message));
  else
    out.write_response(std::move(response.message));
}

void http2_streams::write_early(stream& of, exchange_writer& out) {
  for (auto& part : of.halves)
    if (!part.ended)
      part.message.lose(body_loss::limit);
  write(of, out);
}

/// Streams with lower numbers are opened no more (RFC 9113, 5.1.1): their requests were not seen.
void http2_streams::flush_unrequested(std::uint32_t below, exchange_writer& out) {
  write_out([&](stream& each) { return each.id < below && !requests_of(each).head && responses_of(each).ended; }, out);
}

void http2_streams::forget(std::uint32_t id) noexcept {
  remember_reset(id);
  std::erase_if(open_, [id](const auto& each) { return each->id == id; });
}

void http2_streams::remember_reset(std::uint32_t id) noexcept { reset_[resets_++ % reset_.size()] = id; }

template <class Predicate>
void http2_streams::write_out(Predicate which, exchange_writer& out) {
  std::erase_if(open_, [&](const auto& each) {
    if (!which(*each))
      return false;
    write(*each, out);
    return true;
  });
}

} // namespace cleartap
