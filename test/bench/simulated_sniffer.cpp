#include "test/bench/simulated_sniffer.hpp"

#include "actors/link/byte_reader.hpp"
#include "messages/wire.hpp"
#include "test/bench/reconstructor_process.hpp"
#include "test/unit/link/frames.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>

namespace cleartap::bench {

namespace {

namespace frames = link_frames;

constexpr auto requests_max = wire_requests_max - 2;          // as the connector keeps it
constexpr auto joining_time = std::chrono::milliseconds{100}; // as the uplink joins what comes in it
constexpr auto read_step = std::size_t{16 * 1024};
constexpr auto default_node_atom = std::uint64_t{0x3E9AAB9BAC79};

sockaddr_in loopback(unsigned last, std::uint16_t port) {
  auto where = sockaddr_in{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK + last);
  return where;
}

support::descriptor connect_from(unsigned address, std::uint16_t port) {
  auto socket = support::descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  auto from = loopback(address, 0), to = loopback(0, port);
  auto on = 1;
  setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
      (connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS))
    throw std::runtime_error{"cannot connect to the reconstructor"};
  return socket;
}

frames::bytes node_id(unsigned which) {
  return frames::writer{}.number(default_node_atom, 8).number(which, 4).raw(frames::bytes(20, 0x5A));
}

} // namespace

simulated_sniffer::simulated_sniffer(unsigned address, std::uint16_t port, tls_identity& identity,
                                     const encoded_batches& batches)
    : address_{address}, batches_{batches}, fd_{connect_from(address, port)} {
  auto made = identity.session(fd_.get(), reconstructor_name);
  if (!made)
    throw std::runtime_error{made.error().text};
  ssl_ = std::move(*made);
}

void simulated_sniffer::offer(steady::time_point now) {
  if (waiting_++ == 0)
    waiting_since_ = now;
}

void simulated_sniffer::flush(steady::time_point now) {
  send_batches(now);
  write();
}

void simulated_sniffer::send_batches(steady::time_point now) {
  auto ready = [&] { return waiting_ >= batches_.size() || (waiting_ > 0 && now >= waiting_since_ + joining_time); };
  while (welcome_ && ready() && requests_open_ < requests_max) {
    auto count = std::min(waiting_, batches_.size());
    open_.push_back({++numbers_, count, waiting_since_});
    waiting_ -= count;
    const auto& content = batches_[count - 1];
    request(frames::part({reinterpret_cast<const char*>(content.data()), content.size()}, numbers_));
  }
}

void simulated_sniffer::request(std::vector<std::uint8_t> payload) {
  ++requests_open_;
  auto frame = frames::request(++requests_, std::move(payload));
  frame.target = facade_;
  put(frame.header());
  put(frame.payload);
}

void simulated_sniffer::heartbeat() {
  if (welcome_)
    put(frames::heartbeat().header());
}

/// Whether the step got through; else the connection waits, or has failed.
bool simulated_sniffer::done(const tls_outcome& step) {
  if (step.state == tls_state::failed)
    throw std::runtime_error{"simulated sniffer " + std::to_string(address_) + ": " + step.why};
  return step.state == tls_state::done;
}

void simulated_sniffer::advance(steady::time_point now) {
  if (!secure_)
    secure_ = done(shake_hands(ssl_.get()));
  if (!secure_)
    return;
  read(now);
  flush(now);
}

void simulated_sniffer::write() {
  while (written_ < out_.size()) {
    auto step = write_some(ssl_.get(), std::span{out_}.subspan(written_));
    if (!done(step))
      return;
    written_ += step.size;
  }
  out_.clear();
  written_ = 0;
}

void simulated_sniffer::read(steady::time_point now) {
  for (auto more = true; more;) {
    auto have = in_.size();
    in_.resize(have + read_step);
    auto step = read_some(ssl_.get(), std::span{in_}.subspan(have));
    in_.resize(have + step.size);
    auto rest = std::span<const std::uint8_t>{in_};
    while (rest.size() >= frame_header_size) {
      auto size = byte_reader{rest.subspan(4)}.number(4);
      if (rest.size() < frame_header_size + size)
        break;
      take_frame(rest.first(frame_header_size), rest.subspan(frame_header_size, size), now);
      rest = rest.subspan(frame_header_size + size);
    }
    in_.erase(in_.begin(), in_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    more = done(step);
  }
}

void simulated_sniffer::take_frame(std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload,
                                   steady::time_point now) {
  enum operation : std::uint8_t { server_handshake = 0, direct_message = 2 };
  if (header[0] == server_handshake)
    introduce(payload);
  if (header[0] != direct_message)
    return;
  auto in = byte_reader{payload};
  in.take(3); // nobody to forward to, and a type with a name
  if (in.text() != "@<>+@atom+@u64")
    throw std::runtime_error{"the reconstructor answers with an error"};
  in.take(8);
  --requests_open_;
  take_watermark(in.number(8), now);
}

void simulated_sniffer::introduce(std::span<const std::uint8_t> server) {
  auto in = byte_reader{server};
  in.take(sizeof(node_bytes));
  for (auto applications = in.varint(); applications > 0; --applications)
    in.text();
  facade_ = in.number(8);
  auto hello = frames::client_hello();
  hello.payload = node_id(address_);
  put(hello.all());
  request(frames::hello("node-" + std::to_string(address_) + ".sniffer.bench"));
}

void simulated_sniffer::take_watermark(std::uint64_t number, steady::time_point now) {
  welcome_ = true;
  while (!open_.empty() && open_.front().number <= number) {
    acknowledged_ += open_.front().exchanges;
    latencies_.push_back(std::chrono::duration<float, std::milli>(now - open_.front().offered).count());
    open_.pop_front();
  }
}

} // namespace cleartap::bench
