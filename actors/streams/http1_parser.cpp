#include "actors/streams/http1_parser.hpp"

#include <cassert>
#include <limits>
#include <strings.h>
#include <utility>

namespace cleartap {

namespace {

void trim_end(std::string& value) {
  value.erase(value.find_last_not_of(" \t") + 1); // optional white space (RFC 9112, 5.1), which llhttp leaves there
}

} // namespace

struct http1_parser::callbacks {
  static http1_parser& self(llhttp_t* from) noexcept { return *static_cast<http1_parser*>(from->data); }

  static int url(llhttp_t* from, const char* at, std::size_t size) noexcept {
    return self(from).keep(self(from).message_.target, {at, size});
  }
  static int version_complete(llhttp_t* from) noexcept {
    if (from->http_major != 1)
      return HPE_USER;
    self(from).state_ = state::head;
    self(from).start_line_complete_ = true;
    return 0;
  }
  static int header_field(llhttp_t* from, const char* at, std::size_t size) noexcept {
    return self(from).add_name({at, size});
  }
  static int header_field_complete(llhttp_t* from) noexcept {
    self(from).naming_ = false;
    return 0;
  }
  static int header_value(llhttp_t* from, const char* at, std::size_t size) noexcept {
    auto& fields = self(from).fields();
    return self(from).given_up_ ? 0 : self(from).keep(fields.back().second, {at, size});
  }
  static int headers_complete(llhttp_t* from) noexcept { return self(from).end_head(); }
  static int chunk_header(llhttp_t* from) noexcept {
    self(from).in_chunk_ = from->content_length > 0;
    return 0;
  }
  static int chunk_complete(llhttp_t* from) noexcept {
    self(from).in_chunk_ = false;
    return 0;
  }
  static int body(llhttp_t* from, const char* at, std::size_t size) noexcept {
    auto& parser = self(from);
    if (!parser.skipping_ && !parser.given_up_)
      parser.message_.add_body({at, size}, parser.kind_, *parser.shard_);
    return 0;
  }
  static int message_complete(llhttp_t* from) noexcept {
    self(from).state_ = state::complete;
    return HPE_PAUSED; // what follows is for the next message
  }

  static const llhttp_settings_t table;
};

const llhttp_settings_t http1_parser::callbacks::table = [] {
  auto made = llhttp_settings_t{};
  made.on_url = url;
  made.on_version_complete = version_complete;
  made.on_header_field = header_field;
  made.on_header_field_complete = header_field_complete;
  made.on_header_value = header_value;
  made.on_headers_complete = headers_complete;
  made.on_chunk_header = chunk_header;
  made.on_chunk_complete = chunk_complete;
  made.on_body = body;
  made.on_message_complete = message_complete;
  return made;
}();

void http1_parser::begin(message_kind kind, std::string_view answered_method, kernel_time at) {
  // A parser of its own for each message: llhttp would swallow all that follows a "Connection: close".
  llhttp_init(&llhttp_, kind == message_kind::request ? HTTP_REQUEST : HTTP_RESPONSE, &callbacks::table);
  llhttp_set_lenient_chunked_length(&llhttp_, 1); // a length beside chunks is ignored (RFC 9112, 6.3)
  message_ = {};
  message_.first = message_.last = at;
  head_size_ = 0;
  state_ = state::start_line;
  kind_ = kind;
  answers_unknown_ = kind == message_kind::response && answered_method.empty();
  answers_head_ = answered_method == "HEAD";
  answers_connect_ = answered_method == "CONNECT";
  start_line_complete_ = given_up_ = naming_ = in_chunk_ = false;
}

std::size_t http1_parser::feed(std::span<const std::uint8_t> bytes, kernel_time at) {
  assert(state_ == state::start_line || state_ == state::head || state_ == state::body);
  llhttp_.data = this; // the parser may have moved since the last call
  auto* begin = reinterpret_cast<const char*>(bytes.data());
  auto error = llhttp_execute(&llhttp_, begin, bytes.size());
  auto used = error == HPE_OK ? bytes.size() : static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - begin);
  if (error != HPE_OK && state_ != state::complete) {
    if (state_ != state::too_large)
      state_ = state::failed;
    return used;
  }
  message_.last = at;
  if (!given_up_)
    message_.size += used;
  return used;
}

std::uint64_t http1_parser::skippable() const noexcept {
  if (state_ != state::body)
    return 0;
  if (lasts_until_close())
    return std::numeric_limits<std::uint64_t>::max();
  if ((llhttp_.flags & F_CHUNKED) != 0 && !in_chunk_)
    return 0;
  return llhttp_.content_length; // llhttp counts it down, in a chunk as well
}

