#include "actors/probes/mounts.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace cleartap {

std::vector<std::filesystem::path> mount_points(const std::filesystem::path& mounts, std::string_view type) {
  auto found = std::vector<std::filesystem::path>{};
  auto file = std::ifstream{mounts};
  for (auto line = std::string{}; std::getline(file, line);) {
    auto fields = std::istringstream{line};
    auto source = std::string{};
    auto where = std::string{};
    auto its_type = std::string{};
    if (fields >> source >> where >> its_type && its_type == type)
      found.emplace_back(where);
  }
  return found;
}

} // namespace cleartap
