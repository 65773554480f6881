#include "actors/status/libraries_json.hpp"

#include "messages/text.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <sys/sysmacros.h>
#include <tuple>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto state_names = std::array<std::string_view, 4>{"attaching", "attached", "unused", "refused"};

std::string device_text(std::uint64_t device) {
  char text[32];
  std::snprintf(text, sizeof text, "%02x:%02x", major(device), minor(device));
  return text;
}

json::object library_object(const library_row& library, wall_time now) {
  return {{"family", library.family.empty() ? json::value{} : json::value(well_formed_utf8(library.family))},
          {"path", well_formed_utf8(library.path)},
          {"device", device_text(library.file.device)},
          {"inode", library.file.inode},
          {"processes", library.processes},
          {"functions", library.functions},
          {"attached", library.attached},
          {"state", json::string{to_string(library.state)}},
          {"probes", library.how.empty() ? json::value{} : json::value(library.how)},
          {"reason", library.reason.empty() ? json::value{} : json::value(well_formed_utf8(library.reason))},
          {"since", rfc3339(now - library.age)}};
}

} // namespace

std::string_view to_string(library_state state) noexcept { return state_names[static_cast<std::size_t>(state)]; }

std::string libraries_json(std::span<const library_row> libraries, wall_time now) {
  auto sorted = std::vector<const library_row*>{};
  for (const auto& each : libraries)
    sorted.push_back(&each);
  std::ranges::sort(sorted, [](const auto* a, const auto* b) {
    return std::tie(b->processes, a->path, a->file) < std::tie(a->processes, b->path, b->file);
  });
  auto list = json::array{};
  for (const auto* each : sorted)
    list.push_back(library_object(*each, now));
  return json::serialize(json::object{{"libraries", std::move(list)}});
}

} // namespace cleartap
