// What one SSL_write costs: with nothing attached, with empty probes, and with cleartap's. Prints JSON lines.
//   probe_bench              measures
//   probe_bench empty FILE   holds empty probes on all functions that cleartap would probe, until standard input ends
#include "actors/probes/kernel_programs.hpp"
#include "actors/probes/library_file.hpp"
#include "actors/probes/probe_points.hpp"
#include "actors/probes/uprobe_trial.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <string>
#include <thread>
#include <unistd.h>

using namespace cleartap;
using namespace std::chrono_literals;

namespace {

constexpr auto rounds = 7;
constexpr auto ciphertext_max = std::size_t{512 * 1024};

struct workload {
  std::size_t bytes;
  int calls; // of one round
};
constexpr auto workloads =
    std::array{workload{100, 5000}, workload{1024, 5000}, workload{16384, 2000}, workload{262144, 200}};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "probe_bench: %s\n", why.c_str());
  std::exit(1);
}

/// A client whose peer is in memory, and what it sends is thrown away.
class writer {
public:
  writer() {
    auto* key = EVP_EC_gen("P-256");
    auto* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    auto* server_context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(server_context, certificate);
    SSL_CTX_use_PrivateKey(server_context, key);
    auto* server = SSL_new(server_context);
    client_ = SSL_new(SSL_CTX_new(TLS_client_method()));
    BIO* own = nullptr;
    BIO* of_server = nullptr;
    BIO_new_bio_pair(&own, ciphertext_max, &of_server, ciphertext_max);
    SSL_set_bio(client_, own, own);
    SSL_set_bio(server, of_server, of_server);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client_);
    for (auto i = 0; i < 10 && !SSL_is_init_finished(server); ++i) {
      SSL_do_handshake(client_);
      SSL_do_handshake(server);
    }
    if (!SSL_is_init_finished(client_) || !SSL_is_init_finished(server))
      give_up("no TLS handshake in memory");
    network_ = of_server;
  }

  /// Nanoseconds of this thread's CPU for one SSL_write, on average.
  double cost(const workload& load) {
    const auto bytes = std::string(load.bytes, 'x');
    auto sink = std::string(ciphertext_max, '\0');
    auto spent = std::chrono::nanoseconds{0};
    for (auto i = 0; i < load.calls; ++i) {
      auto begin = thread_time();
      if (SSL_write(client_, bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size()))
        give_up("SSL_write failed");
      spent += thread_time() - begin;
      BIO_read(network_, sink.data(), static_cast<int>(sink.size()));
    }
    return static_cast<double>(spent.count()) / load.calls;
  }

private:
  static std::chrono::nanoseconds thread_time() {
    auto now = timespec{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
  }

  SSL* client_ = nullptr;
  BIO* network_ = nullptr;
};

std::string libssl() {
  auto info = Dl_info{};
  if (dladdr(reinterpret_cast<void*>(&SSL_write), &info) == 0)
    give_up("libssl is not a shared library here");
  return info.dli_fname;
}

library_contents contents_of(const std::string& file) {
  auto contents = look_into(file);
  if (!contents || contents->functions.empty())
    give_up(contents ? "no TLS library: " + file : contents.error().text);
  return std::move(*contents);
}

/// On all functions that cleartap probes, at entries and returns.
attached_probes attach_empty_to(const std::string& file) {
  auto entries = std::vector<std::uint64_t>{};
  auto returns = std::vector<std::uint64_t>{};
  for (const auto& each : contents_of(file).functions) {
    entries.push_back(each.offset);
    if (const auto* point = find_point(each.symbol); point && point->returns)
      returns.push_back(each.offset);
  }
  auto probes = attach_empty(uprobe_transport::multi, file, entries, false);
  auto at_returns = attach_empty(uprobe_transport::multi, file, returns, true);
  if (!probes || !at_returns)
    give_up((probes ? at_returns : probes).error().text);
  std::ranges::move(*at_returns, std::back_inserter(*probes));
  return std::move(*probes);
}

/// cleartap's probes, with somebody who empties the ring as the ring stage does.
class copying_probes {
public:
  explicit copying_probes(const std::string& file) {
    auto loaded = kernel_programs::load({});
    if (!loaded)
      give_up(loaded.error().text);
    programs_.emplace(std::move(*loaded));
    programs_->ignore(static_cast<std::uint32_t>(getpid()), false);
    auto attached = programs_->attach(file, contents_of(file).functions);
    auto rings = kernel_rings::open(programs_->rings());
    if (!attached || !rings)
      give_up(attached ? rings.error().text : attached.error().text);
    attachment_ = std::move(*attached);
    rings_.emplace(std::move(*rings));
    drainer_ = std::jthread{[this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        rings_->drain_tls(1 << 20, [](auto) {});
        std::this_thread::sleep_for(2ms);
      }
    }};
  }
  std::uint64_t lost() const { return programs_->tallies()[TALLY_LOST_RING_FULL].bytes; }

private:
  std::optional<kernel_programs> programs_;
  std::optional<kernel_rings> rings_;
  attachment attachment_;
  std::jthread drainer_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure() {
  auto client = writer{};
  const auto file = libssl();
  for (const auto& load : workloads) {
    auto nothing = std::vector<double>{};
    auto empty = std::vector<double>{};
    auto copied = std::vector<double>{};
    auto lost = std::uint64_t{0};
    for (auto i = 0; i < rounds; ++i) {
      nothing.push_back(client.cost(load));
      {
        auto probes = attach_empty_to(file);
        empty.push_back(client.cost(load));
      }
      auto probes = copying_probes{file};
      copied.push_back(client.cost(load));
      lost += probes.lost();
    }
    auto [base, trap, copy] = std::array{median(nothing), median(empty), median(copied)};
    std::printf("{\"bench\":\"call\",\"bytes\":%zu,\"nothing_ns\":%.0f,\"empty_probes_ns\":%.0f,\"cleartap_ns\":%.0f,"
                "\"to_empty_probes\":%.2f,\"added_to_empty_added\":%.2f,\"lost_bytes\":%llu}\n",
                load.bytes, base, trap, copy, copy / trap, (copy - base) / (trap - base),
                static_cast<unsigned long long>(lost));
    std::fflush(stdout);
  }
}

} // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::string{arguments[1]} == "empty") {
    auto probes = attach_empty_to(arguments[2]);
    std::puts("attached");
    std::fflush(stdout);
    while (std::getchar() != EOF)
      ;
    return 0;
  }
  measure();
}
