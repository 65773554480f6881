#include "actors/metrics/metrics_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <set>

namespace cleartap {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<prometheus::ClientMetric::Label>;

class families {
public:
  void add(const std::string& name, MetricType type, const std::string& help, labels where, std::uint64_t value) {
    if (all_.empty() || all_.back().name != name)
      all_.push_back({name, help, type, {}});
    auto metric = prometheus::ClientMetric{};
    metric.label = std::move(where);
    (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = static_cast<double>(value);
    all_.back().metric.push_back(std::move(metric));
  }

  std::string text() const { return prometheus::TextSerializer{}.Serialize(all_); }

private:
  std::vector<MetricFamily> all_;
};

labels labels_of(const flow::ledger_status& ledger) {
  return {{"actor", ledger.name}, {"index", std::to_string(ledger.index)}};
}

labels labels_of(const flow::edge_status& edge) { return {{"from", edge.from}, {"to", edge.to}}; }

template <class Status>
void add_drops(families& out, const std::string& name, const std::string& help, const Status& status) {
  for (std::size_t i = 0; i < status.dropped.size(); ++i)
    if (auto units = status.dropped[i].load(); units > 0) {
      auto where = labels_of(status);
      where.push_back({"reason", std::string{to_string(static_cast<flow::drop_reason>(i))}});
      where.push_back({"unit", status.unit});
      out.add(name, MetricType::Counter, help, std::move(where), units);
    }
}

void add_figures(families& out, const flow::figures_status& figures) {
  for (std::size_t i = 0; i < figures.names.size(); ++i)
    if (auto count = figures.counts[i].load(); count > 0)
      out.add(
          "cleartap_" + figures.what + "_total", MetricType::Counter, "Counted by name; see cleartap ctl losses.",
          {{"actor", figures.owner}, {"index", std::to_string(figures.index)}, {"name", std::string{figures.names[i]}}},
          count);
}

/// A family for each kind, over all that have it.
void add_figures(families& out, const flow::directory& directory) {
  auto kinds = std::set<std::string>{};
  directory.for_each_figures([&](const flow::figures_status& figures) { kinds.insert(figures.what); });
  for (const auto& kind : kinds)
    directory.for_each_figures([&](const flow::figures_status& figures) {
      if (figures.what == kind)
        add_figures(out, figures);
    });
}

template <class Status>
struct status_metric {
  const char* name;
  const char* help;
  MetricType type;
  flow::counter Status::* value;
};

const status_metric<flow::ledger_status> ledger_metrics[] = {
    {"cleartap_actor_in_total", "Units taken in.", MetricType::Counter, &flow::ledger_status::in},
    {"cleartap_actor_out_total", "Units passed on.", MetricType::Counter, &flow::ledger_status::out},
    {"cleartap_actor_queued", "Units inside.", MetricType::Gauge, &flow::ledger_status::queued},
};

const status_metric<flow::actor_status> actor_metrics[] = {
    {"cleartap_actor_mailbox", "Batches that wait in the mailbox.", MetricType::Gauge, &flow::actor_status::mailbox},
    {"cleartap_actor_restarts_total", "Restarts by the supervisor.", MetricType::Counter,
     &flow::actor_status::restarts},
};

const status_metric<flow::edge_status> edge_metrics[] = {
    {"cleartap_edge_offered_total", "Units that the producers offered.", MetricType::Counter,
     &flow::edge_status::offered},
    {"cleartap_edge_delivered_total", "Units that the consumers took.", MetricType::Counter,
     &flow::edge_status::delivered},
    {"cleartap_edge_waiting", "Units without credit.", MetricType::Gauge, &flow::edge_status::waiting},
    {"cleartap_edge_batches_under_way", "Batches sent and not finished.", MetricType::Gauge,
     &flow::edge_status::under_way},
};

void add_sniffer_end(families& out, const link_status& status) {
  auto end = status.sniffer_end();
  out.add("cleartap_link_connected", MetricType::Gauge, "Whether there is a session with the reconstructor.", {},
          end.connected);
  out.add("cleartap_link_sessions_total", MetricType::Counter, "Sessions with the reconstructor.", {}, end.connects);
  out.add("cleartap_link_failures_total", MetricType::Counter, "Tries that failed and sessions that were lost.", {},
          end.failures);
}

void add_reconstructor_end(families& out, const link_host& host) {
  out.add("cleartap_link_sniffers", MetricType::Gauge, "Sniffers with a session.", {}, host.sessions.size());
  out.add("cleartap_link_memory_bytes", MetricType::Gauge, "Exchanges of all sniffers that no shard has taken yet.", {},
          host.memory.used());
  host.status.for_each_refusal([&](std::string_view reason, std::uint64_t count) {
    out.add("cleartap_link_refused_total", MetricType::Counter, "Connections that were refused or ended, by reason.",
            {{"reason", std::string{reason}}}, count);
  });
}

void add_link(families& out, const link_view& link) {
  if (link.role == node_role::sniffer)
    add_sniffer_end(out, link.host->status);
  if (link.role == node_role::reconstructor)
    add_reconstructor_end(out, *link.host);
  auto end = std::chrono::floor<std::chrono::seconds>(link.host->status.certificate_end()).time_since_epoch().count();
  if (end > 0)
    out.add("cleartap_link_certificate_end_seconds", MetricType::Gauge,
            "When the certificate of this side will have expired, in seconds since 1970.", {},
            static_cast<std::uint64_t>(end));
}

} // namespace

std::string metrics_text(const flow::directory& directory, const watch_status* watched, const link_view& link) {
  auto out = families{};
  auto add = [&](const auto& metric, const auto& status) {
    out.add(metric.name, metric.type, metric.help, labels_of(status), (status.*metric.value).load());
  };
  for (const auto& metric : ledger_metrics)
    directory.for_each_ledger([&](const flow::ledger_status& ledger) { add(metric, ledger); });
  for (const auto& metric : actor_metrics)
    directory.for_each_actor([&](const flow::actor_status& actor) { add(metric, actor); });
  directory.for_each_ledger([&](const flow::ledger_status& ledger) {
    add_drops(out, "cleartap_actor_dropped_total", "Units that went no further, by reason.", ledger);
  });
  for (const auto& metric : edge_metrics)
    directory.for_each_edge([&](const flow::edge_status& edge) { add(metric, edge); });
  directory.for_each_edge([&](const flow::edge_status& edge) {
    add_drops(out, "cleartap_edge_dropped_total", "Units that did not arrive, by reason.", edge);
  });
  add_figures(out, directory);
  if (watched) {
    out.add("cleartap_libraries", MetricType::Gauge, "TLS libraries with probes.", {}, watched->libraries);
    out.add("cleartap_processes", MetricType::Gauge, "Processes that use them.", {}, watched->processes);
  }
  if (link.host)
    add_link(out, link);
  return out.text();
}

} // namespace cleartap
