// Bodies from anyone, under codings of the input's choice, also those of messages inside a body. What comes out is
// within the limits, what cannot be read is gone, and of a beginning comes a beginning.
#include "actors/streams/content_decoder.hpp"
#include "actors/streams/grpc_messages.hpp"
#include "test/fuzz/input.hpp"

using namespace cleartap;
using namespace cleartap::fuzz;

namespace {

constexpr auto names =
    std::to_array<const char*>({"identity", "gzip", "deflate", "br", "zstd", "x-gzip", "compress", ""});
constexpr auto limits = decoding_limits{.decoded_max = 256 * 1024, .ratio_max = 20};

struct test_case {
  http_headers headers;
  std::string encoding; // of messages
  std::size_t size_max = 0;
  bool messages = false;
  bool coded = false; // else the body stays, of whatever size
};

test_case next_case(input& from) {
  const auto which = from.number(1);
  const auto* const outer = names[which & 7];
  const auto* const inner = names[which >> 3 & 7];
  const auto size_max = from.number(1) * 1024;
  const auto messages = (which & 64) != 0;
  const auto neutral = [](std::string_view name) { return name.empty() || name == "identity"; };
  return {.headers = {{"Content-Encoding", inner}, {"Transfer-Encoding", outer}},
          .encoding = outer,
          .size_max = size_max,
          .messages = messages,
          .coded = messages || !neutral(outer) || !neutral(inner)};
}

/// One for all inputs: what a body leaves behind in it must not matter to the next.
content_decoder& decoder() {
  static auto one = content_decoder{};
  return one;
}

void check(const http_body& body, decode_outcome how, const test_case& which, std::size_t encoded) {
  const auto made_max =
      std::min({which.size_max, limits.decoded_max, std::max(limits.ratio_size_min, limits.ratio_max * encoded)});
  expect(!which.coded || body.bytes.size() <= made_max);
  expect(which.coded || (body.bytes.size() == encoded && how == decode_outcome::done));
  expect(how == decode_outcome::done || body.truncated);
  expect(how != decode_outcome::undecodable || body.bytes.empty());
  expect(decoder().kept().memory_kept() <= 600 * 1024);
}

http_body decoded(std::string_view bytes, const test_case& which, decode_outcome& how) {
  auto body = http_body{.bytes = std::string{bytes}, .size_carried = bytes.size()};
  if (which.messages)
    how = decode_grpc_messages(which.encoding, body, which.size_max, decoder().kept(), limits).how;
  else
    how = decoder().decode(which.headers, body, which.size_max, limits);
  check(body, how, which, bytes.size());
  return body;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto from = input{{data, size}};
  const auto which = next_case(from);
  const auto rest = from.take(size);
  const auto bytes = std::string_view{reinterpret_cast<const char*>(rest.data()), rest.size()};
  auto how = decode_outcome::done;
  const auto whole = decoded(bytes, which, how);
  if (how == decode_outcome::undecodable || which.messages) // a cut message has another length
    return 0;
  const auto beginning = decoded(bytes.substr(0, bytes.size() / 2), which, how);
  expect(whole.bytes.starts_with(beginning.bytes));
  return 0;
}
