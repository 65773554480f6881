#include "test/redaction/corpus.hpp"

#include "messages/text.hpp"
#include "test/redaction/corpus_documents.hpp"
#include "test/redaction/corpus_values.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdio>

namespace cleartap::score {

namespace {

namespace json = boost::json;

std::string encoded(std::string_view value, std::string_view encoding) {
  if (encoding == "base64")
    return base64(value);
  if (encoding == "plain")
    return std::string{value};
  const auto* form = encoding == "u" ? "\\u%04x" : encoding == "entity" ? "&#x%x;" : "%%%02X";
  auto out = std::string{};
  char text[8];
  for (const auto c : value) {
    std::snprintf(text, sizeof text, form, static_cast<unsigned char>(c));
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
  std::string_view carrier; // a header is told by its name
  std::string_view content_type;
  std::string_view encodings; // first letters: plain, %, base64, u, entity
};

constexpr auto shapes = std::to_array<shape>({
    {"json", "body", "application/json", "pbu%"},
    {"json in a string", "body", "application/json", "pb%"},
    {"json in json in json", "body", "application/json", "p"},
    {"ndjson", "body", "application/x-ndjson", "pu"},
    {"form", "body", "application/x-www-form-urlencoded", "p%b"},
    {"json in a form", "body", "application/x-www-form-urlencoded", "p"},
    {"multipart", "body", "multipart/form-data; boundary=b7", "pb%"},
    {"json in multipart", "body", "multipart/form-data; boundary=b7", "pu"},
    {"xml", "body", "application/xml", "pbe"},
    {"xml attribute", "body", "application/xml", "pbe"},
    {"json in xml", "body", "application/xml", "p"},
    {"text", "body", "text/plain", "pb%u"},
    {"graphql", "body", "application/json", "pub"},
    {"grpc", "body", "application/grpc", "p"},
    {"header", "", "", "pb%"},
    {"url in a header", "Referer", "", "p%b"},
    {"cookie", "Cookie", "", "p%b"},
    {"set-cookie", "Set-Cookie", "", "p%"},
    {"query", "query", "", "p%b"},
    {"json in a query", "query", "", "p"},
    {"path", "path", "", "p%b"},
});

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
  return from.pick(std::to_array<std::string_view>({"note", "comment", "data", "text"}));
}

std::string_view key_of_lookalike(std::string_view kind) {
  return kind == "order"      ? "order_number"
         : kind == "invoice"  ? "invoiceNo"
         : kind == "tracking" ? "tracking"
         : kind == "epoch"    ? "created_at"
         : kind == "price"    ? "price"
                              : "item_id";
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
    if (format == "json in json in json")
      return pairs(R"({"a":"{\"b\":\"{\\\")", R"(\\\":\\\")", R"(\\\",\\\")", R"(\\\":\\\")", R"(\\\"}\"}","n":1})");
    if (format == "graphql")
      return pairs(R"({"query":"mutation($i:In!){add(input:$i){id}}","variables":{")", "\":\"", "\",\"", "\":\"",
                   "\"}}");
    if (format == "form" || format == "query")
      return pairs("page=2&", "=", "&", "=", "&sort=name");
    if (format == "json in a form" || format == "json in a query")
      return pairs("page=2&v=%7B%22", "%22%3A%22", "%22%2C%22", "%22%3A%22", "%22%7D&sort=name");
    if (format == "multipart")
      return pairs("--b7\r\nContent-Disposition: form-data; name=\"", "\"\r\n\r\n",
                   "\r\n--b7\r\nContent-Disposition: form-data; name=\"", "\"\r\n\r\n", "\r\n--b7--\r\n");
    if (format == "json in multipart")
      return pairs("--b7\r\nContent-Disposition: form-data; name=\"m\"\r\nContent-Type: application/json\r\n\r\n{\"",
                   "\":\"", "\",\"", "\":\"", "\"}\r\n--b7--\r\n");
    if (format == "xml")
      return elements();
    if (format == "xml attribute")
      return pairs("<r><a ", "=\"", "\" ", "=\"", "\"/><b>text</b></r>");
    if (format == "json in xml")
      return pairs("<r><a>{&quot;", "&quot;:&quot;", "&quot;,&quot;", "&quot;:&quot;", "&quot;}</a></r>");
    if (format == "text")
      return pairs("a line of a log\n", ": ", "\n", ": ", "\nthe end\n");
    if (format == "grpc")
      return messages();
    if (format == "path")
      return pairs("/v1/items;", "=", "/x;", "=", "/list");
    if (format == "url in a header")
      return pairs("https://shop.example/a/b?page=2&", "=", "&", "=", "#top");
    return one_value();
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

