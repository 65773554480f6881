#include "test/redaction/corpus.hpp"

#include "messages/text.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <random>

namespace cleartap::score {

namespace {

namespace json = boost::json;

constexpr auto lower = std::string_view{"abcdefghijklmnopqrstuvwxyz"};
constexpr auto digits = std::string_view{"0123456789"};
constexpr auto hex = std::string_view{"0123456789abcdef"};
constexpr auto alnum = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"};

class values {
public:
  explicit values(std::uint64_t seed) : random_{seed} {}

  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  std::string run(std::string_view from, std::size_t size) {
    auto out = std::string(size, ' ');
    for (auto& each : out)
      each = from[below(from.size())];
    return out;
  }

  template <std::size_t N>
  std::string_view pick(const std::array<std::string_view, N>& from) {
    return from[below(N)];
  }

  std::string secret(std::string_view kind) {
    if (kind == "card")
      return card();
    if (kind == "ssn")
      return ssn();
    if (kind == "jwt")
      return "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi" + run(alnum, 20) + "." + run(alnum, 43);
    if (kind == "pem")
      return run(alnum, 64);
    if (kind == "provider")
      return provider();
    return run(alnum, 12 + below(20));
  }

  std::string lookalike(std::string_view kind) {
    if (kind == "uuid")
      return run(hex, 8) + "-" + run(hex, 4) + "-4" + run(hex, 3) + "-a" + run(hex, 3) + "-" + run(hex, 12);
    if (kind == "timestamp")
      return "2026-0" + std::to_string(1 + below(9)) + "-1" + run(digits, 1) + "T1" + run(digits, 1) + ":25:11Z";
    if (kind == "epoch")
      return "17" + run(digits, 11);
    if (kind == "order")
      return luhn("4" + run(digits, 14)); // passes as a card, but its key says what it is
    if (kind == "price")
      return run("123456789", 3) + "." + run(digits, 2);
    if (kind == "hash")
      return run(hex, 64);
    if (kind == "sha")
      return run(hex, 40);
    return "55501" + run(digits, 5); // phone-like
  }

private:
  static std::string luhn(std::string number) {
    auto sum = 0;
    for (auto i = std::size_t{0}; i < number.size(); ++i) {
      const auto digit = number[number.size() - 1 - i] - '0';
      const auto twice = digit * 2;
      sum += i % 2 == 0 ? twice / 10 + twice % 10 : digit;
    }
    return number + static_cast<char>('0' + (10 - sum % 10) % 10);
  }

  std::string card() {
    switch (below(4)) {
    case 0:
      return luhn("4" + run(digits, 14));
    case 1:
      return luhn("5" + run("12345", 1) + run(digits, 13));
    case 2:
      return luhn("37" + run(digits, 12));
    default: {
      const auto plain = luhn("4" + run(digits, 14));
      const auto by = below(2) == 0 ? " " : "-";
      return plain.substr(0, 4) + by + plain.substr(4, 4) + by + plain.substr(8, 4) + by + plain.substr(12);
    }
    }
  }

  std::string ssn() {
    return run("12345", 1) + run("123456789", 2) + "-" + run("123456789", 2) + "-" + run("123456789", 4);
  }

  std::string provider() {
    switch (below(6)) {
    case 0:
      return "ghp_" + run(alnum, 36);
    case 1:
      return "AKIA" + run("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
    case 2:
      return "sk_"
             "live_" +
             run(alnum, 24);
    case 3:
      return "xoxb-" + run(digits, 12) + "-" + run(digits, 12) + "-" + run(alnum, 24);
    case 4:
      return "glpat-" + run(alnum, 20);
    default:
      return "AIza" + run(alnum, 35);
    }
  }

  std::mt19937_64 random_;
};

std::string encoded(std::string_view value, std::string_view encoding) {
  if (encoding == "base64")
    return base64(value);
  if (encoding == "plain")
    return std::string{value};
  auto out = std::string{};
  char text[8];
  for (const auto c : value) {
    std::snprintf(text, sizeof text, encoding == "u" ? "\\u%04x" : "%%%02X", static_cast<unsigned char>(c));
    out += text;
  }
  return out;
}

/// Writes a text piece by piece and marks spans in it.
class writer {
public:
  explicit writer(marked_text& out) : out_{out} {}

  writer& operator<<(std::string_view part) { return out_.text += part, *this; }

