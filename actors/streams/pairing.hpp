// Decides which response answers which request on one connection (RFC 9112, 9.3). Refuses to know bytes and positions.
//
// HTTP/1.1 has no message numbers: order is all there is. So after a loss no request that began before it is paired any
// more: half an exchange twice is better than a wrong one. A client that waits for each response is in step again at
// once. With one that pipelines, responses may be under way of which nobody knows whom they answer: nothing is paired
// until none can be left.
#pragma once

#include "actors/streams/exchange_writer.hpp"

#include <list>
#include <optional>
#include <string_view>
#include <vector>

namespace cleartap {

class pairing {
public:
  // Requests: a head, then its end or its failure.

  /// The head of a request that began at `first` is whole.
  void request_began(std::string_view method, kernel_time first, exchange_writer& out);
  void request_ended(http_message request, exchange_writer& out);
  /// Whether a response has begun to answer it.
  bool request_failed(exchange_writer& out);
  /// What was sent is no request that can be told, but it may still be answered like one.
  void request_unknown(exchange_writer& out);

  // Responses: a beginning, then an end, a failure, or that it was an interim one.

  /// Returns the method of the request that this response answers; empty: of none that is known.
  std::string_view response_began();
  void response_ended(http_message response, exchange_writer& out);
  void response_failed() noexcept { claimed_ = false; }
  void interim_ended(const http_message& interim, exchange_writer& out);

  /// How many messages may be missing, at most.
  struct missing {
    std::uint64_t requests = 0;
    std::uint64_t responses = 0;
  };

  /// Requests may have been lost. To be told before a request in progress ends by it, and then given up.
  void requests_lost() noexcept;

  /// Something was lost, or could not be understood: every request so far that no response has begun to answer goes out
  /// alone, at once or when it ends.
  void give_up(missing what, exchange_writer& out);

  /// Bytes come at this time, after those of any call before.
  void saw(kernel_time at, bool of_requests) noexcept;

  /// Whether the response in progress answers a request.
  bool claimed() const noexcept { return claimed_; }
  /// Likewise, and whether the request has ended.
  bool claims_whole_request() const noexcept { return claimed_ && slots_.front().request; }

  /// The request that an interim response has just answered. Requires that it was claimed, and has ended.
  http_message take_answered();

  bool waiting() const noexcept { return !slots_.empty(); }

private:
  struct slot {
    std::string method;
    std::optional<http_message> request; // once it has ended
    std::optional<http_message> response;
    std::uint64_t interim_size = 0;
    bool settled = false; // no response is expected any more
  };

  /// Responses under way to requests that were given up: at least and at most.
  struct doubt {
    std::uint64_t outstanding_min = 0;
    std::uint64_t outstanding_max = 0;
    bool any_method = false; // one may answer a HEAD or a CONNECT: where it ends cannot be told

    void expect_response(std::string_view method) noexcept;
  };

  void begin_doubt() noexcept;
  void settle_response() noexcept;
  void expect(slot& added, kernel_time first, exchange_writer& out);
  void write_settled(exchange_writer& out);
  static void write(slot& done, exchange_writer& out);

  std::list<slot> slots_;          // oldest first; only the last request may be in progress
  bool claimed_ = false;           // a response to the first slot is in progress
  bool in_step_ = false;           // a pair was made and nothing odd came since
  bool owed_ = false;              // a response came that only a request still to come explains
  bool pipelined_ = false;         // requests do not wait for the response before
  bool waits_ = false;             // a request came when all before it were answered
  std::optional<doubt> doubt_;     // set: order tells nothing for now
  std::optional<doubt> suspicion_; // of a loss since the last pair: what that is if the client turns out to pipeline
  kernel_time last_{0};            // when bytes came last
  kernel_time slowest_{0};         // of all responses to a request
};

} // namespace cleartap
