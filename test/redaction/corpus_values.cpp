#include "test/redaction/corpus_values.hpp"

namespace cleartap::score {

namespace {

constexpr auto lower = std::string_view{"abcdefghijklmnopqrstuvwxyz"};
constexpr auto digits = std::string_view{"0123456789"};
constexpr auto hex = std::string_view{"0123456789abcdef"};
constexpr auto alnum = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"};

std::string luhn(std::string number) {
  auto sum = 0;
  for (auto i = std::size_t{0}; i < number.size(); ++i) {
    const auto digit = number[number.size() - 1 - i] - '0';
    const auto twice = digit * 2;
    sum += i % 2 == 0 ? twice / 10 + twice % 10 : digit;
  }
  return number + static_cast<char>('0' + (10 - sum % 10) % 10);
}

} // namespace

std::string values::run(std::string_view from, std::size_t size) {
  auto out = std::string(size, ' ');
  for (auto& each : out)
    each = from[below(from.size())];
  return out;
}

std::string values::secret(std::string_view kind) {
  if (kind == "card")
    return card();
  if (kind == "ssn")
    return run("12345", 1) + run("123456789", 2) + "-" + run("123456789", 2) + "-" + run("123456789", 4);
  if (kind == "jwt")
    return "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi" + run(alnum, 20) + "." + run(alnum, 43);
  if (kind == "pem")
    return run(alnum, 56);
  if (kind == "provider")
    return provider();
  if (kind == "email")
    return run(lower, 3 + below(8)) + "." + run(lower, 4 + below(6)) + "@" + run(lower, 5 + below(6)) +
           std::string{pick(std::to_array<std::string_view>({".test", ".com", ".co.uk", ".org"}))};
  if (kind == "phone")
    return phone();
  return run(alnum, 12 + below(20));
}

std::string values::lookalike(std::string_view kind) {
  if (kind == "uuid")
    return run(hex, 8) + "-" + run(hex, 4) + "-4" + run(hex, 3) + "-a" + run(hex, 3) + "-" + run(hex, 12);
  if (kind == "timestamp")
    return "2026-0" + std::to_string(1 + below(9)) + "-1" + run(digits, 1) + "T1" + run(digits, 1) + ":25:11Z";
  if (kind == "epoch")
    return "17" + run(digits, 11);
  if (kind == "order" || kind == "invoice" || kind == "tracking")
    return luhn("4" + run(digits, 14)); // passes as a card, but its key says what it is
  if (kind == "price")
    return run("123456789", 3) + "." + run(digits, 2);
  if (kind == "hash")
    return run(hex, 64);
  if (kind == "sha")
    return run(hex, 40);
  if (kind == "version")
    return run("123456789", 1) + "." + run(digits, 2) + "." + run(digits, 1) + "-rc." + run("12345", 1);
  if (kind == "address")
    return "10." + std::to_string(below(256)) + "." + std::to_string(below(256)) + "." + std::to_string(below(256));
  if (kind == "file")
    return run(lower, 8) + "-" + run(hex, 8) + ".chunk.js";
  return "55501" + run(digits, 5); // phone-like
}

std::string values::card() {
  const auto grouped = [](const std::string& plain, std::string_view by) {
    return plain.substr(0, 4).append(by) + plain.substr(4, 4).append(by) + plain.substr(8, 4).append(by) +
           plain.substr(12);
  };
  switch (below(6)) {
  case 0:
    return luhn("4" + run(digits, 14));
  case 1:
    return luhn("5" + run("12345", 1) + run(digits, 13));
  case 2:
    return luhn("37" + run(digits, 12));
  case 3:
    return luhn("6011" + run(digits, 11));
  case 4:
    return luhn("36" + run(digits, 11));
  default:
    return grouped(luhn("4" + run(digits, 14)), below(2) == 0 ? " " : "-");
  }
}

std::string values::phone() {
  const auto area = run("23456789", 1) + run(digits, 2);
  const auto exchange = run("23456789", 1) + run(digits, 2);
  switch (below(3)) {
  case 0:
    return "+49" + run("123456789", 1) + run(digits, 9);
  case 1:
    return "(" + area + ") " + exchange + "-" + run(digits, 4);
  default:
    return area + "-" + exchange + "-" + run(digits, 4);
  }
}

std::string values::provider() {
  switch (below(12)) {
  case 0:
    return "ghp_" + run(alnum, 36);
  case 1:
    return "AKIA" + run("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
  case 2: // in two pieces: scanners of repositories take it for a leak
    return "sk_"
           "live_" +
           run(alnum, 24);
  case 3:
    return "xoxb-" + run(digits, 12) + "-" + run(digits, 12) + "-" + run(alnum, 24);
  case 4:
    return "glpat-" + run(alnum, 20);
  case 5:
    return "npm_" + run(alnum, 36);
  case 6:
    return "SG." + run(alnum, 21) + "7." + run(alnum, 42) + "a";
  case 7:
    return "hf_" + run(alnum, 34);
  case 8:
    return "dop_v1_" + run(hex, 64);
  case 9:
    return "sk-ant-api03-" + run(alnum, 40);
  case 10:
    return "shpat_" + run(hex, 32);
  default:
    return "AIza" + run(alnum, 35);
  }
}

} // namespace cleartap::score
