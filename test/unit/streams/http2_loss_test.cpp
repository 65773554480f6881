// HTTP/2 joined anywhere, and HTTP/2 of which bytes are missing. Every message carries its number, so a wrong pair, or
// a header from another block, shows.
#include "test/unit/streams/http2_side.hpp"
#include "test/unit/streams/tap.hpp"

#include <map>
#include <random>
#include <set>

using namespace cleartap;
using namespace std::chrono_literals;
using list = std::vector<std::string>;

namespace {

struct sent {
  direction way;
  std::string text;
  std::set<int> numbers; // of the exchanges that it has bytes of; empty: the connection's own
};

using generator = std::mt19937_64;

std::size_t below(generator& random, std::size_t end) { return static_cast<std::size_t>(random() % end); }

std::string numbered(int number, std::size_t repeats) {
  auto body = std::string{};
  for (; repeats > 0; --repeats)
    body += "<" + std::to_string(number) + ">";
  return body;
}

/// Every frame is one chunk. `width` exchanges are under way at a time.
std::vector<sent> conversation(int exchanges, int width, std::uint64_t seed) {
  auto random = generator{seed};
  auto client = http2_side{};
  auto server = http2_side{};
  auto all =
      std::vector<sent>{{tap::out, std::string{http2_preface} + settings_frame(), {}}, {tap::in, settings_frame(), {}}};
  auto add = [&](direction way, std::string text, int number) { all.push_back({way, std::move(text), {number}}); };
  for (int first = 0; first < exchanges; first += width) {
    auto last = std::min(exchanges, first + width);
    for (auto number = first; number < last; ++number) {
      auto id = static_cast<std::uint32_t>(2 * number + 1);
      auto fields = post("/" + std::to_string(number));
      fields.emplace_back("age", std::to_string(number));
      fields.emplace_back("group", std::to_string(number / 4)); // comes again: by its index
      auto has_body = below(random, 2) == 0;
      add(tap::out, client.headers(id, fields, !has_body), number);
      if (has_body)
        add(tap::out, data_frame(id, numbered(number, 1 + below(random, 50)), true), number);
    }
    for (auto number = first; number < last; ++number) {
      auto id = static_cast<std::uint32_t>(2 * number + 1);
      add(tap::in, server.headers(id, status(200, {{"age", std::to_string(number)}}), false), number);
      add(tap::in, data_frame(id, numbered(number, 1 + below(random, 50)), false), number);
    }
    for (auto number = first; number < last; ++number)
      add(tap::in, data_frame(static_cast<std::uint32_t>(2 * number + 1), numbered(number, 3), true), number);
  }
  return all;
}

int number_of(const http_headers& headers) {
  return std::stoi(std::string{header_value(headers, "age").value_or("-1")});
}

bool of_number(const http_body& body, int number) {
  auto whole = numbered(number, body.bytes.size());
  return whole.starts_with(body.bytes);
}

/// Nothing that is said of an exchange belongs to another one.
void check_right(const exchange& made) {
  INFO(summary(made));
  auto request = made.request ? number_of(made.request->headers) : -1;
  auto response = made.response ? number_of(made.response->headers) : -1;
  if (request >= 0 && !made.request->path.empty())
    CHECK(made.request->path == "/" + std::to_string(request));
  if (request >= 0 && response >= 0)
    CHECK(request == response);
  if (request >= 0) {
    CHECK(of_number(made.request->body, request));
    CHECK(header_value(made.request->headers, "group").value_or(std::to_string(request / 4)) ==
          std::to_string(request / 4));
  }
  if (response >= 0)
    CHECK(of_number(made.response->body, response));
}

/// The field that has the number has a name of the static table and a value of its own: it is known wherever one joins.
std::map<int, exchange_quality> play(const std::vector<sent>& all, std::size_t from, std::set<std::size_t> lost = {}) {
  auto seen = tap{};
  for (auto i = from; i < all.size(); ++i)
    if (lost.contains(i))
      seen.lose(all[i].way, all[i].text.size());
    else
      seen.chunk(all[i].way, all[i].text);
  seen.drain();
  auto qualities = std::map<int, exchange_quality>{};
  for (const auto& made : seen.exchanges) {
    check_right(made);
    if (made.request && made.response) {
      auto number = std::max(number_of(made.request->headers), number_of(made.response->headers));
      CHECK(qualities.emplace(number, made.quality).second);
    }
  }
  return qualities;
}

} // namespace

TEST_CASE("two exchanges over HTTP/2 are the same however they are cut") {
  auto all = conversation(2, 2, 7);
  auto whole = tap{};
  auto in_two = std::size_t{0};
  for (const auto& each : all) {
    whole.chunk(each.way, each.text);
    in_two += each.text.size();
  }
  whole.drain();
  REQUIRE(whole.exchanges.size() == 2);
  for (std::size_t cut = 1; cut < in_two; ++cut) {
    auto seen = tap{};
    auto at = std::size_t{0};
    for (const auto& each : all) {
      auto here = cut > at ? std::min(cut - at, each.text.size()) : 0;
      auto text = std::string_view{each.text};
      if (here > 0)
        seen.chunk(each.way, text.substr(0, here));
      if (here < text.size())
        seen.chunk(each.way, text.substr(here));
      at += text.size();
    }
    seen.drain();
    INFO("cut at " << cut);
    CHECK(everything(seen.exchanges) == everything(whole.exchanges));
  }
  auto bytewise = tap{};
  for (const auto& each : all)
    for (const auto& byte : each.text)
      bytewise.chunk(each.way, {&byte, 1});
  bytewise.drain();
  CHECK(everything(bytewise.exchanges) == everything(whole.exchanges));
}

