// Uprobes that are defined in tracefs: the way for kernels without uprobe_multi that refuse the uprobe PMU. Refuses to
// touch what other programs have defined.
#pragma once

#include "actors/probes/libbpf_failure.hpp"

#include <filesystem>

struct bpf_program;

namespace cleartap {

/// Where tracefs is mounted; fails if it is not.
[[nodiscard]] result<std::filesystem::path> tracefs_root();

/// A definition in `uprobe_events`; removed with it.
class tracefs_probe {
public:
  /// `offset` must be the first byte of an instruction: tracefs does not check that.
  [[nodiscard]] static result<tracefs_probe>
  define(const std::filesystem::path& root, const std::filesystem::path& file, std::uint64_t offset, bool at_return);

  tracefs_probe(tracefs_probe&& other) noexcept;
  tracefs_probe& operator=(tracefs_probe&& other) noexcept;
  ~tracefs_probe();

  /// Runs `program` wherever the probe is hit, in any process.
  [[nodiscard]] result<link_ptr> attach(bpf_program* program) const;

private:
  tracefs_probe(std::filesystem::path root, std::string name) : root_{std::move(root)}, name_{std::move(name)} {}

  std::filesystem::path root_;
  std::string name_; // empty: moved from
};

/// Removes the definitions of cleartap processes that are gone: they survive `kill -9`. The kernel refuses to remove
/// what is in use.
void remove_leftovers(const std::filesystem::path& root);

} // namespace cleartap
