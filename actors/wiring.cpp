#include "actors/wiring.hpp"

#include "actors/admin/admin_actor.hpp"
#include "actors/enrichment/enrichment_actor.hpp"
#include "actors/feed/feed_actor.hpp"
#include "actors/http/loopback.hpp"
#include "actors/http/token.hpp"
#include "actors/intake/intake_actor.hpp"
#include "actors/inventory/inventory_actor.hpp"
#include "actors/metrics/metrics_actor.hpp"
#include "actors/page/page_actor.hpp"
#include "actors/probes/elf_symbols.hpp"
#include "actors/probes/probes_actor.hpp"
#include "actors/redaction/redaction_actor.hpp"
#include "actors/rescan/rescan_actor.hpp"
#include "actors/ring/ring_actor.hpp"
#include "actors/store/store_actor.hpp"
#include "actors/streams/streams_actor.hpp"
#include "actors/supervisor/supervisor_actor.hpp"
#include "actors/uplink/uplink_actor.hpp"

#include <sys/random.h>
#include <unistd.h>

namespace cleartap {

namespace {

using flow::actor_status;
using flow::edge_status;
using child_indexes = std::vector<std::size_t>;

struct node_config : caf::actor_system_config {
  node_config() {
    add_message_types<caf::id_block::cleartap>();
    // Stealing burns a quarter of a core at 40 messages/s; sharing does not.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::max(2u, std::thread::hardware_concurrency()));
  }
};

/// What the committed state was when the reconstructor's actors last began.
struct committed_state {
  std::vector<watermark> watermarks;
  std::vector<std::vector<evidence_row>> rows; // by shard
};

result<committed_state> read_committed(const database& data, std::size_t shards) {
  auto content = data.read();
  if (!content)
    return content.error();
  auto state = committed_state{std::move(content->watermarks), {}};
  state.rows.resize(shards);
  for (auto& row : content->rows)
    state.rows[shard_of_authority(row.authority, shards)].push_back(std::move(row));
  return state;
}

std::uint64_t random_epoch() {
  auto epoch = std::uint64_t{0};
  static_cast<void>(!getrandom(&epoch, sizeof epoch, 0));
  return epoch;
}

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

template <class Handle, class... Message>
std::function<void(const caf::actor&, const caf::actor&)> send_subject(Message... front) {
  return [front...](const caf::actor& listener, const caf::actor& subject) {
    caf::anon_send(listener, front..., caf::actor_cast<Handle>(subject));
  };
}

class running_node final : public node {
public:
  running_node(const settings& config, std::function<void(const std::string&)> on_failure)
      : config_{config}, on_failure_{std::move(on_failure)} {}

  ~running_node() override {
    if (!supervisor_)
      return;
    caf::anon_send(supervisor_, stop_atom_v);
    auto self = caf::scoped_actor{system_};
    self->wait_for(supervisor_);
    supervisor_ = nullptr;
  }

  result<void> start(node_parts parts) {
    auto programs = kernel_programs::load({.event_bytes_max = config_.capture.maxBufferSize,
                                           .ring_pages = config_.capture.perfBufferPages,
                                           .connections_max = config_.capture.connections_max,
                                           .threads_max = config_.capture.threads_max});
    if (!programs)
      return programs.error();
    programs_.emplace(std::move(*programs));
    if (parts == node_parts::standalone)
      if (auto prepared = prepare_services(); !prepared)
        return prepared;
    unsent_.emplace(config_, sender_id{host_name(), random_epoch()});
    plan_sniffer(parts == node_parts::standalone);
    if (parts == node_parts::standalone)
      plan_reconstructor();
    supervisor_ = system_.spawn(supervisor, std::move(plan_), on_failure_);
    return {};
  }

