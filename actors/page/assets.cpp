#include "actors/page/assets.hpp"

#include <algorithm>

namespace cleartap {

const asset* find_asset(std::string_view path) noexcept {
  const auto wanted = path == "/" ? std::string_view{"/index.html"} : path;
  const auto found = std::ranges::find(assets(), wanted, &asset::path);
  return found == assets().end() ? nullptr : &*found;
}

} // namespace cleartap
