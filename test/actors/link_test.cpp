// A reconstructor's listener and a sniffer's connector, each in an actor system of its own, over TLS on loopback.
#include "actors/link/connector_actor.hpp"
#include "actors/link/listener_actor.hpp"
#include "actors/link/session_actor.hpp"
#include "test/support/wait_until.hpp"
#include "test/unit/link/pki.hpp"

#include <arpa/inet.h>
#include <mutex>
#include <netinet/in.h>

using namespace cleartap;
using namespace cleartap::link_pki;
using support::wait_until;

namespace {

std::uint16_t free_port() {
  auto socket = owned_fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = sockaddr_in{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto size = socklen_t{sizeof address};
  REQUIRE(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return ntohs(address.sin_port);
}

/// What a test's intake was sent, and whether it answers.
struct received {
  std::mutex mutex;
  std::vector<numbered_batch> batches;
  std::vector<sender_id> hellos;
  std::vector<farewell> farewells;
  std::atomic<bool> answers{true};

  std::size_t count() {
    auto guard = std::lock_guard{mutex};
    return batches.size();
  }
  void forget() {
    auto guard = std::lock_guard{mutex};
    batches.clear();
  }
};

struct held_answers {
  std::vector<caf::typed_response_promise<watermark_atom, std::uint64_t>> unanswered;
};

facade_actor::behavior_type fake_intake(facade_actor::stateful_pointer<held_answers> self, received* into) {
  using answer = caf::result<watermark_atom, std::uint64_t>;
  return {[=](hello_atom, const sender_id& sender) -> answer {
            auto guard = std::lock_guard{into->mutex};
            into->hellos.push_back(sender);
            return {watermark_atom_v, 0};
          },
          [=](const numbered_batch& batch) -> answer {
            {
              auto guard = std::lock_guard{into->mutex};
              into->batches.push_back(batch);
            }
            if (into->answers)
              return {watermark_atom_v, batch.number};
            self->state.unanswered.push_back(self->make_response_promise<watermark_atom, std::uint64_t>());
            return self->state.unanswered.back();
          },
          [=](const farewell& last) -> answer {
            auto guard = std::lock_guard{into->mutex};
            into->farewells.push_back(last);
            return {watermark_atom_v, 0};
          }};
}

struct linked_system {
  linked_system() { std::signal(SIGPIPE, SIG_IGN); } // as the process does

  struct system_config : caf::actor_system_config {
    system_config() {
      add_message_types<caf::id_block::cleartap>();
      set("scheduler.max-threads", 2u);
      remoting::configure(*this);
    }
  };

  void end(const caf::actor& which) {
    self->send_exit(which, caf::exit_reason::kill);
    self->wait_for(which);
  }

  system_config caf_config;
  caf::actor_system system{caf_config};
  remoting link{system};
  caf::scoped_actor self{system};
};

struct reconstructor_end : linked_system {
  reconstructor_end(const key_and_certificate& issuer, const settings& config_)
      : config{config_}, mine{tls_side::server, certificate(issuer, "recon.test"), issuer}, host{config} {
    begin_intake();
    begin_listener();
  }
  ~reconstructor_end() {
    end(caf::actor_cast<caf::actor>(door));
    end(caf::actor_cast<caf::actor>(intake));
  }

  void begin_listener() {
    door = system.spawn(listener, &status, listener_setup{&config, &link, &host, &mine.tls});
    self->send(door, intake);
  }
  void begin_intake() {
    intake = system.spawn(fake_intake, &got);
    if (door)
      self->send(door, intake);
  }

  std::uint64_t refused(const std::string& begin) const {
    auto found = std::uint64_t{0};
    host.status.for_each_refusal(
        [&](std::string_view reason, std::uint64_t count) { found += reason.starts_with(begin) ? count : 0; });
    return found;
  }

  std::uint64_t delayed() const {
    auto times = std::uint64_t{0};
    host.sessions.for_each([&](const session_record& each) { times += each.delayed; });
    return times;
  }

  settings config;
  identity mine;
  link_host host;
  flow::actor_status status{"listener", 0, ""};
  received got;
  facade_actor intake;
  listener_actor door;
};

struct answered {
  std::optional<std::uint64_t> mark; // nothing: refused
};

struct sniffer_end : linked_system {
  sniffer_end(const key_and_certificate& issuer, const settings& config_, const std::string& name = "s1.sniffer.test")
      : config{config_}, mine{tls_side::client, certificate(issuer, name), issuer} {
    begin();
  }
  ~sniffer_end() {
    stopping = true;
    end(caf::actor_cast<caf::actor>(way));
  }

  void begin() {
    way = system.spawn(connector, &status, connector_setup{&config, &link, &shown, &mine.tls, &stopping});
  }

  bool connected(std::uint64_t times = 1) const {
    return wait_until([&] { return shown.sniffer_end().connected && shown.sniffer_end().connects >= times; });
  }

  template <class... Message>
  answered ask(const Message&... message) {
    auto outcome = answered{};
    self->request(caf::actor_cast<facade_actor>(way), 10s, message...)
        .receive([&](watermark_atom, std::uint64_t number) { outcome.mark = number; }, [](const caf::error&) {});
    return outcome;
  }
  answered hello(std::uint64_t epoch = 7) { return ask(hello_atom_v, sender_id{"ignored", epoch}); }
  answered send(std::uint64_t number, std::shared_ptr<const exchange_batch> content) {
    return ask(numbered_batch{{"ignored", 7}, number, std::move(content)});
  }

  settings config;
  identity mine;
  link_status shown;
  std::atomic<bool> stopping{false};
  flow::actor_status status{"connector", 0, ""};
  connector_actor way;
};

settings settings_of() {
  auto config = settings{};
  auto port = free_port();
  config.link.listen = {"127.0.0.1", port};
  config.link.connect = {"localhost", port};
  config.link.peer_name = "";
  config.link.retry_max = std::chrono::seconds{1};
  return config;
}

/// One exchange with a body that does not become smaller when it is compressed.
std::shared_ptr<const exchange_batch> batch_of(std::size_t body_size, std::string path = "/users/1") {
  auto what = exchange{};
  what.request.emplace();
  what.request->method = "GET";
  what.request->path = std::move(path);
  what.response.emplace();
  what.response->status = 200;
  auto& body = what.response->body;
  auto next = std::uint32_t{1};
  while (body.bytes.size() < body_size)
    body.bytes.push_back(static_cast<char>((next = next * 1664525 + 1013904223) >> 24));
  body.size_carried = body_size;
  return std::make_shared<const exchange_batch>(exchange_batch{{std::move(what)}});
}

struct fixture {
  explicit fixture(const std::function<void(settings&)>& change = [](settings&) {}) {
    change(config);
    recon.emplace(issuer, config);
    sniffer.emplace(issuer, config_of_sniffer());
    REQUIRE(sniffer->connected());
  }

  settings config_of_sniffer() const {
    auto other = config;
    other.link.peer_name = "recon.test";
    return other;
  }

  key_and_certificate issuer = ca();
  settings config = settings_of();
  std::optional<reconstructor_end> recon;
  std::optional<sniffer_end> sniffer;
};

} // namespace

TEST_CASE("a batch arrives as it was, under the name that the certificate vouches for") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  auto sent = batch_of(1000, "/orders/7");
  CHECK(test.sniffer->send(1, sent).mark == 1);
  REQUIRE(test.recon->got.count() == 1);
  const auto& came = test.recon->got.batches[0];
  CHECK(came.sender == sender_id{"s1.sniffer.test", 7});
  CHECK(came.number == 1);
  REQUIRE(came.content->exchanges.size() == 1);
  CHECK(came.content->exchanges[0].request->path == "/orders/7");
  CHECK(came.content->exchanges[0].response->body.bytes == sent->exchanges[0].response->body.bytes);
  CHECK(test.sniffer->ask(farewell{{"ignored", 7}, 5, 4}).mark == 0);
  REQUIRE(test.recon->got.farewells.size() == 1);
  CHECK(test.recon->got.farewells[0].sender == sender_id{"s1.sniffer.test", 7});
  CHECK(test.recon->got.farewells[0].offered == 5);
}

TEST_CASE("a batch before the hello ends the session, and the next one begins") {
  auto test = fixture{};
  CHECK_FALSE(test.sniffer->send(1, batch_of(10)).mark);
  CHECK(test.recon->refused("it sends a batch before its hello") == 1);
  REQUIRE(test.sniffer->connected(2));
  CHECK(test.sniffer->hello().mark == 0);
}

TEST_CASE("a large exchange goes in parts and arrives whole") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  auto sent = batch_of(5 * wire_part_size_max);
  CHECK(test.sniffer->send(1, sent).mark == 1);
  REQUIRE(test.recon->got.count() == 1);
  CHECK(test.recon->got.batches[0].content->exchanges[0].response->body.bytes ==
        sent->exchanges[0].response->body.bytes);
  CHECK(wait_until([&] { return test.sniffer->shown.sniffer_end().open_parts == 0; }));
}