  const watch_status& watched() const override { return watched_; }
  watch_hub& watchers() override { return *hub_; }
  std::string page_url() const override {
    auto port = page_port_.load();
    if (port == 0)
      return {};
    const auto& host = config_.page.listen.host;
    return "http://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port) +
           "/";
  }

private:
  /// Everything that can fail for a reason that the user can mend, before any actor runs.
  result<void> prepare_services() {
    if (auto page = prepare_page(); !page)
      return page;
    if (auto free = can_listen(config_.metrics.listen, "metrics.listen"); !free)
      return free;
    if (!is_loopback(config_.admin.listen.host))
      return failure{"admin.listen: " + config_.admin.listen.host +
                     " can be reached by others; the admin port is for this machine alone: listen at 127.0.0.1, ::1 or "
                     "localhost"};
    if (auto free = can_listen(config_.admin.listen, "admin.listen"); !free)
      return free;
    auto data = database::open(config_.store.path);
    if (!data)
      return data.error();
    data_.emplace(std::move(*data));
    auto committed = read_committed(*data_, config_.pipeline.inventory.actors);
    if (!committed)
      return committed.error();
    committed_ = std::move(*committed);
    views_.token = make_token();
    auto token = token_file::create(config_.admin.token_file, views_.token);
    if (!token)
      return token.error();
    token_.emplace(std::move(*token));
    return {};
  }

  result<void> prepare_page() {
    if (!config_.page.enabled)
      return {};
    if (!config_.page.token_file.empty()) {
      auto token = read_given_token(config_.page.token_file, "page.token_file");
      if (!token)
        return token.error();
      page_views_.token = std::move(*token);
    }
    page_views_.directory = &directory_;
    return can_listen(config_.page.listen, "page.listen");
  }

  void plan_page(const child_indexes& shards) {
    if (!config_.page.enabled)
      return;
    auto pages = add_stage("page", "", 1, [&](actor_status&) {
      return spawner(page, static_cast<const settings*>(&config_), static_cast<const page_views*>(&page_views_),
                     &page_port_);
    });
    for (std::size_t i = 0; i < shards.size(); ++i)
      introduce(pages[0], shards[i], send_subject<inventory_actor>(i));
  }

  std::size_t add_child(actor_status& status, std::string group, std::function<caf::actor(caf::actor_system&)> spawn) {
    plan_.children.push_back({&status, std::move(group), std::move(spawn)});
    return plan_.children.size() - 1;
  }

  edge_status* add_edge(const char* from, const char* to, const char* unit, const stage_settings& stage) {
    return &directory_.add_edge(from, to, unit, stage.actors, stage.batch_max, stage.credit_max, stage.queue_max);
  }

  /// Lane i of the edge leads to the i-th consumer.
  template <class Batch>
  void connect(edge_status* edge, const child_indexes& producers, const child_indexes& consumers) {
    using producer_handle = caf::typed_actor<caf::reacts_to<flow::announcement<Batch>>>;
    for (std::size_t lane = 0; lane < consumers.size(); ++lane)
      for (auto producer : producers) {
        auto* status = plan_.children[consumers[lane]].status;
        auto tell = [edge, lane, status](const caf::actor& listener, const caf::actor& subject) {
          caf::anon_send(caf::actor_cast<producer_handle>(listener),
                         flow::announcement<Batch>{edge, lane, caf::actor_cast<flow::sink<Batch>>(subject), status});
        };
        plan_.introductions.push_back({producer, consumers[lane], std::move(tell)});
      }
  }

  void introduce(std::size_t listener, std::size_t subject,
                 std::function<void(const caf::actor&, const caf::actor&)> tell) {
    plan_.introductions.push_back({listener, subject, std::move(tell)});
  }

  template <class Spawn>
  child_indexes add_stage(const char* name, const char* unit, std::size_t actors, Spawn spawn) {
    auto indexes = child_indexes{};
    for (std::size_t i = 0; i < actors; ++i) {
      auto& status = directory_.add_actor(name, i, unit);
      indexes.push_back(add_child(status, "", spawn(status)));
    }
    return indexes;
  }

