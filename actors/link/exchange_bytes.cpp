#include "actors/link/exchange_bytes.hpp"

#include "actors/link/byte_reader.hpp"
#include "actors/link/byte_writer.hpp"

#include <algorithm>
#include <limits>

namespace cleartap {

namespace {

constexpr auto format = std::uint8_t{4};

enum part : std::uint8_t { has_sockets = 1, has_request = 2, has_response = 4, has_application = 8, all_parts = 15 };

/// The shortest forms, so that a count that cannot be true is found before anything is reserved for it.
constexpr auto exchange_size_min = std::size_t{6 + 4 + 1 + 5};
constexpr auto header_size_min = std::size_t{2};
constexpr auto ancestor_size_min = std::size_t{2};
constexpr auto finding_size_min = std::size_t{3};

std::size_t address_size(ip_family family) { return family == ip_family::v4 ? 4 : 16; }

class batch_writer {
public:
  void add(const exchange& each) {
    out_.varint(each.connection.tgid);
    out_.varint(each.connection.object);
    time(each.connection.generation);
    time(each.seen);
    time(each.time.time_since_epoch());
    time(each.duration);
    value(each.role);
    value(each.library);
    value(each.quality);
    out_.byte(static_cast<std::uint8_t>((each.sockets ? has_sockets : 0) | (each.request ? has_request : 0) |
                                        (each.response ? has_response : 0) | (each.application ? has_application : 0)));
    if (each.sockets)
      add(*each.sockets);
    if (each.request)
      add(*each.request);
    if (each.response)
      add(*each.response);
    if (each.application)
      add(*each.application);
    add(each.findings);
    add(each.process);
  }

  byte_writer& out() noexcept { return out_; }

private:
  void add(const socket_pair& sockets) {
    add(sockets.local);
    add(sockets.remote);
    value(sockets.evidence);
  }
  void add(const endpoint& where) {
    value(where.family);
    out_.raw(std::span{where.address}.first(address_size(where.family)));
    out_.varint(where.port);
  }
  void add(const http_request& request) {
    out_.text(request.method);
    out_.text(request.scheme);
    out_.text(request.host);
    out_.text(request.path);
    out_.byte(request.query.has_value());
    if (request.query)
      out_.text(*request.query);
    out_.text(request.version);
    add(request.headers);
    add(request.trailers);
    add(request.body);
  }
  void add(const http_response& response) {
    out_.varint(response.status);
    add(response.headers);
    add(response.trailers);
    add(response.body);
  }
  void add(const application_call& call) {
    value(call.protocol);
    out_.text(call.operation);
    out_.byte(call.status.has_value());
    if (call.status)
      out_.varint(*call.status);
    out_.varint(call.request_messages);
    out_.varint(call.response_messages);
  }
  void add(const http_headers& headers) {
    out_.varint(headers.size());
    for (const auto& [name, text] : headers) {
      out_.text(name);
      out_.text(text);
    }
  }
  void add(const http_body& body) {
    out_.text(body.bytes);
    out_.varint(body.size_carried);
    out_.byte(body.truncated);
  }
  void add(const std::vector<sensitive_value>& findings) {
    out_.varint(findings.size());
    for (const auto& each : findings) {
      out_.text(each.kind);
      out_.text(each.place);
      out_.byte(each.shown);
    }
  }
  void add(const process_identity& process) {
    out_.varint(process.pid);
    out_.text(process.comm);
    out_.text(process.exe);
    out_.text(process.container_id);
    out_.varint(process.ancestors.size());
    for (const auto& each : process.ancestors) {
      out_.varint(each.pid);
      out_.text(each.comm);
    }
  }
  template <class Enum>
  void value(Enum which) {
    out_.byte(static_cast<std::uint8_t>(which));
  }
  void time(std::chrono::nanoseconds when) {
    const auto count = static_cast<std::uint64_t>(std::int64_t{when.count()});
    out_.varint(count << 1 ^ (when.count() < 0 ? ~std::uint64_t{0} : 0));
  }

  byte_writer out_;
};

/// The first thing that is wrong is kept; what is read after it does not matter.
class batch_reader {
public:
  batch_reader(std::span<const std::uint8_t> bytes, std::size_t size_max) noexcept : in_{bytes}, room_{size_max} {}

  std::string_view why() const noexcept { return why_ ? why_ : in_.ok() ? "" : "the bytes end too early"; }

  exchange_batch batch() {
    auto read = exchange_batch{};
    if (in_.number(1) != format)
      refuse("an unknown format");
    auto left = count(exchange_size_min, sizeof(exchange));
    for (read.exchanges.reserve(left); left > 0 && fine(); --left)
      read.exchanges.push_back(one());
    if (fine() && !in_.complete())
      refuse("bytes after the end");
    return read;
  }

private:
  bool fine() const noexcept { return !why_ && in_.ok(); }

  void refuse(const char* why) noexcept { why_ = why_ ? why_ : why; }

  /// Takes from what may be used in memory.
  bool spend(std::size_t size) noexcept {
    if (size > room_)
      refuse("larger in memory than allowed");
    else
      room_ -= size;
    return fine();
  }

  /// Of elements that take at least `size_min` here, and `size` in memory.
  std::size_t count(std::size_t size_min, std::size_t size) noexcept {
    const auto claimed = in_.varint();
    if (claimed > in_.remaining() / size_min)
      refuse("a count that the bytes cannot hold");
    return fine() && spend(claimed * size) ? claimed : 0;
  }