TEST_CASE("after the listener's death the connector comes back by itself") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  test.recon->end(caf::actor_cast<caf::actor>(test.recon->door));
  REQUIRE(wait_until([&] { return !test.sniffer->shown.sniffer_end().connected; }));
  CHECK_FALSE(test.sniffer->hello().mark); // and until then says so
  test.recon->begin_listener();
  REQUIRE(test.sniffer->connected(2));
  CHECK(test.sniffer->hello().mark == 0);
  CHECK(test.sniffer->send(1, batch_of(10)).mark == 1);
  CHECK(test.recon->host.sessions.size() == 1);
}

TEST_CASE("after the connector's death the next one takes its session over") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  test.sniffer->end(caf::actor_cast<caf::actor>(test.sniffer->way));
  test.sniffer->begin();
  REQUIRE(test.sniffer->connected(2));
  CHECK(test.sniffer->hello().mark == 0);
  CHECK(test.sniffer->send(1, batch_of(10)).mark == 1);
  CHECK(wait_until([&] { return test.recon->host.sessions.size() == 1; }));
}

TEST_CASE("another process of the same name is refused while the first one lives") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  auto other = sniffer_end{test.issuer, test.config_of_sniffer()};
  REQUIRE(other.connected());
  CHECK_FALSE(other.hello(8).mark);
  CHECK(test.recon->refused("another sniffer of that name is connected") == 1);
  CHECK(test.sniffer->send(1, batch_of(10)).mark == 1);
}

