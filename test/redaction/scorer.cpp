#include "test/redaction/scorer.hpp"

#include "test/redaction/corpus_values.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace cleartap::score {

namespace {

namespace json = boost::json;

constexpr auto leak_size = std::size_t{6};
constexpr auto misses_max = std::size_t{1000};
constexpr auto base64_digits = std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"};

int hex_at(std::string_view text, std::size_t at, std::size_t size) {
  auto value = 0;
  for (auto i = at; i < at + size; ++i) {
    const auto found =
        std::string_view{"0123456789abcdef"}.find(static_cast<char>(i < text.size() ? text[i] | 0x20 : 0));
    if (found == std::string_view::npos)
      return -1;
    value = value * 16 + static_cast<int>(found);
  }
  return value;
}

/// The size of a reference "&#x70;" at `at`, or 0.
std::size_t reference_size(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at, 8);
  const auto end = rest.find(';');
  return rest.starts_with("&#x") && end != std::string_view::npos ? end + 1 : 0;
}

/// Without percent and \u encoding and without references.
std::string decoded(std::string_view text) {
  auto out = std::string{};
  for (auto at = std::size_t{0}; at < text.size();) {
    if (const auto size = reference_size(text, at); size != 0) {
      out += static_cast<char>(std::max(hex_at(text, at + 3, size - 4), 0));
      at += size;
      continue;
    }
    const auto is_percent = text[at] == '%';
    const auto is_escape = text.substr(at, 2) == "\\u";
    const auto size = is_percent ? std::size_t{2} : std::size_t{4};
    const auto begin = at + (is_percent ? 1 : 2);
    const auto value = is_percent || is_escape ? hex_at(text, begin, size) : -1;
    out += value < 0 ? text[at] : static_cast<char>(value);
    at = value < 0 ? at + 1 : begin + size;
  }
  return out;
}

/// Every run of base64, decoded from each of four beginnings, so that a cut one is found too.
std::string base64_decoded(std::string_view text) {
  auto out = std::string{};
  for (auto at = std::size_t{0}; at < text.size();) {
    const auto begin = text.find_first_of(base64_digits, at);
    if (begin == std::string_view::npos)
      break;
    const auto end = std::min(text.find_first_not_of(base64_digits, begin), text.size());
    for (auto skip = std::size_t{0}; skip < 4 && end - begin >= leak_size + skip; ++skip) {
      auto bits = std::uint32_t{0};
      auto count = 0;
      for (auto i = begin + skip; i < end; ++i) {
        bits = bits << 6 | static_cast<std::uint32_t>(base64_digits.find(text[i]));
        if ((count += 6) >= 8)
          out += static_cast<char>(bits >> (count -= 8));
      }
      out += '\0';
    }
    at = end;
  }
  return out;
}

bool shows(std::string_view value, std::string_view text) {
  if (value.size() < leak_size)
    return text.find(value) != std::string_view::npos;
  for (auto at = std::size_t{0}; at + leak_size <= value.size(); ++at)
    if (text.find(value.substr(at, leak_size)) != std::string_view::npos)
      return true;
  return false;
}

exchange exchange_of(const marked_text& text) {
  auto what = exchange{};
  auto& request = what.request.emplace();
  request.path = text.carrier == "path" ? text.text : "";
  if (text.carrier == "query")
    request.query = text.text;
  if (text.carrier == "header")
    request.headers = {{text.name, text.text}};
  if (text.carrier == "body") {
    request.headers = {{"Content-Type", text.content_type}};
    request.body.bytes = text.text;
  }
  return what;
}

const std::string& shown(const exchange& what, const marked_text& text) {
  const auto& request = *what.request;
  return text.carrier == "path"     ? request.path
         : text.carrier == "query"  ? *request.query
         : text.carrier == "header" ? request.headers[0].second
                                    : request.body.bytes;
}

bool is_of(const redaction_note& note, const marked_text& text) {
  return text.carrier == "path"     ? note.part == message_part::path
         : text.carrier == "query"  ? note.part == message_part::query
         : text.carrier == "header" ? note.part == message_part::header
                                    : note.part == message_part::body;
}

/// Which bytes of the text are a secret's.
std::vector<bool> secret_bytes(const marked_text& text) {
  auto map = std::vector<bool>(text.text.size());
  for (const auto& each : text.spans)
    if (each.expect == expectation::secret)
      std::fill(map.begin() + static_cast<std::ptrdiff_t>(each.start),
                map.begin() + static_cast<std::ptrdiff_t>(each.end), true);
  return map;
}

