#include "tools/cleartap/quantity.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace cleartap {

namespace {

constexpr auto sizes = std::array<std::string_view, 5>{"B", "KB", "MB", "GB", "TB"};

/// A digit after the point for small numbers only.
std::string rounded(double value) {
  if (value >= 10 || value == std::floor(value))
    return grouped(static_cast<std::uint64_t>(std::llround(value)));
  char text[16];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string size(double bytes) {
  std::size_t step = 0;
  for (; bytes >= 1000 && step + 1 < sizes.size(); ++step) // "1.0 MB", not "1,000 KB"
    bytes /= 1024;
  char text[16];
  std::snprintf(text, sizeof text, step == 0 || bytes >= 100 ? "%.0f" : "%.1f", bytes);
  return text + (" " + std::string{sizes[step]});
}

} // namespace

std::string grouped(std::uint64_t value) {
  auto text = std::to_string(value);
  for (auto place = text.size(); place > 3; place -= 3)
    text.insert(place - 3, ",");
  return text;
}

std::string quantity(double value, std::string_view unit) {
  return unit == "bytes" ? size(value) : rounded(value) + " " + std::string{unit};
}

std::string speed(double per_second, std::string_view unit) {
  return per_second > 0 ? quantity(per_second, unit) + "/s" : "-";
}

} // namespace cleartap