TEST_CASE("HTTP/2 that is joined at any frame has every exchange that begins then") {
  auto width = GENERATE(1, 3);
  auto all = conversation(20, width, 11);
  for (std::size_t from = 0; from < all.size(); ++from) {
    INFO("from " << from);
    auto begun = std::set<int>{}; // before the join
    for (std::size_t i = 0; i < from; ++i)
      begun.insert(all[i].numbers.begin(), all[i].numbers.end());
    auto made = play(all, from);
    for (int number = 0; number < 20; ++number)
      if (!begun.contains(number)) {
        INFO("exchange " << number);
        REQUIRE(made.contains(number));
        CHECK((made[number] == exchange_quality::complete || made[number] == exchange_quality::fields_unknown));
      }
  }
}

TEST_CASE("the other side of a connection that is joined may begin inside of a frame") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.client_sends(client.headers(7, get("/7"), true));
  seen.server_sends(std::string("\0\0\1\x20", 4) +
                    "the rest of what was sent before, which looks like a frame of an extension");
  seen.server_sends(server.headers(7, status(200), false) + data_frame(7, "seven", true));
  seen.drain();
  CHECK(summaries(seen.exchanges) == list{"GET /7 -> 200 complete"});
}

TEST_CASE("what was inserted before the join becomes known as it is sent again") {
  auto all = conversation(20, 1, 5);
  auto made = play(all, 2); // all but the settings
  auto complete =
      std::ranges::count_if(made, [](const auto& each) { return each.second == exchange_quality::complete; });
  CHECK(complete >= 15); // the first blocks name nothing older
}

TEST_CASE("one lost frame costs the exchanges that are under way, and no other") {
  auto width = GENERATE(1, 4);
  auto all = conversation(20, width, 3);
  for (std::size_t lost = 0; lost < all.size(); ++lost) {
    INFO("lost " << lost);
    auto made = play(all, 0, {lost});
    auto touched = all[lost].numbers.empty() ? -1 : *all[lost].numbers.begin();
    for (int number = 0; number < 20; ++number) {
      auto together = touched >= 0 && number / width == touched / width;
      INFO("exchange " << number);
      if (number == touched) {
        CHECK((!made.contains(number) || made[number] != exchange_quality::complete));
      } else if (!together) {
        REQUIRE(made.contains(number));
        CHECK((made[number] == exchange_quality::complete || made[number] == exchange_quality::fields_unknown));
      }
    }
  }
}

TEST_CASE("whatever is lost of HTTP/2, nothing is mixed up") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    auto random = generator{seed};
    auto all = conversation(30, 1 + static_cast<int>(below(random, 6)), seed);
    auto lost = std::set<std::size_t>{};
    for (auto count = below(random, 20); count > 0; --count)
      lost.insert(below(random, all.size()));
    INFO("seed " << seed);
    play(all, below(random, all.size() / 2), lost);
  }
}

TEST_CASE("a hole inside of data costs that body alone") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.client_sends(joined({std::string{http2_preface}, settings_frame(), client.headers(1, get("/1"), true),
                            client.headers(3, get("/3"), true)}));
  seen.server_sends(settings_frame());
  auto body = data_frame(1, numbered(1, 400), true);
  seen.server_sends(server.headers(1, status(200), false) + body.substr(0, 100));
  seen.lose(tap::in, body.size() - 200);
  seen.server_sends(body.substr(body.size() - 100));
  seen.server_sends(server.headers(3, status(200), false) + data_frame(3, "three", true));
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 truncated_gap", "GET /3 -> 200 complete"});
  CHECK(seen.exchanges[0].response->body.bytes == numbered(1, 400).substr(0, 91));
  CHECK(seen.exchanges[0].response->body.size_carried == 1200);
}

TEST_CASE("a hole up to the end of data ends it") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.client_sends(joined({std::string{http2_preface}, settings_frame(), client.headers(1, get("/1"), true)}));
  seen.server_sends(settings_frame());
  auto body = data_frame(1, numbered(1, 100), true);
  seen.server_sends(server.headers(1, status(200), false));
  seen.chunk(tap::in, body.substr(0, 100), static_cast<std::uint32_t>(body.size() - 100));
  CHECK(summaries(seen.exchanges) == list{"GET /1 -> 200 truncated_kernel"});
  seen.client_sends(client.headers(3, get("/3"), true));
  seen.server_sends(server.headers(3, status(204), true));
  CHECK(summary(seen.exchanges.back()) == "GET /3 -> 204 complete");
}

TEST_CASE("what a loss has torn goes out after a while") {
  auto seen = tap{};
  auto client = http2_side{};
  auto server = http2_side{};
  seen.client_sends(joined({std::string{http2_preface}, settings_frame(), client.headers(1, get("/1"), true)}));
  seen.server_sends(settings_frame() + server.headers(1, status(200), false));
  auto end = data_frame(1, "all of it", true);
  seen.lose(tap::in, end.size());
  seen.client_sends(client.headers(3, get("/3"), true));
  seen.server_sends(server.headers(3, status(204), true));
  CHECK(summaries(seen.exchanges) == list{"GET /3 -> 204 complete"});
  seen.stage.expire(seen.current.at + 11s, seen.exchanges);
  CHECK(summary(seen.exchanges.back()) == "GET /1 -> 200 truncated_gap");
  CHECK(seen.ledger().queued == 0);
}
