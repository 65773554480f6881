// Any bytes on a few connections at a time, with bytes missing anywhere. Whatever becomes an exchange was sent on its
// connection, and no limit is passed.
#include "test/fuzz/observed.hpp"

#include <array>

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

/// What one connection was sent. Of the letters x, y and z each connection has only its own: others show a mixture.
class sender {
public:
  explicit sender(std::size_t number) : own_{static_cast<char>('x' + number)} {}

  std::string mark(direction way, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
    auto text = std::string{bytes.begin(), bytes.end()};
    for (auto& each : text)
      if (each >= 'x' && each <= 'z')
        each = own_;
    auto& end = ends_[way == direction::inbound ? 0 : 1];
    in_order_ = in_order_ && offset >= end;
    end = offset + text.size();
    sent(way) += text;
    return text;
  }
  /// What a header block or a decoder makes need not have been sent.
  bool speaks_plainly(const http_headers& headers) const {
    return !was_sent("PRI *") && !was_sent("h2") && !was_sent("H2") && !was_sent({"\0", 1}) &&
           !header_value(headers, "Content-Encoding") && !header_value(headers, "Transfer-Encoding");
  }
  void check(std::string_view text) const {
    for (auto other : {'x', 'y', 'z'})
      expect(other == own_ || text.find(other) == std::string_view::npos);
  }
  void check_sent(std::string_view text) const { expect(!in_order_ || was_sent(text)); }

private:
  std::string& sent(direction way) { return sent_[way == direction::inbound ? 0 : 1]; }
  bool was_sent(std::string_view text) const {
    return sent_[0].find(text) != std::string::npos || sent_[1].find(text) != std::string::npos;
  }

  char own_;
  std::array<std::string, 2> sent_;
  std::array<std::uint64_t, 2> ends_{};
  bool in_order_ = true; // otherwise some bytes are in it twice
};

void check(const http_headers& fields, const sender& of) {
  for (const auto& [name, value] : fields) {
    of.check_sent(name);
    of.check(value);
  }
}

void check(const exchange& made, const sender& of) {
  if (made.request && of.speaks_plainly(made.request->headers)) {
    of.check_sent(made.request->method);
    of.check(made.request->host); // a header may have been folded
    if (made.request->path != "/")
      of.check_sent(made.request->path);
    check(made.request->headers, of);
    check(made.request->trailers, of);
    of.check(made.request->body.bytes);
  }
  if (made.response && of.speaks_plainly(made.response->headers)) {
    check(made.response->headers, of);
    check(made.response->trailers, of);
    of.check(made.response->body.bytes);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  auto stage = observed{limits_from(from)};
  auto senders = std::array{sender{0}, sender{1}, sender{2}};
  play(from, stage, [&](std::size_t object, direction way, std::uint64_t offset, auto bytes, std::uint32_t cut) {
    const auto text = senders[object].mark(way, offset, bytes);
    stage.data(object, way, offset, text, cut);
    return text.size() + cut;
  });
  stage.finish();
  for (const auto& each : stage.exchanges)
    check(each, senders[each.connection.object]);
  return 0;
}