TEST_CASE("there are no more sessions than may be") {
  auto test = fixture{[](settings& config) { config.link.sessions_max = 1; }};
  CHECK(test.sniffer->hello().mark == 0);
  auto other = sniffer_end{test.issuer, test.config_of_sniffer(), "s2.sniffer.test"};
  REQUIRE(other.connected());
  CHECK_FALSE(other.hello(8).mark);
  CHECK(test.recon->refused("there are link.sessions_max sessions already") == 1);
  CHECK(test.recon->host.sessions.size() == 1);
}

TEST_CASE("a sniffer of another CA never becomes a session") {
  auto test = fixture{};
  auto other = sniffer_end{ca("another"), test.config_of_sniffer()};
  CHECK(wait_until([&] { return other.shown.sniffer_end().failures > 0; }));
  CHECK_FALSE(other.shown.sniffer_end().connected);
  CHECK_FALSE(other.shown.sniffer_end().last_error.empty());
}

TEST_CASE("without memory a batch waits, and goes on when the one before is learned") {
  auto test = fixture{[](settings& config) { config.link.memory_max = 1; }};
  CHECK(test.sniffer->hello().mark == 0);
  CHECK(test.sniffer->send(1, batch_of(1000)).mark == 1); // the test's intake keeps it
  auto next = test.sniffer->self->request(caf::actor_cast<facade_actor>(test.sniffer->way), 10s,
                                          numbered_batch{{"ignored", 7}, 2, batch_of(1000)});
  REQUIRE(wait_until([&] { return test.recon->delayed() > 0; }));
  CHECK(test.recon->got.count() == 1);
  test.recon->got.forget();
  auto mark = std::uint64_t{0};
  next.receive([&](watermark_atom, std::uint64_t number) { mark = number; }, [](const caf::error&) {});
  CHECK(mark == 2);
  test.recon->got.forget();
  CHECK(wait_until([&] { return test.recon->host.memory.used() == 0; }));
}

TEST_CASE("a sniffer that sends faster than it may is delayed, and loses nothing") {
  auto test = fixture{[](settings& config) { config.link.rate_max = 200'000; }};
  CHECK(test.sniffer->hello().mark == 0);
  CHECK(test.sniffer->send(1, batch_of(210'000)).mark == 1); // the burst, and some on credit
  CHECK(test.recon->delayed() == 0);
  CHECK(test.sniffer->send(2, batch_of(10)).mark == 2);
  CHECK(test.recon->delayed() > 0);
}

TEST_CASE("while intake is gone sessions refuse, and then go on") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  test.recon->end(caf::actor_cast<caf::actor>(test.recon->intake));
  CHECK_FALSE(test.sniffer->send(1, batch_of(10)).mark);
  test.recon->begin_intake();
  CHECK(wait_until([&] { return test.sniffer->send(1, batch_of(10)).mark == 1; }));
  CHECK(test.sniffer->shown.sniffer_end().connects == 1);
}

TEST_CASE("what an intake died with is refused, so that it comes again") {
  auto test = fixture{};
  CHECK(test.sniffer->hello().mark == 0);
  test.recon->got.answers = false;
  auto way = caf::actor_cast<facade_actor>(test.sniffer->way);
  auto asked = test.sniffer->self->request(way, 10s, numbered_batch{{"ignored", 7}, 1, batch_of(10)});
  REQUIRE(wait_until([&] { return test.recon->got.count() == 1; }));
  test.recon->end(caf::actor_cast<caf::actor>(test.recon->intake));
  test.recon->got.answers = true;
  test.recon->begin_intake();
  auto refused = std::optional<caf::error>{};
  asked.receive([](watermark_atom, std::uint64_t) {}, [&](const caf::error& error) { refused = error; });
  REQUIRE(refused);
  CHECK(*refused != caf::sec::request_timeout);
  CHECK(wait_until([&] { return test.sniffer->shown.sniffer_end().open_parts == 0; }));
  CHECK(test.sniffer->send(1, batch_of(10)).mark == 1);
}

TEST_CASE("a session whose peer has said no hello when it is looked for ends") {
  auto test = fixture{};
  auto& recon = *test.recon;
  auto nameless = recon.system.spawn(session, &recon.host, peer_certificate{}, recon.intake);
  recon.self->send(nameless, stop_atom_v);
  recon.self->wait_for(nameless);
  CHECK(recon.refused("it says no hello") == 1);
}
