#include "actors/metrics/metrics_text.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <vector>

using namespace cleartap;
using flow::drop_reason;

namespace {

/// The text's lines, and what they say, read by the rules of the exposition format alone.
struct exposition {
  explicit exposition(const std::string& text) {
    auto lines = std::istringstream{text};
    for (auto line = std::string{}; std::getline(lines, line);)
      read(line);
  }

  void read(const std::string& line) {
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(helped.insert(family).second);
    } else if (line.starts_with("# TYPE ")) {
      auto blank = line.find(' ', 7);
      CHECK(line.substr(7, blank - 7) == family); // HELP and TYPE stand together
      CHECK(types.emplace(family, line.substr(blank + 1)).second);
    } else {
      auto name = line.substr(0, line.find_first_of("{ "));
      CHECK(name == family); // samples of a family stand together
      auto blank = line.rfind(' ');
      CHECK(samples.emplace(line.substr(0, blank), line.substr(blank + 1)).second);
    }
  }

  std::string value(const std::string& sample) const {
    auto found = samples.find(sample);
    return found == samples.end() ? "none" : found->second;
  }

  std::string family;
  std::set<std::string> helped;
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> samples; // by name and labels
};

/// Two actors of one stage, another stage, two edges; something of everything is counted.
void fill(flow::directory& all) {
  auto& first = all.add_actor("streams", 0, "bytes");
  auto& second = all.add_actor("streams", 1, "bytes");
  auto& third = all.add_actor("uplink", 0, "exchanges");
  first.in = 100;
  first.out = 80;
  first.queued = 5;
  second.mailbox = 3;
  third.restarts = 2;
  first.drop(drop_reason::not_http, 15);
  first.drop(drop_reason::limit, 1);
  third.drop(drop_reason::buffer_full, 9);
  auto& edge = all.add_edge("ring", "streams", "bytes", 2, 256, 16, 64);
  all.add_edge("streams", "redaction", "exchanges", 2, 256, 16, 64);
  edge.offered = 1000;
  edge.delivered = 900;
  edge.waiting = 60;
  edge.under_way = 4;
  edge.drop(drop_reason::queue_full, 40);
  static constexpr auto limits = std::array<std::string_view, 2>{"head", "body"};
  for (std::size_t shard = 0; shard < 2; ++shard) {
    all.add_figures("streams", shard, "limits_reached", limits).counts[1] = 7 + shard;
    all.add_figures("streams", shard, "damage", limits).counts[0] = 1;
  }
}

} // namespace

TEST_CASE("every family comes once, with its help and its type, its samples behind it") {
  auto all = flow::directory{};
  fill(all);
  auto watched = watch_status{};
  const auto text = exposition{metrics_text(all, &watched)};
  CHECK(text.types == std::map<std::string, std::string>{{"cleartap_actor_dropped_total", "counter"},
                                                         {"cleartap_actor_in_total", "counter"},
                                                         {"cleartap_actor_mailbox", "gauge"},
                                                         {"cleartap_actor_out_total", "counter"},
                                                         {"cleartap_actor_queued", "gauge"},
                                                         {"cleartap_actor_restarts_total", "counter"},
                                                         {"cleartap_damage_total", "counter"},
                                                         {"cleartap_edge_batches_under_way", "gauge"},
                                                         {"cleartap_edge_delivered_total", "counter"},
                                                         {"cleartap_edge_dropped_total", "counter"},
                                                         {"cleartap_edge_offered_total", "counter"},
                                                         {"cleartap_edge_waiting", "gauge"},
                                                         {"cleartap_libraries", "gauge"},
                                                         {"cleartap_limits_reached_total", "counter"},
                                                         {"cleartap_processes", "gauge"}});
  CHECK(text.helped.size() == text.types.size());
}

TEST_CASE("each actor's figures carry its name and index") {
  auto all = flow::directory{};
  fill(all);
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_actor_in_total{actor="streams",index="0"})") == "100");
  CHECK(text.value(R"(cleartap_actor_in_total{actor="streams",index="1"})") == "0");
  CHECK(text.value(R"(cleartap_actor_out_total{actor="streams",index="0"})") == "80");
  CHECK(text.value(R"(cleartap_actor_queued{actor="streams",index="0"})") == "5");
  CHECK(text.value(R"(cleartap_actor_mailbox{actor="streams",index="1"})") == "3");
  CHECK(text.value(R"(cleartap_actor_restarts_total{actor="uplink",index="0"})") == "2");
}

