#include "actors/admin/status_json.hpp"

#include <boost/json.hpp>

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

json::object actor_object(const flow::actor_status& actor) {
  return {{"name", actor.name},
          {"index", actor.index},
          {"phase", json::string{to_string(actor.phase.load())}},
          {"mailbox", actor.mailbox.load()},
          {"messages_in", actor.messages_in.load()},
          {"messages_out", actor.messages_out.load()},
          {"restarts", actor.restarts.load()}};
}

json::object edge_object(const flow::edge_status& edge) {
  return {{"from", edge.from},
          {"to", edge.to},
          {"lanes", edge.lanes},
          {"batch_max", edge.batch_max},
          {"credit_max", edge.credit_max},
          {"queue_max", edge.queue_max},
          {"unit", edge.unit},
          {"offered", edge.offered.load()},
          {"delivered", edge.delivered.load()},
          {"batches", edge.batches.load()},
          {"under_way", edge.under_way.load()},
          {"waiting", edge.waiting.load()},
          {"dropped", drops(edge.dropped)}};
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
          {"balance", static_cast<std::int64_t>(missing)}};
}

} // namespace

std::string actors_json(const flow::directory& directory) {
  auto list = json::array{};
  directory.for_each_actor([&](const auto& actor) { list.push_back(actor_object(actor)); });
  return json::serialize(json::object{{"actors", std::move(list)}});
}

std::string topology_json(const flow::directory& directory) {
  auto list = json::array{};
  directory.for_each_edge([&](const auto& edge) { list.push_back(edge_object(edge)); });
  return json::serialize(json::object{{"edges", std::move(list)}});
}

std::string losses_json(const flow::directory& directory) {
  auto list = json::array{};
  directory.for_each_ledger([&](const auto& ledger) { list.push_back(ledger_object(ledger)); });
  return json::serialize(json::object{{"stages", std::move(list)}});
}

std::string watched_json(const watch_status* watched) {
  if (!watched)
    return R"({"libraries":null,"processes":null,"scanned":null})";
  return json::serialize(json::object{{"libraries", watched->libraries.load()},
                                      {"processes", watched->processes.load()},
                                      {"scanned", watched->scanned.load()}});
}

} // namespace cleartap
