#include "config/settings_table.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

namespace cleartap {
namespace {

using number = number_setting;

// For settings that whoever uses them takes over while running, without losing anything.
constexpr auto live = true;

constexpr auto log_levels = std::array<std::string_view, 4>{"debug", "info", "warning", "error"};

constexpr auto transports = std::array<std::string_view, 4>{"auto", "uprobe_multi", "perf", "tracefs"};
constexpr auto programs = std::array<std::string_view, 4>{"auto", "typed", "untyped", "early"};
constexpr auto sockets = std::array<std::string_view, 4>{"auto", "tracepoint", "fexit", "none"};
constexpr auto returns = std::array<std::string_view, 3>{"auto", "probe", "instruction"};

constexpr auto redaction_modes = std::array<std::string_view, 2>{"full", "metadata-only"};

constexpr setting actors(std::string_view key, place_of<std::size_t> at) { return {key, number{at, 1, 64, "actors"}}; }
constexpr setting batch(std::string_view key, place_of<std::size_t> at) { return {key, number{at, 1, 4096, "items"}}; }
constexpr setting credit(std::string_view key, place_of<std::size_t> at) {
  return {key, number{at, 1, 1024, "messages"}};
}
constexpr setting queue(std::string_view key, place_of<std::size_t> at) {
  return {key, number{at, 1, 4096, "messages"}};
}

constexpr auto table = std::to_array<setting>({
    {"logLevel", word_setting{[](settings& s) { return &s.logLevel; }, log_levels}, live},

    {"capture.maxBufferSize", number{[](settings& s) { return &s.capture.maxBufferSize; }, 1024, 65536, "bytes"}},
    {"capture.perfBufferPages",
     number{[](settings& s) { return &s.capture.perfBufferPages; }, 1, 65536, "pages", true}},
    {"capture.connections_max",
     number{[](settings& s) { return &s.capture.connections_max; }, 64, 1048576, "connections"}},
    {"capture.threads_max", number{[](settings& s) { return &s.capture.threads_max; }, 64, 1048576, "threads"}},
    {"capture.rate_max",
     number{[](settings& s) { return &s.capture.rate_max; }, 0, 17179869184, "bytes per second and process"}},
    {"capture.transport", word_setting{[](settings& s) { return &s.capture.transport; }, transports}},
    {"capture.programs", word_setting{[](settings& s) { return &s.capture.programs; }, programs}},
    {"capture.sockets", word_setting{[](settings& s) { return &s.capture.sockets; }, sockets}},
    {"capture.returns", word_setting{[](settings& s) { return &s.capture.returns; }, returns}},
    {"capture.btf_path", path_setting{[](settings& s) { return &s.capture.btf_path; }, true}},

    {"discovery.rescanInterval", number{[](settings& s) { return &s.discovery.rescanInterval; }, 0, 86400, "seconds"},
     live},
    {"discovery.libraries_max", number{[](settings& s) { return &s.discovery.libraries_max; }, 1, 65536, "libraries"},
     live},
    {"discovery.unused_max", number{[](settings& s) { return &s.discovery.unused_max; }, 0, 86400, "seconds"}, live},
    {"discovery.exclude", names_setting{[](settings& s) { return &s.discovery.exclude; }, name_kind::path_pattern},
     live},

    {"coverage.enabled", switch_setting{[](settings& s) { return &s.coverage.enabled; }}},
    {"coverage.cgroup", path_setting{[](settings& s) { return &s.coverage.cgroup; }, true}},
    {"coverage.processes_max", number{[](settings& s) { return &s.coverage.processes_max; }, 16, 1048576, "processes"},
     live},

    {"process.enabled", switch_setting{[](settings& s) { return &s.process.enabled; }}, live},
    {"process.tree_max", number{[](settings& s) { return &s.process.tree_max; }, 64, 4194304, "processes"}, live},
    {"process.ancestors_max", number{[](settings& s) { return &s.process.ancestors_max; }, 0, 64, "ancestors"}, live},

    {"bodies.request_max", number{[](settings& s) { return &s.bodies.request_max; }, 0, 16777216, "bytes"}, live},
    {"bodies.response_max", number{[](settings& s) { return &s.bodies.response_max; }, 0, 16777216, "bytes"}, live},
    {"bodies.decoded_max", number{[](settings& s) { return &s.bodies.decoded_max; }, 65536, 67108864, "bytes"}, live},
    {"bodies.ratio_max", number{[](settings& s) { return &s.bodies.ratio_max; }, 10, 10000, "times"}, live},
    {"bodies.rate_max", number{[](settings& s) { return &s.bodies.rate_max; }, 0, 17179869184, "bytes per second"},
     live},

    {"streams.head_max", number{[](settings& s) { return &s.streams.head_max; }, 1024, 1048576, "bytes"}, live},
    {"streams.headers_max", number{[](settings& s) { return &s.streams.headers_max; }, 8, 4096, "fields"}, live},
    {"streams.pipeline_max", number{[](settings& s) { return &s.streams.pipeline_max; }, 1, 4096, "requests"}, live},
    {"streams.continuations_max", number{[](settings& s) { return &s.streams.continuations_max; }, 1, 1024, "frames"},
     live},
    {"streams.streams_max", number{[](settings& s) { return &s.streams.streams_max; }, 1, 65536, "streams"}, live},
    {"streams.header_table_max",
     number{[](settings& s) { return &s.streams.header_table_max; }, 4096, 1048576, "bytes"}, live},
    {"streams.open_max", number{[](settings& s) { return &s.streams.open_max; }, 1, 86400, "seconds"}, live},
    {"streams.idle_max", number{[](settings& s) { return &s.streams.idle_max; }, 1, 86400, "seconds"}, live},
    {"streams.connections_max",
     number{[](settings& s) { return &s.streams.connections_max; }, 16, 1048576, "connections"}, live},
    {"streams.memory_max", number{[](settings& s) { return &s.streams.memory_max; }, 1048576, 68719476736, "bytes"},
     live},

    {"redaction.mode", word_setting{[](settings& s) { return &s.redaction.mode; }, redaction_modes}, live},
    {"redaction.headers", names_setting{[](settings& s) { return &s.redaction.headers; }, name_kind::header}, live},
    {"redaction.headers_allow",
     names_setting{[](settings& s) { return &s.redaction.headers_allow; }, name_kind::header}, live},
    {"redaction.keys", names_setting{[](settings& s) { return &s.redaction.keys; }}, live},
    {"redaction.patterns", patterns_setting{[](settings& s) { return &s.redaction.patterns; }}, live},
    {"redaction.emails", switch_setting{[](settings& s) { return &s.redaction.emails; }}, live},
    {"redaction.phones", switch_setting{[](settings& s) { return &s.redaction.phones; }}, live},
    {"redaction.rules", rules_setting{[](settings& s) { return &s.redaction.rules; }}, live},

    {"link.listen", address_setting{[](settings& s) { return &s.link.listen; }}},
    {"link.connect", peer_setting{[](settings& s) { return &s.link.connect; }}},
    {"link.cert", path_setting{[](settings& s) { return &s.link.cert; }}},
    {"link.key", path_setting{[](settings& s) { return &s.link.key; }}},
    {"link.ca", path_setting{[](settings& s) { return &s.link.ca; }}},
    {"link.peer_name", name_setting{[](settings& s) { return &s.link.peer_name; }, true}},
    {"link.node", name_setting{[](settings& s) { return &s.link.node; }}},
    {"link.retry_max", number{[](settings& s) { return &s.link.retry_max; }, 1, 3600, "seconds"}, live},
    {"link.batches_max", number{[](settings& s) { return &s.link.batches_max; }, 1, 65536, "batches"}, live},
    {"link.exchanges_max", number{[](settings& s) { return &s.link.exchanges_max; }, 1, 16777216, "exchanges"}, live},
    {"link.buffer_max", number{[](settings& s) { return &s.link.buffer_max; }, 1048576, 68719476736, "bytes"}, live},
    {"link.sessions_max", number{[](settings& s) { return &s.link.sessions_max; }, 1, 65536, "sniffers"}, live},
    {"link.rate_max", number{[](settings& s) { return &s.link.rate_max; }, 65536, 17179869184, "bytes per second"},
     live},
    {"link.memory_max", number{[](settings& s) { return &s.link.memory_max; }, 16777216, 68719476736, "bytes"}, live},

    {"inventory.apis_max", number{[](settings& s) { return &s.inventory.apis_max; }, 1, 1048576, "APIs"}},
    {"inventory.endpoints_max", number{[](settings& s) { return &s.inventory.endpoints_max; }, 1, 65536, "endpoints"}},
    {"inventory.depth_max", number{[](settings& s) { return &s.inventory.depth_max; }, 1, 64, "levels"}},
    {"inventory.properties_max",
     number{[](settings& s) { return &s.inventory.properties_max; }, 1, 16384, "properties"}},
    {"inventory.commit_interval_ms",
     number{[](settings& s) { return &s.inventory.commit_interval; }, 10, 60000, "milliseconds"}, live},

    {"store.path", path_setting{[](settings& s) { return &s.store.path; }}},

    {"page.enabled", switch_setting{[](settings& s) { return &s.page.enabled; }}},
    {"page.listen", address_setting{[](settings& s) { return &s.page.listen; }}},
    {"page.token_file", path_setting{[](settings& s) { return &s.page.token_file; }, true}},

    {"metrics.listen", address_setting{[](settings& s) { return &s.metrics.listen; }}},

    {"admin.listen", address_setting{[](settings& s) { return &s.admin.listen; }}},
    {"admin.token_file", path_setting{[](settings& s) { return &s.admin.token_file; }}},

    actors("pipeline.streams.shards", [](settings& s) { return &s.pipeline.streams.actors; }),
    batch("pipeline.streams.batch_max", [](settings& s) { return &s.pipeline.streams.batch_max; }),
    credit("pipeline.streams.credit_max", [](settings& s) { return &s.pipeline.streams.credit_max; }),
    queue("pipeline.streams.queue_max", [](settings& s) { return &s.pipeline.streams.queue_max; }),
    actors("pipeline.redaction.workers", [](settings& s) { return &s.pipeline.redaction.actors; }),
    batch("pipeline.redaction.batch_max", [](settings& s) { return &s.pipeline.redaction.batch_max; }),
    credit("pipeline.redaction.credit_max", [](settings& s) { return &s.pipeline.redaction.credit_max; }),
    queue("pipeline.redaction.queue_max", [](settings& s) { return &s.pipeline.redaction.queue_max; }),
    batch("pipeline.enrichment.batch_max", [](settings& s) { return &s.pipeline.enrichment.batch_max; }),
    credit("pipeline.enrichment.credit_max", [](settings& s) { return &s.pipeline.enrichment.credit_max; }),
    queue("pipeline.enrichment.queue_max", [](settings& s) { return &s.pipeline.enrichment.queue_max; }),
    batch("pipeline.uplink.batch_max", [](settings& s) { return &s.pipeline.uplink.batch_max; }),
    credit("pipeline.uplink.credit_max", [](settings& s) { return &s.pipeline.uplink.credit_max; }),
    queue("pipeline.uplink.queue_max", [](settings& s) { return &s.pipeline.uplink.queue_max; }),
    actors("pipeline.inventory.shards", [](settings& s) { return &s.pipeline.inventory.actors; }),
    batch("pipeline.inventory.batch_max", [](settings& s) { return &s.pipeline.inventory.batch_max; }),
    credit("pipeline.inventory.credit_max", [](settings& s) { return &s.pipeline.inventory.credit_max; }),
    queue("pipeline.inventory.queue_max", [](settings& s) { return &s.pipeline.inventory.queue_max; }),
    batch("pipeline.feed.batch_max", [](settings& s) { return &s.pipeline.feed.batch_max; }),
    credit("pipeline.feed.credit_max", [](settings& s) { return &s.pipeline.feed.credit_max; }),
    queue("pipeline.feed.queue_max", [](settings& s) { return &s.pipeline.feed.queue_max; }),
    batch("pipeline.rescan.batch_max", [](settings& s) { return &s.pipeline.rescan.batch_max; }),
    credit("pipeline.rescan.credit_max", [](settings& s) { return &s.pipeline.rescan.credit_max; }),
    queue("pipeline.rescan.queue_max", [](settings& s) { return &s.pipeline.rescan.queue_max; }),
});

constexpr auto name_size_max = std::size_t{64}; // a longer name is not taken for a misspelling

/// What of `key` is below `section`, or nothing.
std::optional<std::string_view> below(std::string_view key, std::string_view section) {
  if (section.empty())
    return key;
  if (!key.starts_with(section) || key.size() <= section.size() || key[section.size()] != '.')
    return std::nullopt;
  return key.substr(section.size() + 1);
}

/// Without repetition: the settings of a section stand together.
std::vector<std::string_view> children(std::string_view section) {
  auto names = std::vector<std::string_view>{};
  for (const auto& each : table)
    if (const auto rest = below(each.key, section))
      if (const auto name = rest->substr(0, rest->find('.')); names.empty() || names.back() != name)
        names.push_back(name);
  return names;
}

std::string_view last_name(std::string_view key) { return key.substr(key.rfind('.') + 1); } // npos + 1 = 0

/// Levenshtein's: the insertions, removals and replacements that make one of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  auto row = std::vector<std::size_t>(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const auto c : a) {
    auto diagonal = row[0]++;
    for (auto j = std::size_t{1}; j < row.size(); ++j)
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (c == b[j - 1] ? 0 : 1)}));
  }
  return row.back();
}

