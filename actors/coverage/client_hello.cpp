#include "actors/coverage/client_hello.hpp"

#include <algorithm>
#include <string_view>

namespace cleartap {

namespace {

constexpr auto handshake_record = std::uint8_t{22};
constexpr auto client_hello_type = std::uint8_t{1};
constexpr auto record_size_max = std::size_t{1} << 14; // RFC 8446 section 5.1
constexpr auto random_size = std::size_t{32};
constexpr auto session_id_max = std::size_t{32};
constexpr auto server_name_extension = std::size_t{0};
constexpr auto alpn_extension = std::size_t{16};
constexpr auto host_name_type = std::size_t{0};
constexpr auto name_size_max = std::size_t{255};
constexpr auto protocols_max = std::size_t{16};

/// Takes from the front. Once something is missing everything is.
class reader {
public:
  explicit reader(std::span<const std::uint8_t> bytes) noexcept : rest_{bytes} {}

  bool ok() const noexcept { return ok_; }
  bool empty() const noexcept { return rest_.empty(); }

  std::size_t number(std::size_t size) noexcept {
    auto value = std::size_t{0};
    for (auto byte : take(size))
      value = value << 8 | byte;
    return value;
  }

  std::span<const std::uint8_t> take(std::size_t size) noexcept {
    ok_ = ok_ && size <= rest_.size();
    if (!ok_)
      return {};
    auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  /// What is behind a length of so many bytes.
  reader vector(std::size_t length_size) noexcept {
    auto inner = reader{take(number(length_size))};
    inner.ok_ = ok_;
    return inner;
  }

  /// As much of it as there is.
  reader vector_so_far(std::size_t length_size) noexcept {
    auto size = number(length_size);
    return reader{take(std::min(size, rest_.size()))};
  }

private:
  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

std::string text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

bool is_visible(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](auto byte) { return byte > 0x20 && byte < 0x7f; });
}

bool read_server_name(reader extension, client_hello& hello) {
  auto names = extension.vector(2);
  while (names.ok() && !names.empty()) {
    auto type = names.number(1);
    auto size = names.number(2);
    auto name = names.take(size);
    if (type != host_name_type)
      continue;
    if (name.empty() || name.size() > name_size_max || !is_visible(name))
      return false;
    hello.server_name = text(name);
  }
  return names.ok() && extension.empty();
}

bool read_protocols(reader extension, client_hello& hello) {
  auto names = extension.vector(2);
  while (names.ok() && !names.empty()) {
    auto size = names.number(1);
    auto name = names.take(size);
    if (name.empty() || !is_visible(name)) // GREASE (RFC 8701) is none
      continue;
    if (hello.protocols.size() < protocols_max)
      hello.protocols.push_back(text(name));
  }
  return names.ok() && extension.empty();
}

/// Stops where the bytes do.
bool read_extensions(reader extensions, client_hello& hello) {
  while (!extensions.empty()) {
    auto type = extensions.number(2);
    auto body = extensions.vector(2);
    if (!extensions
             .ok()) // which is sure to be the packet's end: the block's own is behind it, or the hello is no hello
      return hello.cut;
    if (type == server_name_extension && !read_server_name(body, hello))
      return false;
    if (type == alpn_extension && !read_protocols(body, hello))
      return false;
  }
  return true;
}

/// All that comes before the extensions. A hello is so large because of them: a packet that ends earlier is none.
bool skip_head(reader& body) {
  auto major = body.number(1);
  body.number(1);
  body.take(random_size);
  auto session_id_size = body.number(1);
  body.take(session_id_size);
  auto suites_size = body.number(2);
  body.take(suites_size);
  auto methods_size = body.number(1);
  body.take(methods_size);
  return body.ok() && major == 3 && session_id_size <= session_id_max && suites_size >= 2 && suites_size % 2 == 0 &&
         methods_size >= 1;
}

} // namespace

std::optional<client_hello> parse_client_hello(std::span<const std::uint8_t> bytes) {
  auto all = reader{bytes};
  auto type = all.number(1);
  auto major = all.number(1);
  all.number(1);
  auto record_size = all.number(2);
  if (!all.ok() || type != handshake_record || major != 3 || record_size > record_size_max)
    return std::nullopt;
  auto record = reader{bytes.subspan(5, std::min(record_size, bytes.size() - 5))};
  if (record.number(1) != client_hello_type)
    return std::nullopt;
  const auto body_at = 5 + 4;
  auto body_size = record.number(3);
  if (!record.ok())
    return std::nullopt;
  auto hello = client_hello{};
  hello.cut = body_size + body_at > std::min(bytes.size(), record_size + 5);
  auto body = reader{record.take(std::min(body_size, std::min(bytes.size(), record_size + 5) - body_at))};
  if (!skip_head(body))
    return std::nullopt;
  if (body.empty()) // before TLS 1.2 there need not be extensions
    return hello;
  auto extensions = body.vector_so_far(2);
  if (!body.ok() || !body.empty() || !read_extensions(extensions, hello))
    return std::nullopt;
  return hello;
}

} // namespace cleartap
