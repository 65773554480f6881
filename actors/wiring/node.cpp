#include "actors/wiring/node.hpp"

#include "actors/admin/admin_actor.hpp"
#include "actors/http/token.hpp"
#include "actors/metrics/metrics_actor.hpp"
#include "actors/page/page_actor.hpp"
#include "actors/wiring/link_part.hpp"
#include "actors/wiring/plan.hpp"
#include "actors/wiring/reconstructor_part.hpp"
#include "actors/wiring/sniffer_part.hpp"

namespace cleartap {

namespace {

using namespace wiring;

struct node_config : caf::actor_system_config {
  explicit node_config(node_role role) {
    add_message_types<caf::id_block::cleartap>();
    // Stealing burns a quarter of a core at 40 messages/s; sharing does not.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::max(2u, std::thread::hardware_concurrency()));
    if (has_link(role))
      remoting::configure(*this);
  }
};

class running_node final : public node {
public:
  running_node(const settings& config, node_role role, node_hooks hooks)
      : live_{config}
      , role_{role}
      , hooks_{std::move(hooks)}
      , sniffer_{live_}
      , reconstructor_{live_}
      , link_{live_, role == node_role::sniffer ? tls_side::client : tls_side::server}
      , caf_config_{role}
      , system_{caf_config_} {}

  ~running_node() override {
    link_.stop();
    if (!supervisor_)
      return;
    caf::anon_send(supervisor_, stop_atom_v);
    auto self = caf::scoped_actor{system_};
    self->wait_for(supervisor_);
    supervisor_ = nullptr;
  }

  result<void> start() {
    if (auto prepared = prepare(); !prepared)
      return prepared;
    auto all = plan{directory_};
    if (captures(role_))
      sniffer_.add_to(all, role_ != node_role::watch);
    if (role_ == node_role::sniffer)
      link_.add_connector(all, system_, sniffer_.uplink());
    if (role_ == node_role::reconstructor)
      plan_reconstructor(all);
    if (role_ == node_role::standalone) {
      reconstructor_.add_to(all);
      all.introduce(sniffer_.uplink(), reconstructor_.intake(), send_subject<facade_actor>());
    }
    if (serves(role_))
      plan_services(all);
    supervisor_ = system_.spawn(supervisor, all.take(), hooks_.on_failure);
    return {};
  }

  result<setting_changes> reload(const settings& next) override {
    auto changes = live_.replace(next);
    if (changes && !changes->empty())
      caf::anon_send(supervisor_, new_settings{live_.current()});
    return changes;
  }

  const watch_status* watched() const override { return captures(role_) ? &sniffer_.watched() : nullptr; }
  watch_hub* watchers() override { return captures(role_) ? &sniffer_.hub() : nullptr; }
  std::string page_url() const override {
    auto port = page_port_.load();
    return port == 0 ? std::string{} : "http://" + to_string(listen_address{config().page.listen.host, port}) + "/";
  }

private:
  const settings& config() const { return *live_.current(); }

  /// Everything that can fail for a reason that the user can mend, before any actor runs.
  result<void> prepare() {
    if (has_link(role_))
      if (auto prepared = link_.prepare(); !prepared)
        return prepared;
    if (captures(role_))
      if (auto prepared = sniffer_.prepare(); !prepared)
        return prepared;
    if (serves(role_))
      if (auto prepared = prepare_services(); !prepared)
        return prepared;
    return stores(role_) ? reconstructor_.prepare() : result<void>{};
  }

  result<void> prepare_services() {
    if (auto page = prepare_page(); !page)
      return page;
    if (auto free = can_listen(config().metrics.listen, "metrics.listen"); !free)
      return free;
    if (auto free = can_listen(config().admin.listen, "admin.listen"); !free)
      return free;
    views_.token = make_token();
    auto token = token_file::create(config().admin.token_file, views_.token);
    if (!token)
      return token.error();
    token_.emplace(std::move(*token));
    return {};
  }

  bool has_page() const { return stores(role_) && config().page.enabled; }

  result<void> prepare_page() {
    if (!has_page())
      return {};
    if (!config().page.token_file.empty()) {
      auto token = read_given_token(config().page.token_file, "page.token_file");
      if (!token)
        return token.error();
      page_views_.token = std::move(*token);
    }
    page_views_.directory = &directory_;
    return can_listen(config().page.listen, "page.listen");
  }

  /// The listener stands first: nothing more comes in while the others end.
  void plan_reconstructor(plan& all) {
    auto listener = link_.add_listener(all, system_);
    reconstructor_.add_to(all);
    all.introduce(listener, reconstructor_.intake(), send_subject<facade_actor>());
  }

  void plan_services(plan& all) {
    const auto* live = &live_;
    views_.directory = &directory_;
    views_.watched = watched();
    views_.hub = watchers();
    views_.reload = hooks_.reload;
    views_.link = {.role = role_,
                   .host = &link_.host(),
                   .epochs = stores(role_) ? &reconstructor_.epochs() : nullptr,
                   .reconstructor = to_string(config().link.connect),
                   .epoch = captures(role_) ? sniffer_.epoch() : 0};
    page_views_.link = views_.link;
    if (has_page()) {
      auto pages = all.add_stage("page", "", 1, [&](actor_status&, std::size_t) {
        return spawner(page, live, static_cast<const page_views*>(&page_views_), &page_port_);
      });
      for (std::size_t i = 0; i < reconstructor_.shards().size(); ++i)
        all.introduce(pages[0], reconstructor_.shards()[i], send_subject<inventory_actor>(i));
    }
    all.add_stage("metrics", "", 1, [&](actor_status&, std::size_t) {
      return spawner(metrics, live, &directory_, views_.watched, static_cast<const link_view*>(&views_.link));
    });
    auto admins = all.add_stage("admin", "", 1, [&](actor_status&, std::size_t) {
      return spawner(admin, live, static_cast<const admin_views*>(&views_));
    });
    all.confide_in<admin_actor>(admins[0]);
    if (!captures(role_))
      return;
    all.introduce(admins[0], sniffer_.probes(), send_subject<probes_actor>());
    all.introduce(admins[0], sniffer_.rescan(), send_subject<rescan_actor>());
  }

  // Order matters: actors use everything above the system, so that it must outlive the system.
  live_settings live_;
  node_role role_;
  node_hooks hooks_;
  flow::directory directory_;
  sniffer_part sniffer_;
  reconstructor_part reconstructor_;
  link_part link_;
  std::optional<token_file> token_;
  admin_views views_;
  page_views page_views_;
  std::atomic<std::uint16_t> page_port_{0};
  node_config caf_config_;
  caf::actor_system system_;
  supervisor_actor supervisor_;
};

} // namespace

result<std::unique_ptr<node>> node::start(const settings& config, node_role role, node_hooks hooks) {
  auto fresh = std::make_unique<running_node>(config, role, std::move(hooks));
  if (auto started = fresh->start(); !started)
    return started.error();
  return result<std::unique_ptr<node>>{std::move(fresh)};
}

} // namespace cleartap