std::optional<std::string> spelt_alike(std::string_view section, std::string_view name) {
  auto best = std::optional<std::string>{};
  auto too_far = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto child : children(section)) {
    const auto distance = edit_distance(name, child);
    if (distance < too_far) {
      best = std::string{section}.append(section.empty() ? "" : ".").append(child);
      too_far = distance;
    }
  }
  return best;
}

} // namespace

std::span<const setting> all_settings() noexcept { return table; }

const setting* find_setting(std::string_view key) noexcept {
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.key == key; });
  return at == table.end() ? nullptr : &*at;
}

bool is_section(std::string_view key) noexcept {
  return std::any_of(table.begin(), table.end(), [&](const auto& each) { return below(each.key, key).has_value(); });
}

std::string names_below(std::string_view section) {
  auto out = std::string{};
  for (const auto name : children(section))
    out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

std::optional<std::string> nearest_key(std::string_view key) {
  const auto name = last_name(key);
  if (name.empty() || name.size() > name_size_max)
    return std::nullopt;
  const auto section = key.substr(0, key.size() == name.size() ? 0 : key.size() - name.size() - 1);
  if (auto alike = is_section(section) ? spelt_alike(section, name) : std::nullopt)
    return alike;
  const auto same_name = [&](const setting& each) { return last_name(each.key) == name; };
  const auto at = std::find_if(table.begin(), table.end(), same_name);
  const auto only = at != table.end() && std::none_of(at + 1, table.end(), same_name);
  return only ? std::optional{std::string{at->key}} : std::nullopt;
}

} // namespace cleartap
