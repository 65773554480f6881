// What a cleartap process is. Refuses to know what runs for it.
#pragma once

#include <cstdint>

namespace cleartap {

enum class node_role : std::uint8_t {
  standalone,    // sniffer and reconstructor in one process
  sniffer,       // captures, and delivers over the link
  reconstructor, // takes what sniffers deliver
  watch          // captures for one watcher: nothing is stored and nothing listens
};

constexpr bool captures(node_role role) noexcept { return role != node_role::reconstructor; }
constexpr bool stores(node_role role) noexcept {
  return role == node_role::standalone || role == node_role::reconstructor;
}
constexpr bool has_link(node_role role) noexcept {
  return role == node_role::sniffer || role == node_role::reconstructor;
}
constexpr bool serves(node_role role) noexcept { return role != node_role::watch; } // metrics and the admin port

} // namespace cleartap
