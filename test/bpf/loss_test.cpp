// What a lost event costs, from the kernel to the exchanges.
#include "actors/streams/connections.hpp"
#include "test/bpf/capture.hpp"

#include <openssl/ssl.h>

using namespace cleartap;

namespace {

constexpr auto exchanges = std::size_t{20};

std::string path_of(std::size_t index) { return "/exchange/" + std::to_string(index); }

/// Answers of more than one event each. The last one lasts until the connection ends, so that what is lost then is not
/// missed by its message.
std::vector<std::pair<std::string, std::string>> conversation() {
  auto all = std::vector<std::pair<std::string, std::string>>{};
  for (std::size_t i = 0; i < exchanges; ++i) {
    auto body = path_of(i) + std::string(20'000, static_cast<char>('a' + i));
    auto length =
        i + 1 < exchanges ? "Content-Length: " + std::to_string(body.size()) : std::string{"Connection: close"};
    all.emplace_back("GET " + path_of(i) + " HTTP/1.1\r\nHost: loss.test\r\n\r\n",
                     "HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n" + body);
  }
  return all;
}

/// The exchanges of one process, as the streams stage makes them.
std::vector<exchange> exchanges_of(const std::vector<seen_chunk>& chunks) {
  auto streams = cleartap::connections{limits_of(settings{})};
  auto out = std::vector<exchange>{};
  for (const auto& seen : chunks)
    streams.accept(seen.chunk, {reinterpret_cast<const std::uint8_t*>(seen.bytes.data()), seen.bytes.size()}, {}, out);
  streams.close_all(out);
  return out;
}

bool is_whole(const exchange& each) {
  return each.quality == exchange_quality::complete && each.response->body.bytes.starts_with(each.request->path) &&
         each.response->body.bytes.size() > 20'000;
}

} // namespace

TEST_CASE("one lost event damages the exchange that it is of at each end, whichever event it is") {
  auto test = capture{library_of(&SSL_read)};
  const auto talk_through = [&](std::uint32_t after, std::uint32_t count) {
    auto pid = run_in_child([&] {
      test.programs().lose(static_cast<std::uint32_t>(getpid()), after, count);
      converse(conversation());
    });
    REQUIRE(pid > 0);
    return test.chunks_of(pid);
  };
  const auto whole = talk_through(0, 0);
  REQUIRE(std::ranges::count_if(exchanges_of(whole), is_whole) == 2 * exchanges);
  const auto events = std::ranges::count(whole, chunk_kind::data, [](const auto& each) { return each.chunk.kind; });
  REQUIRE(events > 4 * static_cast<long>(exchanges));
  for (auto after = std::uint32_t{0}; after < events; ++after) {
    INFO("event " << after << " of " << events);
    auto seen = exchanges_of(talk_through(after, 1));
    CHECK(std::ranges::count_if(seen, is_whole) == 2 * static_cast<long>(exchanges) - 1);
    for (const auto& each : seen)
      if (each.request && each.response && !each.response->body.bytes.empty())
        CHECK(each.response->body.bytes.substr(0, each.request->path.size()) == each.request->path);
  }
}
