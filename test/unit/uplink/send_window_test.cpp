#include "actors/uplink/send_window.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace cleartap;

namespace {

exchange_batch batch_of(std::size_t size) {
  auto batch = exchange_batch{};
  batch.exchanges.resize(size);
  return batch;
}

/// Without a limit in bytes.
send_window window_of(std::size_t batches_max, std::size_t exchanges_max, std::size_t batch_exchanges_max) {
  return send_window{{batches_max, exchanges_max, std::size_t{1} << 40, batch_exchanges_max, std::size_t{1} << 40}};
}

exchange_batch batch_of_bodies(std::size_t count, std::size_t body_size) {
  auto batch = batch_of(count);
  for (auto& each : batch.exchanges)
    each.response.emplace().body.bytes.assign(body_size, 'x');
  return batch;
}

/// The numbers and sizes of all that may be sent now: "1:3 2:5".
std::string sent(send_window& window) {
  auto text = std::string{};
  while (auto next = window.next())
    text += (text.empty() ? "" : " ") + std::to_string(next->number) + ":" + std::to_string(next->content->size());
  return text;
}

} // namespace

TEST_CASE("an empty window sends nothing") {
  auto window = window_of(4, 100, 1);
  CHECK(window.empty());
  CHECK(sent(window) == "");
  CHECK(window.acknowledge(1000) == 0);
}

TEST_CASE("batches are numbered from 1 in the order in which they came") {
  auto window = window_of(4, 100, 1);
  CHECK(window.add(batch_of(3)) == 0);
  CHECK(window.add(batch_of(5)) == 0);
  CHECK(window.exchanges() == 8);
  CHECK(sent(window) == "1:3 2:5");
  CHECK(sent(window) == "");
  CHECK(window.exchanges() == 8); // until acknowledged
}

TEST_CASE("no more batches are under way than the window holds") {
  auto window = window_of(2, 100, 1);
  for (std::size_t size = 1; size <= 4; ++size)
    CHECK(window.add(batch_of(size)) == 0);
  CHECK(sent(window) == "1:1 2:2");
  CHECK(window.acknowledge(1) == 1);
  CHECK(sent(window) == "3:3");
  CHECK(window.acknowledge(3) == 5);
  CHECK(sent(window) == "4:4");
  CHECK(window.acknowledge(4) == 4);
  CHECK(window.empty());
}

TEST_CASE("an acknowledgement covers everything up to its number and comes once") {
  auto window = window_of(8, 100, 1);
  for (std::size_t size = 1; size <= 3; ++size)
    CHECK(window.add(batch_of(size)) == 0);
  CHECK(sent(window) == "1:1 2:2 3:3");
  CHECK(window.acknowledge(0) == 0);
  CHECK(window.acknowledge(2) == 3);
  CHECK(window.acknowledge(2) == 0);
  CHECK(window.acknowledge(1) == 0);
  CHECK(window.exchanges() == 3);
}

TEST_CASE("an acknowledgement of what was never sent leaves what waits and the numbers") {
  auto window = window_of(1, 100, 1);
  CHECK(window.add(batch_of(1)) == 0);
  CHECK(window.add(batch_of(2)) == 0);
  CHECK(sent(window) == "1:1");
  CHECK(window.acknowledge(18446744073709551615ull) == 1);
  CHECK(window.exchanges() == 2);
  CHECK(sent(window) == "2:2");
}

TEST_CASE("a full window drops the oldest that has no number yet, so that numbers have no gap") {
  auto window = window_of(1, 10, 1);
  CHECK(window.add(batch_of(4)) == 0);
  CHECK(sent(window) == "1:4");
  CHECK(window.add(batch_of(6)) == 0);
  CHECK(window.add(batch_of(3)) == 0);
  CHECK(window.exchanges() == 13);
  CHECK(window.add(batch_of(2)) == 6); // the 6 are older than the 3
  CHECK(window.exchanges() == 9);
  CHECK(window.acknowledge(1) == 4);
  CHECK(sent(window) == "2:3");
  CHECK(window.acknowledge(2) == 3);
  CHECK(sent(window) == "3:2");
}

TEST_CASE("as many old batches are dropped as are needed") {
  auto window = window_of(1, 10, 1);
  CHECK(window.add(batch_of(1)) == 0);
  CHECK(sent(window) == "1:1");
  for (auto i = 0; i < 10; ++i)
    CHECK(window.add(batch_of(1)) == 0);
  CHECK(window.add(batch_of(7)) == 7);
  CHECK(window.exchanges() == 11);
}

TEST_CASE("a batch that is larger than the window is dropped itself") {
  auto window = window_of(1, 10, 1);
  CHECK(window.add(batch_of(11)) == 11);
  CHECK(window.empty());
  CHECK(window.add(batch_of(10)) == 0);
  CHECK(sent(window) == "1:10");
}

TEST_CASE("what was sent is never dropped") {
  auto window = window_of(2, 1, 1);
  for (auto i = 0; i < 2; ++i) {
    CHECK(window.add(batch_of(1)) == 0);
    CHECK(window.next());
  }
  for (auto i = 0; i < 100; ++i)
    CHECK(window.add(batch_of(1)) == (i == 0 ? 0 : 1));
  CHECK(window.exchanges() == 3);
  CHECK(window.acknowledge(2) == 2);
  CHECK(sent(window) == "3:1");
}

