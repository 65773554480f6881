#include "actors/link/session_table.hpp"
#include "test/unit/link/frames.hpp"
#include "test/unit/link/pki.hpp"

#include <deque>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

const auto sniffer = std::string{"s1.sniffer.test"};

/// Connections over sockets that nobody speaks over, and a table.
struct sessions {
  explicit sessions(std::size_t limit = 8) : table{limit} {}

  std::shared_ptr<tls_connection> connect() {
    auto& wire = wires.emplace_back();
    auto gate = frame_gate{frame_gate::side::server, link_frames::node(1), 7, [](const node_bytes&) { return true; }};
    auto on_end = [this, index = ends.size()](std::string_view why, tls_connection::ending) { ends[index] = why; };
    ends.emplace_back();
    return std::make_shared<tls_connection>(*server.tls.session(wire.server(), ""), wire.server(), "127.0.0.1:1",
                                            std::move(gate), std::move(on_end));
  }

  result<std::shared_ptr<session_record>> claim(const std::string& name, std::uint64_t epoch,
                                                std::chrono::milliseconds later = 0ms) {
    return table.claim({name, epoch}, connect(), now + later, {});
  }

  key_and_certificate issuer = link_pki::ca();
  link_pki::identity server{tls_side::server, link_pki::certificate(issuer, "recon.test"), issuer};
  std::deque<link_pki::connection> wires;
  std::deque<std::string> ends;
  session_table table;
  session_table::time_point now = std::chrono::steady_clock::now();
};

} // namespace

TEST_CASE("another epoch of a name is refused while the first is heard, and takes over once it is silent") {
  auto in = sessions{};
  auto first = in.claim(sniffer, 1);
  REQUIRE(first);
  in.now = (*first)->connection->last_heard();
  auto refused = in.claim(sniffer, 2, session_table::silent_after - 1ms);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text.starts_with("another sniffer of that name is connected"));
  CHECK(in.ends[0] == "");
  auto second = in.claim(sniffer, 2, session_table::silent_after);
  REQUIRE(second);
  CHECK(in.ends[0] == "a newer session of the same name takes over");
  CHECK(in.table.size() == 1);
  in.table.for_each([](const session_record& live) { CHECK(live.sender.epoch == 2); });
}

TEST_CASE("the same epoch takes over at once: its process has given the first session up") {
  auto in = sessions{};
  auto first = in.claim(sniffer, 1);
  auto second = in.claim(sniffer, 1);
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK(in.ends[0] == "a newer session of the same name takes over");
  CHECK(in.table.size() == 1);
}

TEST_CASE("a session that was taken over does not release its successor") {
  auto in = sessions{};
  auto first = in.claim(sniffer, 1);
  auto second = in.claim(sniffer, 1);
  REQUIRE(second);
  in.table.release(*first);
  CHECK(in.table.size() == 1);
  in.table.release(*second);
  CHECK(in.table.size() == 0);
  in.table.release(*second);
  CHECK(in.table.size() == 0);
}

TEST_CASE("there are no more sessions than may be, and room comes back with a release or a higher limit") {
  auto in = sessions{1};
  auto first = in.claim("s1.test", 1);
  auto refused = in.claim("s2.test", 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "there are link.sessions_max sessions already");
  CHECK(in.claim("s1.test", 1)); // takes the place of its own
  in.table.limit(2);
  auto second = in.claim("s2.test", 1);
  REQUIRE(second);
  CHECK(in.table.size() == 2);
  in.table.release(*second);
  CHECK(in.claim("s3.test", 1));
}

TEST_CASE("a name begins sessions no more often than it may, and others are not held up") {
  auto in = sessions{};
  for (auto i = 0.0; i < session_table::sessions_burst; ++i)
    CHECK(in.claim(sniffer, 1));
  auto refused = in.claim(sniffer, 1);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == "it begins sessions too often");
  CHECK(in.claim("s2.test", 1));
  CHECK(in.claim(sniffer, 1, 500ms));
  CHECK_FALSE(in.claim(sniffer, 1, 500ms));
  CHECK(in.table.size() == 2);
}

TEST_CASE("a new session of another epoch begins where the last one was released") {
  auto in = sessions{};
  auto first = in.claim(sniffer, 1);
  in.table.release(*first);
  CHECK(in.claim(sniffer, 2));
  CHECK(in.ends[0] == "");
}
