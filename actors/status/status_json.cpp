#include "actors/status/status_json.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <map>

namespace cleartap {

namespace {

namespace json = boost::json;

json::object drops(const flow::drop_counters& counters) {
  auto object = json::object{};
  for (std::size_t i = 0; i < counters.size(); ++i)
    if (auto units = counters[i].load(); units > 0)
      object[to_string(static_cast<flow::drop_reason>(i))] = units;
  return object;
}

/// Digits after the third tell nothing of a mean over seconds.
json::value rounded(const flow::rate& rate) {
  auto thousandths = std::llround(rate.per_second() * 1000);
  return thousandths % 1000 == 0 ? json::value(thousandths / 1000)
                                 : json::value(static_cast<double>(thousandths) / 1000);
}

json::object actor_object(const flow::actor_status& actor) {
  return {{"name", actor.name},
          {"index", actor.index},
          {"phase", json::string{to_string(actor.phase.load())}},
          {"unit", actor.unit},
          {"rate", rounded(actor.in_rate)},
          {"mailbox", actor.mailbox.load()},
          {"messages_in", actor.messages_in.load()},
          {"messages_out", actor.messages_out.load()},
          {"restarts", actor.restarts.load()}};
}

json::object edge_object(const flow::edge_status& edge, std::size_t producers) {
  return {{"from", edge.from},
          {"to", edge.to},
          {"producers", producers},
          {"lanes", edge.lanes},
          {"batch_max", edge.batch_max},
          {"credit_max", edge.credit_max},
          {"queue_max", edge.queue_max},
          {"unit", edge.unit},
          {"rate", rounded(edge.delivered_rate)},
          {"offered", edge.offered.load()},
          {"delivered", edge.delivered.load()},
          {"batches", edge.batches.load()},
          {"under_way", edge.under_way.load()},
          {"waiting", edge.waiting.load()},
          {"wanted", edge.wanted.load()},
          {"dropped", drops(edge.dropped)},
          {"dropped_rate", rounded(edge.dropped_rate)}};
}

json::object ledger_object(const flow::ledger_status& ledger) {
  auto missing =
      ledger.in.load() - ledger.out.load() - ledger.queued.load(); // modulo 2^64: counters are not read at once
  for (const auto& units : ledger.dropped)
    missing -= units.load();
  return {{"name", ledger.name},
          {"index", ledger.index},
          {"unit", ledger.unit},
          {"in", ledger.in.load()},
          {"out", ledger.out.load()},
          {"queued", ledger.queued.load()},
          {"dropped", drops(ledger.dropped)},
          {"dropped_rate", rounded(ledger.dropped_rate)},
          {"balance", static_cast<std::int64_t>(missing)}};
}

json::array actors_of(const flow::directory& directory) {
  auto list = json::array{};
  directory.for_each_actor([&](const auto& actor) { list.push_back(actor_object(actor)); });
  return list;
}

json::array edges_of(const flow::directory& directory) {
  auto actors = std::map<std::string_view, std::size_t>{}; // names live as long as the directory
  directory.for_each_actor([&](const auto& actor) { ++actors[actor.name]; });
  auto list = json::array{};
  directory.for_each_edge([&](const auto& edge) { list.push_back(edge_object(edge, actors[edge.from])); });
  return list;
}

json::array stages_of(const flow::directory& directory) {
  auto list = json::array{};
  directory.for_each_ledger([&](const auto& ledger) { list.push_back(ledger_object(ledger)); });
  return list;
}

/// Those that were counted at all, over the shards of an actor.
json::array figures_of(const flow::directory& directory) {
  auto sums = std::map<std::pair<std::string_view, std::string_view>, json::object>{};
  directory.for_each_figures([&](const auto& figures) {
    for (std::size_t i = 0; i < figures.names.size(); ++i)
      if (auto count = figures.counts[i].load(); count > 0) {
        json::value& sum = sums[{figures.owner, figures.what}][figures.names[i]];
        sum = (sum.is_null() ? 0 : sum.to_number<std::uint64_t>()) + count;
      }
  });
  auto list = json::array{};
  for (auto& [key, counts] : sums)
    list.push_back(json::object{{"actor", key.first}, {"what", key.second}, {"counts", std::move(counts)}});
  return list;
}

} // namespace

std::string actors_json(const flow::directory& directory) {
  return json::serialize(json::object{{"actors", actors_of(directory)}});
}

std::string topology_json(const flow::directory& directory) {
  return json::serialize(json::object{{"edges", edges_of(directory)}});
}

std::string losses_json(const flow::directory& directory) {
  return json::serialize(json::object{{"stages", stages_of(directory)}, {"figures", figures_of(directory)}});
}

std::string pipeline_json(const flow::directory& directory, const link_view& link,
                          std::chrono::steady_clock::time_point now) {
  return json::serialize(json::object{{"actors", actors_of(directory)},
                                      {"edges", edges_of(directory)},
                                      {"stages", stages_of(directory)},
                                      {"sessions", link.host ? sessions_of(*link.host, now) : json::array{}}});
}

std::string watched_json(const watch_status* watched) {
  if (!watched)
    return R"({"libraries":null,"processes":null,"scanned":null})";
  return json::serialize(json::object{{"libraries", watched->libraries.load()},
                                      {"processes", watched->processes.load()},
                                      {"scanned", watched->scanned.load()}});
}

std::string reload_json(const result<setting_changes>& outcome) {
  auto changed = json::array{};
  auto problems = json::array{};
  if (outcome)
    for (const auto& each : *outcome)
      changed.push_back(json::object{{"key", each.key}, {"old", each.before}, {"new", each.after}});
  else
    for (auto rest = std::string_view{outcome.error().text}; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      problems.push_back(json::value(line));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  return json::serialize(json::object{{"applied", bool{outcome}}, {"changed", changed}, {"problems", problems}});
}

} // namespace cleartap