  /// Headers and cookies.
  void one_value() {
    to_ << (as_.format == "header" ? "" : as_.format == "cookie" ? "lang=" : "id=");
    secret();
    if (as_.format == "set-cookie")
      to_ << "; Path=/; Domain=shop.example; Max-Age=3600; HttpOnly; SameSite=Lax";
  }

  /// A message of gRPC for each pair, as the entry of a map. No length is more than 127, so that the text is ASCII.
  void messages() {
    auto pair = marked_text{};
    auto values = text_maker{as_, what_, from_, pair};
    values.secret();
    values.benign();
    auto end = std::size_t{0};
    for (const auto& each : pair.spans) {
      const auto secret = each.expect == expectation::secret;
      const auto key = secret ? what_.key : key_of_lookalike(what_.other_kind);
      const auto size = each.end - each.start;
      const auto head =
          std::string{'\n', static_cast<char>(key.size())} + std::string{key} + '\x12' + static_cast<char>(size);
      to_ << std::string(4, '\0') << std::string{static_cast<char>(head.size() + size)} << head;
      to_.mark(std::string_view{pair.text}.substr(end, size), each.kind, each.value, each.expect);
      end = each.end;
    }
  }

  std::string_view line_end() const {
    if (as_.format == "json in json in json")
      return R"(\\\\n)";
    if (as_.format == "json in a string")
      return R"(\\n)";
    if (as_.format == "json in a form" || as_.format == "json in a query")
      return "%5Cn";
    const auto is_json = as_.format.find("json") != std::string_view::npos || as_.format == "graphql";
    return is_json ? "\\n" : as_.carrier == "body" && as_.format != "form" ? "\n" : "%0A";
  }

  void secret() {
    const auto value = from_.secret(what_.kind);
    const auto around = frame_of(what_.kind, what_.encoding == "base64" ? "\n" : line_end());
    if (what_.encoding == "base64" && !around.before.empty()) // the frame is encoded too
      return to_.mark(base64(around.before + value + around.after), what_.kind, value, expectation::secret);
    auto written = encoded(value, what_.encoding);
    const auto in_form = as_.format.ends_with("form") || as_.format.ends_with("query");
    if (in_form && written.starts_with('+')) // of a phone number; it would be a blank
      written.replace(0, 1, "%2B");
    to_.mark(around.before + written + around.after, what_.kind, value, expectation::secret);
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
  return letter == 'p'   ? "plain"
         : letter == '%' ? "percent"
         : letter == 'b' ? "base64"
         : letter == 'e' ? "entity"
                         : "u";
}

void place(marked_text& out, std::string_view carrier) {
  const auto is_header = carrier != "body" && carrier != "query" && carrier != "path";
  out.carrier = is_header ? "header" : carrier;
  if (is_header)
    out.name = carrier;
}

marked_text filled(const document& from, values& random) {
  auto out = marked_text{};
  place(out, from.carrier);
  out.content_type = from.content_type;
  out.format = "document";
  out.encoding = "plain";
  auto to = writer{out};
  for (auto rest = from.text; !rest.empty();) {
    const auto plain = std::min(rest.find('['), rest.size());
    to << rest.substr(0, plain);
    rest.remove_prefix(plain);
    const auto kind = rest.substr(0, rest.find(']')).substr(rest.empty() ? 0 : 1);
    const auto known = std::ranges::find(lookalikes, kind) != lookalikes.end();
    if (known) {
      const auto value = random.lookalike(kind);
      to.mark(value, kind, value, expectation::benign);
    } else {
      to << rest.substr(0, 1);
    }
    rest.remove_prefix(known ? kind.size() + 2 : std::min<std::size_t>(rest.size(), 1));
  }
  return out;
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
        place(text, as.format != "header" ? as.carrier : what.key == "authorization" ? "Authorization" : what.key);
        text.content_type = as.content_type;
        text.format = as.format;
        text.encoding = encoding;
        text_maker{as, what, from, text}.make();
      }
  for (auto i = std::size_t{0}; i < secrets / documents_share; ++i)
    out.push_back(filled(document_at(i % documents_count()), from));
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
