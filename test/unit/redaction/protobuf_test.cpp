#include "actors/redaction/protobuf.hpp"

#include "test/unit/redaction/sample.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;
using namespace std::string_literals;

namespace {

std::string varint(std::size_t value) {
  auto out = ""s;
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(0x80 | (value & 0x7f));
  return out += static_cast<char>(value);
}

std::string bytes(std::size_t number, std::string_view payload) {
  return varint(number << 3 | 2) + varint(payload.size()) + std::string{payload};
}

std::string number(std::size_t field, std::size_t value) { return varint(field << 3) + varint(value); }

std::string frame(std::string_view message, char flag = '\0') {
  auto out = std::string{flag};
  for (auto shift : {24, 16, 8, 0})
    out += static_cast<char>(message.size() >> shift & 0xff);
  return out += message;
}

std::string grpc(std::string_view body, bool cut = false) { return sample::redacted("application/grpc", body, cut); }
std::string proto(std::string_view body) { return sample::redacted("application/x-protobuf", body); }

const auto masked_card = "[REDACTED:card]"s;

} // namespace

TEST_CASE("strings of messages are masked, and the lengths around them are right") {
  const auto message = [](const std::string& note) {
    return number(1, 300) + bytes(2, "ann") + bytes(4, number(1, 7) + bytes(2, note)) + bytes(5, "after");
  };
  CHECK(proto(message("4111111111111111")) == proto(message(masked_card)));
  CHECK(grpc(frame(message("4111111111111111")) + frame(message("x"))) ==
        frame(message(masked_card)) + frame(message("x")));
  const auto around = [](const std::string& inner) { return std::string(110, 'a') + inner + std::string(10, 'b'); };
  CHECK(proto(message(around(" 6011 1111 1111 1117 ss "))) == message(around(" [REDACTED:card] ss ")));
  CHECK(proto(message(around(" pw=x "))) == message(around(" pw=[REDACTED:password] "))); // a length of two bytes now
}

TEST_CASE("strings of messages are masked as what they hold") {
  CHECK(proto(bytes(1, R"({"password":"x","n":1})")) == bytes(1, R"({"password":"[REDACTED:password]","n":1})"));
  CHECK(proto(bytes(1, "https://h/?token=x&n=1")) == bytes(1, "https://h/?token=[REDACTED:token]&n=1"));
  CHECK(proto(bytes(1, "MTIzLTQ1LTY3ODk=")) == bytes(1, "[REDACTED:ssn]"));
  CHECK(grpc(frame("grpc-status:0\r\nx-api-key: abc\r\n", '\x80')) ==
        frame("grpc-status:0\r\nx-api-key: [REDACTED:apikey]\r\n", '\x80'));
  CHECK(sample::redacted("application/grpc+json", frame(R"({"pin":1})")) == frame(R"({"pin":"[REDACTED:password]"})"));
}

TEST_CASE("entries of maps are masked by their keys") {
  const auto entry = [](std::string_view key, std::string_view value) {
    return bytes(3, bytes(1, key) + bytes(2, value));
  };
  CHECK(proto(entry("password", "x") + entry("city", "Rome")) ==
        entry("password", "[REDACTED:password]") + entry("city", "Rome"));
  CHECK(proto(entry("session_id", "abc123")) == entry("session_id", "[REDACTED:session]"));
  CHECK(proto(entry("order_id", "4111111111111111")) == entry("order_id", "4111111111111111"));
  CHECK(proto(entry("token", bytes(3, "x"))) == entry("token", bytes(3, "[REDACTED:token]")));
}

TEST_CASE("messages without secrets stay, and those that are cut are masked to their end") {
  for (const auto& body :
       {""s, frame(""), frame("") + frame(bytes(1, "ann")), frame(bytes(1, "\xff\xfe\x00"s) + number(2, 1))})
    CHECK(grpc(body) == body);
  const auto whole = frame(bytes(1, "ann") + bytes(2, bytes(3, "password=Qz7kVxwQzPlumJot")));
  for (auto size = std::size_t{0}; size <= whole.size(); ++size) {
    const auto left = grpc(std::string_view{whole}.substr(0, size), size < whole.size());
    CHECK(left.find("Qz") == std::string::npos);
    CHECK(grpc(left, size < whole.size()) == left);
  }
}

TEST_CASE("what is no message is searched as bytes") {
  CHECK(grpc("\x07pw") == "\x07");
  CHECK(proto("\x0f\xff\x01 password\x01x") == "\x0f\xff\x01 ");
  auto deep = bytes(1, "4111111111111111");
  for (auto level = std::size_t{0}; level < 2 * masking::message_levels_max; ++level)
    deep = bytes(1, deep);
  CHECK(proto(deep).find("4111") == std::string::npos);
}
