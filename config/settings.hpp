// Every setting of cleartap with its default. Refuses to know YAML: reading and checking is in settings.cpp.
// The keys in the file are the names used here; config/cleartap.yaml is the commented list that users read.
#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap {

/// "address:port" to listen at; v6 addresses in brackets.
struct listen_address {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const listen_address&) const = default;
};

/// "host:port" to connect to; the host may be a DNS name. Empty: nowhere.
struct connect_address {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const connect_address&) const = default;
};

/// "host:port", v6 addresses in brackets; "" for nowhere.
[[nodiscard]] std::string to_string(const connect_address& where);
[[nodiscard]] std::string to_string(const listen_address& where);

/// How one stage of the pipeline is laid out. The edge into a stage has one lane per actor of it.
struct stage_settings {
  std::size_t actors = 1;      // streams.shards, redaction.workers, inventory.shards; else always 1
  std::size_t batch_max = 256; // items of one message to the stage
  std::size_t credit_max = 16; // messages under way to one actor of the stage
  std::size_t queue_max = 64;  // messages that wait for credit, per actor, before the sender drops
};

/// What is secret by its form, and the class that its masks show.
struct pattern_settings {
  std::string name;    // of the class
  std::string pattern; // see config/pattern.hpp

  bool operator==(const pattern_settings&) const = default;
};

/// What holds for some exchanges beside what holds for all. Invariant: `host` or `executable` is set; a rule that keeps
/// anything has no `host`, because whoever calls chooses it.
struct rule_settings {
  std::string host;       // "name", "*.name" or an IP address; empty: any
  std::string executable; // a pattern as in discovery.exclude; empty: any
  std::string mode;       // empty: as it is without the rule
  std::vector<std::string> headers;
  std::vector<std::string> headers_allow;
  std::vector<std::string> keys;
  std::vector<pattern_settings> patterns;
  bool emails = false;
  bool phones = false;
  std::vector<std::string> keep_headers; // shown although their names say that they are secret
  std::vector<std::string> keep_keys;
  std::vector<std::string> keep_classes; // shown although their form says so

  bool operator==(const rule_settings&) const = default;
};

struct redaction_settings {
  std::string mode = "full";              // full, metadata-only
  std::vector<std::string> headers;       // names to redact beside the built-in ones
  std::vector<std::string> headers_allow; // if there are any, all others are redacted
  std::vector<std::string> keys;          // keys whose values are redacted beside the built-in ones
  std::vector<pattern_settings> patterns;
  bool emails = false; // redact e-mail addresses, not only note them
  bool phones = false; // likewise phone numbers
  std::vector<rule_settings> rules;
};

struct settings {
  std::string logLevel = "info"; // debug, info, warning, error

  struct {
    std::uint32_t maxBufferSize = 8192; // payload bytes of one event
    std::uint32_t perfBufferPages = 64; // pages of ring buffer per CPU, a power of two
    std::uint32_t connections_max = 16384;
    std::uint32_t threads_max = 32768; // threads inside TLS calls that are followed
    std::size_t rate_max = 268435456;  // plaintext bytes of one process within a second; 0: no limit
    std::string transport = "auto";    // uprobe_multi, perf, tracefs
    std::string programs = "auto";     // typed, untyped, early
    std::string sockets = "auto";      // tracepoint, fexit, none
    std::string returns = "auto";      // probe, instruction
    std::filesystem::path btf_path;    // empty: the running kernel's own
  } capture;

  struct {
    std::chrono::seconds rescanInterval{0}; // full scan as a safety net; 0: none beside the first and the events
    std::size_t libraries_max = 512;
    std::chrono::seconds unused_max{600}; // probes stay this long after the last user has gone
    std::vector<std::string> exclude;     // patterns of executables that are never captured
  } discovery;

  struct {
    bool enabled = true;
    std::filesystem::path cgroup; // whose ClientHellos are seen; empty: the root of cgroup v2, the whole machine
    std::size_t processes_max = 4096;
  } coverage;

  struct {
    bool enabled = true;
    std::size_t tree_max = 50000; // processes remembered
    std::size_t ancestors_max = 5;
  } process;

