#include "test/bench/sniffer_end.hpp"

#include "test/bench/reconstructor_process.hpp"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace cleartap::bench {

namespace {

settings settings_of(std::uint16_t port, const tls_files& files) {
  auto config = settings{};
  config.link.connect = {"127.0.0.1", port};
  config.link.cert = files.certificate;
  config.link.key = files.key;
  config.link.ca = files.ca;
  config.link.peer_name = reconstructor_name;
  config.link.node = "node-0";
  config.bodies.rate_max = std::size_t{1} << 32; // all bodies go: the link is measured, not the sampling
  return config;
}

bool is_connected_to(int fd, std::uint16_t port) {
  auto peer = sockaddr_in{};
  auto size = socklen_t{sizeof peer};
  return getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET &&
         ntohs(peer.sin_port) == port;
}

} // namespace

sniffer_end::caf_config::caf_config() {
  add_message_types<caf::id_block::cleartap>();
  set("scheduler.policy", caf::atom("sharing")); // as actors/wiring sets it
  set("scheduler.max-threads", std::max(2u, std::thread::hardware_concurrency()));
  remoting::configure(*this);
}

sniffer_end::sniffer_end(std::uint16_t port, const tls_files& files)
    : config_{settings_of(port, files)}
    , status_{directory_.add_actor("uplink", 0, "exchanges")}
    , connector_status_{directory_.add_actor("connector", 0, "")}
    , bodies_{directory_.add_ledger("bodies", 0, "body bytes")}
    , edge_{directory_.add_edge("bench", "uplink", "exchanges", 1, config_.pipeline.uplink.batch_max,
                                config_.pipeline.uplink.credit_max, config_.pipeline.uplink.queue_max)}
    , memory_{config_, {"bench", static_cast<std::uint64_t>(getpid())}}
    , identity_{tls_side::client, files, [](const std::string&) {}}
    , system_{caf_config_}
    , lane_{std::make_shared<flow::lane>(edge_, &status_, [] {})} {
  link_.emplace(system_);
  uplink_ = system_.spawn(uplink, &config_, &status_, &memory_, &bodies_);
  connector_ = system_.spawn(connector, &connector_status_,
                             connector_setup{&config_, &*link_, &link_status_, &identity_, &stopping_});
  caf::anon_send(connector_, uplink_);
}

sniffer_end::~sniffer_end() {
  stopping_ = true;
  for (const auto& each : {caf::actor_cast<caf::actor>(uplink_), caf::actor_cast<caf::actor>(connector_)})
    caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
}

void sniffer_end::feed(exchange_batch batch) {
  while (lane_->under_way.load() >= edge_.credit_max)
    std::this_thread::sleep_for(std::chrono::microseconds{200});
  status_.mailbox.fetch_add(1, std::memory_order_relaxed);
  caf::anon_send(uplink_, exchange_parcel{std::move(batch), flow::grant{lane_}});
}

std::uint64_t sniffer_end::dropped() const noexcept {
  return status_.dropped[static_cast<std::size_t>(flow::drop_reason::buffer_full)];
}

std::uint64_t sniffer_end::wire_bytes() const {
  auto limit = rlimit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  auto sum = std::uint64_t{0};
  for (auto fd = 3; fd < static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 256)); ++fd) {
    auto info = tcp_info{};
    auto size = socklen_t{sizeof info};
    if (is_connected_to(fd, config_.link.connect.port) && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0)
      sum += info.tcpi_bytes_acked;
  }
  return sum;
}

} // namespace cleartap::bench
