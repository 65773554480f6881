#include "actors/redaction/recorder.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/policy.hpp"
#include "actors/redaction/stats.hpp"

#include <algorithm>
#include <utility>

namespace cleartap::masking {

namespace {

constexpr auto name_size_max = std::size_t{40};
constexpr auto spaces_max = 4; // between a key and its value, on each side of what separates them

bool is_name_char(char c) noexcept { return is_alnum(c) || is_one_of(c, "_-."); }

std::string lower_case(std::string_view text) {
  auto lower = std::string{text};
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

bool ends_with_any(std::string_view text, std::string_view chars) noexcept {
  return !text.empty() && is_one_of(text.back(), chars);
}

void drop_spaces(std::string_view& text) noexcept {
  for (auto left = spaces_max; left > 0 && ends_with_any(text, " \t\r\n"); --left)
    text.remove_suffix(1);
}

/// And the backslashes before it, as in text that was JSON.
void drop_quote(std::string_view& text) noexcept {
  if (!ends_with_any(text, "\"'"))
    return;
  text.remove_suffix(1);
  for (auto left = spaces_max; left > 0 && text.ends_with('\\'); --left)
    text.remove_suffix(1);
}

/// The key that ends `before`, which is what stands before a value: `"key": "`, `key=`, `key: `. Empty if none does.
std::string_view key_at_end(std::string_view before) noexcept {
  drop_quote(before);
  drop_spaces(before);
  if (!ends_with_any(before, ":="))
    return {};
  before.remove_suffix(1);
  drop_spaces(before);
  drop_quote(before);
  auto size = std::size_t{0};
  while (size < before.size() && size <= name_size_max && is_name_char(before[before.size() - 1 - size]))
    ++size;
  const auto key = before.substr(before.size() - size);
  return is_place_name(key) ? key : std::string_view{};
}

/// Finds the text by its address: masks come while it is still in its place.
class carrier_search {
public:
  explicit carrier_search(std::string_view text) noexcept : text_{text} {}

  std::optional<redaction_note> in(const exchange& what) {
    if (what.request &&
        (is(what.request->path, message_part::path) || in_query(what.request->query) || in_message(*what.request)))
      return found("request");
    if (what.response && in_message(*what.response))
      return found("response");
    if (what.application && is(what.application->operation, message_part::operation))
      return found("");
    return std::nullopt;
  }

private:
  bool is(const std::string& other, message_part part) noexcept {
    note_.part = part;
    return text_.data() == other.data();
  }

  bool in_query(const std::optional<std::string>& query) noexcept { return query && is(*query, message_part::query); }

  bool in_fields(const http_headers& fields, message_part part) {
    const auto at = std::ranges::find_if(fields, [&](const http_header& each) { return is(each.second, part); });
    if (at == fields.end())
      return false;
    note_.index = static_cast<std::size_t>(at - fields.begin());
    name_ = at->first;
    return true;
  }

  template <class Message>
  bool in_message(const Message& message) {
    return in_fields(message.headers, message_part::header) || in_fields(message.trailers, message_part::trailer) ||
           is(message.body.bytes, message_part::body);
  }

  redaction_note found(std::string_view message) {
    constexpr std::string_view names[] = {"path", "query", "headers", "trailers", "body", "operation"};
    note_.in_request = message == "request";
    note_.place = message;
    note_.place += message.empty() ? "" : ".";
    note_.place += names[static_cast<std::size_t>(note_.part)];
    if (is_place_name(name_))
      note_.place += "." + lower_case(name_);
    return std::move(note_);
  }

  std::string_view text_;
  std::string_view name_;
  redaction_note note_;
};

} // namespace

std::optional<redaction_note> recorder::note_of(std::string_view text, std::string_view before, std::string_view part,
                                                redaction_class kind, json_place& body_place) {
  auto note = carrier_search{text}.in(what_);
  if (!note)
    return std::nullopt;
  note->kind = kind;
  note->name = class_in(policy_.mask_of(kind));
  note->begin = static_cast<std::size_t>(part.data() - text.data());
  note->end = note->begin + part.size();
  const auto path = note->part == message_part::body ? body_place.find(text, note->begin) : std::nullopt;
  const auto is_decoded = before.data() < text.data() || before.data() > text.data() + text.size();
  auto place = note->place;
  if (path && !path->empty())
    (place += '.') += *path;
  if (const auto key = !path || is_decoded ? key_at_end(before) : std::string_view{}; !key.empty())
    (place += '.') += key;
  if (!policy_.holds_own(place)) // the patterns of the configuration may match in a key
    note->place = std::move(place);
  return note;
}

void recorder::mask(std::string_view text, std::string_view before, std::string_view part, redaction_class kind) {
  if (auto note = note_of(text, before, part, kind, body_place_))
    add(std::move(*note));
}

/// Telling the place costs more than finding the contact, and a body may have any number of them.
void recorder::show(std::string_view text, std::string_view before, std::string_view part, redaction_class kind) {
  if (std::exchange(shown_text_, text.data()) != text.data())
    shown_left_ = shown_max;
  const auto is_told = notes_ && shown_notes_ < notes_max;
  if (shown_left_ == 0 && !is_told)
    return;
  auto note = note_of(text, before, part, kind, shown_place_);
  if (!note)
    return;
  note->shown = !policy_.metadata_only();
  if (is_told) {
    ++shown_notes_;
    notes_->push_back(*note);
  }
  if (shown_left_ == 0)
    return;
  --shown_left_;
  auto finding = sensitive_value{std::move(note->name), std::move(note->place), note->shown};
  if (shown_.size() < findings_max && std::ranges::find(shown_, finding) == shown_.end())
    shown_.push_back(std::move(finding));
}

void recorder::finish() {
  for (auto& each : shown_)
    if (what_.findings.size() < findings_max && std::ranges::find(what_.findings, each) == what_.findings.end())
      what_.findings.push_back(std::move(each));
  shown_.clear();
}

void recorder::remove(std::string_view text, std::string_view part, removal why) {
  auto note = carrier_search{text}.in(what_);
  if (!note)
    return;
  note->removed = why;
  note->begin = static_cast<std::size_t>(part.data() - text.data());
  note->end = text.size();
  add(std::move(*note));
}

void recorder::add(redaction_note note) {
  if (!note.removed && what_.findings.size() < findings_max) {
    auto finding = sensitive_value{note.name, note.place};
    if (std::ranges::find(what_.findings, finding) == what_.findings.end())
      what_.findings.push_back(std::move(finding));
  }
  if (notes_ && notes_->size() - shown_notes_ < notes_max)
    notes_->push_back(std::move(note));
}

} // namespace cleartap::masking
