#include "config/settings_check.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace cleartap {
namespace {

/// What is wrong, one combination a line.
class findings {
public:
  void add(const std::string& line) { text_.append(text_.empty() ? "" : "\n").append(line); }
  result<void> outcome() const { return text_.empty() ? result<void>{} : failure{text_}; }

private:
  std::string text_;
};

bool delivers(node_role role) { return role == node_role::standalone || role == node_role::sniffer; }

// -- addresses --------------------------------------------------------------------------------------------------------

/// A v4 address as a v6 socket shows it, so that all compare alike (RFC 4291 section 2.5.5.2).
in6_addr parsed(const std::string& host) {
  auto v6 = in6_addr{};
  if (inet_pton(AF_INET6, host == "localhost" ? "::ffff:127.0.0.1" : host.c_str(), &v6) != 1)
    inet_pton(AF_INET6, ("::ffff:" + host).c_str(), &v6);
  return v6;
}

bool is_v4(const in6_addr& address) { return IN6_IS_ADDR_V4MAPPED(&address); }
bool is_any_v4(const in6_addr& address) { return is_v4(address) && address.s6_addr32[3] == 0; }

bool is_loopback(const in6_addr& address) {
  return IN6_IS_ADDR_LOOPBACK(&address) || (is_v4(address) && address.s6_addr[12] == 127);
}

/// Whether a second listener would find the address taken. The v6 wildcard takes v4 connections too (ipv6(7)).
bool collide(const listen_address& a, const listen_address& b) {
  if (a.port != b.port || a.port == 0)
    return false;
  const auto first = parsed(a.host);
  const auto second = parsed(b.host);
  const auto any = [](const in6_addr& one, const in6_addr& other) {
    return IN6_IS_ADDR_UNSPECIFIED(&one) || (is_any_v4(one) && is_v4(other));
  };
  return IN6_ARE_ADDR_EQUAL(&first, &second) || any(first, second) || any(second, first);
}

struct listener {
  const char* key;
  const listen_address* where;
};

std::vector<listener> listeners(const settings& config, node_role role) {
  auto all = std::vector<listener>{};
  if (role == node_role::reconstructor)
    all.push_back({"link.listen", &config.link.listen});
  if (stores(role) && config.page.enabled)
    all.push_back({"page.listen", &config.page.listen});
  if (role != node_role::watch) {
    all.push_back({"metrics.listen", &config.metrics.listen});
    all.push_back({"admin.listen", &config.admin.listen});
  }
  return all;
}

void check_addresses(const settings& config, node_role role, findings& out) {
  const auto all = listeners(config, role);
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < all.size(); ++j)
      if (collide(*all[i].where, *all[j].where))
        out.add(std::string{all[i].key} + " " + to_string(*all[i].where) + " and " + all[j].key + " " +
                to_string(*all[j].where) + " take the same port; give each a port of its own");
  if (role != node_role::watch && !is_loopback(parsed(config.admin.listen.host)))
    out.add("admin.listen " + to_string(config.admin.listen) +
            " is not on loopback: there the token of admin.token_file would cross the network unencrypted; use "
            "127.0.0.1, and a tunnel such as ssh -L from elsewhere");
}

// -- files ------------------------------------------------------------------------------------------------------------

struct named_path {
  const char* key;
  const std::filesystem::path* path;
};

/// The token is written anew at each start: whatever else is there would be gone.
void check_token_file(const settings& config, node_role role, findings& out) {
  auto others = std::vector<named_path>{};
  if (stores(role))
    others.insert(others.end(), {{"page.token_file", &config.page.token_file}, {"store.path", &config.store.path}});
  if (has_link(role))
    others.insert(others.end(),
                  {{"link.cert", &config.link.cert}, {"link.key", &config.link.key}, {"link.ca", &config.link.ca}});
  for (const auto& [key, path] : others)
    if (role != node_role::watch && path->lexically_normal() == config.admin.token_file.lexically_normal())
      out.add("admin.token_file and " + std::string{key} + " are both " + path->string() +
              ": each start writes a new token there; give the token a file of its own");
}