TEST_CASE("after a lost connection all that was not acknowledged is sent again under its number") {
  auto window = window_of(3, 100, 1);
  for (std::size_t size = 1; size <= 4; ++size)
    CHECK(window.add(batch_of(size)) == 0);
  CHECK(sent(window) == "1:1 2:2 3:3");
  CHECK(window.acknowledge(1) == 1);
  window.resend();
  CHECK(sent(window) == "2:2 3:3 4:4");
  window.resend();
  window.resend();
  CHECK(sent(window) == "2:2 3:3 4:4");
}

TEST_CASE("a late acknowledgement during resending skips what it covers") {
  auto window = window_of(4, 100, 1);
  for (std::size_t size = 1; size <= 4; ++size)
    CHECK(window.add(batch_of(size)) == 0);
  CHECK(sent(window) == "1:1 2:2 3:3 4:4");
  window.resend();
  CHECK(window.next()->number == 1);
  CHECK(window.acknowledge(3) == 6);
  CHECK(sent(window) == "4:4");
  CHECK(window.acknowledge(4) == 4);
  CHECK(window.empty());
}

TEST_CASE("resending copies no batch") {
  auto window = window_of(4, 100, 1);
  CHECK(window.add(batch_of(1)) == 0);
  const auto first = window.next();
  window.resend();
  CHECK(window.next()->content == first->content);
}

TEST_CASE("under any mixture of calls every exchange is acknowledged, dropped or kept") {
  auto window = window_of(3, 20, 1);
  auto added = std::size_t{0};
  auto gone = std::size_t{0};
  auto highest = std::uint64_t{0};
  for (std::uint32_t state = 1, step = 0; step < 10000; ++step) {
    state = state * 1664525 + 1013904223;
    const auto choice = state >> 24;
    if (choice < 120) {
      added += choice % 7;
      gone += window.add(batch_of(choice % 7));
    } else if (choice < 200) {
      if (auto next = window.next()) {
        REQUIRE(next->number <= highest + 1);
        highest = std::max(highest, next->number);
      }
    } else if (choice < 240) {
      gone += window.acknowledge(highest - std::min<std::uint64_t>(highest, choice % 3));
    } else {
      window.resend();
    }
    REQUIRE(added == gone + window.exchanges());
  }
  CHECK(highest > 100);
}

TEST_CASE("small batches that wait are joined, up to the size of a batch") {
  auto window = window_of(1, 100, 4);
  CHECK(window.add(batch_of(1)) == 0);
  CHECK(sent(window) == "1:1"); // nothing to wait for
  for (int i = 0; i < 5; ++i)
    CHECK(window.add(batch_of(1)) == 0);
  CHECK(window.add(batch_of(9)) == 0); // larger batches stay as they are
  CHECK(window.acknowledge(1) == 1);
  CHECK(sent(window) == "2:4");
  CHECK(window.acknowledge(2) == 4);
  CHECK(sent(window) == "3:1");
  CHECK(window.acknowledge(3) == 1);
  CHECK(sent(window) == "4:9");
}

TEST_CASE("a batch of more bytes than one may have is split between exchanges") {
  auto window = send_window{{8, 100, 1 << 20, 100, 10000}};
  CHECK(window.add(batch_of_bodies(10, 4000)) == 0); // with their heads, two fit
  CHECK(sent(window) == "1:2 2:2 3:2 4:2 5:2");
  CHECK(window.add(batch_of_bodies(1, 50000)) == 0); // a single one is never cut
  CHECK(sent(window) == "6:1");
}

TEST_CASE("more bytes than fit drop the oldest that were never sent, and half of the room stays for those") {
  auto window = send_window{{100, 100, 100000, 1, 20000}};
  for (int i = 0; i < 8; ++i)
    CHECK(window.add(batch_of_bodies(1, 10000)) == 0);
  CHECK(sent(window) == "1:1 2:1 3:1 4:1 5:1");
  auto dropped = std::size_t{0};
  for (int i = 0; i < 20; ++i)
    dropped += window.add(batch_of_bodies(1, 10000));
  CHECK(window.bytes() <= 100000);
  CHECK(dropped == 28 - window.exchanges());
  CHECK(window.acknowledge(5) == 5);
  CHECK(window.next()->number == 6);
}

TEST_CASE("what an epoch did is told in the end, what is given up included") {
  auto window = window_of(1, 5, 1);
  for (int i = 0; i < 10; ++i)
    static_cast<void>(window.add(batch_of(1)));
  CHECK(sent(window) == "1:1");
  window.acknowledge(1);
  CHECK(window.abandon() == 4);
  CHECK(window.empty());
  const auto& totals = window.totals();
  CHECK(totals.offered == 10);
  CHECK(totals.acknowledged + totals.dropped == totals.offered);
  CHECK(window.bytes() == 0);
}

TEST_CASE("a batch that is not full may grow, and goes when all are wanted") {
  auto window = window_of(8, 100, 4);
  CHECK(window.add(batch_of(3)) == 0);
  CHECK_FALSE(window.next(send_window::wanted::full));
  CHECK(window.add(batch_of(1)) == 0);
  CHECK(window.next(send_window::wanted::full)->content->size() == 4);
  CHECK(window.add(batch_of(3)) == 0);
  CHECK(window.add(batch_of(2)) == 0); // does not fit beside the 3
  CHECK(window.next(send_window::wanted::full)->content->size() == 3);
  CHECK_FALSE(window.next(send_window::wanted::full));
  CHECK(window.next(send_window::wanted::all)->content->size() == 2);
  window.resend();
  CHECK(window.next(send_window::wanted::full)->number == 1); // has its number: as it is
}
