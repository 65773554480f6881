// Decides which response answers which request on one connection (RFC 9112, 9.3). Refuses to know bytes and positions.
//
// HTTP/1.1 has no message numbers: order is all there is. So after any doubt no request that began before it is paired
// any more: half an exchange twice is better than a wrong one.
#pragma once

#include "actors/streams/exchange_writer.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace cleartap {

class pairing {
public:
  // Requests: a head, then its end or its failure.

  /// The head of a request that began at `first` is whole.
  void request_began(std::string_view method, kernel_time first, exchange_writer& out);
  void request_ended(http1_message request, exchange_writer& out);
  void request_failed(exchange_writer& out);

  // Responses: a beginning, then an end, a failure, or that it was an interim one.

  /// Returns the method of the request that this response answers; empty: of none that is known.
  std::string_view response_began();
  void response_ended(http1_message response, exchange_writer& out);
  void response_failed() noexcept { claimed_ = false; }
  void interim_ended(const http1_message& interim, exchange_writer& out);

  /// Something was lost, or could not be understood: every request so far that no response has begun to answer goes out
  /// alone, at once or when it ends.
  void give_up(exchange_writer& out);

  /// Whether the response in progress answers a request.
  bool claimed() const noexcept { return claimed_; }
  /// Whether order tells nothing any more on this connection.
  bool over() const noexcept { return over_; }
  bool waiting() const noexcept { return !slots_.empty(); }

private:
  struct slot {
    std::string method;
    std::optional<http1_message> request; // once it has ended
    std::optional<http1_message> response;
    std::uint64_t interim_size = 0;
    bool settled = false; // no response is expected any more
  };

  void expect(slot& added, kernel_time first, exchange_writer& out);
  void write_settled(exchange_writer& out);
  static void write(slot& done, exchange_writer& out);

  std::vector<slot> slots_; // oldest first; only the last request may be in progress
  bool claimed_ = false;    // a response to the first slot is in progress
  bool in_step_ = false;    // a pair was made and nothing odd came since
  bool owed_ = false;       // a response came that only a request still to come explains
  bool pipelined_ = false;  // requests do not wait for the response before
  bool over_ = false;
};

} // namespace cleartap