  struct {
    std::size_t request_max = 256 * 1024; // bytes kept of one body
    std::size_t response_max = 1024 * 1024;
    std::size_t decoded_max = 8 * 1024 * 1024; // bytes made of one body while its codings are removed
    std::size_t ratio_max = 100;               // bytes made of one body per encoded byte
    std::size_t rate_max = 4 * 1024 * 1024;    // bytes per second sent to the reconstructor; past it bodies are sampled
  } bodies;

  struct {
    std::size_t head_max = 64 * 1024;           // bytes of one message head
    std::size_t headers_max = 128;              // fields of one message
    std::size_t pipeline_max = 64;              // requests that wait for their response on one connection
    std::size_t continuations_max = 8;          // CONTINUATION frames of one HTTP/2 header block
    std::size_t streams_max = 256;              // open on one HTTP/2 connection
    std::size_t header_table_max = 64 * 1024;   // bytes of one direction's HPACK table
    std::size_t memory_max = 256 * 1024 * 1024; // bytes of heads and bodies that are kept, in all shards together
    std::chrono::seconds open_max{10};          // a response whose end is awaited longer goes out without it
    std::chrono::seconds idle_max{300};         // a connection without traffic is forgotten
    std::size_t connections_max = 16384;        // per shard
  } streams;

  redaction_settings redaction;

  struct {
    listen_address listen{"0.0.0.0", 9443}; // reconstructor
    connect_address connect;                // sniffer
    std::filesystem::path cert = "/etc/cleartap/link/tls.crt";
    std::filesystem::path key = "/etc/cleartap/link/tls.key";
    std::filesystem::path ca = "/etc/cleartap/link/ca.crt";
    std::string peer_name;                      // empty: sniffer: the host of `connect`; reconstructor: any of the CA
    std::string node;                           // stands for the * of a wildcard certificate; empty: the host's name
    std::chrono::seconds retry_max{30};         // between two tries to connect
    std::size_t batches_max = 256;              // batches sent and not yet acknowledged
    std::size_t exchanges_max = 65536;          // exchanges kept until they are acknowledged
    std::size_t buffer_max = 64 * 1024 * 1024;  // bytes of these exchanges
    std::size_t sessions_max = 1024;            // reconstructor: sniffers at a time
    std::size_t rate_max = 64 * 1024 * 1024;    // reconstructor: bytes per second of one sniffer
    std::size_t memory_max = 256 * 1024 * 1024; // reconstructor: bytes of exchanges that no shard has taken yet
  } link;

  struct {
    std::size_t apis_max = 4096;
    std::size_t endpoints_max = 2048; // per API
    std::size_t depth_max = 16;       // of a JSON schema
    std::size_t properties_max = 256; // per JSON object
    std::chrono::milliseconds commit_interval{500};
  } inventory;

  struct {
    std::filesystem::path path = "/var/lib/cleartap"; // directory of the database
  } store;

  struct {
    bool enabled = true;
    listen_address listen{"127.0.0.1", 8090};
    std::filesystem::path token_file; // empty: none; only what is shown of the actors needs it
  } page;

  struct {
    listen_address listen{"127.0.0.1", 9090};
  } metrics;

  struct {
    listen_address listen{"127.0.0.1", 9091};
    std::filesystem::path token_file = "/run/cleartap/admin.token"; // made at the start, mode 0600
  } admin;

  struct {
    stage_settings streams{.actors = 2};
    stage_settings redaction{.actors = 2};
    stage_settings enrichment;
    stage_settings uplink;
    stage_settings inventory{.actors = 2};
    stage_settings feed;   // live exchanges to `cleartap watch`
    stage_settings rescan; // process events
  } pipeline;
};

/// Reads a YAML document called `name` in messages. An unknown key, a wrong type or a value out of range fails and
/// names `name`, the line, the key and what is accepted.
[[nodiscard]] result<settings> parse_settings(std::string_view yaml, std::string_view name);

/// Reads the file at `path`; an empty path gives the defaults. Then applies `overrides`, each "key=value" with a dotted
/// key and a YAML value, in order, under the same rules.
[[nodiscard]] result<settings> load_settings(const std::filesystem::path& path, std::span<const std::string> overrides);

} // namespace cleartap
