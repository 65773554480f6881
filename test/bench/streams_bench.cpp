// What the streams stage costs for HTTP/1.1 and HTTP/2, in CPU time of one thread and in memory, as JSON lines.
#include "actors/streams/connections.hpp"
#include "test/unit/streams/http2_side.hpp"

#include <cstdio>
#include <ctime>
#include <malloc.h>

using namespace cleartap;

namespace {

constexpr auto seconds_min = 1.0;                   // of CPU time per figure
constexpr auto event_bytes = std::size_t{8192};     // what the kernel programs hand over at once
constexpr auto streams_together = std::uint32_t{8}; // of an HTTP/2 connection

double cpu_seconds() {
  auto now = timespec{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string json_of(std::size_t size) {
  auto text = std::string{"["};
  while (text.size() + 2 < size)
    text += R"({"id":1234567,"name":"an article","price":12.5,"tags":["a","b"]},)";
  text.resize(size - 1);
  return text + "]";
}

/// What clients and servers send beside pseudo-headers, as curl and nginx do.
const auto request_fields = field_list{{"user-agent", "bench/1.0 (x86_64; linux)"},
                                       {"accept", "application/json"},
                                       {"accept-encoding", "identity"},
                                       {"x-request-id", "4f2d1c0a9b8e"},
                                       {"authorization", "Bearer 0123456789abcdef"}};
const auto response_fields = field_list{{"server", "nginx/1.22.1"},
                                        {"date", "Thu, 26 Nov 2026 00:00:00 GMT"},
                                        {"content-type", "application/json"},
                                        {"cache-control", "no-store"},
                                        {"vary", "Accept-Encoding"}};

/// One connection's traffic: bytes in the order in which they pass.
struct sent {
  direction way;
  std::string bytes;
};

class http1_traffic {
public:
  explicit http1_traffic(std::size_t size) {
    auto request = std::string{"GET /articles?page=7 HTTP/1.1\r\nhost: shop.test\r\n"};
    for (const auto& [name, value] : request_fields)
      request += name + ": " + value + "\r\n";
    request += "\r\n";
    auto response = std::string{"HTTP/1.1 200 OK\r\n"};
    for (const auto& [name, value] : response_fields)
      response += name + ": " + value + "\r\n";
    auto head = response.size() + request.size() + 32;
    auto body = json_of(size - std::min(size - 1, head));
    response += "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    round_ = {{direction::outbound, request}, {direction::inbound, response}};
  }
  static constexpr auto protocol = "http/1.1";
  static constexpr auto exchanges = 1;
  std::vector<sent> begin() { return {}; }
  const std::vector<sent>& round() { return round_; }

private:
  std::vector<sent> round_;
};

class http2_traffic {
public:
  explicit http2_traffic(std::size_t size) : body_{json_of(size - std::min(size - 1, std::size_t{400}))} {}
  static constexpr auto protocol = "http/2";
  static constexpr auto exchanges = static_cast<int>(streams_together);
  std::vector<sent> begin() {
    return {{direction::outbound, std::string{http2_preface} + settings_frame()},
            {direction::inbound, settings_frame()}};
  }
  const std::vector<sent>& round() {
    round_.clear();
    auto fields = get("/articles?page=7");
    fields.insert(fields.end(), request_fields.begin(), request_fields.end());
    for (std::uint32_t i = 0; i < streams_together; ++i)
      round_.push_back({direction::outbound, client_.headers(next_ + 2 * i, fields, true)});
    for (std::uint32_t i = 0; i < streams_together; ++i) {
      auto text = server_.headers(next_ + 2 * i, status(200, response_fields), false);
      auto rest = std::string_view{body_};
      while (!rest.empty()) {
        auto part = rest.substr(0, frame_length_usual);
        rest.remove_prefix(part.size());
        text += data_frame(next_ + 2 * i, part, rest.empty());
      }
      round_.push_back({direction::inbound, std::move(text)});
    }
    next_ += 2 * streams_together;
    return round_;
  }

private:
  std::string body_;
  http2_side client_;
  http2_side server_;
  std::vector<sent> round_;
  std::uint32_t next_ = 1;
};

/// The events of one connection.
class source {
public:
  explicit source(std::uint64_t object) {
    chunk_.connection = {.tgid = 1, .object = object, .generation = kernel_time{1}};
  }

  void append(const std::vector<sent>& all, chunk_batch& to) {
    for (const auto& each : all)
      for (auto rest = std::string_view{each.bytes}; !rest.empty();) {
        auto part = rest.substr(0, event_bytes);
        rest.remove_prefix(part.size());
        auto& next = next_[each.way == direction::inbound ? 0 : 1];
        chunk_.at += kernel_time{1000};
        chunk_.way = each.way;
        chunk_.offset = next;
        chunk_.size_original = chunk_.size_captured = static_cast<std::uint32_t>(part.size());
        next += part.size();
        to.append(chunk_, {reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
      }
  }

private:
  tls_chunk chunk_;
  std::array<std::uint64_t, 2> next_{};
};

stream_limits limits_for(std::size_t connections_count) {
  auto config = settings{};
  config.streams.connections_max = connections_count + 1;
  return limits_of(config);
}

void pair(connections& open, const chunk_batch& batch, std::vector<exchange>& out) {
  for (const auto& chunk : batch.chunks)
    open.accept(chunk, batch.bytes(chunk), batch.wall_offset, out);
}

/// Rounds of all connections in turn, in batches of some hundred exchanges.
template <class Traffic>
void bench_speed(std::size_t size, std::size_t connections_count) {
  auto open = connections{limits_for(connections_count)};
  auto traffic = std::vector<Traffic>{};
  auto sources = std::vector<source>{};
  auto out = std::vector<exchange>{};
  for (std::size_t i = 0; i < connections_count; ++i) {
    traffic.emplace_back(size);
    sources.emplace_back(0x7f0000000000 + i * 0x1a40);
    auto batch = chunk_batch{};
    sources.back().append(traffic.back().begin(), batch);
    pair(open, batch, out);
  }
  auto exchanges = std::uint64_t{0};
  auto bytes = std::uint64_t{0};
  auto events = std::uint64_t{0};
  auto spent = 0.0;
  for (std::size_t at = 0; spent < seconds_min;) {
    auto batch = chunk_batch{};
    for (auto made = 0; made < 256 && batch.payload.size() < 4'000'000;
         made += Traffic::exchanges, at = (at + 1) % connections_count)
      sources[at].append(traffic[at].round(), batch);
    auto begin = cpu_seconds();
    pair(open, batch, out);
    spent += cpu_seconds() - begin;
    for (const auto& each : out)
      exchanges += each.quality == exchange_quality::complete;
    bytes += batch.payload.size();
    events += batch.chunks.size();
    out.clear(); // what the next stage has
  }
  std::printf("{\"bench\":\"streams\",\"protocol\":\"%s\",\"exchange_bytes\":%zu,\"connections\":%zu,"
              "\"exchanges_per_second_per_core\":%.0f,\"gigabytes_per_second_per_core\":%.2f,\"ns_per_event\":%.0f}\n",
              Traffic::protocol, size, connections_count, static_cast<double>(exchanges) / spent,
              static_cast<double>(bytes) / spent * 1e-9, spent * 1e9 / static_cast<double>(events));
  std::fflush(stdout);
}

/// After ten exchanges each, when nothing has come for some seconds.
template <class Traffic>
void bench_idle_memory(std::size_t connections_count) {
  auto one = Traffic{2048};
  auto rounds = std::vector<std::vector<sent>>{one.begin()};
  for (int i = 0; i < 10; ++i)
    rounds.push_back(one.round());
  auto open = connections{limits_for(connections_count)};
  auto out = std::vector<exchange>{};
  malloc_trim(0);
  auto before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < connections_count; ++i) {
    auto from = source{0x7f0000000000 + i * 0x1a40};
    auto batch = chunk_batch{};
    for (const auto& round : rounds)
      from.append(round, batch);
    pair(open, batch, out);
    out = {};
  }
  open.expire(kernel_time{std::chrono::seconds{6}}, out); // they come to rest
  auto used = mallinfo2().uordblks - before;
  std::printf(
      "{\"bench\":\"streams memory\",\"protocol\":\"%s\",\"connections\":%zu,\"bytes_per_idle_connection\":%zu}\n",
      Traffic::protocol, connections_count, used / connections_count);
  std::fflush(stdout);
}

} // namespace

int main() {
  for (auto size : {std::size_t{2048}, std::size_t{65536}}) {
    bench_speed<http1_traffic>(size, 64);
    bench_speed<http2_traffic>(size, 64);
  }
  for (auto count : {std::size_t{1000}, std::size_t{10'000}, std::size_t{100'000}})
    bench_speed<http1_traffic>(2048, count);
  for (auto count : {std::size_t{1000}, std::size_t{10'000}})
    bench_speed<http2_traffic>(2048, count);
  bench_idle_memory<http1_traffic>(10'000);
  bench_idle_memory<http2_traffic>(10'000);
}
