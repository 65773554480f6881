#include "actors/streams/http1_parser.hpp"

#include "actors/streams/application.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <utility>

namespace cleartap {

namespace {

/// White space that llhttp leaves: optional behind a value (RFC 9112, 5.1), and forbidden behind a name, where some
/// accept it.
void trim_end(std::string& text) noexcept {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.pop_back();
}

/// RFC 9110, 5.6.2.
bool is_token_char(std::uint8_t c) noexcept {
  constexpr auto others = std::string_view{"!#$%&'*+-.^_`|~"};
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
         others.find(static_cast<char>(c)) != std::string_view::npos;
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
    if (!self(from).given_up_)
      trim_end(self(from).fields().back().first);
    return 0;
  }
  static int header_value(llhttp_t* from, const char* at, std::size_t size) noexcept {
    auto& parser = self(from);
    return parser.given_up_ ? 0 : parser.keep(parser.fields().back().second, {at, size});
  }
  static int header_value_complete(llhttp_t* from) noexcept {
    if (!self(from).given_up_)
      trim_end(self(from).fields().back().second);
    return 0;
  }
  static int headers_complete(llhttp_t* from) noexcept { return self(from).end_head(); }
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
  made.on_header_value_complete = header_value_complete;
  made.on_headers_complete = headers_complete;
  made.on_body = body;
  made.on_message_complete = message_complete;
  return made;
}();

void http1_parser::begin(message_kind kind, std::string_view answered_method, kernel_time at) {
  if (kind == message_kind::response)
    restart("");
  message_ = {};
  message_.first = message_.last = at;
  head_size_ = 0;
  state_ = kind == message_kind::request ? state::method : state::start_line;
  kind_ = kind;
  answers_unknown_ = kind == message_kind::response && answered_method.empty();
  answers_head_ = answered_method == "HEAD";
  answers_connect_ = answered_method == "CONNECT";
  start_line_complete_ = given_up_ = naming_ = after_cr_ = false;
  part_ = chunked_part::line;
  line_ = chunk_line{};
}

/// A parser of its own for each message: llhttp would swallow all that follows a "Connection: close".
void http1_parser::restart(std::string_view method) {
  static const auto begun = [](std::string_view start) {
    auto made = llhttp_t{};
    llhttp_init(&made, start.empty() ? HTTP_RESPONSE : HTTP_REQUEST, &callbacks::table);
    // What servers and clients accept is seen as well: bare line feeds and control characters in headers, and a length
    // beside chunks, which is ignored (RFC 9112, 6.3).
    llhttp_set_lenient_headers(&made, 1);
    llhttp_set_lenient_chunked_length(&made, 1);
    llhttp_execute(&made, start.data(), start.size());
    return made;
  };
  static const auto of_response = begun("");
  static const auto of_connect = begun("CONNECT ");
  static const auto of_other = begun("GET "); // they differ in nothing that is parsed
  llhttp_ = method.empty() ? of_response : method == "CONNECT" ? of_connect : of_other;
}

std::size_t http1_parser::feed(std::span<const std::uint8_t> bytes, kernel_time at) {
  assert(state_ == state::method || state_ == state::start_line || state_ == state::head || state_ == state::body);
  auto method_size = state_ == state::method ? take_method(bytes) : std::size_t{0};
  bytes = bytes.subspan(method_size);
  auto used = method_size + (state_ == state::method || state_ == state::failed ? 0 : take_rest(bytes));
  if (state_ == state::failed || state_ == state::too_large)
    return used;
  message_.last = at;
  if (!given_up_)
    message_.size += used;
  return used;
}

/// llhttp knows some methods, but any token is one (RFC 9110, 9.1).
std::size_t http1_parser::take_method(std::span<const std::uint8_t> bytes) {
  auto end = std::ranges::find_if_not(bytes, is_token_char);
  auto size = static_cast<std::size_t>(end - bytes.begin());
  if (message_.method.size() + size > method_max) {
    state_ = state::failed;
    return size;
  }
  message_.method.append(reinterpret_cast<const char*>(bytes.data()), size);
  if (end == bytes.end())
    return size;
  auto whole = *end == ' ' && !message_.method.empty();
  state_ = whole ? state::start_line : state::failed;
  if (whole)
    restart(message_.method);
  return size + whole;
}

std::size_t http1_parser::take_rest(std::span<const std::uint8_t> bytes) {
  auto used = std::size_t{0};
  if (state_ != state::body)
    used = take_head(bytes);
  while (state_ == state::body && used < bytes.size()) {
    auto rest = bytes.subspan(used);
    used += (llhttp_.flags & F_CHUNKED) != 0 ? take_chunked(rest) : execute(rest);
  }
  return used;
}

std::size_t http1_parser::take_head(std::span<const std::uint8_t> bytes) {
  auto used = execute(bytes);
  auto whole = state_ == state::body;
  if (state_ == state::failed || state_ == state::too_large)
    return used;
  if (!bytes_fit(bytes.first(used)) || (whole && bytes[used - 1] != '\n'))
    state_ = state::failed;
  else if (whole)
    execute({}); // it may end here
  return used;
}

/// No server takes a NUL. A lone carriage return is a line end to some, the end of the head to others, and an error to
/// most: whatever follows would be told differently than it was understood.
bool http1_parser::bytes_fit(std::span<const std::uint8_t> bytes) noexcept {
  auto text = std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  if (text.empty())
    return true;
  if ((after_cr_ && text[0] != '\n') || text.find('\0') != std::string_view::npos)
    return false;
  for (auto at = text.find('\r'); at < text.size() - 1; at = text.find('\r', at + 1))
    if (text[at + 1] != '\n')
      return false;
  after_cr_ = text.back() == '\r';
  return true;
}

/// llhttp gets the lines in the one form that it takes.
std::size_t http1_parser::take_chunked(std::span<const std::uint8_t> bytes) {
  if (part_ == chunked_part::data && llhttp_.content_length == 0) {
    part_ = chunked_part::line;
    line_ = chunk_line{true};
  }
  if (part_ == chunked_part::data)
    return execute(bytes.first(std::min<std::uint64_t>(bytes.size(), llhttp_.content_length)));
  if (part_ == chunked_part::trailers) {
    auto used = execute(bytes);
    if (!bytes_fit(bytes.first(used)))
      state_ = state::failed;
    return used;
  }
  auto rest = bytes;
  auto found = line_.take(rest);
  if (found == chunk_line::outcome::whole)
    begin_chunk();
  else if (found == chunk_line::outcome::wrong)
    state_ = state::failed;
  return bytes.size() - rest.size();
}

void http1_parser::begin_chunk() {
  auto text = std::array<char, 24>{'\r', '\n'};
  auto* end = std::to_chars(text.data() + 2, text.data() + text.size() - 2, line_.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  auto* begin = text.data() + (line_.behind_data() ? 0 : 2);
  execute({reinterpret_cast<const std::uint8_t*>(begin), static_cast<std::size_t>(end - begin)});
  part_ = line_.size() > 0 ? chunked_part::data : chunked_part::trailers;
}

std::size_t http1_parser::execute(std::span<const std::uint8_t> bytes) {
  llhttp_.data = this; // the parser may have moved since the last call
  auto* begin = reinterpret_cast<const char*>(bytes.data());
  auto error = llhttp_execute(&llhttp_, begin, bytes.size());
  if (error == HPE_OK)
    return bytes.size();
  auto used = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - begin);
  if (error == HPE_PAUSED && state_ == state::body)
    llhttp_resume(&llhttp_);
  else if (state_ != state::complete && state_ != state::too_large)
    state_ = state::failed;
  return used;
}

std::uint64_t http1_parser::skippable() const noexcept {
  if (state_ != state::body)
    return 0;
  if (lasts_until_close() || length_unknown())
    return std::numeric_limits<std::uint64_t>::max();
  if ((llhttp_.flags & F_CHUNKED) != 0 && part_ != chunked_part::data)
    return 0;
  return llhttp_.content_length; // llhttp counts it down, in a chunk as well
}

void http1_parser::skip(std::uint64_t size, body_loss why) noexcept {
  assert(size > 0 && size <= skippable());
  message_.lose(why);
  message_.body.size_carried += size;
  if (lasts_until_close() || length_unknown())
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
  return state_ == state::body && kind_ == message_kind::response && !given_up_ && is_event_stream(message_.headers);
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

bool http1_parser::length_unknown() const noexcept {
  return kind_ == message_kind::request && (llhttp_.flags & (F_TRANSFER_ENCODING | F_CHUNKED)) == F_TRANSFER_ENCODING;
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

// llhttp pauses behind the head, so that its end is known.
int http1_parser::end_head() {
  if (!start_line_complete_)
    return HPE_USER; // llhttp takes a line without a version for HTTP/0.9
  message_.version = llhttp_.http_minor == 0 ? http_version::http1_0 : http_version::http1_1;
  message_.status = llhttp_.status_code;
  state_ = state::body;
  if (ends_http() || (kind_ == message_kind::response && (answers_head_ || announces_no_body()))) {
    llhttp_.flags |= F_SKIPBODY;
    return HPE_PAUSED;
  }
  if (answers_unknown_) {
    message_.body.truncated = true;
    llhttp_.flags |= F_SKIPBODY;
    return HPE_PAUSED;
  }
  if (length_unknown()) { // whoever goes on after it, though it has to be refused (RFC 9112, 6.3), has its own idea
    message_.lose(body_loss::gap);
    return HPE_PAUSED;
  }
  // A length that nothing follows must not cost memory.
  constexpr auto reserved_max = std::uint64_t{16 * 1024};
  const auto& limits = shard_->limits;
  auto body_max = kind_ == message_kind::request ? limits.request_body_max : limits.response_body_max;
  if ((llhttp_.flags & F_CHUNKED) == 0 && !lasts_until_close())
    message_.body.bytes.reserve(std::min({llhttp_.content_length, reserved_max, std::uint64_t{body_max}}));
  return HPE_PAUSED;
}

} // namespace cleartap
