#include "actors/metrics/metrics_text.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

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

} // namespace

std::string metrics_text(const flow::directory& directory, const watch_status* watched) {
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
  if (watched) {
    out.add("cleartap_libraries", MetricType::Gauge, "TLS libraries with probes.", {}, watched->libraries);
    out.add("cleartap_processes", MetricType::Gauge, "Processes that use them.", {}, watched->processes);
  }
  return out.text();
}

} // namespace cleartap