  void mark(std::string_view as_written, std::string_view kind, std::string_view value, expectation expect) {
    const auto start = out_.text.size();
    out_.text += as_written;
    out_.spans.push_back({start, out_.text.size(), std::string{kind}, std::string{value}, expect});
  }

private:
  marked_text& out_;
};

struct shape {
  std::string_view format;
  std::string_view carrier;
  std::string_view content_type;
  std::string_view encodings; // first letters: plain, %, base64, u
};

constexpr auto shapes = std::to_array<shape>({
    {"json", "body", "application/json", "pbu"},
    {"json in a string", "body", "application/json", "p"},
    {"ndjson", "body", "application/x-ndjson", "pu"},
    {"form", "body", "application/x-www-form-urlencoded", "p%b"},
    {"multipart", "body", "multipart/form-data; boundary=b7", "pb"},
    {"xml", "body", "application/xml", "pb"},
    {"text", "body", "text/plain", "pb"},
    {"graphql", "body", "application/json", "pu"},
    {"header", "header", "", "pb"},
    {"cookie", "header", "", "p%"},
    {"query", "query", "", "p%b"},
    {"path", "path", "", "p%"},
});

constexpr auto kinds = std::to_array<std::string_view>({"password", "secret", "token", "apikey", "authorization",
                                                        "session", "card", "ssn", "jwt", "pem", "provider", "url"});
constexpr auto lookalikes =
    std::to_array<std::string_view>({"uuid", "timestamp", "epoch", "order", "price", "hash", "sha", "phone"});

/// A key of the class; those of values that show by themselves say nothing.
std::string_view key_of(std::string_view kind, values& from) {
  if (kind == "password")
    return from.pick(
        std::to_array<std::string_view>({"password", "newPassword", "user_passwd", "password_confirmation"}));
  if (kind == "secret")
    return from.pick(std::to_array<std::string_view>({"client_secret", "secretKey", "shared-secret"}));
  if (kind == "token")
    return from.pick(std::to_array<std::string_view>({"access_token", "refreshToken", "csrf-token", "token_2"}));
  if (kind == "apikey")
    return from.pick(std::to_array<std::string_view>({"api_key", "apiKey", "x-api-key", "api_key_2"}));
  if (kind == "authorization")
    return from.pick(std::to_array<std::string_view>({"authorization", "Authorization"}));
  if (kind == "session")
    return from.pick(std::to_array<std::string_view>({"session_id", "sessionId", "session"}));
  return from.pick(std::to_array<std::string_view>({"note", "comment", "data", "description"}));
}

std::string_view key_of_lookalike(std::string_view kind) {
  return kind == "order" ? "order_number" : kind == "epoch" ? "created_at" : kind == "price" ? "price" : "item_id";
}

/// What the value stands in when it is a private key or a URL.
struct frame {
  std::string before;
  std::string after;
};

frame frame_of(std::string_view kind, std::string_view line_end) {
  if (kind == "pem") // the label in two pieces: scanners of repositories take it for a leak
    return {"-----BEGIN PRIVATE"
            " KEY-----" +
                std::string{line_end},
            std::string{line_end} + "-----END PRIVATE"
                                    " KEY-----"};
  if (kind == "url")
    return {"https://ann:", "@db.example/x"};
  return {};
}

struct plan {
  std::string_view kind;
  std::string_view key;
  std::string_view encoding;
  std::string_view other_kind;
};

class text_maker {
public:
  text_maker(const shape& as, const plan& what, values& from, marked_text& out)
      : as_{as}, what_{what}, from_{from}, to_{out} {}

  void make() {
    const auto& format = as_.format;
    if (format == "json" || format == "ndjson")
      return pairs("{\"n\":1,\"user\":{\"", "\":\"", "\",\"", "\":\"",
                   format == "ndjson" ? "\"}}\n{\"n\":2}\n" : "\",\"ok\":true}}");
    if (format == "json in a string")
      return pairs(R"({"log":"{\")", R"(\":\")", R"(\",\")", R"(\":\")", R"(\"}","n":1})");
    if (format == "graphql")
      return pairs(R"({"query":"mutation($i:In!){add(input:$i){id}}","variables":{")", "\":\"", "\",\"", "\":\"",
                   "\"}}");
    if (format == "form" || format == "query")
      return pairs("page=2&", "=", "&", "=", "&sort=name");
    if (format == "multipart")
      return pairs("--b7\r\nContent-Disposition: form-data; name=\"", "\"\r\n\r\n",
                   "\r\n--b7\r\nContent-Disposition: form-data; name=\"", "\"\r\n\r\n", "\r\n--b7--\r\n");
    if (format == "xml")
      return elements();
    if (format == "text")
      return pairs("a line of a log\n", ": ", "\n", ": ", "\nthe end\n");
    if (format == "path")
      return pairs("/v1/items;", "=", "/x;", "=", "/list");
    return pairs("", "", "", "", "");
  }