  template <class Function, class... Arguments>
  static std::function<caf::actor(caf::actor_system&)> spawner(Function function, Arguments... arguments) {
    return [=](caf::actor_system& system) { return caf::actor_cast<caf::actor>(system.spawn(function, arguments...)); };
  }

  /// In a thread of its own, for actors that wait for files or the kernel.
  template <class Function, class... Arguments>
  static std::function<caf::actor(caf::actor_system&)> detached_spawner(Function function, Arguments... arguments) {
    return [=](caf::actor_system& system) {
      return caf::actor_cast<caf::actor>(system.spawn<caf::detached>(function, arguments...));
    };
  }

  void plan_sniffer(bool deliver) {
    const auto* config = &config_;
    const auto& pipeline = config_.pipeline;
    auto* to_streams = add_edge("ring", "streams", "bytes", pipeline.streams);
    auto* to_rescan = add_edge("ring", "rescan", "events", pipeline.rescan);
    auto* to_processes = add_edge("ring", "enrichment", "events", pipeline.enrichment);
    auto* to_redaction = add_edge("streams", "redaction", "exchanges", pipeline.redaction);
    auto* to_enrichment = add_edge("redaction", "enrichment", "exchanges", pipeline.enrichment);
    auto* to_feed = add_edge("enrichment", "feed", "exchanges", pipeline.feed);
    auto* to_uplink = deliver ? add_edge("enrichment", "uplink", "exchanges", pipeline.uplink) : nullptr;
    hub_.emplace(to_feed->wanted);

    auto* kernel = &*programs_;
    auto rescans = add_stage("rescan", "events", 1, [&](actor_status& status) {
      auto find = [](const std::filesystem::path& path) { return find_functions(path, probed_symbols()); };
      return detached_spawner(rescan, config, &status, &watched_, function_finder{find});
    });
    auto probers =
        add_stage("probes", "bytes", 1, [&](actor_status& status) { return spawner(probes, kernel, &status); });
    auto rings = add_stage("ring", "bytes", 1, [&](actor_status& status) {
      return detached_spawner(ring, kernel, &status, ring_edges{to_streams, to_rescan, to_processes});
    });
    auto shards = add_stage("streams", "bytes", pipeline.streams.actors,
                            [&](actor_status& status) { return spawner(streams, config, &status, to_redaction); });
    auto workers = add_stage("redaction", "exchanges", pipeline.redaction.actors,
                             [&](actor_status& status) { return spawner(redaction, config, &status, to_enrichment); });
    auto enrichers = add_stage("enrichment", "exchanges", 1, [&](actor_status& status) {
      return spawner(enrichment, config, &status, enrichment_edges{to_uplink, to_feed});
    });
    auto feeds =
        add_stage("feed", "exchanges", 1, [&](actor_status& status) { return spawner(feed, &status, &*hub_); });

    connect<chunk_batch>(to_streams, rings, shards);
    connect<process_batch>(to_rescan, rings, rescans);
    connect<process_batch>(to_processes, rings, enrichers);
    connect<exchange_batch>(to_redaction, shards, workers);
    connect<exchange_batch>(to_enrichment, workers, enrichers);
    connect<exchange_batch>(to_feed, enrichers, feeds);
    introduce(rescans[0], probers[0], send_subject<probes_actor>());
    if (!deliver)
      return;
    auto* bodies = &directory_.add_ledger("bodies", 0, "body bytes");
    auto uplinks = add_stage("uplink", "exchanges", 1,
                             [&](actor_status& status) { return spawner(uplink, config, &status, &*unsent_, bodies); });
    connect<exchange_batch>(to_uplink, enrichers, uplinks);
    uplink_ = uplinks[0];
    prober_ = probers[0];
    rescanner_ = rescans[0];
  }

