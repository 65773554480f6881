// A reconstructor and sniffers, each on a machine of its own, and traffic whose client counts. Refuses to know what is
// tested.
#pragma once

#include "test/support/machines.hpp"
#include "test/support/sniffer.hpp"
#include "test/support/text.hpp"
#include "test/support/web_server.hpp"

#include <deque>
#include <map>

namespace cleartap::support {

/// Certificates for both ends of a link, made by `cleartap certs`.
class link_certificates {
public:
  explicit link_certificates(std::filesystem::path directory) : directory_{std::move(directory)} {}

  /// By the CA that is there, or by a new one.
  void make(const std::vector<std::string>& names, bool renew = false) const;

  std::filesystem::path ca() const { return directory_ / "ca.crt"; }
  std::filesystem::path chain(const std::string& name) const { return directory_ / (name + ".crt"); }
  std::filesystem::path key(const std::string& name) const { return directory_ / (name + ".key"); }

private:
  std::filesystem::path directory_;
};

/// `cleartap reconstructor` or `cleartap sniffer`, started, killed and started again.
class station {
public:
  station(std::string role, const machine& where, const std::filesystem::path& home);

  instance_settings& settings() noexcept { return settings_; }
  const instance_settings& settings() const noexcept { return settings_; }
  const machine& where() const noexcept { return *where_; }
  void use(const link_certificates& pki, const std::string& name);

  /// Returns when it is ready: it listens, or its probes are attached.
  void start();
  void signal(int number) { program_->signal(number); }
  void kill();
  /// By SIGINT. Returns the exit status, -1 if it does not end.
  int stop();
  /// The exit status, if it ends in time.
  std::optional<int> wait(std::chrono::milliseconds time_max) { return program_->wait(time_max); }
  bool running() { return program_ && program_->running(); }
  pid_t pid() const { return program_->pid(); }
  std::string log() const { return program_ ? program_->complaints() : std::string{}; }

  /// `cleartap ctl VERB --json`; null while it does not answer.
  boost::json::value ctl(const std::string& verb) const;
  boost::json::value rest(const std::string& path) const;

private:
  std::string role_;
  const machine* where_;
  instance_settings settings_;
  std::optional<child> program_;
};

/// A client in python that calls nginx's /users/N again and again, under a host name of its own, and counts itself.
class traffic {
public:
  traffic(const web_server& web, std::string host, int per_second);

  const std::string& host() const noexcept { return host_; }
  std::int64_t answered() const { return last().first; }
  std::chrono::milliseconds slowest() const { return last().second; }

  /// Ends it. Returns how many were answered in all.
  std::int64_t stop();

private:
  std::pair<std::int64_t, std::chrono::milliseconds> last() const;

  std::string host_;
  child program_;
};

/// nginx, certificates, a reconstructor "recon.test" on the first machine, and sniffers "s1.sniffer.test"... on the
/// others, none of them started.
struct link_scene {
  explicit link_scene(std::size_t sniffers = 1);

  /// The reconstructor, and then every sniffer, until each has its session.
  void start();
  bool connected(const station& each) const;
  /// The live session of that name at the reconstructor, once it is there.
  boost::json::value expect_session(const std::string& name) const;

  /// HOST:PORT of the reconstructor.
  std::string address() const;
  /// A machine without cleartap.
  const machine& stranger() const { return network[sniffers.size() + 1]; }
  /// link_peer_scenarios.py there, with these words: every line that it printed. `address` and CA come first.
  std::vector<boost::json::value> play(const std::string& scenario, std::vector<std::string> words = {}) const;
  command scenario(std::vector<std::string> words) const;

  temporary_directory home;
  web_server web;
  machine_network network;
  link_certificates pki;
  station recon;
  std::deque<station> sniffers;
};

/// What the reconstructor counts of an authority: {served, called}; -1 while it knows nothing of it.
struct counted {
  std::int64_t served = -1;
  std::int64_t called = -1;
  bool operator==(const counted&) const = default;
};
[[nodiscard]] counted count_of(const station& recon, const std::string& authority);

/// Empty once that many were served and called, and both sides have seen each; else what is counted, and every stage
/// that dropped something.
[[nodiscard]] std::string difference(const link_scene& in, const std::string& authority, std::int64_t expected);

/// The live session of that name in `ctl connections` of the reconstructor; null if there is none.
[[nodiscard]] boost::json::value session_of(const station& recon, const std::string& name);

/// The ledger of an epoch at the reconstructor; null if it is not known.
[[nodiscard]] boost::json::value epoch_of(const station& recon, const std::string& epoch);

/// The epoch of the sniffer that runs.
[[nodiscard]] std::string epoch_of(const station& sniffer);

/// Connections that the reconstructor refused, by reason.
[[nodiscard]] std::map<std::string, std::int64_t> refusals(const station& recon);
[[nodiscard]] std::int64_t sum(const std::map<std::string, std::int64_t>& counts);

/// One stage of `ctl losses`, e.g. "uplink"; null if there is none.
[[nodiscard]] boost::json::value stage_of(const station& each, const std::string& name);

/// Open files and resident memory in MB.
struct burden {
  std::size_t files = 0;
  std::size_t memory = 0;
};
[[nodiscard]] burden burden_of(pid_t pid);

} // namespace cleartap::support