  /// Headers and cookies have one value.
  void make_header(marked_text& out) {
    if (as_.format == "cookie") {
      out.name = "Cookie";
      to_ << "lang=";
      secret();
      return;
    }
    out.name = what_.key == "authorization" ? "Authorization" : std::string{what_.key};
    secret();
  }

private:
  void pairs(std::string_view before, std::string_view is, std::string_view then, std::string_view is_too,
             std::string_view after) {
    to_ << before << what_.key << is;
    secret();
    to_ << then << key_of_lookalike(what_.other_kind) << is_too;
    benign();
    to_ << after;
  }

  void elements() {
    to_ << "<r><" << what_.key << ">";
    secret();
    to_ << "</" << what_.key << "><" << key_of_lookalike(what_.other_kind) << ">";
    benign();
    to_ << "</" << key_of_lookalike(what_.other_kind) << "></r>";
  }

  std::string_view line_end() const {
    const auto is_json = as_.format.find("json") != std::string_view::npos || as_.format == "graphql";
    if (as_.format == "json in a string")
      return "\\\\n";
    return is_json ? "\\n" : as_.carrier == "body" && as_.format != "form" ? "\n" : "%0A";
  }

  void secret() {
    const auto value = from_.secret(what_.kind);
    const auto around = frame_of(what_.kind, what_.encoding == "base64" ? "\n" : line_end());
    if (what_.encoding == "base64" && !around.before.empty()) // the frame is encoded too
      return to_.mark(base64(around.before + value + around.after), what_.kind, value, expectation::secret);
    to_.mark(around.before + encoded(value, what_.encoding) + around.after, what_.kind, value, expectation::secret);
  }

  void benign() {
    const auto value = from_.lookalike(what_.other_kind);
    to_.mark(value, what_.other_kind, value, expectation::benign);
  }

  const shape& as_;
  const plan& what_;
  values& from_;
  writer to_;
};

std::string_view encoding_named(char letter) {
  return letter == 'p' ? "plain" : letter == '%' ? "percent" : letter == 'b' ? "base64" : "u";
}

} // namespace

std::vector<marked_text> generate(std::uint64_t seed, std::size_t secrets) {
  auto from = values{seed};
  auto out = std::vector<marked_text>{};
  for (auto round = std::size_t{0}; out.size() < secrets; ++round)
    for (const auto& kind : kinds)
      for (const auto& as : shapes) {
        if (out.size() == secrets)
          break;
        const auto encoding = encoding_named(as.encodings[round % as.encodings.size()]);
        const auto what = plan{kind, key_of(kind, from), encoding, from.pick(lookalikes)};
        auto& text = out.emplace_back();
        text.carrier = as.carrier;
        text.content_type = as.content_type;
        text.format = as.format;
        text.encoding = encoding;
        auto maker = text_maker{as, what, from, text};
        if (as.carrier == "header")
          maker.make_header(text);
        else
          maker.make();
      }
  return out;
}

std::string to_line(const marked_text& text) {
  auto spans = json::array{};
  for (const auto& each : text.spans)
    spans.push_back({{"start", each.start},
                     {"end", each.end},
                     {"class", each.kind},
                     {"value", each.value},
                     {"expect", each.expect == expectation::secret ? "secret" : "benign"}});
  return json::serialize(json::object{{"carrier", text.carrier},
                                      {"name", text.name},
                                      {"content_type", text.content_type},
                                      {"format", text.format},
                                      {"encoding", text.encoding},
                                      {"body", text.text},
                                      {"spans", std::move(spans)}});
}

marked_text from_line(std::string_view line) {
  const auto parsed = json::parse(line);
  const auto string = [](const json::value& of, const char* key) {
    const auto* found = of.as_object().if_contains(key);
    return found ? std::string{found->as_string()} : std::string{};
  };
  auto text = marked_text{string(parsed, "carrier"),
                          string(parsed, "name"),
                          string(parsed, "content_type"),
                          string(parsed, "format"),
                          string(parsed, "encoding"),
                          string(parsed, "body"),
                          {}};
  for (const auto& each : parsed.at("spans").as_array()) {
    auto span = marked_span{each.at("start").to_number<std::size_t>(), each.at("end").to_number<std::size_t>(),
                            string(each, "class"), string(each, "value")};
    span.expect = string(each, "expect") == "benign" ? expectation::benign : expectation::secret;
    if (span.value.empty())
      span.value = text.text.substr(span.start, span.end - span.start);
    text.spans.push_back(std::move(span));
  }
  return text;
}

} // namespace cleartap::score
