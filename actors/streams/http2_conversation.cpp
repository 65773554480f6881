#include "actors/streams/http2_conversation.hpp"

#include <algorithm>
#include <utility>

namespace cleartap {

http2_conversation::side::side(direction which, bool from_start, std::size_t table_max)
    : way{which}
    , searching{!from_start}
    , hpack{from_start ? hpack_decoder::join::at_start : hpack_decoder::join::late, table_max} {}

http2_conversation::http2_conversation(stream_shard& shard, connection_facts& facts, std::array<bool, 2> from_start)
    : shard_{shard}
    , streams_{shard, facts}
    , sides_{side{direction::inbound, from_start[0], shard.limits.header_table_max},
             side{direction::outbound, from_start[1], shard.limits.header_table_max}} {}

void http2_conversation::upgraded(direction requests, http_message request) {
  confirmed_ = true;
  streams_.decide(requests);
  streams_.upgraded(std::move(request));
}

bool http2_conversation::consume(direction way, bytes_view bytes, kernel_time at, exchange_writer& out) {
  auto& in = this->at(way);
  bytes = take_preface(in, bytes);
  if (in.searching && !begins_with_frame(bytes)) {
    shard_.ledger[stream_drop::resync] += bytes.size();
    return true;
  }
  in.searching = false;
  auto fine = true;
  while (fine) {
    auto piece = in.reader.next(bytes);
    if (!piece)
      break;
    fine = fits(in, *piece);
    if (fine)
      take(in, *piece, at, out);
    else
      bytes = {piece->content.data(), piece->content.size() + bytes.size()}; // which follow each other
  }
  shard_.ledger.in_exchanges += in.reader.take_framing();
  if (fine)
    return true;
  if (!confirmed_) {
    shard_.ledger.add_other(other_protocol::unknown, bytes.size());
    return false;
  }
  shard_.ledger[stream_drop::parse_error] += bytes.size();
  lose(in, body_loss::gap);
  return true;
}

/// The client's first bytes (RFC 9113, 3.4).
http2_conversation::bytes_view http2_conversation::take_preface(side& in, bytes_view bytes) {
  if (bytes.empty())
    return bytes;
  if (std::exchange(in.fresh, false) && begins_preface(bytes)) {
    in.preface_left = http2_preface.size();
    confirmed_ = true;
    streams_.decide(in.way);
  }
  auto size = std::min<std::size_t>(in.preface_left, bytes.size());
  in.preface_left -= static_cast<std::uint8_t>(size);
  shard_.ledger.in_exchanges += size;
  return bytes.subspan(size);
}

/// Whether the frame may come here at all.
bool http2_conversation::fits(const side& in, const frame_piece& piece) const noexcept {
  if (!piece.begins)
    return true;
  auto continues = piece.head.type == frame_type::continuation;
  if (in.fields.open)
    return continues && piece.head.stream == in.fields.stream; // RFC 9113, 6.10
  // Extensions (RFC 9113, 5.5) are small: where frames have been misread, a long one shows it.
  auto strange = piece.head.type > frame_type::continuation && piece.head.length > frame_length_usual;
  return is_valid(piece.head) && !continues && !strange;
}

void http2_conversation::take(side& in, const frame_piece& piece, kernel_time at, exchange_writer& out) {
  const auto& head = piece.head;
  switch (head.type) {
  case frame_type::data:
    return streams_.data(in.way, head.stream, piece.content, piece.ends && head.has(frame_flag::end_stream), at, out);
  case frame_type::headers:
  case frame_type::push_promise:
  case frame_type::continuation:
    return take_block(in, piece, at, out);
  default:
    shard_.ledger.in_exchanges += piece.content.size();
    take_control(in, piece, out);
  }
}

void http2_conversation::take_control(side& in, const frame_piece& piece, exchange_writer& out) {
  if (piece.begins)
    in.control_size = 0;
  auto size = std::min(in.control.size() - in.control_size, piece.content.size());
  std::copy_n(piece.content.begin(), size, in.control.begin() + in.control_size);
  in.control_size += static_cast<std::uint8_t>(size);
  if (!piece.ends)
    return;
  if (piece.head.type == frame_type::rst_stream)
    streams_.reset(piece.head.stream, out);
  if (piece.head.type == frame_type::goaway && in.control_size == in.control.size()) {
    auto last = std::uint32_t{0};
    for (auto byte : in.control)
      last = last << 8 | byte;
    streams_.go_away(in.way, last & 0x7FFF'FFFF, out);
  }
}

void http2_conversation::take_block(side& in, const frame_piece& piece, kernel_time at, exchange_writer& out) {
  auto& fields = in.fields;
  if (piece.begins && piece.head.type != frame_type::continuation) {
    fields.open = true;
    fields.stream = piece.head.stream;
    fields.pushes = piece.head.type == frame_type::push_promise;
    fields.ends_stream = piece.head.type == frame_type::headers && piece.head.has(frame_flag::end_stream);
    fields.continuations = 0;
    fields.over = false;
  } else if (piece.begins && ++fields.continuations > shard_.limits.continuations_max && !fields.over) {
    ++shard_.ledger[stream_limit::continuations];
    give_up_block(in, stream_drop::limit);
  }
  auto whole = piece.ends && piece.head.has(frame_flag::end_headers);
  if (whole && fields.bytes.empty() && !fields.over)
    return decode(in, piece.content, at, out);
  collect(in, piece.content);
  if (!whole)
    return;
  if (!fields.over) {
    shard_.ledger.queued -= fields.bytes.size();
    decode(in, std::exchange(fields.bytes, {}), at, out);
    return;
  }
  fields.open = false;
  in.hpack.lose(); // it may have inserted what later ones refer to
  if (!fields.pushes)
    streams_.fields_lost(in.way, fields.stream, fields.ends_stream, out);
}

void http2_conversation::collect(side& in, bytes_view part) {
  auto& fields = in.fields;
  if (!fields.over && fields.bytes.size() + part.size() > shard_.limits.head_max) {
    ++shard_.ledger[stream_limit::head];
    give_up_block(in, stream_drop::limit);
  }
  if (fields.over) {
    shard_.ledger[stream_drop::limit] += part.size();
    return;
  }
  fields.bytes.insert(fields.bytes.end(), part.begin(), part.end());
  shard_.ledger.queued += part.size();
}

void http2_conversation::give_up_block(side& in, stream_drop reason) {
  shard_.drop_queued(reason, in.fields.bytes.size());
  in.fields.bytes = {};
  in.fields.over = true;
}

void http2_conversation::decode(side& in, bytes_view whole, kernel_time at, exchange_writer& out) {
  auto& fields = in.fields;
  fields.open = false;
  auto section = field_section{shard_, at, whole.size()};
  shard_.ledger.queued += whole.size();
  if (!in.hpack.decode(whole, [&section](const header_field& each) { section.add(each); })) {
    shard_.drop_queued(stream_drop::parse_error, whole.size());
    return streams_.fields_lost(in.way, fields.stream, fields.ends_stream, out);
  }
  if (fields.pushes)
    return shard_.drop_queued(stream_drop::pushed, whole.size());
  auto message = std::move(section).take();
  confirmed_ = confirmed_ || !message.method.empty() || message.status != 0;
  streams_.fields(in.way, fields.stream, std::move(message), fields.ends_stream, out);
}

void http2_conversation::pass_over(direction way, std::uint64_t size, body_loss why, exchange_writer& out) {
  auto& in = at(way);
  if (in.searching || in.preface_left > 0 || in.reader.remaining() < size || in.reader.head().carries_fields())
    return lose(in, why);
  auto head = in.reader.head();
  auto skipped = in.reader.skip(size);
  if (head.type == frame_type::data)
    streams_.data_lost(way, head.stream, skipped.content, skipped.ends && head.has(frame_flag::end_stream), why, out);
  else if (head.type == frame_type::rst_stream && skipped.ends)
    streams_.reset(head.stream, out);
}

void http2_conversation::lose(side& in, body_loss why) {
  give_up_block(in, stream_drop::resync);
  in.fields.open = false;
  in.hpack.lose();
  in.reader.restart();
  in.fresh = false;
  in.preface_left = 0;
  in.searching = true;
  streams_.damage(in.way, why);
}

void http2_conversation::tick(kernel_time now, bool idle, exchange_writer& out) {
  streams_.tick(now, out);
  if (idle && streams_.empty())
    for (auto& each : sides_)
      each.hpack.rest();
}

void http2_conversation::close(connection_end why, exchange_writer& out) {
  for (auto& each : sides_)
    give_up_block(each, stream_drop::resync);
  streams_.close(why, out);
}

} // namespace cleartap
