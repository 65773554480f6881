#include "actors/intake/arrivals.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <set>
#include <string>

using namespace cleartap;

namespace {

const auto alpha = sender_id{"node-a", 1};
const auto beta = sender_id{"node-b", 1};

/// "node-a/1:3"
std::string text_of(const std::vector<watermark>& marks) {
  auto text = std::string{};
  for (const auto& mark : marks)
    text += (text.empty() ? "" : " ") + mark.sender.sniffer + "/" + std::to_string(mark.sender.epoch) + ":" +
            std::to_string(mark.number);
  return text;
}

} // namespace

TEST_CASE("batches are taken in order, from 1 on") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 1, 1) == arrival::fresh);
  CHECK(seen.arrive(alpha, 2, 1) == arrival::fresh);
  CHECK(seen.arrive(alpha, 3, 1) == arrival::fresh);
}

TEST_CASE("a batch that was taken is a duplicate, committed or not") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 1, 1) == arrival::fresh);
  CHECK(seen.arrive(alpha, 1, 1) == arrival::duplicate);
  seen.commit(seen.uncommitted());
  CHECK(seen.arrive(alpha, 1, 1) == arrival::duplicate);
  CHECK(seen.arrive(alpha, 2, 1) == arrival::fresh);
}

TEST_CASE("there is no batch 0") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 0, 1) == arrival::duplicate);
  CHECK(seen.uncommitted().empty());
}

TEST_CASE("a batch after a gap is refused and comes again in order") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 2, 1) == arrival::gap);
  CHECK(seen.arrive(alpha, 1, 1) == arrival::fresh);
  CHECK(seen.arrive(alpha, 3, 1) == arrival::gap);
  CHECK(seen.arrive(alpha, std::numeric_limits<std::uint64_t>::max(), 1) == arrival::gap);
  CHECK(seen.arrive(alpha, 2, 1) == arrival::fresh);
  CHECK(text_of(seen.uncommitted()) == "node-a/1:2");
}

TEST_CASE("senders and their runs are counted apart") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 1, 1) == arrival::fresh);
  CHECK(seen.arrive(beta, 1, 1) == arrival::fresh);
  CHECK(seen.arrive({"node-a", 2}, 1, 1) == arrival::fresh);
  CHECK(seen.arrive({"node-a", 2}, 2, 1) == arrival::fresh);
  CHECK(text_of(seen.uncommitted()) == "node-a/1:1 node-a/2:2 node-b/1:1");
}

TEST_CASE("only what a commit covered counts as committed") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 1, 1) == arrival::fresh);
  const auto marks = seen.uncommitted();
  CHECK(seen.arrive(alpha, 2, 1) == arrival::fresh); // while the commit is on its way
  CHECK(seen.committed(alpha) == 0);
  CHECK(seen.waiting(alpha) == 2);
  CHECK(seen.waiting(beta) == 0);
  seen.commit(marks);
  CHECK(seen.committed(alpha) == 1);
  CHECK(seen.waiting(alpha) == 1);
  CHECK(text_of(seen.uncommitted()) == "node-a/1:2");
  seen.commit(seen.uncommitted());
  CHECK(seen.committed(alpha) == 2);
  CHECK(seen.uncommitted().empty());
}

TEST_CASE("a commit never goes back") {
  auto seen = arrivals{};
  seen.load({alpha, 10});
  seen.commit({{alpha, 4}});
  CHECK(seen.committed(alpha) == 10);
}

TEST_CASE("a new run of the reconstructor goes on where the last one committed") {
  auto seen = arrivals{};
  seen.load({alpha, 41});
  CHECK(seen.committed(alpha) == 41);
  CHECK(seen.uncommitted().empty());
  CHECK(seen.arrive(alpha, 41, 1) == arrival::duplicate);
  CHECK(seen.arrive(alpha, 43, 1) == arrival::gap);
  CHECK(seen.arrive(alpha, 42, 1) == arrival::fresh);
  CHECK(text_of(seen.uncommitted()) == "node-a/1:42");
}