void http1_parser::skip(std::uint64_t size, body_loss why) noexcept {
  assert(size > 0 && size <= skippable());
  message_.lose(why);
  message_.body.size_carried += size;
  if (lasts_until_close())
    return;
  // The last byte is fed, so that llhttp notices the end.
  llhttp_.content_length -= size - 1;
  llhttp_.data = this;
  skipping_ = true;
  auto filler = char{0};
  llhttp_execute(&llhttp_, &filler, 1);
  skipping_ = false;
}

void http1_parser::finish() noexcept {
  if (state_ == state::body && lasts_until_close())
    state_ = state::complete;
}

bool http1_parser::ends_http() const noexcept {
  return message_.status == 101 || (answers_connect_ && message_.status / 100 == 2);
}

bool http1_parser::has_endless_body() const noexcept {
  constexpr auto type = std::string_view{"text/event-stream"};
  if (state_ != state::body || kind_ != message_kind::response || given_up_)
    return false;
  auto value = header_value(message_.headers, "Content-Type").value_or("");
  return value.size() >= type.size() && strncasecmp(value.data(), type.data(), type.size()) == 0;
}

http_message http1_parser::give_up() noexcept {
  given_up_ = true;
  return std::exchange(message_, {});
}

http_message http1_parser::take() noexcept {
  state_ = state::idle;
  given_up_ = false;
  return std::exchange(message_, {});
}

bool http1_parser::announces_no_body() const noexcept {
  auto length_is_zero =
      (llhttp_.flags & (F_CONTENT_LENGTH | F_CHUNKED)) == F_CONTENT_LENGTH && llhttp_.content_length == 0;
  return message_.status / 100 == 1 || message_.status == 204 || message_.status == 304 || length_is_zero;
}

bool http1_parser::lasts_until_close() const noexcept {
  return kind_ == message_kind::response && llhttp_message_needs_eof(&llhttp_) != 0;
}

int http1_parser::refuse(stream_limit which) noexcept {
  limit_reached_ = which;
  state_ = state::too_large;
  return HPE_USER;
}

// The parts of one string may come one byte at a time.
int http1_parser::keep(std::string& where, std::string_view part) {
  head_size_ += part.size();
  if (head_size_ > shard_->limits.head_max)
    return refuse(stream_limit::head);
  if (!message_.kept.grow(*shard_, part.size()))
    return refuse(stream_limit::memory);
  where.append(part);
  return 0;
}

int http1_parser::add_name(std::string_view part) {
  if (!start_line_complete_)
    return HPE_USER;
  if (given_up_)
    return 0;
  auto& fields = this->fields();
  if (!naming_) {
    if (message_.headers.size() + message_.trailers.size() >= shard_->limits.headers_max)
      return refuse(stream_limit::headers);
    if (state_ == state::head && fields.empty())
      fields.reserve(16);
    fields.emplace_back();
    naming_ = true;
  }
  return keep(fields.back().first, part);
}

// The result tells llhttp: 0 a body as the head says, 1 none, 2 none and no HTTP afterwards, -1 an error.
int http1_parser::end_head() {
  if (!start_line_complete_)
    return -1; // llhttp takes a line without a version for HTTP/0.9
  for (auto& header : message_.headers)
    trim_end(header.second);
  message_.version = llhttp_.http_minor == 0 ? http_version::http1_0 : http_version::http1_1;
  message_.status = llhttp_.status_code;
  if (kind_ == message_kind::request)
    message_.method = llhttp_method_name(static_cast<llhttp_method_t>(llhttp_.method));
  state_ = state::body;
  if (ends_http())
    return 2;
  if (kind_ == message_kind::response && (answers_head_ || announces_no_body()))
    return 1;
  if (answers_unknown_) {
    message_.body.truncated = true;
    return 1;
  }
  // A length that nothing follows must not cost memory.
  constexpr auto reserved_max = std::uint64_t{16 * 1024};
  const auto& limits = shard_->limits;
  auto body_max = kind_ == message_kind::request ? limits.request_body_max : limits.response_body_max;
  if ((llhttp_.flags & F_CHUNKED) == 0 && !lasts_until_close())
    message_.body.bytes.reserve(std::min({llhttp_.content_length, reserved_max, std::uint64_t{body_max}}));
  return 0;
}

} // namespace cleartap
