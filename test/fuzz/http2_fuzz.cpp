// HTTP/2 under a fuzzer: any bytes as in http1_fuzz, behind the beginning of a connection or not; or a well-formed
// conversation that the input drives, of which it loses what it likes. There every message carries its number: nothing
// in an exchange may belong to another one.
#include "test/fuzz/observed.hpp"
#include "test/unit/streams/http2_side.hpp"

#include <array>
#include <map>

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

std::string numbered(std::uint32_t number, std::size_t repeats) {
  auto body = std::string{};
  for (; repeats > 0; --repeats)
    body += "<" + std::to_string(number) + ">";
  return body;
}

/// Two peers that keep to RFC 9113, and a kernel that does not see all of it.
class conversation {
public:
  conversation(input& from, observed& stage) : from_{from}, stage_{stage} {}

  void run() {
    const auto late = from_.number(1) % 2 == 1;
    write(direction::outbound, std::string{http2_preface} + settings_frame());
    write(direction::inbound, settings_frame());
    if (late)
      held_ = {}; // joined behind the beginning
    while (!from_.empty())
      step();
    deliver(direction::inbound);
    deliver(direction::outbound);
  }

private:
  struct stream {
    bool request_ended = false;
    bool response_begun = false;
    bool response_ended = false;
  };
  struct held {
    std::string text;
    std::uint64_t offset = 0; // of its first byte
  };

  static std::size_t index(direction way) { return way == direction::inbound ? 0 : 1; }

  void write(direction way, std::string_view text) {
    auto& in = held_[index(way)];
    in.text += text;
    auto& end = ends_[index(way)];
    in.offset = (end += text.size()) - in.text.size();
  }

  /// What was written becomes one chunk or two, or none, or one that the kernel cuts.
  void deliver(direction way) {
    auto chunk = std::exchange(held_[index(way)], {});
    if (chunk.text.empty())
      return;
    const auto fate = from_.number(1);
    if (fate < 32)
      return; // no event came
    auto text = std::string_view{chunk.text};
    if (fate < 64) {
      const auto part = text.substr(0, from_.number(1) % text.size());
      return stage_.data(1, way, chunk.offset, part, static_cast<std::uint32_t>(text.size() - part.size()));
    }
    const auto first = fate < 128 ? from_.number(1) % text.size() : text.size();
    if (first > 0)
      stage_.data(1, way, chunk.offset, text.substr(0, first));
    if (first < text.size())
      stage_.data(1, way, chunk.offset + first, text.substr(first));
  }

  std::string fragments(std::uint32_t id, std::string_view block, bool ends) {
    const auto end_stream = ends ? unsigned{frame_flag::end_stream} : 0u;
    auto pieces = from_.number(1) % 4;
    if (pieces == 0)
      return frame(frame_type::headers, end_stream | frame_flag::end_headers, id, block);
    if (pieces == 3) { // padded, with a priority
      auto padded = std::string("\x04\0\0\0\0\x10", 6).append(block).append(4, '\0');
      return frame(frame_type::headers, end_stream | 0x2Cu, id, padded);
    }
    auto text = frame(frame_type::headers, end_stream, id, block.substr(0, block.size() / 2));
    if (pieces == 2)
      text += frame(frame_type::continuation, 0, id, "");
    return text + frame(frame_type::continuation, frame_flag::end_headers, id, block.substr(block.size() / 2));
  }

  void request() {
    const auto id = next_;
    next_ += 2;
    const auto ends = from_.number(1) % 2 == 0;
    auto fields = ends ? get("/" + std::to_string(id)) : post("/" + std::to_string(id));
    fields.emplace_back("age", std::to_string(id));
    fields.emplace_back("group", std::to_string(id / 8)); // comes again: by its index
    write(direction::outbound, fragments(id, client_.block(fields), ends));
    streams_[id].request_ended = ends;
  }

  void response(std::uint32_t id, stream& of) {
    const auto how = from_.number(1) % 8;
    auto fields = status(how == 0 ? 103 : 200, {{"age", std::to_string(id)}, {"group", std::to_string(id / 8)}});
    const auto ends = how > 0 && how < 3;
    write(direction::inbound, fragments(id, server_.block(fields), ends));
    of.response_begun = how > 0;
    of.response_ended = ends;
  }

  void data(direction way, std::uint32_t id, bool& ended) {
    const auto how = from_.number(1);
    if (how < 32) { // trailers
      auto& side = way == direction::outbound ? client_ : server_;
      write(way, fragments(id, side.block({{"tail", std::to_string(id)}}), true));
      ended = true;
      return;
    }
    ended = how % 4 == 0;
    auto flags = ended ? unsigned{frame_flag::end_stream} : 0u;
    const auto body = numbered(id, how % 16);
    if (how % 2 == 0)
      write(way, frame(frame_type::data, flags, id, body));
    else
      write(way, frame(frame_type::data, flags | frame_flag::padded, id, "\x03" + body + std::string(3, '\0')));
  }

