#include "actors/status/coverage_json.hpp"

#include "messages/text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <tuple>
#include <vector>

namespace cleartap {

namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value{} : json::value(well_formed_utf8(text));
}

bool captured(const coverage_row& row) { return row.plaintext_bytes > 0; }

json::object process_object(const coverage_row& row, wall_time now) {
  return {{"pid", row.pid},
          {"alive", row.alive},
          {"comm", text_or_null(row.comm)},
          {"exe", text_or_null(row.exe)},
          {"container_id", text_or_null(row.container_id)},
          {"hellos", json::object{{"client", row.hellos_client}, {"server", row.hellos_server}}},
          {"server_name", text_or_null(row.server_name)},
          {"family", text_or_null(row.family)},
          {"library", text_or_null(row.library)},
          {"probes", row.probed},
          {"plaintext_bytes", row.plaintext_bytes},
          {"captured", captured(row)},
          {"reason", text_or_null(row.reason)},
          {"last_seen", rfc3339(now - row.age)}};
}

json::object wire_object(const coverage_report& report) {
  return {{"seen", report.wire_complaint.empty()},
          {"complaint", text_or_null(report.wire_complaint)},
          {"owners_complaint", text_or_null(report.owners_complaint)},
          {"hellos", report.hellos},
          {"lost", report.hellos_lost},
          {"unreadable", report.hellos_unreadable},
          {"unassigned", report.hellos_unassigned}};
}

} // namespace

std::string coverage_json(const coverage_report& report, wall_time now) {
  auto sorted = std::vector<const coverage_row*>{};
  for (const auto& each : report.rows)
    sorted.push_back(&each);
  std::ranges::stable_sort(sorted, {},
                           [](const auto* row) { return std::tuple{captured(*row), !row->alive, row->pid}; });
  auto list = json::array{};
  for (const auto* each : sorted)
    list.push_back(process_object(*each, now));
  return json::serialize(json::object{
      {"processes", std::move(list)}, {"wire", wire_object(report)}, {"forgotten", report.processes_forgotten}});
}

} // namespace cleartap
