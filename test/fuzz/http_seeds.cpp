#include "test/fuzz/http_seeds.hpp"

#include "test/fuzz/observed.hpp"
#include "test/unit/streams/http2_side.hpp"

#include <array>
#include <random>

namespace cleartap::fuzz {

namespace {

/// What `limits_from` and `play` read: limits that nothing reaches, or that much does, and steps.
class steps {
public:
  explicit steps(std::uint8_t limits, std::string before = {})
      : all_{std::move(before) + std::string(limits_size, static_cast<char>(limits))} {}

  steps& sent(unsigned object, direction way, std::string_view text) {
    return number(way == direction::inbound ? 0x68 | object : 0x60 | object, 1).number(text.size(), 2).text(text);
  }
  steps& cut(unsigned object, std::string_view text, unsigned missing) {
    return number(0x58 | object, 1).number(text.size(), 1).text(text).number(missing, 2);
  }
  steps& lost(unsigned object, unsigned size) { return number(0x38 | object, 1).number(size, 1).number(0, 1); }
  steps& closed(unsigned object) { return number(object, 1); }
  steps& waited(unsigned milliseconds) { return number(0x20, 1).number(milliseconds, 2); }

  std::string all() const { return all_; }

private:
  steps& number(std::size_t value, std::size_t size) {
    for (auto i = size; i > 0; --i)
      all_ += static_cast<char>(value >> 8 * (i - 1));
    return *this;
  }
  steps& text(std::string_view text) {
    all_ += text;
    return *this;
  }

  std::string all_;
};

constexpr auto http1_requests = std::array<std::string_view, 8>{
    "GET /a?b=c HTTP/1.1\r\nHost: h\r\nA: 1\r\n 2\r\nCookie: d=e\r\n\r\n",
    "POST http://h/x HTTP/1.1\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
    "PUT /y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: u\r\n\r\n",
    "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "CONNECT h:1 HTTP/1.1\r\n\r\n",
    "OPTIONS * HTTP/1.1\nExpect: 100-continue\nContent-Length: 2\n\nhi",
    "GET /w HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"};
constexpr auto http1_responses = std::array<std::string_view, 8>{
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\nworld",
    "HTTP/1.1 201\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2 \r\nde\r\n0\r\nT: 1\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nraw",
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x01w",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"};

} // namespace

std::vector<std::string> http1_inputs() {
  auto all = std::vector<std::string>{};
  for (auto i = std::size_t{0}; i < http1_requests.size(); ++i) {
    const auto request = http1_requests[i];
    const auto response = http1_responses[i];
    all.push_back(
        steps{255}.sent(0, direction::outbound, request).sent(0, direction::inbound, response).closed(0).all());
    all.push_back(steps{20}
                      .sent(1, direction::inbound, request.substr(0, i + 3))
                      .sent(1, direction::inbound, request.substr(i + 3))
                      .sent(2, direction::outbound, http1_requests[1])
                      .cut(1, response, 5)
                      .waited(10)
                      .lost(2, 9)
                      .sent(2, direction::inbound, response)
                      .all());
  }
  return all;
}

namespace {

/// Raw frames, behind the beginning that http2_fuzz writes itself.
std::string frames_input(std::uint8_t limits) {
  auto client = http2_side{};
  auto server = http2_side{};
  auto all = steps{limits, std::string(1, '\1')};
  for (auto id = 1u; id < 8; id += 2) {
    const auto block = client.block(post("/" + std::to_string(id)));
    all.sent(0, direction::outbound,
             frame(frame_type::headers, 0, id, block.substr(0, block.size() / 2)) +
                 frame(frame_type::continuation, frame_flag::end_headers, id, block.substr(block.size() / 2)));
    all.sent(0, direction::outbound, data_frame(id, "a body", true));
    all.sent(0, direction::inbound,
             server.headers(id, status(200, {{"x", "y"}}), false) + data_frame(id, "another", false));
    all.sent(0, direction::inbound, server.headers(id, {{"grpc-status", "0"}}, true));
    all.sent(0, direction::outbound, frame(frame_type::ping, 0, 0, "12345678") + reset_frame(id));
  }
  all.sent(0, direction::inbound, frame(frame_type::goaway, 0, 0, std::string("\0\0\0\7\0\0\0\0", 8)));
  return all.lost(0, 20).waited(100).closed(0).all();
}

/// What drives the conversation: any bytes do.
std::string conversation_input(std::uint32_t seed) {
  auto random = std::mt19937{seed};
  auto all = std::string(1, '\0') + std::string(limits_size, static_cast<char>(seed % 2 == 0 ? 255 : random()));
  for (auto left = 300; left > 0; --left)
    all += static_cast<char>(random());
  return all;
}

} // namespace

std::vector<std::string> http2_inputs() {
  auto all = std::vector<std::string>{frames_input(255), frames_input(20)};
  for (auto seed = 0u; seed < 20; ++seed)
    all.push_back(conversation_input(seed));
  return all;
}

} // namespace cleartap::fuzz
