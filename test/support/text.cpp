#include "test/support/text.hpp"

#include <chrono>
#include <ctime>
#include <fstream>
#include <random>
#include <sstream>

namespace cleartap::support {

std::string content_of(const std::filesystem::path& file) {
  auto in = std::ifstream{file, std::ios::binary};
  auto content = std::ostringstream{};
  content << in.rdbuf();
  return content.str();
}

std::string unique_word() {
  static auto random = std::mt19937_64{std::random_device{}()};
  auto word = std::string{"e2e"};
  for (auto i = 0; i < 10; ++i)
    word += static_cast<char>('a' + random() % 26);
  return word;
}

std::string now_text() {
  auto now = std::chrono::system_clock::now();
  auto seconds = std::chrono::system_clock::to_time_t(now);
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  auto parts = std::tm{};
  gmtime_r(&seconds, &parts);
  char whole[32];
  auto size = std::strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &parts);
  return std::string{whole, size} + "." + std::to_string(1000 + milliseconds).substr(1) + "Z";
}

std::string all_bytes(std::size_t size, std::size_t seed) {
  auto bytes = std::string(size, '\0');
  for (std::size_t i = 0; i < size; ++i) // 101 is odd, so that every 256 bytes hold every value
    bytes[i] = static_cast<char>(seed + i * 101 + i / 256 * 13 + i / 65536 * 7);
  return bytes;
}

} // namespace cleartap::support
