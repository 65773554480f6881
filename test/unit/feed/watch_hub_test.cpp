#include "actors/feed/watch_hub.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

/// Long enough for any machine; nothing waits so long unless a test fails.
constexpr auto deadline = 60s;

struct room {
  std::atomic<bool> wanted{true};
  watch_hub hub{wanted};
};

} // namespace

TEST_CASE("nothing is wanted until someone watches") {
  auto all = room{};
  CHECK_FALSE(all.wanted);
  auto watcher = all.hub.subscribe();
  CHECK(all.wanted);
}

TEST_CASE("every watcher gets every line in order") {
  auto all = room{};
  auto first = all.hub.subscribe();
  auto second = all.hub.subscribe();
  CHECK(all.hub.publish("one") == 0);
  CHECK(all.hub.publish("two") == 0);
  for (const auto& queue : {first, second}) {
    CHECK(queue->pop(0ms) == "one");
    CHECK(queue->pop(0ms) == "two");
    CHECK(queue->pop(0ms) == std::nullopt);
  }
}

TEST_CASE("a line goes to those who watched when it came") {
  auto all = room{};
  CHECK(all.hub.publish("early") == 0);
  auto watcher = all.hub.subscribe();
  CHECK(watcher->pop(0ms) == std::nullopt);
}

TEST_CASE("a watcher that has gone is forgotten and with the last one the wish") {
  auto all = room{};
  auto stays = all.hub.subscribe();
  auto goes = all.hub.subscribe();
  goes.reset();
  CHECK(all.hub.publish("x") == 0);
  CHECK(all.wanted);
  stays.reset();
  CHECK(all.hub.publish("x") == 0);
  CHECK_FALSE(all.wanted);
}

TEST_CASE("there are at most four watchers, and a place is free again when one goes") {
  auto all = room{};
  auto watchers = std::vector<std::shared_ptr<watch_queue>>{};
  for (auto i = 0; i < 4; ++i)
    watchers.push_back(all.hub.subscribe());
  CHECK(watchers.back());
  CHECK_FALSE(all.hub.subscribe());
  watchers.pop_back();
  CHECK(all.hub.subscribe());
}

TEST_CASE("a watcher that does not keep up loses lines and the others do not") {
  auto all = room{};
  auto slow = all.hub.subscribe();
  for (std::size_t i = 0; i < watch_queue::lines_max; ++i)
    REQUIRE(all.hub.publish("x") == 0);
  auto quick = all.hub.subscribe();
  CHECK(all.hub.publish("last") == 1);
  CHECK(quick->pop(0ms) == "last");
  CHECK(slow->pop(0ms) == "x");
  CHECK(all.hub.publish("again") == 0); // there is room for one
}

TEST_CASE("a queue has a limit of bytes beside that of lines") {
  auto queue = watch_queue{};
  const auto half = std::string(watch_queue::bytes_max / 2, 'x');
  CHECK(queue.push(half));
  CHECK(queue.push(half));
  CHECK_FALSE(queue.push("y"));
  CHECK(queue.push(""));
  CHECK(queue.pop(0ms) == half);
  CHECK(queue.push("y"));
}

TEST_CASE("a line that is larger than a queue never fits") {
  auto queue = watch_queue{};
  CHECK_FALSE(queue.push(std::string(watch_queue::bytes_max + 1, 'x')));
  CHECK(queue.push("small"));
}

TEST_CASE("a closed queue gives what it has and takes no more") {
  auto queue = watch_queue{};
  CHECK(queue.push("a"));
  queue.close();
  CHECK(queue.closed());
  CHECK_FALSE(queue.push("b"));
  CHECK(queue.pop(deadline) == "a");
  CHECK(queue.pop(deadline) == std::nullopt); // at once
}

TEST_CASE("a waiting watcher is woken by a line") {
  auto queue = watch_queue{};
  auto got = std::optional<std::string>{};
  auto watcher = std::thread{[&] { got = queue.pop(deadline); }};
  CHECK(queue.push("news"));
  watcher.join();
  CHECK(got == "news");
}

TEST_CASE("closing the hub wakes every watcher and refuses new ones") {
  auto all = room{};
  auto queue = all.hub.subscribe();
  auto got = std::optional<std::string>{"something"};
  auto watcher = std::thread{[&] { got = queue->pop(deadline); }};
  all.hub.close();
  watcher.join();
  CHECK(got == std::nullopt);
  CHECK(queue->closed());
  CHECK_FALSE(all.hub.subscribe());
}

TEST_CASE("watchers come and go while lines are published") {
  auto all = room{};
  auto stop = std::atomic<bool>{false};
  auto seen = std::atomic<std::size_t>{0};
  auto watchers = std::vector<std::thread>{};
  for (auto i = 0; i < 3; ++i)
    watchers.emplace_back([&] {
      while (!stop)
        if (auto queue = all.hub.subscribe(); queue && queue->pop(1ms))
          ++seen;
    });
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (seen < 100 && std::chrono::steady_clock::now() < end)
    all.hub.publish("x");
  stop = true;
  for (auto& each : watchers)
    each.join();
  CHECK(seen >= 100);
}
