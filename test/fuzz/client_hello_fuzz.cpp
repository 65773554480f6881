// The first packet of a TLS connection, from anyone. What is taken of it is within the limits, and was in the packet.
#include "actors/coverage/client_hello.hpp"
#include "test/fuzz/input.hpp"

#include <string_view>

using namespace cleartap;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto hello = parse_client_hello({data, size});
  if (!hello)
    return 0;
  const auto bytes = std::string_view{reinterpret_cast<const char*>(data), size};
  fuzz::expect(hello->server_name.size() <= 255);
  fuzz::expect(bytes.find(hello->server_name) != std::string_view::npos);
  fuzz::expect(hello->protocols.size() <= 16);
  for (const auto& each : hello->protocols)
    fuzz::expect(!each.empty() && bytes.find(each) != std::string_view::npos);
  return 0;
}
