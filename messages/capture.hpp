// What the kernel saw of TLS: plaintext with its position, on a connection, perhaps on a socket. Refuses to know HTTP.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cleartap {

/// Time since boot as the kernel's bpf_ktime_get_ns tells it (CLOCK_MONOTONIC).
using kernel_time = std::chrono::nanoseconds;
using wall_time = std::chrono::sys_time<std::chrono::nanoseconds>;

/// One TLS connection of one process. `generation` is the kernel time of its first sighting, so that neither a reused
/// pointer, nor a reused pid, nor an evicted table entry makes two connections look like one.
struct connection_id {
  std::uint32_t tgid = 0;
  std::uint64_t object = 0; // address of the library's connection object, e.g. SSL*
  kernel_time generation{0};

  auto operator<=>(const connection_id&) const = default;
};

enum class direction : std::uint8_t {
  inbound, // read by the process
  outbound // written by the process
};

constexpr direction opposite(direction way) noexcept {
  return way == direction::inbound ? direction::outbound : direction::inbound;
}

enum class ip_family : std::uint8_t { v4, v6 };

struct endpoint {
  ip_family family = ip_family::v4;
  std::array<std::uint8_t, 16> address{}; // network order; v4 uses the first 4 bytes
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

/// "10.0.0.1:443" or "[::1]:443"; a v4-mapped v6 address is written as v4.
std::string to_string(const endpoint& where);

/// How it is known which socket a connection uses. Evidence only: without any, the socket stays unknown.
enum class socket_evidence : std::uint8_t {
  inside_call, // the socket moved bytes inside the TLS call
  after_write, // memory BIO: the thread's first send after the write
  before_read, // memory BIO: the thread's last receive before the read
  descriptor,  // the library's connection names a descriptor, which is this socket
  ciphertext   // memory BIO: it holds what the socket has received, or then sends
};

struct socket_pair {
  endpoint local;
  endpoint remote;
  socket_evidence evidence = socket_evidence::inside_call;
};

/// Whose functions carried the plaintext. BoringSSL has OpenSSL's.
enum class tls_library : std::uint8_t { openssl, gnutls, nss };

enum class chunk_kind : std::uint8_t {
  data,
  closed,       // the library freed the connection; no payload
  process_ended // of connection.tgid, with all its connections; no payload
};

/// Why a chunk has less than it stands for.
enum class chunk_cut : std::uint8_t {
  none,
  call_limit, // one call had more than the kernel programs take
  read_fault, // the payload's memory could not be read
  unseen      // never in the program's memory: sent from a file, or by a call without a buffer
};

/// The plaintext of one TLS read or write, or a part of it.
/// Invariant: size_captured <= size_original; fewer, and `cut` says why, means that the rest is lost for good.
struct tls_chunk {
  connection_id connection;
  kernel_time at{0};
  chunk_kind kind = chunk_kind::data;
  direction way = direction::inbound;
  tls_library library = tls_library::openssl;
  chunk_cut cut = chunk_cut::none;
  std::uint64_t offset = 0;            // of the first byte, within what was seen of this direction
  std::array<std::uint64_t, 2> ends{}; // of `closed`: plaintext bytes that were seen inbound and outbound in all
  std::uint32_t size_original = 0;
  std::uint32_t size_captured = 0;
  std::size_t payload_begin = 0; // index into the batch's payload
  std::optional<socket_pair> sockets;
  std::optional<int> descriptor; // of the socket, where the kernel programs cannot tell its addresses
};

/// Chunks in the order in which the kernel recorded them. They share one payload, so that a chunk costs no allocation.
struct chunk_batch {
  std::vector<tls_chunk> chunks;
  std::vector<std::uint8_t> payload;
  std::chrono::nanoseconds wall_offset{0}; // kernel time + wall_offset = wall clock

  std::size_t size() const noexcept { return chunks.size(); }

  /// The ledger's unit: plaintext bytes, captured or not.
  std::uint64_t units() const noexcept {
    auto sum = std::uint64_t{0};
    for (const auto& chunk : chunks)
      sum += chunk.size_original;
    return sum;
  }

  /// Invariant: bytes.size() == chunk.size_captured.
  void append(tls_chunk chunk, std::span<const std::uint8_t> bytes) {
    chunk.payload_begin = payload.size();
    payload.insert(payload.end(), bytes.begin(), bytes.end());
    chunks.push_back(std::move(chunk));
  }

  std::span<const std::uint8_t> bytes(const tls_chunk& chunk) const noexcept {
    return {payload.data() + chunk.payload_begin, chunk.size_captured};
  }
};

} // namespace cleartap

template <>
struct std::hash<cleartap::connection_id> {
  std::size_t operator()(const cleartap::connection_id& id) const noexcept {
    auto mix = id.object * 0x9E3779B97F4A7C15ull ^ static_cast<std::uint64_t>(id.generation.count());
    mix = (mix ^ (mix >> 29)) * 0xBF58476D1CE4E5B9ull + id.tgid;
    return static_cast<std::size_t>(mix ^ (mix >> 32));
  }
};
