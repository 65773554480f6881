// Connections whose plaintext is not wanted any more.
#include "test/bpf/capture.hpp"

#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <openssl/ssl.h>
#include <unistd.h>

using namespace cleartap;

namespace {

using ssl_pointer = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// A client and a server in this thread, joined in memory; they need no certificate.
struct pair {
  pair() {
    auto* context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(context, "ADH:@SECLEVEL=0") == 1);
    SSL_CTX_set_dh_auto(context, 1);
    client.reset(SSL_new(context));
    server.reset(SSL_new(context));
    SSL_CTX_free(context);
    auto* one = static_cast<BIO*>(nullptr);
    auto* other = static_cast<BIO*>(nullptr);
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(client.get(), one, one);
    SSL_set_bio(server.get(), other, other);
    SSL_set_connect_state(client.get());
    SSL_set_accept_state(server.get());
    for (auto i = 0; i < 10 && !(SSL_is_init_finished(client.get()) && SSL_is_init_finished(server.get())); ++i) {
      SSL_do_handshake(client.get());
      SSL_do_handshake(server.get());
    }
    REQUIRE(SSL_is_init_finished(client.get()));
  }

  void say(const std::string& text) {
    REQUIRE(SSL_write(client.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()));
    auto heard = std::string(text.size(), '\0');
    REQUIRE(SSL_read(server.get(), heard.data(), static_cast<int>(heard.size())) == static_cast<int>(text.size()));
  }

  ssl_pointer client{nullptr, SSL_free};
  ssl_pointer server{nullptr, SSL_free};
};

std::string said(const std::vector<seen_chunk>& chunks, direction way) {
  auto all = std::string{};
  for (const auto& seen : chunks)
    if (is_data(seen, way))
      all.append(seen.bytes.begin(), seen.bytes.end());
  return all;
}

} // namespace

TEST_CASE("a muted connection is counted and not copied, and others go on") {
  auto variant = GENERATE(program_variant::typed, program_variant::untyped, program_variant::early);
  auto options = kernel_options{};
  options.wishes.variant = variant;
  options.ring_pages = 1024;
  auto test = capture{library_of(&SSL_read), options};
  auto muted_before = test.programs().tallies()[TALLY_LOST_MUTED].bytes;
  auto talking = pair{};
  talking.say("select 1");
  auto chunks = test.chunks_of(getpid());
  REQUIRE(said(chunks, direction::outbound) == "select 1");
  for (const auto& seen : chunks)
    if (is_data(seen, direction::outbound))
      test.programs().mute(seen.chunk.connection);
  talking.say("select 22");
  chunks = test.chunks_of(getpid());
  CHECK(said(chunks, direction::outbound).empty());
  CHECK(said(chunks, direction::inbound) == "select 22"); // the server's connection is another
  CHECK(test.programs().tallies()[TALLY_LOST_MUTED].bytes == muted_before + 9);

  // What comes at the same address is another connection.
  SSL_clear(talking.client.get());
  auto next = pair{};
  next.say("hello");
  CHECK(said(test.chunks_of(getpid()), direction::outbound) == "hello");
}
