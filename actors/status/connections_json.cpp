#include "actors/status/connections_json.hpp"

#include "messages/text.hpp"

#include <boost/json.hpp>
#include <cstdio>

namespace cleartap {

namespace {

namespace json = boost::json;

std::string hex(std::uint64_t epoch) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(epoch));
  return text;
}

json::value moment(wall_time when) { return when == wall_time{} ? json::value{} : json::value(rfc3339(when)); }

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value{} : json::value(well_formed_utf8(text));
}

json::object sniffer_end(const link_view& view) {
  auto end = view.host->status.sniffer_end();
  return {{"address", view.reconstructor},
          {"connected", end.connected},
          {"name", text_or_null(end.name)},
          {"since", moment(end.since)},
          {"last_error", text_or_null(end.last_error)},
          {"connects", end.connects},
          {"failures", end.failures},
          {"open_parts", end.open_parts}};
}

json::object session_object(const session_record& session, std::chrono::steady_clock::time_point now) {
  const auto& connection = *session.connection;
  auto silent = std::chrono::duration_cast<std::chrono::milliseconds>(now - connection.last_heard());
  return {{"name", well_formed_utf8(session.sender.sniffer)},
          {"epoch", hex(session.sender.epoch)},
          {"address", connection.peer()},
          {"since", rfc3339(session.since)},
          {"silent_ms", std::max<std::int64_t>(0, silent.count())},
          {"batches", session.batches.load()},
          {"exchanges", session.exchanges.load()},
          {"bytes_in", connection.bytes_in()},
          {"bytes_out", connection.bytes_out()},
          {"delayed", session.delayed.load()}};
}

json::object epoch_object(const watermark& mark) {
  return {{"sniffer", well_formed_utf8(mark.sender.sniffer)},
          {"epoch", hex(mark.sender.epoch)},
          {"number", mark.number},
          {"exchanges", mark.exchanges},
          {"end", json::string{to_string(mark.end)}},
          {"offered", mark.offered},
          {"dropped", mark.dropped}};
}

void add_reconstructor(json::object& into, const link_view& view, std::chrono::steady_clock::time_point now) {
  auto epochs = json::array{};
  view.epochs->for_each([&](const auto& mark) { epochs.push_back(epoch_object(mark)); });
  auto refused = json::object{};
  view.host->status.for_each_refusal([&](auto reason, auto count) { refused[well_formed_utf8(reason)] = count; });
  into["sessions"] = sessions_of(*view.host, now);
  into["epochs"] = std::move(epochs);
  into["refused"] = std::move(refused);
  into["memory"] = view.host->memory.used();
}

} // namespace

json::array sessions_of(const link_host& host, std::chrono::steady_clock::time_point now) {
  auto sessions = json::array{};
  host.sessions.for_each([&](const auto& session) { sessions.push_back(session_object(session, now)); });
  return sessions;
}

std::string connections_json(const link_view& view, std::chrono::steady_clock::time_point now) {
  constexpr auto sides = std::array<const char*, 4>{"standalone", "sniffer", "reconstructor", "watch"};
  auto answer = json::object{{"side", sides[static_cast<std::size_t>(view.role)]}};
  if (view.role != node_role::reconstructor)
    answer["epoch"] = hex(view.epoch);
  if (view.role != node_role::standalone)
    answer["certificate_until"] = moment(view.host->status.certificate_end());
  if (view.role == node_role::sniffer)
    answer["reconstructor"] = sniffer_end(view);
  if (view.epochs)
    add_reconstructor(answer, view, now);
  return json::serialize(answer);
}

} // namespace cleartap