  void control(direction way, std::uint32_t id) {
    switch (from_.number(1) % 6) {
    case 0:
      return write(way, frame(frame_type::ping, 0, 0, "12345678"));
    case 1:
      return write(way, frame(frame_type::window_update, 0, id, std::string("\0\0\1\0", 4)));
    case 2:
      return write(way, frame(frame_type::priority, 0, id, std::string("\0\0\0\0\x10", 5)));
    case 3:
      return (way == direction::outbound ? client_ : server_).table_size(from_.number(2));
    case 4:
      return write(way, frame(static_cast<frame_type>(0xB), 0, id, "extension"));
    default:
      write(way, reset_frame(id));
      streams_.erase(id);
    }
  }

  void step() {
    const auto what = from_.number(1);
    const auto way = (what & 1) != 0 ? direction::inbound : direction::outbound;
    if ((what & 2) != 0)
      deliver(way);
    if ((what & 0xF0) == 0xF0)
      return stage_.wait(std::chrono::milliseconds{from_.number(2)});
    if ((what & 0x0C) == 0 || streams_.empty())
      return request();
    auto which = streams_.begin();
    std::advance(which, static_cast<std::ptrdiff_t>((what >> 4) % streams_.size()));
    auto& [id, of] = *which;
    if ((what & 0x0C) == 4)
      return control(way, id);
    if (way == direction::outbound && !of.request_ended)
      data(way, id, of.request_ended);
    else if (!of.response_begun)
      response(id, of);
    else if (!of.response_ended)
      data(direction::inbound, id, of.response_ended);
    if (of.request_ended && of.response_ended)
      streams_.erase(which);
  }

  input& from_;
  observed& stage_;
  http2_side client_;
  http2_side server_;
  std::map<std::uint32_t, stream> streams_; // that are open
  std::uint32_t next_ = 1;
  std::array<held, 2> held_;
  std::array<std::uint64_t, 2> ends_{};
};

/// The number that a value has, if it is known.
std::optional<std::uint64_t> number_of(const http_headers& headers, std::string_view name) {
  const auto value = header_value(headers, name);
  if (!value)
    return {};
  expect(!value->empty() && value->find_first_not_of("0123456789") == std::string_view::npos);
  return std::stoull(std::string{*value});
}

/// Everything that has a number has the same one.
class one_number {
public:
  void add(std::optional<std::uint64_t> number) {
    if (!number)
      return;
    expect(!number_ || *number_ == *number);
    number_ = number;
  }
  void add(const http_headers& headers, const http_headers& trailers, const http_body& body) {
    add(number_of(headers, "age"));
    add(number_of(trailers, "tail"));
    if (body.bytes.empty())
      return;
    const auto end = body.bytes.find('>');
    if (end != std::string::npos)
      add(std::stoull(body.bytes.substr(1, end)));
    if (number_)
      expect(numbered(static_cast<std::uint32_t>(*number_), body.bytes.size()).starts_with(body.bytes));
  }
  void add_group(std::optional<std::uint64_t> group) const {
    if (group && number_)
      expect(*group == *number_ / 8);
  }

private:
  std::optional<std::uint64_t> number_;
};

void check(const exchange& made) {
  auto number = one_number{};
  if (made.request) {
    if (!made.request->path.empty())
      number.add(std::stoull(made.request->path.substr(1)));
    number.add(made.request->headers, made.request->trailers, made.request->body);
    number.add_group(number_of(made.request->headers, "group"));
  }
  if (made.response) {
    number.add(made.response->headers, made.response->trailers, made.response->body);
    number.add_group(number_of(made.response->headers, "group"));
    expect(made.response->status == 200 || made.response->status == 0);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  const auto mode = from.number(1) % 4;
  auto stage = observed{limits_from(from)};
  if (mode == 0) {
    conversation{from, stage}.run();
    stage.finish();
    for (const auto& each : stage.exchanges)
      check(each);
    return 0;
  }
  // With a beginning, every connection has had it.
  const auto client = mode == 1 ? std::string{http2_preface} + settings_frame() : std::string{};
  const auto server = mode == 1 ? settings_frame() : std::string{};
  for (auto object = std::uint64_t{0}; mode == 1 && object < 3; ++object) {
    stage.data(object, direction::outbound, 0, client);
    stage.data(object, direction::inbound, 0, server);
  }
  play(from, stage, [&](std::size_t object, direction way, std::uint64_t offset, auto bytes, std::uint32_t cut) {
    const auto before = way == direction::outbound ? client.size() : server.size();
    stage.data(object, way, before + offset, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, cut);
    return bytes.size() + cut;
  });
  stage.finish();
  return 0;
}
