#include "actors/wiring/sniffer_part.hpp"

#include "actors/enrichment/enrichment_actor.hpp"
#include "actors/enrichment/proc_files.hpp"
#include "actors/feed/feed_actor.hpp"
#include "actors/probes/hello_watch.hpp"
#include "actors/probes/library_file.hpp"
#include "actors/probes/probes_actor.hpp"
#include "actors/redaction/redaction_actor.hpp"
#include "actors/rescan/rescan_actor.hpp"
#include "actors/ring/ring_actor.hpp"
#include "actors/streams/streams_actor.hpp"

#include <algorithm>
#include <memory>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cleartap::wiring {

namespace {

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

/// Nothing for "auto".
template <class Choices>
std::optional<typename Choices::value_type> wish(const Choices& all, const std::string& name) {
  auto found = std::ranges::find(all, name, [](auto each) { return to_string(each); });
  return found == all.end() ? std::nullopt : std::optional{*found};
}

capture_wishes wishes_of(const settings& config) {
  return {.transport = wish(uprobe_transports, config.capture.transport),
          .variant = wish(program_variants, config.capture.programs),
          .sockets = wish(socket_sources, config.capture.sockets),
          .returns = wish(return_probings, config.capture.returns)};
}

/// A file with probes costs a descriptor for itself, and some for its probes.
void allow_many_files() {
  auto files = rlimit{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

hello_source watch_hellos(const settings& config) {
  constexpr auto hellos_max = std::size_t{1024}; // of one visit
  auto source = hello_source{};
  if (!config.coverage.enabled) {
    source.wire_complaint = "coverage.enabled is false";
    return source;
  }
  auto opened = hello_watch::open(config.coverage.cgroup);
  if (!opened) {
    source.wire_complaint = opened.error().text;
    spdlog::warn("`cleartap ctl coverage` does not know who uses TLS without being captured: {}",
                 source.wire_complaint);
    return source;
  }
  auto watch = std::make_shared<hello_watch>(std::move(*opened));
  source.owners_complaint = watch->owners_complaint();
  source.drain = [watch](const std::function<void(tls_hello)>& visit) { watch->drain(hellos_max, visit); };
  source.adopt = [watch](std::uint32_t gone, std::uint64_t cookie) { return watch->adopt(gone, cookie); };
  source.tally = [watch] { return watch->tally(); };
  return source;
}

std::function<std::optional<file_id>(int fd)> inode_identifier() {
  auto finder = inode_finder::load();
  if (!finder) {
    spdlog::warn("{}: a library that containers share may be captured twice", finder.error().text);
    return nullptr;
  }
  auto shared = std::make_shared<inode_finder>(std::move(*finder));
  return [shared](int fd) { return shared->find(fd); };
}

} // namespace

sniffer_part::sniffer_part(const live_settings& live)
    : live_{&live}, processes_{[](std::uint32_t pid) { return read_proc("/proc", pid); }} {}

result<void> sniffer_part::prepare() {
  allow_many_files();
  const auto& capture = live_->current()->capture;
  auto programs = kernel_programs::load({.event_bytes_max = capture.maxBufferSize,
                                         .ring_pages = capture.perfBufferPages,
                                         .connections_max = capture.connections_max,
                                         .threads_max = capture.threads_max,
                                         .process_rate_max = capture.rate_max,
                                         .btf_path = capture.btf_path,
                                         .wishes = wishes_of(*live_->current())});
  if (!programs)
    return programs.error();
  programs_.emplace(std::move(*programs));
  discovery_ = {look_into, inode_identifier(), watch_hellos};
  // Over the link the certificate's name takes the place of the host's.
  unsent_.emplace(*live_->current(), sender_id{host_name(), random_epoch()});
  return {};
}

void sniffer_part::add_to(plan& into, bool deliver) {
  const auto& pipeline = live_->current()->pipeline;
  auto* to_streams = into.add_edge("ring", "streams", "bytes", pipeline.streams);
  auto* to_rescan = into.add_edge("ring", "rescan", "events", pipeline.rescan);
  auto* to_processes = into.add_edge("ring", "enrichment", "events", pipeline.enrichment);
  auto* to_redaction = into.add_edge("streams", "redaction", "exchanges", pipeline.redaction);
  auto* to_enrichment = into.add_edge("redaction", "enrichment", "exchanges", pipeline.enrichment);
  auto* to_feed = into.add_edge("enrichment", "feed", "exchanges", pipeline.feed);
  auto* to_uplink = deliver ? into.add_edge("enrichment", "uplink", "exchanges", pipeline.uplink) : nullptr;
  hub_.emplace(to_feed->wanted);

  auto* kernel = &*programs_;
  auto rescans = into.add_stage("rescan", "events", 1, [&](actor_status& status, std::size_t) {
    return detached_spawner(cleartap::rescan, live_, &status, &watched_, discovery_);
  });
  auto* calls = &into.directory().add_ledger("kernel", 0, "events");
  auto probers = into.add_stage("probes", "bytes", 1, [&](actor_status& status, std::size_t) {
    return spawner(cleartap::probes, live_, kernel, &status, calls);
  });
  auto rings = into.add_stage("ring", "bytes", 1, [&](actor_status& status, std::size_t) {
    return detached_spawner(ring, kernel, &status, ring_edges{to_streams, to_rescan, to_processes});
  });
  auto shards = into.add_stage("streams", "bytes", pipeline.streams.actors, [&](actor_status& status, std::size_t i) {
    return spawner(streams, live_, &status, add_stream_figures(into.directory(), i),
                   mute{[kernel](const connection_id& each) { kernel->mute(each); }}, to_redaction);
  });
  auto workers =
      into.add_stage("redaction", "exchanges", pipeline.redaction.actors, [&](actor_status& status, std::size_t) {
        return spawner(redaction, live_, &status, to_enrichment, &processes_);
      });
  auto enrichers = into.add_stage("enrichment", "exchanges", 1, [&](actor_status& status, std::size_t) {
    return spawner(enrichment, live_, &status, enrichment_edges{to_uplink, to_feed}, &processes_);
  });
  auto feeds = into.add_stage("feed", "exchanges", 1,
                              [&](actor_status& status, std::size_t) { return spawner(feed, &status, &*hub_); });

  into.connect<chunk_batch>(to_streams, rings, shards);
  into.connect<process_batch>(to_rescan, rings, rescans);
  into.connect<process_batch>(to_processes, rings, enrichers);
  into.connect<exchange_batch>(to_redaction, shards, workers);
  into.connect<exchange_batch>(to_enrichment, workers, enrichers);
  into.connect<exchange_batch>(to_feed, enrichers, feeds);
  for (const auto& each : {rescans, shards, workers, enrichers})
    into.mark_live(each);
  into.introduce(rescans[0], probers[0], send_subject<probes_actor>());
  probes_ = probers[0];
  rescan_ = rescans[0];
  if (deliver)
    add_uplink(into, to_uplink, enrichers);
}

void sniffer_part::add_uplink(plan& into, edge_status* in, const child_indexes& enrichers) {
  auto* bodies = &into.directory().add_ledger("bodies", 0, "body bytes");
  auto uplinks = into.add_stage("uplink", "exchanges", 1, [&](actor_status& status, std::size_t) {
    return spawner(cleartap::uplink, live_, &status, &*unsent_, bodies);
  });
  into.connect<exchange_batch>(in, enrichers, uplinks);
  into.mark_live(uplinks);
  uplink_ = uplinks[0];
}

} // namespace cleartap::wiring