  /// Intake and shards know together what was committed: they begin again together, from what the store has.
  child_indexes add_reconstructor_stage(
      const char* name, const char* unit, std::size_t actors,
      const std::function<std::function<caf::actor(caf::actor_system&)>(actor_status&, std::size_t)>& spawn) {
    auto indexes = child_indexes{};
    for (std::size_t i = 0; i < actors; ++i) {
      auto& status = directory_.add_actor(name, i, unit);
      indexes.push_back(add_child(status, "reconstructor", spawn(status, i)));
    }
    return indexes;
  }

  void plan_reconstructor() {
    const auto* config = &config_;
    auto shards_count = config_.pipeline.inventory.actors;
    auto* to_inventory = add_edge("intake", "inventory", "exchanges", config_.pipeline.inventory);

    auto intakes = add_reconstructor_stage("intake", "exchanges", 1, [&](actor_status& status, std::size_t) {
      return [=, this, &status](caf::actor_system& system) {
        return caf::actor_cast<caf::actor>(
            system.spawn(intake, config, &status, to_inventory, &epochs_, committed_.watermarks));
      };
    });
    auto shards =
        add_reconstructor_stage("inventory", "exchanges", shards_count, [&](actor_status& status, std::size_t shard) {
          return [=, this, &status](caf::actor_system& system) {
            return caf::actor_cast<caf::actor>(system.spawn(inventory_shard, config, &status, committed_.rows[shard]));
          };
        });
    auto stores = add_reconstructor_stage("store", "rows", 1, [&](actor_status& status, std::size_t) {
      return [this, &status](caf::actor_system& system) {
        refresh_committed(); // the store is the first of its group to start
        return caf::actor_cast<caf::actor>(system.spawn<caf::detached>(store, &status, &*data_));
      };
    });

    connect<routed_batch>(to_inventory, intakes, shards);
    for (std::size_t i = 0; i < shards.size(); ++i)
      introduce(intakes[0], shards[i], send_subject<inventory_actor>(i));
    introduce(intakes[0], stores[0], send_subject<store_actor>());
    introduce(uplink_, intakes[0], send_subject<facade_actor>());
    plan_services(shards);
  }

  void plan_services(const child_indexes& shards) {
    const auto* config = &config_;
    views_.directory = &directory_;
    views_.watched = &watched_;
    views_.hub = &*hub_;
    plan_page(shards);
    add_stage("metrics", "", 1, [&](actor_status&) { return spawner(metrics, config, &directory_, &watched_); });
    auto admins = add_stage("admin", "", 1, [&](actor_status&) { return spawner(admin, config, &views_); });
    introduce(admins[0], prober_, send_subject<probes_actor>());
    introduce(admins[0], rescanner_, send_subject<rescan_actor>());
  }

  void refresh_committed() {
    if (auto fresh = read_committed(*data_, config_.pipeline.inventory.actors))
      committed_ = std::move(*fresh);
  }

  // Order matters: actors use everything above the system, so that it must outlive the system.
  const settings config_;
  std::function<void(const std::string&)> on_failure_;
  std::optional<kernel_programs> programs_;
  std::optional<database> data_;
  std::optional<token_file> token_;
  committed_state committed_;
  epoch_board epochs_;
  std::optional<uplink_memory> unsent_;
  flow::directory directory_;
  watch_status watched_;
  std::optional<watch_hub> hub_;
  admin_views views_;
  page_views page_views_;
  std::atomic<std::uint16_t> page_port_{0};
  system_plan plan_;
  std::size_t uplink_ = 0;
  std::size_t prober_ = 0;
  std::size_t rescanner_ = 0;
  node_config caf_config_;
  caf::actor_system system_{caf_config_};
  supervisor_actor supervisor_;
};

} // namespace

result<std::unique_ptr<node>> node::start(const settings& config, node_parts parts,
                                          std::function<void(const std::string&)> on_failure) {
  auto fresh = std::make_unique<running_node>(config, std::move(on_failure));
  if (auto started = fresh->start(parts); !started)
    return started.error();
  return result<std::unique_ptr<node>>{std::move(fresh)};
}

} // namespace cleartap
