// The kernel programs on a library, and what they tell of one process.
#pragma once

#include "actors/probes/kernel_programs.hpp"
#include "actors/probes/library_file.hpp"
#include "actors/ring/decode.hpp"
#include "actors/ring/kernel_rings.hpp"
#include "test/bpf/tls_talk.hpp"
#include "test/support/wait_until.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <dlfcn.h>
#include <map>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace cleartap {

struct seen_chunk {
  tls_chunk chunk;
  std::string bytes;
};

/// The file of the library that this program, and with it the children that talk, has loaded.
template <class Function>
std::string library_of(Function* function) {
  auto info = Dl_info{};
  REQUIRE(dladdr(reinterpret_cast<void*>(function), &info) != 0);
  return info.dli_fname;
}

class capture {
public:
  /// Skips the test if this kernel or these permissions do not grant what is wished. `unknown`: functions that are not
  /// probed, as if the library did not have them.
  capture(const std::string& library, const kernel_options& options = {},
          const std::vector<std::string_view>& unknown = {}) {
    auto loaded = kernel_programs::load(options);
    if (!loaded)
      SKIP(loaded.error().text);
    programs_.emplace(std::move(*loaded));
    // As cleartap itself this program is ignored, and so would be its children, which talk.
    programs_->ignore(static_cast<std::uint32_t>(getpid()), false);
    auto rings = kernel_rings::open(programs_->rings());
    REQUIRE(rings);
    rings_.emplace(std::move(*rings));
    auto contents = look_into(library);
    REQUIRE(contents);
    std::erase_if(contents->functions,
                  [&](const auto& each) { return std::ranges::find(unknown, each.symbol) != unknown.end(); });
    auto attached = programs_->attach(library, contents->functions);
    INFO((attached ? "" : attached.error().text));
    REQUIRE(attached);
    attachment_ = std::move(*attached);
  }

  /// What the process did, in the order of the calls.
  std::vector<seen_chunk> chunks_of(pid_t pid) {
    auto seen = std::vector<seen_chunk>{};
    auto take = [&](std::span<const std::uint8_t> record) {
      auto decoded = decode_tls_event(record);
      REQUIRE(decoded);
      if (decoded->chunk.connection.tgid == static_cast<std::uint32_t>(pid))
        seen.push_back({decoded->chunk, {decoded->bytes.begin(), decoded->bytes.end()}});
    };
    // Another program's record at the front may not be finished.
    auto all = support::wait_until([&, end = rings_->tls_written()] {
      rings_->drain_tls(1 << 20, take);
      return rings_->has_read_tls(end);
    });
    REQUIRE(all);
    return seen;
  }

  kernel_programs& programs() { return *programs_; }
  kernel_rings& rings() { return *rings_; }
  const attachment& attached() const { return attachment_; }

private:
  std::optional<kernel_programs> programs_;
  std::optional<kernel_rings> rings_;
  attachment attachment_;
};

inline bool is_data(const seen_chunk& seen, direction way) {
  return seen.chunk.kind == chunk_kind::data && seen.chunk.way == way;
}

/// All bytes of the larger stream in this direction, joined by their offsets; a missing byte stays 0.
inline std::string stream(const std::vector<seen_chunk>& chunks, direction way) {
  auto streams = std::map<connection_id, std::string>{};
  for (const auto& seen : chunks)
    if (is_data(seen, way)) {
      auto& bytes = streams[seen.chunk.connection];
      auto begin = static_cast<std::size_t>(seen.chunk.offset);
      bytes.resize(std::max(bytes.size(), begin + seen.chunk.size_original), '\0');
      bytes.replace(begin, seen.bytes.size(), seen.bytes);
    }
  auto largest = std::string{};
  for (auto& [connection, bytes] : streams)
    if (bytes.size() > largest.size())
      largest = bytes;
  return largest;
}

inline std::string written(const std::vector<std::size_t>& sizes) {
  auto all = std::string{};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    all += talk_payload(i, sizes[i]);
  return all;
}

/// The local ports that the chunks' connections have, 0 for an unknown socket.
inline std::map<connection_id, std::uint16_t> local_ports(const std::vector<seen_chunk>& chunks) {
  auto ports = std::map<connection_id, std::uint16_t>{};
  for (const auto& seen : chunks)
    ports[seen.chunk.connection] = seen.chunk.sockets ? seen.chunk.sockets->local.port : 0;
  return ports;
}

} // namespace cleartap
