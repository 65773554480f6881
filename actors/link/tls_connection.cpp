#include "actors/link/tls_connection.hpp"

#include <algorithm>
#include <cstring>
#include <openssl/err.h>
#include <sys/socket.h>
#include <utility>

namespace cleartap {

namespace {

// Memory follows what has arrived, not what a header claims.
constexpr auto growth_max = std::size_t{64 * 1024};
// TLS records read in one go before the others get their turn; epoll calls again.
constexpr auto records_max = 32;
constexpr auto frame_kept_max = std::size_t{512 * 1024};

std::chrono::steady_clock::duration now() { return std::chrono::steady_clock::now().time_since_epoch(); }

} // namespace

tls_connection::tls_connection(ssl_ptr ssl, int fd, std::string peer, frame_gate gate, on_end_fn on_end)
    : ssl_{std::move(ssl)}
    , peer_{std::move(peer)}
    , gate_{std::move(gate)}
    , on_end_{std::move(on_end)}
    , fd_{fd}
    , last_heard_{now()} {}

bool tls_connection::read(std::span<char> into, std::size_t& size) {
  size = 0;
  for (auto records = 0; begin_ == end_; ++records) {
    if (records >= records_max && SSL_pending(ssl_.get()) == 0)
      return true;
    auto done = ended_ ? step::failed : read_frame();
    if (done != step::progress)
      return done == step::nothing;
  }
  size = std::min(into.size(), end_ - begin_);
  std::memcpy(into.data(), frame_.data() + begin_, size);
  begin_ += size;
  if (begin_ == end_ && frame_.capacity() > frame_kept_max)
    frame_ = {};
  return true;
}

tls_connection::step tls_connection::read_frame() {
  auto whole = frame_header_size + (have_ < frame_header_size ? 0 : gate_.payload_size());
  if (have_ < whole)
    if (auto done = receive(whole - have_); done != step::progress)
      return done;
  return check();
}

tls_connection::step tls_connection::receive(std::size_t wanted) {
  auto part = std::min(wanted, growth_max);
  if (frame_.size() < have_ + part)
    frame_.resize(have_ + part);
  auto received = read_some(ssl_.get(), {frame_.data() + have_, part});
  if (received.state != tls_state::done)
    return fail(received);
  have_ += received.size;
  bytes_in_.fetch_add(received.size, std::memory_order_relaxed);
  last_heard_.store(now(), std::memory_order_relaxed);
  return step::progress;
}

/// The header once it is there, the payload once all of it is.
tls_connection::step tls_connection::check() {
  auto refusal = frame_refusal{};
  if (have_ == frame_header_size)
    refusal = gate_.refuse_header({frame_.data(), frame_header_size});
  if (!refusal && have_ >= frame_header_size && have_ == frame_header_size + gate_.payload_size()) {
    refusal = gate_.refuse_payload({frame_.data() + frame_header_size, have_ - frame_header_size});
    if (!refusal && !gate_.is_message() && !control_frames_.take(1, std::chrono::steady_clock::now()))
      refusal = "frame: more control frames than any honest peer sends";
    begin_ = 0;
    end_ = std::exchange(have_, 0);
  }
  if (!refusal)
    return step::progress;
  begin_ = end_ = 0;
  say_goodbye();
  finish(*refusal, ending::refused);
  return step::failed;
}

bool tls_connection::write(std::span<const char> bytes, std::size_t& size) {
  size = 0;
  while (!ended_ && size < bytes.size()) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data() + size);
    auto written = write_some(ssl_.get(), {begin, bytes.size() - size});
    if (written.state != tls_state::done)
      return fail(written) == step::nothing;
    size += written.size;
    bytes_out_.fetch_add(written.size, std::memory_order_relaxed);
    if (auto refusal = gate_.sent({begin, written.size}))
      end(*refusal);
  }
  return !ended_;
}

bool tls_connection::has_more() const { return begin_ < end_ || (!ended_ && SSL_pending(ssl_.get()) > 0); }

tls_connection::step tls_connection::fail(const tls_outcome& outcome) {
  if (outcome.state != tls_state::failed)
    return step::nothing;
  cut(outcome.why);
  return step::failed;
}

void tls_connection::say_goodbye() {
  if (ended_)
    return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void tls_connection::end(std::string_view why) {
  say_goodbye();
  cut(why);
}

void tls_connection::cut(std::string_view why) { finish(why, ending::lost); }

void tls_connection::finish(std::string_view why, ending how) {
  if (ended_.exchange(true))
    return;
  {
    auto guard = std::lock_guard{fd_mutex_};
    if (fd_ >= 0)
      ::shutdown(fd_, SHUT_RDWR); // CAF's own sends FIN only: with a silent peer the socket would stay
  }
  on_end_(why, how);
}

void tls_connection::closed() noexcept {
  auto guard = std::lock_guard{fd_mutex_};
  fd_ = -1;
}

} // namespace cleartap
