#include "tools/cleartap/http_document.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/streams/exchange_writer.hpp"
#include "actors/streams/http1_parser.hpp"

#include <array>
#include <cstdio>

namespace cleartap {

namespace {

using masking::equal_any_case;

constexpr auto mend = "; `--content-type message/http` takes one HTTP/1 request or response with its head";

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

stream_limits limits_for(std::size_t size_max) {
  auto limits = limits_of(settings{});
  limits.request_body_max = limits.response_body_max = size_max;
  limits.memory_max = 4 * size_max;
  limits.decoding.decoded_max = 2 * size_max; // two layers share it
  return limits;
}

result<http_message> parse(std::string_view bytes, message_kind kind, stream_shard& shard) {
  auto parser = http1_parser{shard};
  parser.begin(kind, kind == message_kind::response ? "GET" : "", kernel_time{0});
  const auto taken = parser.feed(bytes_of(bytes), kernel_time{0});
  if (parser.where() == http1_parser::state::too_large)
    return failure{"the message's head is larger than streams.head_max or has more fields than streams.headers_max" +
                   std::string{mend}};
  if (parser.where() == http1_parser::state::failed || !parser.head_complete())
    return failure{"the input is no HTTP/1 message with a whole head" + std::string{mend}};
  if (taken < bytes.size())
    return failure{"the input goes on behind the end of the message at byte " + std::to_string(taken) +
                   "; give one message at a time"};
  parser.finish();
  auto message = parser.take();
  shard.ledger.queued += message.size;
  return message;
}

/// Finds where the fields of a head stand.
class head_walk {
public:
  explicit head_walk(std::string_view bytes) noexcept : bytes_{bytes} {}

  std::string_view start_line() { return take_line(); }

  /// The offset of each field's value, until the empty line.
  std::vector<std::size_t> values() {
    auto found = std::vector<std::size_t>{};
    for (auto line = take_line(); !line.empty(); line = take_line()) {
      if (masking::is_blank(line[0]))
        continue; // the one before goes on
      auto at = std::min(line.find(':'), line.size() - 1) + 1;
      while (at < line.size() && masking::is_blank(line[at]))
        ++at;
      found.push_back(offset_of(line) + at);
    }
    return found;
  }

  std::size_t end() const noexcept { return at_; }

private:
  std::string_view take_line() noexcept {
    const auto end = std::min(bytes_.find('\n', at_), bytes_.size());
    auto line = bytes_.substr(at_, end - at_);
    at_ = std::min(end + 1, bytes_.size());
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    return line;
  }

  std::size_t offset_of(std::string_view line) const noexcept {
    return static_cast<std::size_t>(line.data() - bytes_.data());
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// `at`, if `part` stands there.
std::optional<std::size_t> checked(std::string_view bytes, std::size_t at, std::string_view part) noexcept {
  if (at > bytes.size() || !bytes.substr(at).starts_with(part))
    return std::nullopt;
  return at;
}

void locate(http_document& document, std::string_view bytes) {
  auto walk = head_walk{bytes};
  const auto line = walk.start_line();
  const auto values = walk.values();
  const auto& request = document.what.request;
  const auto& fields = request ? request->headers : document.what.response->headers;
  for (auto i = std::size_t{0}; i < fields.size() && i < values.size(); ++i)
    document.headers.push_back(checked(bytes, values[i], fields[i].second));
  document.body = checked(bytes, walk.end(), (request ? request->body : document.what.response->body).bytes);
  if (!request)
    return;
  const auto begin = line.find(' ') + 1;
  document.target = line.substr(begin, line.rfind(' ') - begin);
  const auto offset = static_cast<std::size_t>(document.target.data() - bytes.data());
  const auto question = document.target.find('?');
  if (request->query && question != std::string_view::npos)
    document.query = checked(bytes, offset + question + 1, *request->query);
  const auto path_end = std::min(question, document.target.size());
  if (path_end >= request->path.size())
    document.path = checked(bytes, offset + path_end - request->path.size(), request->path);
}

std::string start_line(const exchange& what) {
  if (what.response)
    return "HTTP/1.1 " + std::to_string(what.response->status) + " \r\n";
  const auto& request = *what.request;
  auto target = request.path;
  if (request.query)
    (target += '?') += *request.query;
  if (target.empty())
    target = request.host; // CONNECT
  return request.method + " " + target + " HTTP/1.1\r\n";
}

bool is_framing(std::string_view name) noexcept {
  constexpr auto names =
      std::to_array<std::string_view>({"Content-Length", "Transfer-Encoding", "Content-Encoding", "Trailer"});
  return std::ranges::any_of(names, [name](std::string_view each) { return equal_any_case(each, name); });
}

void append_fields(std::string& text, const http_headers& fields) {
  for (const auto& [name, value] : fields)
    if (!is_framing(name))
      ((text += name) += ": ") += value + "\r\n";
}

bool has_length(const http_headers& fields) noexcept {
  return header_value(fields, "Content-Length") || header_value(fields, "Transfer-Encoding");
}

std::string chunk_size(std::size_t size) {
  char text[24];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%zx\r\n", size))};
}

template <class Message>
void append_rest(std::string& text, const Message& message) {
  append_fields(text, message.headers);
  const auto& body = message.body.bytes;
  if (message.trailers.empty()) {
    if (!body.empty() || has_length(message.headers))
      text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    (text += "\r\n") += body;
    return;
  }
  text += "Transfer-Encoding: chunked\r\n\r\n";
  if (!body.empty())
    ((text += chunk_size(body.size())) += body) += "\r\n";
  text += chunk_size(0);
  append_fields(text, message.trailers);
  text += "\r\n";
}

} // namespace

std::optional<std::size_t> http_document::offset_of(const redaction_note& note) const noexcept {
  switch (note.part) {
  case message_part::path:
    return path;
  case message_part::query:
    return query;
  case message_part::header:
    return note.index < headers.size() ? headers[note.index] : std::nullopt;
  case message_part::body:
    return body;
  case message_part::trailer:
  case message_part::operation:
    break;
  }
  return std::nullopt;
}

result<http_document> read_http_document(std::string_view bytes, std::size_t size_max) {
  auto shard = stream_shard{.limits = limits_for(size_max)};
  const auto kind = bytes.starts_with("HTTP/") ? message_kind::response : message_kind::request;
  auto message = parse(bytes, kind, shard);
  if (!message)
    return message.error();
  const auto facts = connection_facts{};
  auto made = std::vector<exchange>{};
  auto writer = exchange_writer{shard, facts, made};
  if (kind == message_kind::request)
    writer.write_request(*std::move(message));
  else
    writer.write_response(*std::move(message));
  if (shard.ledger.undecodable > 0)
    return failure{"the body is not in the coding that its head names; mend Content-Encoding or Transfer-Encoding"};
  auto document = http_document{.what = std::move(made.front())};
  locate(document, bytes);
  return document;
}

std::string http_text(const exchange& what) {
  auto text = start_line(what);
  if (what.request)
    append_rest(text, *what.request);
  else
    append_rest(text, *what.response);
  return text;
}

} // namespace cleartap