TEST_CASE("figures carry their name, and only those that were counted are told") {
  auto all = flow::directory{};
  fill(all);
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_limits_reached_total{actor="streams",index="1",name="body"})") == "8");
  CHECK(text.value(R"(cleartap_limits_reached_total{actor="streams",index="1",name="head"})") == "none");
}

TEST_CASE("drops carry their reason and their unit, and only those that happened are told") {
  auto all = flow::directory{};
  fill(all);
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_actor_dropped_total{actor="streams",index="0",reason="not_http",unit="bytes"})") ==
        "15");
  CHECK(text.value(R"(cleartap_actor_dropped_total{actor="streams",index="0",reason="limit",unit="bytes"})") == "1");
  CHECK(text.value(R"(cleartap_actor_dropped_total{actor="uplink",index="0",reason="buffer_full",unit="exchanges"})") ==
        "9");
  CHECK(text.value(R"(cleartap_edge_dropped_total{from="ring",to="streams",reason="queue_full",unit="bytes"})") ==
        "40");
  CHECK(std::ranges::count_if(
            text.samples, [](const auto& each) { return each.first.find("dropped_total") != std::string::npos; }) == 4);
}

TEST_CASE("each edge's figures carry both its ends") {
  auto all = flow::directory{};
  fill(all);
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_edge_offered_total{from="ring",to="streams"})") == "1000");
  CHECK(text.value(R"(cleartap_edge_delivered_total{from="ring",to="streams"})") == "900");
  CHECK(text.value(R"(cleartap_edge_waiting{from="ring",to="streams"})") == "60");
  CHECK(text.value(R"(cleartap_edge_batches_under_way{from="ring",to="streams"})") == "4");
  CHECK(text.value(R"(cleartap_edge_offered_total{from="streams",to="redaction"})") == "0");
}

TEST_CASE("a ledger that belongs to no actor has units, and neither mailbox nor restarts") {
  auto all = flow::directory{};
  auto& bodies = all.add_ledger("bodies", 0, "bytes");
  bodies.in = 50;
  bodies.out = 43;
  bodies.drop(drop_reason::sampled, 7);
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_actor_in_total{actor="bodies",index="0"})") == "50");
  CHECK(text.value(R"(cleartap_actor_out_total{actor="bodies",index="0"})") == "43");
  CHECK(text.value(R"(cleartap_actor_dropped_total{actor="bodies",index="0",reason="sampled",unit="bytes"})") == "7");
  CHECK(text.samples.size() == 4); // and what is queued
}

TEST_CASE("what is watched is told by the sniffer alone") {
  auto all = flow::directory{};
  auto watched = watch_status{};
  watched.libraries = 3;
  watched.processes = 17;
  const auto text = exposition{metrics_text(all, &watched)};
  CHECK(text.value("cleartap_libraries") == "3");
  CHECK(text.value("cleartap_processes") == "17");
  CHECK(exposition{metrics_text(all, nullptr)}.samples.empty());
}

TEST_CASE("a label of any text stays one label") {
  auto all = flow::directory{};
  all.add_actor("a\"b\\c\nd", 0, "bytes");
  const auto text = exposition{metrics_text(all, nullptr)};
  CHECK(text.value(R"(cleartap_actor_in_total{actor="a\"b\\c\nd",index="0"})") == "0");
}

TEST_CASE("the largest count is still a number") {
  auto all = flow::directory{};
  all.add_actor("ring", 0, "bytes").in = std::numeric_limits<std::uint64_t>::max();
  const auto value = exposition{metrics_text(all, nullptr)}.value(R"(cleartap_actor_in_total{actor="ring",index="0"})");
  CHECK(std::stod(value) > 1.8446744073e19);
}

TEST_CASE("a sniffer shows its end of the link, a reconstructor who was refused and why") {
  const auto all = flow::directory{};
  auto host = link_host{settings{}};
  host.status.update([](auto& end) { end.connected = true; });
  host.status.count_refusal("it has expired");
  host.status.count_refusal("it has expired");
  host.status.show_certificate(std::chrono::sys_seconds{std::chrono::seconds{2000000000}});
  const auto sniffer = exposition{metrics_text(all, nullptr, {.role = node_role::sniffer, .host = &host})};
  CHECK(sniffer.value("cleartap_link_connected") == "1");
  CHECK(sniffer.value("cleartap_link_certificate_end_seconds") == "2000000000");
  const auto other = exposition{metrics_text(all, nullptr, {.role = node_role::reconstructor, .host = &host})};
  CHECK(other.value(R"(cleartap_link_refused_total{reason="it has expired"})") == "2");
  CHECK(other.value("cleartap_link_sniffers") == "0");
}