  exchange one() {
    auto read = exchange{};
    read.connection.tgid = small<std::uint32_t>();
    read.connection.object = in_.varint();
    read.connection.generation = time();
    read.seen = time();
    read.time = wall_time{time()};
    read.duration = time();
    read.role = value(observer_role::server);
    read.library = value(tls_library::nss);
    read.quality = value(exchange_quality::response_only);
    const auto parts = in_.number(1);
    if (parts > all_parts)
      refuse("unknown parts of an exchange");
    if ((parts & has_sockets) != 0)
      read.sockets = sockets();
    if ((parts & has_request) != 0)
      read.request = request();
    if ((parts & has_response) != 0)
      read.response = response();
    if ((parts & has_application) != 0)
      read.application = application();
    read.findings = findings();
    read.process = process();
    if (!read.request && read.quality != exchange_quality::response_only)
      refuse("an exchange without a request");
    if (!read.response && read.quality != exchange_quality::request_only)
      refuse("an exchange without a response");
    return read;
  }
  socket_pair sockets() {
    const auto local = where();
    const auto remote = where();
    return {local, remote, value(socket_evidence::ciphertext)};
  }
  endpoint where() {
    auto read = endpoint{};
    read.family = value(ip_family::v6);
    std::ranges::copy(in_.take(address_size(read.family)), read.address.begin());
    read.port = small<std::uint16_t>();
    return read;
  }
  http_request request() {
    auto read = http_request{};
    read.method = text();
    read.scheme = text();
    read.host = text();
    read.path = text();
    if (flag())
      read.query = text();
    read.version = text();
    read.headers = headers();
    read.trailers = headers();
    read.body = body();
    return read;
  }
  http_response response() {
    auto read = http_response{};
    read.status = small<std::uint16_t>();
    read.headers = headers();
    read.trailers = headers();
    read.body = body();
    return read;
  }
  application_call application() {
    auto read = application_call{};
    read.protocol = value(application_protocol::event_stream);
    read.operation = text();
    if (flag())
      read.status = small<std::uint32_t>();
    read.request_messages = small<std::uint32_t>();
    read.response_messages = small<std::uint32_t>();
    return read;
  }
  http_headers headers() {
    auto read = http_headers{};
    auto left = count(header_size_min, sizeof(http_header));
    for (read.reserve(left); left > 0 && fine(); --left) {
      auto name = text();
      read.emplace_back(std::move(name), text());
    }
    return read;
  }
  http_body body() {
    auto read = http_body{};
    read.bytes = text();
    read.size_carried = in_.varint();
    read.truncated = flag();
    return read;
  }
  std::vector<sensitive_value> findings() {
    auto read = std::vector<sensitive_value>{};
    auto left = count(finding_size_min, sizeof(sensitive_value));
    if (left > findings_max)
      refuse("more findings than an exchange may have");
    for (; left > 0 && fine(); --left) {
      auto kind = text();
      auto place = text();
      read.push_back({std::move(kind), std::move(place), flag()});
    }
    return read;
  }
  process_identity process() {
    auto read = process_identity{};
    read.pid = small<std::uint32_t>();
    read.comm = text();
    read.exe = text();
    read.container_id = text();
    auto left = count(ancestor_size_min, sizeof(ancestor));
    for (read.ancestors.reserve(left); left > 0 && fine(); --left) {
      const auto pid = small<std::uint32_t>();
      read.ancestors.push_back({pid, text()});
    }
    return read;
  }

  std::string text() {
    const auto read = in_.text();
    return spend(read.size()) ? std::string{read} : std::string{};
  }
  template <class Number>
  Number small() {
    const auto read = in_.varint();
    if (read > std::numeric_limits<Number>::max())
      refuse("a number out of its range");
    return static_cast<Number>(read);
  }
  template <class Enum>
  Enum value(Enum last) {
    const auto read = static_cast<std::uint8_t>(in_.number(1));
    if (read > static_cast<std::uint8_t>(last))
      refuse("an unknown value of an enumeration");
    return fine() ? static_cast<Enum>(read) : Enum{};
  }
  bool flag() {
    const auto read = in_.number(1);
    if (read > 1)
      refuse("a flag that is neither 0 nor 1");
    return read == 1;
  }
  std::chrono::nanoseconds time() {
    const auto read = in_.varint();
    return std::chrono::nanoseconds{static_cast<std::int64_t>(read >> 1 ^ (~(read & 1) + 1))};
  }

  byte_reader in_;
  std::size_t room_;
  const char* why_ = nullptr;
};

} // namespace

std::vector<std::uint8_t> to_bytes(const exchange_batch& batch) {
  auto writer = batch_writer{};
  writer.out().byte(format);
  writer.out().varint(batch.exchanges.size());
  for (const auto& each : batch.exchanges)
    writer.add(each);
  return writer.out().take();
}

result<exchange_batch> from_bytes(std::span<const std::uint8_t> bytes, std::size_t size_max) {
  auto reader = batch_reader{bytes, size_max};
  auto batch = reader.batch();
  if (const auto why = reader.why(); !why.empty())
    return failure{"a batch of exchanges was refused: " + std::string{why}};
  return batch;
}

} // namespace cleartap
