#include "actors/streams/other_protocol.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace cleartap {

namespace {

using namespace std::string_view_literals;
using bytes_view = std::span<const std::uint8_t>;

constexpr auto names = std::array<std::string_view, static_cast<std::size_t>(other_protocol::count_)>{
    "unknown", "amqp",   "cassandra", "ftp",       "imap",       "kafka",    "ldap", "mongodb",
    "mqtt",    "mysql",  "nats",      "pop3",      "postgresql", "redis",    "smtp", "ssh",
    "tls",     "tunnel", "upgraded",  "websocket", "xmpp",       "zookeeper"};

std::uint32_t big_endian(bytes_view bytes, std::size_t at, std::size_t size) noexcept {
  auto number = std::uint32_t{0};
  for (std::size_t i = 0; i < size; ++i)
    number = number << 8 | bytes[at + i];
  return number;
}

std::uint32_t little_endian(bytes_view bytes, std::size_t at, std::size_t size) noexcept {
  auto number = std::uint32_t{0};
  for (auto i = size; i > 0; --i)
    number = number << 8 | bytes[at + i - 1];
  return number;
}

/// The text has a prefix in which "#" stands for a digit.
bool begins(std::string_view text, std::string_view pattern) noexcept {
  auto fits = [](char c, char p) { return p == '#' ? c >= '0' && c <= '9' : c == p; };
  return text.size() >= pattern.size() && std::ranges::equal(text.substr(0, pattern.size()), pattern, fits);
}

struct text_pattern {
  std::string_view begin;
  other_protocol which;
};

// In the order of their trial.
constexpr auto patterns =
    std::to_array<text_pattern>({{"AMQP"sv, other_protocol::amqp},       {"SSH-#."sv, other_protocol::ssh},
                                 {"EHLO "sv, other_protocol::smtp},      {"HELO "sv, other_protocol::smtp},
                                 {"LHLO "sv, other_protocol::smtp},      {"* OK "sv, other_protocol::imap},
                                 {"* PREAUTH "sv, other_protocol::imap}, {"* BYE "sv, other_protocol::imap},
                                 {"+OK "sv, other_protocol::pop3},       {"CAPA\r\n"sv, other_protocol::pop3},
                                 {"INFO {"sv, other_protocol::nats},     {"CONNECT {"sv, other_protocol::nats},
                                 {"*#\r\n$"sv, other_protocol::redis},   {"*##\r\n$"sv, other_protocol::redis},
                                 {"%#\r\n"sv, other_protocol::redis},    {"+OK\r\n"sv, other_protocol::redis},
                                 {"+PONG\r\n"sv, other_protocol::redis}, {"-NOAUTH "sv, other_protocol::redis},
                                 {"-ERR "sv, other_protocol::redis},     {"<stream:stream"sv, other_protocol::xmpp}});

other_protocol recognise_text(std::string_view text) noexcept {
  for (const auto& [begin, which] : patterns)
    if (begins(text, begin))
      return which;
  if (text.starts_with("<?xml") && text.find("<stream:stream") != std::string_view::npos)
    return other_protocol::xmpp;
  if (begins(text, "220 ") || begins(text, "220-"))
    return text.find("SMTP") != std::string_view::npos ? other_protocol::smtp : other_protocol::ftp;
  auto tag_end = text.find(' ');
  auto command = tag_end < 10 ? text.substr(tag_end + 1) : std::string_view{};
  if (begins(command, "CAPABILITY\r\n") || begins(command, "AUTHENTICATE ") || begins(command, "LOGIN "))
    return other_protocol::imap;
  return other_protocol::unknown;
}

// RFC 8446, 5.1: a handshake record that begins with a hello.
bool is_tls(bytes_view bytes) noexcept {
  return bytes.size() >= 6 && bytes[0] == 22 && bytes[1] == 3 && bytes[2] <= 4 && (bytes[5] == 1 || bytes[5] == 2);
}

// Startup (protocol 3.x), SSL and GSS requests; an answer to authentication; a simple query that is the whole chunk.
bool is_postgresql(bytes_view bytes) noexcept {
  if (bytes.size() < 8)
    return bytes.size() == 6 && bytes[0] == 'Z' && big_endian(bytes, 1, 4) == 5;
  auto code = big_endian(bytes, 4, 4);
  auto length = big_endian(bytes, 0, 4);
  if (length >= 8 && length <= 10000 && (code == 0x30000 || code == 0x30002 || code == 80877103 || code == 80877104))
    return true;
  auto message = big_endian(bytes, 1, 4);
  if (bytes[0] == 'R' && bytes.size() >= 9)
    return message >= 8 && message <= 256 && big_endian(bytes, 5, 4) <= 12;
  return bytes[0] == 'Q' && message + 1 == bytes.size() && bytes.back() == 0;
}

// A handshake response (protocol 4.1), which has 23 zero bytes; a command or an OK that is the whole chunk.
bool is_mysql(bytes_view bytes) noexcept {
  constexpr auto head = std::size_t{4};
  if (bytes.size() < head + 1)
    return false;
  auto length = little_endian(bytes, 0, 3);
  auto sequence = bytes[3];
  auto zero = [](std::uint8_t byte) { return byte == 0; };
  if (bytes.size() >= 36 && length >= 32 && length <= 65535 && (sequence == 1 || sequence == 2) &&
      (bytes[5] & 0x02) != 0 && std::ranges::all_of(bytes.subspan(13, 23), zero))
    return true;
  if (length + head != bytes.size())
    return false;
  return (sequence == 0 && bytes[4] >= 1 && bytes[4] <= 0x1F) || (sequence > 0 && length >= 7 && bytes[4] == 0);
}

// OP_MSG, OP_COMPRESSED, OP_QUERY or OP_REPLY.
bool is_mongodb(bytes_view bytes) noexcept {
  if (bytes.size() < 16)
    return false;
  auto length = little_endian(bytes, 0, 4);
  auto code = little_endian(bytes, 12, 4);
  if (length < 16 || length > 48'000'000)
    return false;
  return code == 2013 || code == 2012 || code == 2004 || (code == 1 && length == bytes.size());
}

// A request that is the whole chunk: length, API key, version, correlation, the client's name.
bool is_kafka(bytes_view bytes) noexcept {
  if (bytes.size() < 14 || big_endian(bytes, 0, 4) + 4 != bytes.size())
    return false;
  auto name = big_endian(bytes, 12, 2);
  return big_endian(bytes, 4, 2) <= 100 && big_endian(bytes, 6, 2) <= 20 &&
         (name == 0xFFFF || name + 14 <= bytes.size());
}

// A session's ConnectRequest: protocol 0, and a length of 44 or 45.
bool is_zookeeper(bytes_view bytes) noexcept {
  auto length = bytes.size() >= 8 ? big_endian(bytes, 0, 4) : 0;
  return (length == 44 || length == 45) && length + 4 == bytes.size() && big_endian(bytes, 4, 4) == 0;
}

bool is_mqtt(bytes_view bytes) noexcept {
  if (bytes.size() == 4 && bytes[0] == 0x20 && bytes[1] == 2)
    return bytes[2] <= 1 && bytes[3] <= 5;
  if (bytes.size() < 10 || bytes[0] != 0x10)
    return false;
  auto name = std::size_t{1};
  while (name < 5 && (bytes[name++] & 0x80) != 0) // the remaining length
    ;
  return big_endian(bytes, name, 2) == 4 && begins({reinterpret_cast<const char*>(&bytes[name + 2]), 4}, "MQTT");
}

// RFC 4511: a sequence that begins with a message number below 128 and an operation that may come first.
bool is_ldap(bytes_view bytes) noexcept {
  if (bytes.size() < 7 || bytes[0] != 0x30)
    return false;
  auto at = std::size_t{2};
  if (bytes[1] >= 0x80)
    at += bytes[1] & 0x7F;
  if (at + 4 > bytes.size() || bytes[at] != 2 || bytes[at + 1] != 1)
    return false;
  auto operation = bytes[at + 3];
  return operation == 0x60 || operation == 0x61 || operation == 0x63 || operation == 0x64 || operation == 0x65 ||
         operation == 0x77 || operation == 0x78;
}

// A frame of version 3 to 5 that is the whole chunk.
bool is_cassandra(bytes_view bytes) noexcept {
  if (bytes.size() < 9 || big_endian(bytes, 5, 4) + 9 != bytes.size())
    return false;
  auto version = bytes[0] & 0x7F;
  return version >= 3 && version <= 5 && bytes[1] <= 0x1F && bytes[4] <= 0x10;
}

struct binary_test {
  bool (*fits)(bytes_view) noexcept;
  other_protocol which;
};

constexpr auto binary_tests = std::to_array<binary_test>({{is_tls, other_protocol::tls},
                                                          {is_postgresql, other_protocol::postgresql},
                                                          {is_mongodb, other_protocol::mongodb},
                                                          {is_mysql, other_protocol::mysql},
                                                          {is_zookeeper, other_protocol::zookeeper},
                                                          {is_cassandra, other_protocol::cassandra},
                                                          {is_kafka, other_protocol::kafka},
                                                          {is_mqtt, other_protocol::mqtt},
                                                          {is_ldap, other_protocol::ldap}});

} // namespace

std::span<const std::string_view> other_protocol_names() noexcept { return names; }

other_protocol recognise_other_protocol(bytes_view bytes) noexcept {
  constexpr auto looked_at_max = std::size_t{64};
  auto first = bytes.first(std::min(bytes.size(), looked_at_max));
  auto found = recognise_text({reinterpret_cast<const char*>(first.data()), first.size()});
  if (found != other_protocol::unknown)
    return found;
  auto test = std::ranges::find_if(binary_tests, [&](const binary_test& each) { return each.fits(bytes); });
  return test == binary_tests.end() ? other_protocol::unknown : test->which;
}

} // namespace cleartap
