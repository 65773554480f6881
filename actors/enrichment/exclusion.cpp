#include "actors/enrichment/exclusion.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <string_view>

namespace cleartap {

const std::string* exclusion::match(std::string executable) const {
  constexpr auto unlinked = std::string_view{" (deleted)"}; // a suffix that the kernel adds (proc(5))
  if (executable.ends_with(unlinked))
    executable.erase(executable.size() - unlinked.size());
  auto found = std::ranges::find_if(patterns_, [&](const auto& pattern) {
    return !executable.empty() && fnmatch(pattern.c_str(), executable.c_str(), 0) == 0;
  });
  return found == patterns_.end() ? nullptr : &*found;
}

} // namespace cleartap
