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

} // namespace cleartap
