#include "test/bench/traffic.hpp"

#include "actors/redaction/redact.hpp"
#include "bpf/events.h"

#include <cstring>
#include <random>

namespace cleartap::bench {

namespace {

constexpr auto response_size = 1600u; // with heads and request about 2 KB an exchange
constexpr auto services = 16;

std::string json_body(int id, std::size_t size) {
  auto body = "{\"id\": " + std::to_string(id) + ", \"name\": \"user " + std::to_string(id) +
              "\", \"email\": \"u@example.org\", \"active\": true, \"orders\": [";
  while (body.size() < size - 60)
    body += R"({"sku": "books-034", "quantity": 1, "price": 12.5, "at": "2026-01-01T00:00:00Z"}, )";
  return body + "{}], \"token\": \"0123456789abcdef\"}";
}

std::string random_body(std::mt19937_64& random, std::size_t size, bool as_text) {
  constexpr auto alphabet = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};
  auto body = std::string(size, '\0');
  for (auto& each : body)
    each = as_text ? alphabet[random() % alphabet.size()] : static_cast<char>(random());
  return body;
}

void replace_body(exchange& each, const link_load& load, std::mt19937_64& random) {
  auto size = load.body_size != 0 ? load.body_size : response_size;
  auto& body = each.response->body;
  body.bytes = load.kind == body_kind::json ? json_body(static_cast<int>(random() % 1'000'000), size)
                                            : random_body(random, size, load.kind == body_kind::base64);
  body.size_carried = body.bytes.size();
}

} // namespace

kernel_records traffic::next_records() {
  auto records = kernel_records{};
  for (int i = 0; i < batch_size; ++i) {
    auto connection = static_cast<std::size_t>(i % connections_count);
    auto id = ++count_;
    auto body = json_body(id, response_size);
    auto host = apis_ == 1 ? "shop.example:8443" : "shop-" + std::to_string(i % apis_) + ".example:8443";
    records.push_back(record(connection, TLS_OUTBOUND,
                             "GET /users/" + std::to_string(id) + "?page=2 HTTP/1.1\r\nHost: " + host +
                                 "\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\n"
                                 "Authorization: Bearer abcdefghijklmnop\r\nCookie: session=0123456789\r\n\r\n"));
    records.push_back(record(connection, TLS_INBOUND,
                             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: bench\r\nContent-Length: " +
                                 std::to_string(body.size()) + "\r\n\r\n" + body));
  }
  return records;
}

std::vector<std::uint8_t> traffic::record(std::size_t connection, std::uint8_t way, const std::string& bytes) {
  auto head = tls_event{};
  head.at_ns = ++clock_;
  head.object = 0x1000 + connection;
  head.generation_ns = 1;
  head.offset = offsets_[connection][way];
  offsets_[connection][way] += bytes.size();
  head.tgid = 42;
  head.size_original = head.size_captured = static_cast<__u32>(bytes.size());
  head.direction = way;
  auto out = std::vector<std::uint8_t>(sizeof head + bytes.size());
  std::memcpy(out.data(), &head, sizeof head);
  std::memcpy(out.data() + sizeof head, bytes.data(), bytes.size());
  return out;
}

chunk_batch decode(const kernel_records& records) {
  auto batch = chunk_batch{};
  for (const auto& record : records)
    if (auto decoded = decode_tls_event(record))
      batch.append(decoded->chunk, decoded->bytes);
  return batch;
}

void pair(connections& open, const chunk_batch& batch, std::vector<exchange>& out) {
  for (const auto& chunk : batch.chunks)
    open.accept(chunk, batch.bytes(chunk), batch.wall_offset, out);
}

std::vector<exchange_batch> batches_of(const link_load& load, std::size_t count) {
  auto config = settings{};
  auto source = traffic{services};
  auto open = connections{limits_of(config)};
  auto policy = redaction_policy{config.redaction.headers, config.redaction.keys};
  auto stats = redaction_stats{};
  auto random = std::mt19937_64{1};
  auto ready = std::vector<exchange>{};
  auto batches = std::vector<exchange_batch>(count);
  for (auto& batch : batches) {
    while (batch.size() < load.exchanges) {
      if (ready.empty())
        pair(open, decode(source.next_records()), ready);
      auto& each = batch.exchanges.emplace_back(std::move(ready.back()));
      ready.pop_back();
      redact(each, policy, stats);
      if (load.kind != body_kind::json || load.body_size != 0)
        replace_body(each, load, random);
      each.process = {42, "shop", "/usr/bin/shop", "", {}};
    }
  }
  return batches;
}

} // namespace cleartap::bench