void check_link_files(const settings& config, findings& out) {
  const auto& [key, cert, ca] = std::tie(config.link.key, config.link.cert, config.link.ca);
  for (const auto& [name, path] : {named_path{"link.cert", &cert}, named_path{"link.ca", &ca}})
    if (path->lexically_normal() == key.lexically_normal())
      out.add("link.key and " + std::string{name} + " are both " + key.string() +
              ": a certificate may be shown to anyone, a private key to nobody; keep them in two files");
}

// -- sizes ------------------------------------------------------------------------------------------------------------

void check_sizes(const settings& config, findings& out) {
  const auto bodies = config.bodies.request_max + config.bodies.response_max;
  const auto heads = 2 * config.streams.head_max;
  if (bodies + heads > config.link.buffer_max)
    out.add(
        "link.buffer_max " + std::to_string(config.link.buffer_max) +
        " cannot hold one exchange: bodies.request_max, bodies.response_max and two heads of streams.head_max are " +
        std::to_string(bodies + heads) + " bytes; raise link.buffer_max or lower the others");
  if (config.link.exchanges_max < config.pipeline.uplink.batch_max)
    out.add("link.exchanges_max " + std::to_string(config.link.exchanges_max) +
            " cannot hold one batch of pipeline.uplink.batch_max " + std::to_string(config.pipeline.uplink.batch_max) +
            ": all of it would be dropped; raise link.exchanges_max or lower pipeline.uplink.batch_max");
}

void check_bodies(const settings& config, findings& out) {
  const auto& bodies = config.bodies;
  for (const auto& [key, size_max] :
       {std::pair{"bodies.request_max", bodies.request_max}, std::pair{"bodies.response_max", bodies.response_max}})
    if (size_max > bodies.decoded_max)
      out.add("bodies.decoded_max " + std::to_string(bodies.decoded_max) + " is less than " + key + " " +
              std::to_string(size_max) +
              ": no compressed body would be kept that far; raise bodies.decoded_max or lower " + key);
}

struct stage {
  const char* key;
  const char* actors_key; // empty: always one
  const stage_settings* limits;
  bool runs = false;
};

void check_stages(const settings& config, node_role role, findings& out) {
  const auto& all = config.pipeline;
  const auto stages = std::array{stage{"streams", "shards", &all.streams, captures(role)},
                                 stage{"redaction", "workers", &all.redaction, captures(role)},
                                 stage{"enrichment", "", &all.enrichment, captures(role)},
                                 stage{"rescan", "", &all.rescan, captures(role)},
                                 stage{"feed", "", &all.feed, captures(role)},
                                 stage{"uplink", "", &all.uplink, delivers(role)},
                                 stage{"inventory", "shards", &all.inventory, stores(role)}};
  for (const auto& [name, actors_key, limits, runs] : stages) {
    const auto items = limits->actors * limits->batch_max * (limits->credit_max + limits->queue_max);
    if (!runs || items <= edge_items_max)
      continue;
    const auto key = "pipeline." + std::string{name};
    out.add(key + ".batch_max * (" + key + ".credit_max + " + key + ".queue_max)" +
            (*actors_key ? " * " + key + "." + actors_key : "") + " lets " + std::to_string(items) +
            " items wait in memory; at most " + std::to_string(edge_items_max) + " make sense: lower one of them");
  }
}

} // namespace

result<void> check_settings(const settings& config, node_role role) {
  auto out = findings{};
  if (role == node_role::sniffer && config.link.connect.host.empty())
    out.add("link.connect is empty: a sniffer delivers to a reconstructor; set link.connect to its HOST:PORT, or run "
            "`cleartap standalone`");
  check_addresses(config, role, out);
  check_token_file(config, role, out);
  if (has_link(role))
    check_link_files(config, out);
  if (delivers(role))
    check_sizes(config, out);
  if (captures(role))
    check_bodies(config, out);
  check_stages(config, role, out);
  return out.outcome();
}

result<settings> load_settings(const std::filesystem::path& path, std::span<const std::string> overrides,
                               node_role role) {
  auto loaded = load_settings(path, overrides);
  if (loaded)
    if (auto checked = check_settings(*loaded, role); !checked)
      return checked.error();
  return loaded;
}

} // namespace cleartap
