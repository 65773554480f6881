// Calls that the kernel programs do not follow: nothing of them arrives, and they are counted.
#include "test/bpf/capture.hpp"

#include <algorithm>

#include <openssl/bio.h>
#include <openssl/ssl.h>

using namespace cleartap;

namespace {

std::uint64_t events(capture& test, tally_kind kind) { return test.programs().tallies()[kind].events; }

constexpr auto levels = std::size_t{7};

/// TLS inside TLS: what one level sends is written by the next one's SSL_write. The last one sends nothing.
class nest {
public:
  nest() : method_{BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "nest")} {
    BIO_meth_set_write(method_, write);
    BIO_meth_set_ctrl(method_, [](BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1l : 0l; });
    for (auto& each : sessions_) {
      each = SSL_new(context_);
      auto* bio = BIO_new(method_);
      BIO_set_init(bio, 1);
      BIO_set_data(bio, this);
      SSL_set_bio(each, bio, bio);
      SSL_set_connect_state(each);
    }
  }
  nest(const nest&) = delete;
  nest& operator=(const nest&) = delete;
  ~nest() {
    for (auto* each : sessions_)
      SSL_free(each);
    BIO_meth_free(method_);
    SSL_CTX_free(context_);
  }

  void write() {
    if (depth_ < levels)
      SSL_write(sessions_[depth_++], "x", 1);
  }
  std::size_t depth() const { return depth_; }

private:
  static int write(BIO* bio, const char*, int) {
    static_cast<nest*>(BIO_get_data(bio))->write();
    BIO_set_retry_write(bio);
    return -1;
  }

  SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
  BIO_METHOD* method_;
  SSL* sessions_[levels] = {};
  std::size_t depth_ = 0;
};

} // namespace

TEST_CASE("threads for which there is no room are not followed, and each of their calls is counted") {
  auto test = capture{library_of(&SSL_read), {.threads_max = 1}};
  auto pid = run_in_child([] { talk({100, 100}); });
  REQUIRE(pid > 0);
  // The client writes twice and reads once; the server reads once or twice and writes once. One of them has the room,
  // and leaves it to the other if it ends first.
  auto chunks = test.chunks_of(pid);
  auto seen = std::ranges::count_if(chunks, [](const auto& each) { return each.chunk.kind == chunk_kind::data; });
  auto lost = events(test, TALLY_LOST_THREADS);
  CHECK(lost >= 1);
  CHECK(static_cast<std::uint64_t>(seen) + lost >= 5);
  CHECK(events(test, TALLY_LOST_NESTED) == 0);
}

TEST_CASE("calls inside each other beyond the limit are counted, and the thread's next call is seen") {
  auto test = capture{library_of(&SSL_read)};
  auto pid = run_in_child([] {
    auto nested = nest{};
    nested.write();
    if (nested.depth() != levels)
      _exit(1);
    talk({100});
  });
  REQUIRE(pid > 0);
  CHECK(events(test, TALLY_LOST_NESTED) == levels - 4);
  CHECK(events(test, TALLY_LOST_THREADS) == 0);
  CHECK((stream(test.chunks_of(pid), direction::outbound) == written({100})));
}
