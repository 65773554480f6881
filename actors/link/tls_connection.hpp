// One authenticated peer: decrypts, has every frame checked, and hands on only whole frames that passed. Refuses to
// know CAF and what a frame means.
#pragma once

#include "actors/link/frame_gate.hpp"
#include "actors/link/openssl_pointers.hpp"
#include "actors/link/tls_io.hpp"
#include "actors/link/token_bucket.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// Reading and writing belong to one thread, the multiplexer's; what is said to be for any thread is for any.
class tls_connection {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Frames that are no message, beyond which a peer has to go: the window does not bound them. An honest one sends two
  /// heartbeats a second and a few more at the beginning.
  static constexpr auto control_frames_rate = 20.0; // per second
  static constexpr auto control_frames_burst = 200.0;
  enum class ending : std::uint8_t {
    lost,   // closed by either side
    refused // for a frame that the peer sent
  };

  /// Called once, with the reason, when the connection ends; from the thread that ends it.
  using on_end_fn = std::function<void(std::string_view why, ending how)>;

  /// `ssl` has shaken hands and owns no descriptor; `fd` is non-blocking and closed by somebody else, who then calls
  /// `closed`.
  tls_connection(ssl_ptr ssl, int fd, std::string peer, frame_gate gate, on_end_fn on_end);
  tls_connection(const tls_connection&) = delete;
  tls_connection& operator=(const tls_connection&) = delete;

  /// False if the connection has ended. `size` is what was read: 0 when nothing is there now.
  [[nodiscard]] bool read(std::span<char> into, std::size_t& size);
  [[nodiscard]] bool write(std::span<const char> bytes, std::size_t& size);

  /// Whether there is something to read that the descriptor does not show: it lies decrypted in memory.
  [[nodiscard]] bool has_more() const;

  /// Says good-bye to the peer and ends both directions.
  void end(std::string_view why);

  /// Ends both directions. Any thread.
  void cut(std::string_view why);

  /// The descriptor is no longer ours. Any thread.
  void closed() noexcept;

  const std::string& peer() const noexcept { return peer_; }                 // "address:port"
  std::uint64_t bytes_in() const noexcept { return bytes_in_; }              // any thread; plaintext
  std::uint64_t bytes_out() const noexcept { return bytes_out_; }            // any thread; plaintext
  time_point last_heard() const noexcept { return time_point{last_heard_}; } // any thread

private:
  enum class step : std::uint8_t { progress, nothing, failed };

  step read_frame();
  step receive(std::size_t wanted);
  step check();
  step fail(const tls_outcome& outcome);
  void say_goodbye();
  void finish(std::string_view why, ending how);

  ssl_ptr ssl_;
  std::string peer_;
  frame_gate gate_;
  token_bucket control_frames_{control_frames_rate, control_frames_burst};
  on_end_fn on_end_;
  std::vector<std::uint8_t> frame_; // being read
  std::size_t have_ = 0;            // of it, so far
  std::size_t begin_ = 0;           // [begin_, end_) has been checked and is CAF's to read
  std::size_t end_ = 0;
  std::mutex fd_mutex_;
  int fd_;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> bytes_in_{0};
  std::atomic<std::uint64_t> bytes_out_{0};
  std::atomic<std::chrono::steady_clock::duration> last_heard_{};
};

} // namespace cleartap
