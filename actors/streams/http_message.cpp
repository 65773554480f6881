#include "actors/streams/http_message.hpp"

namespace cleartap {

void http_message::add_body(std::string_view part, message_kind kind, stream_shard& shard) {
  body.size_carried += part.size();
  if (body.truncated)
    return;
  auto size_max = kind == message_kind::request ? shard.limits.request_body_max : shard.limits.response_body_max;
  auto room = size_max - std::min(size_max, body.bytes.size()); // the limit may have been lowered meanwhile
  auto part_kept = std::min(part.size(), room);
  if (!kept.grow(shard, part_kept))
    return lose(body_loss::limit);
  body.bytes.append(part.substr(0, part_kept));
  if (part_kept < part.size())
    lose(body_loss::limit);
}

} // namespace cleartap
