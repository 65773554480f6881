// A sniffer's side of the link without a sniffer: TLS and frames, in as little memory and time as many of them at once
// may take. Sends prepared batches and joins what waits for the window as the uplink does. Refuses to know exchanges.
#pragma once

#include "actors/link/tls_identity.hpp"
#include "actors/link/tls_io.hpp"
#include "test/support/child.hpp"

#include <chrono>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace cleartap::bench {

using steady = std::chrono::steady_clock;

/// Batches of 1, 2, 3... exchanges as they are on the wire; element 0 is of 1.
using encoded_batches = std::vector<std::vector<std::uint8_t>>;

class simulated_sniffer {
public:
  /// `address` is the last number of its own loopback address: a reconstructor limits the handshakes of one address.
  simulated_sniffer(unsigned address, std::uint16_t port, tls_identity& identity, const encoded_batches& batches);

  int fd() const noexcept { return fd_.get(); }
  bool welcome() const noexcept { return welcome_; } // the reconstructor has answered the hello

  /// An exchange is there to be sent.
  void offer(steady::time_point now);

  void heartbeat();

  /// Reads as much as there is, and writes. Throws if the connection has ended.
  void advance(steady::time_point now);

  /// Sends what has waited for long enough.
  void flush(steady::time_point now);

  std::uint64_t acknowledged() const noexcept { return acknowledged_; }
  std::uint64_t waiting() const noexcept { return waiting_; } // for more, or for the window

  /// Milliseconds from the offer to the answer, of every batch since the last call.
  std::vector<float> take_latencies() { return std::exchange(latencies_, {}); }

private:
  struct open_batch {
    std::uint64_t number = 0;
    std::size_t exchanges = 0;
    steady::time_point offered;
  };

  void send_batches(steady::time_point now);
  void write();
  void read(steady::time_point now);
  bool done(const tls_outcome& step);
  void take_frame(std::span<const std::uint8_t> header, std::span<const std::uint8_t> payload, steady::time_point now);
  void introduce(std::span<const std::uint8_t> server);
  void take_watermark(std::uint64_t number, steady::time_point now);
  void request(std::vector<std::uint8_t> payload);
  void put(std::span<const std::uint8_t> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

  unsigned address_;
  const encoded_batches& batches_;
  support::descriptor fd_;
  ssl_ptr ssl_;
  bool secure_ = false;
  bool welcome_ = false;
  std::uint64_t facade_ = 0; // the actor to send to, once it is known
  std::uint64_t requests_ = 0;
  std::uint64_t numbers_ = 0;
  std::size_t requests_open_ = 0; // without an answer
  std::deque<open_batch> open_;   // not acknowledged: the first answer of a commit tells for all that follow
  std::size_t waiting_ = 0;
  steady::time_point waiting_since_;
  std::uint64_t acknowledged_ = 0;
  std::vector<float> latencies_;
  std::vector<std::uint8_t> in_;
  std::vector<std::uint8_t> out_;
  std::size_t written_ = 0; // of out_
};

} // namespace cleartap::bench