/// The mask with what stands around it.
std::string context_of(const marked_text& text, const redaction_note& note) {
  constexpr auto reach = std::size_t{40};
  const auto begin = note.begin - std::min(note.begin, reach);
  const auto all = std::string_view{text.text};
  return note.name + ", " + std::to_string(note.end - note.begin) + " bytes in " + text.format + ": ..." +
         std::string{all.substr(begin, note.begin - begin)} + ">>>" +
         std::string{all.substr(note.begin, std::min(note.end - note.begin, reach))} + "<<<" +
         std::string{all.substr(note.end, reach)};
}

void count_masks(scores& to, const marked_text& text, const std::vector<redaction_note>& notes) {
  const auto secret = secret_bytes(text);
  to.benign_bytes += static_cast<std::size_t>(std::ranges::count(secret, false));
  for (const auto& note : notes) {
    if (note.shown || !is_of(note, text))
      continue;
    auto hit = false;
    for (auto at = note.begin; at < note.end && at < secret.size(); ++at) {
      hit = hit || secret[at];
      to.benign_bytes_masked += !secret[at];
    }
    ++to.masks;
    to.masks_of_secrets += hit;
    if (!hit && to.in_vain.size() < misses_max)
      to.in_vain.push_back(context_of(text, note));
  }
}

bool is_keyed(std::string_view kind) {
  constexpr std::string_view keyed[] = {"password", "secret", "token", "apikey", "authorization", "session"};
  return std::ranges::find(keyed, kind) != std::end(keyed);
}

void count(recall& to, bool leaked) {
  ++to.spans;
  to.leaked += leaked;
}

json::object table_of(const std::map<std::string, recall>& from, const char* share, const char* leaked) {
  auto table = json::object{};
  for (const auto& [name, each] : from)
    table[name] = {{"spans", each.spans}, {leaked, each.leaked}, {share, each.share()}};
  return table;
}

} // namespace

bool is_leaked(std::string_view value, std::string_view text) {
  return shows(value, text) || shows(value, decoded(text)) || shows(value, base64_decoded(decoded(text)));
}

void add(scores& to, const marked_text& text) {
  static const auto built_in = redaction_policy{};
  static const auto with_contacts = redaction_policy{{}, {}, {.emails = true, .phones = true}};
  const auto asks = std::ranges::any_of(text.spans, [](const marked_span& span) { return is_contact(span.kind); });
  add(to, text, asks ? with_contacts : built_in);
}

void add(scores& to, const marked_text& text, const redaction_policy& policy) {
  auto what = exchange_of(text);
  auto stats = redaction_stats{};
  auto notes = std::vector<redaction_note>{};
  redact(what, policy, stats, &notes);
  const auto& left = shown(what, text);
  for (const auto& each : text.spans) {
    if (each.expect == expectation::benign) {
      const auto masked = left.find(each.value) == std::string::npos;
      count(to.lookalikes[each.kind], masked);
      if (masked && to.in_vain.size() < misses_max)
        to.in_vain.push_back(each.kind + " in " + text.format + ": " + each.value + ": " + left);
      continue;
    }
    const auto leaked = is_leaked(each.value, left);
    count(to.by_class[each.kind], leaked);
    if (text.encoding == "plain")
      count(to.by_class_plain[each.kind], leaked);
    count(to.by_place[text.format + ", " + text.encoding], leaked);
    if (is_keyed(each.kind))
      count(to.by_keyed[text.format], leaked);
    if (leaked && to.misses.size() < misses_max)
      to.misses.push_back(each.kind + " in " + text.format + " (" + text.encoding + "): " + left);
  }
  count_masks(to, text, notes);
}

std::string to_json(const scores& of) {
  return json::serialize(json::object{{"recall_by_class", table_of(of.by_class, "recall", "leaked")},
                                      {"recall_by_class_plain", table_of(of.by_class_plain, "recall", "leaked")},
                                      {"recall_by_carrier_and_encoding", table_of(of.by_place, "recall", "leaked")},
                                      {"recall_of_keyed_by_carrier", table_of(of.by_keyed, "recall", "leaked")},
                                      {"lookalikes", table_of(of.lookalikes, "kept", "masked")},
                                      {"precision", of.precision()},
                                      {"benign_bytes", of.benign_bytes},
                                      {"over_redacted", of.over_redacted()}});
}

} // namespace cleartap::score