TEST_CASE("of an unknown sender nothing is committed") { CHECK(arrivals{}.committed(alpha) == 0); }

TEST_CASE("the last number there is does not wrap") {
  auto seen = arrivals{};
  seen.load({alpha, std::numeric_limits<std::uint64_t>::max() - 1});
  CHECK(seen.arrive(alpha, std::numeric_limits<std::uint64_t>::max(), 1) == arrival::fresh);
  CHECK(seen.arrive(alpha, 0, 1) == arrival::duplicate);
  CHECK(seen.arrive(alpha, 1, 1) == arrival::duplicate);
}

TEST_CASE("a sniffer that begins another epoch without a farewell has ended the last one uncleanly") {
  auto seen = arrivals{};
  seen.begin(alpha);
  CHECK(seen.arrive(alpha, 1, 5) == arrival::fresh);
  seen.commit(seen.uncommitted());
  seen.begin({"node-a", 2});
  auto marks = seen.uncommitted();
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].sender == alpha);
  CHECK(marks[0].end == epoch_end::unclean);
  CHECK(marks[0].exchanges == 5);
  CHECK(seen.arrive(beta, 1, 1) == arrival::fresh);
  seen.begin(alpha); // only its connection had been lost
  CHECK(text_of(seen.uncommitted()) == "node-a/2:0 node-b/1:1"); // now the other one has
}

TEST_CASE("a farewell is committed like a batch, and then the epoch has ended") {
  auto seen = arrivals{};
  CHECK(seen.arrive(alpha, 1, 7) == arrival::fresh);
  seen.end({alpha, 9, 2});
  auto marks = seen.uncommitted();
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].end == epoch_end::clean);
  CHECK(marks[0].offered == marks[0].exchanges + marks[0].dropped);
  CHECK_FALSE(seen.ended(alpha));
  seen.commit(marks);
  CHECK(seen.ended(alpha));
  seen.begin({"node-a", 2});
  CHECK(seen.all()[0].end == epoch_end::clean);
  CHECK(seen.uncommitted().empty());
}

TEST_CASE("of one sniffer the latest epochs are kept, and the others are told to be forgotten") {
  auto seen = arrivals{};
  for (std::uint64_t epoch = 1; epoch <= 100; ++epoch)
    CHECK(seen.arrive({"node-a", epoch * 7919 % 101}, 1, 1) == arrival::fresh);
  CHECK(seen.all().size() == arrivals::epochs_max);
  CHECK(seen.take_forgotten().size() == 100 - arrivals::epochs_max);
  CHECK(seen.take_forgotten().empty());
  CHECK(seen.arrive({"node-a", 100 * 7919 % 101}, 2, 1) == arrival::fresh);
}

TEST_CASE("an authority stays with its shard and shards are all used") {
  auto used = std::set<std::size_t>{};
  for (auto i = 0; i < 200; ++i) {
    const auto name = "api-" + std::to_string(i) + ".example";
    const auto shard = shard_of_authority(name, 4);
    CHECK(shard == shard_of_authority(std::string{name}, 4));
    used.insert(shard);
  }
  CHECK(used == std::set<std::size_t>{0, 1, 2, 3});
}

TEST_CASE("with one shard everything is there, whatever it is called") {
  CHECK(shard_of_authority("", 1) == 0);
  CHECK(shard_of_authority(std::string(1u << 20, 'x'), 1) == 0);
  CHECK(shard_of_authority({"\0\xff", 2}, 1) == 0);
}

TEST_CASE("a NUL does not end an authority") {
  auto shards = std::set<std::size_t>{};
  for (auto i = 0; i < 64; ++i)
    shards.insert(shard_of_authority(std::string{"a\0", 2} + std::to_string(i), 8));
  CHECK(shards.size() > 1);
}
