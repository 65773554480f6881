#include "actors/inventory/schema_evidence.hpp"

#include "messages/dropped.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace cleartap {

namespace {

template <class T>
T& made(std::unique_ptr<T>& slot) {
  if (!slot)
    slot = std::make_unique<T>();
  return *slot;
}

json_type type_of_value(const boost::json::value& value) noexcept {
  switch (value.kind()) {
  case boost::json::kind::object:
    return json_type::object;
  case boost::json::kind::array:
    return json_type::array;
  case boost::json::kind::string:
    return json_type::string;
  case boost::json::kind::int64:
    return json_type::integer;
  case boost::json::kind::uint64: // the parser's choice for what is too large for int64
  case boost::json::kind::double_:
    return json_type::number;
  case boost::json::kind::bool_:
    return json_type::boolean;
  case boost::json::kind::null:
    break;
  }
  return json_type::null;
}

json_type type_of_text(std::string_view text) noexcept {
  switch (type_of(text)) {
  case text_type::integer:
    return json_type::integer;
  case text_type::number:
    return json_type::number;
  case text_type::boolean:
    return json_type::boolean;
  case text_type::string:
    break;
  }
  return json_type::string;
}

void count_type(schema_evidence& into, json_type type) { count_up(into.types[static_cast<std::size_t>(type)]); }

void count_format(string_evidence& into, string_format format) {
  count_up(into.formats[static_cast<std::size_t>(format)]);
}

/// The format that a redaction class stands for.
std::optional<string_format> format_of_class(std::string_view name) noexcept {
  if (name == "email")
    return string_format::email;
  if (name == "password")
    return string_format::password;
  return std::nullopt;
}

/// The format that is left beside a mark: a URL without its user is one still.
std::optional<string_format> format_beside(std::string_view mark_name, std::string_view text) noexcept {
  return mark_name == "url" ? format_of(text) : std::nullopt;
}

void learn_string(string_evidence& into, std::string_view text) {
  if (const auto mark = redaction_in(text)) {
    const auto name = redaction_classes[mark->index];
    into.redacted = static_cast<std::uint16_t>(into.redacted | 1u << mark->index);
    const auto format = mark->whole ? format_of_class(name) : format_beside(name, text);
    if (format)
      count_format(into, *format);
    else
      count_up(into.unknown);
  } else if (const auto format = format_of(text)) {
    count_format(into, *format);
  }
}

/// What a mark in the place of a dropped value says that the value was.
json_type type_of_dropped(dropped_type type) noexcept {
  switch (type) {
  case dropped_type::integer:
    return json_type::integer;
  case dropped_type::number:
    return json_type::number;
  case dropped_type::boolean:
    return json_type::boolean;
  default:
    return json_type::string;
  }
}

std::optional<string_format> format_of_dropped(dropped_type type) noexcept {
  switch (type) {
  case dropped_type::date_time:
    return string_format::date_time;
  case dropped_type::date:
    return string_format::date;
  case dropped_type::uuid:
    return string_format::uuid;
  case dropped_type::email:
    return string_format::email;
  case dropped_type::uri:
    return string_format::uri;
  case dropped_type::ipv4:
    return string_format::ipv4;
  default:
    return std::nullopt;
  }
}

/// As if the value itself had been learnt.
void learn_dropped(schema_evidence& into, dropped_type type) {
  count_type(into, type_of_dropped(type));
  if (type_of_dropped(type) != json_type::string)
    return;
  auto& strings = made(into.strings);
  if (const auto format = format_of_dropped(type))
    count_format(strings, *format);
}

/// Applies tree_budget_max. What is kept shrinks only when names are added, whatever the order of the additions: the
/// rank of a property among all that were ever seen is its rank among those that are kept.
void trim(schema_evidence& node, std::size_t budget, const schema_limits& limits) {
  if (node.items)
    trim(*node.items, budget, limits);
  if (!node.object)
    return;
  auto& properties = node.object->properties;
  properties.shrink(std::min(budget, limits.properties_max), [](const auto&, const auto&) {});
  auto rank = std::size_t{0};
  for (auto& [name, property] : properties.entries())
    trim(property, budget / ++rank, limits);
}

class learner {
public:
  explicit learner(const schema_limits& limits) : limits_{limits} {}

  /// Whether properties were seen for the first time.
  bool grew() const noexcept { return grew_; }

  void learn(schema_evidence& into, const boost::json::value& value, std::size_t depth) {
    if (const auto* text = value.if_string())
      if (const auto dropped = dropped_type_of({text->data(), text->size()}))
        return learn_dropped(into, *dropped);
    count_type(into, type_of_value(value));
    if (const auto* text = value.if_string())
      learn_string(made(into.strings), {text->data(), text->size()});
    else if (const auto* object = value.if_object())
      learn_object(into, *object, depth);
    else if (const auto* array = value.if_array())
      learn_array(into, *array, depth);
  }

private:
  void learn_object(schema_evidence& into, const boost::json::object& object, std::size_t depth) {
    if (depth >= limits_.depth_max) {
      count_up(into.cut, object.empty() ? 0 : 1);
      return;
    }
    auto& evidence = made(into.object);
    count_up(evidence.read);
    for (const auto& [name, value] : object) {
      auto* property = evidence.properties.admit({name.data(), name.size()}, limits_.properties_max);
      if (!property) {
        evidence.properties.leave_out();
        continue;
      }
      grew_ = grew_ || property->weight() == 0;
      learn(*property, value, depth + 1);
    }
  }

  void learn_array(schema_evidence& into, const boost::json::array& array, std::size_t depth) {
    if (array.empty())
      return;
    if (depth >= limits_.depth_max) {
      count_up(into.cut);
      return;
    }
    auto& items = made(into.items);
    for (const auto& item : array)
      learn(items, item, depth + 1);
  }

  const schema_limits& limits_;
  bool grew_ = false;
};

void merge_strings(string_evidence& into, const string_evidence& from) {
  for (auto i = std::size_t{0}; i < into.formats.size(); ++i)
    count_up(into.formats[i], from.formats[i]);
  count_up(into.unknown, from.unknown);
  into.redacted |= from.redacted;
}

void merge_tree(schema_evidence& into, const schema_evidence& from, const schema_limits& limits) {
  for (auto i = std::size_t{0}; i < into.types.size(); ++i)
    count_up(into.types[i], from.types[i]);
  count_up(into.cut, from.cut);
  if (from.strings)
    merge_strings(made(into.strings), *from.strings);
  if (from.items)
    merge_tree(made(into.items), *from.items, limits);
  if (!from.object)
    return;
  auto& object = made(into.object);
  count_up(object.read, from.object->read);
  auto merge_property = [&](schema_evidence& ours, const schema_evidence& theirs) { merge_tree(ours, theirs, limits); };
  object.properties.merge(from.object->properties, limits.properties_max, merge_property);
}

} // namespace

schema_evidence::schema_evidence() = default;
schema_evidence::schema_evidence(schema_evidence&&) noexcept = default;
schema_evidence& schema_evidence::operator=(schema_evidence&&) noexcept = default;
schema_evidence::~schema_evidence() = default;

std::uint64_t schema_evidence::weight() const noexcept {
  auto sum = std::uint64_t{0};
  for (auto seen_here : types)
    count_up(sum, seen_here);
  return sum;
}

void learn(schema_evidence& into, const boost::json::value& value, const schema_limits& limits) {
  auto one = learner{limits};
  one.learn(into, value, 0);
  if (one.grew())
    trim(into, tree_budget_max, limits);
}

void learn_text(schema_evidence& into, std::string_view text) {
  if (const auto dropped = dropped_type_of(text))
    return learn_dropped(into, *dropped);
  const auto type = type_of_text(text);
  count_type(into, type);
  if (type == json_type::string)
    learn_string(made(into.strings), text);
}

void merge(schema_evidence& into, const schema_evidence& from, const schema_limits& limits) {
  merge_tree(into, from, limits);
  trim(into, tree_budget_max, limits);
}

} // namespace cleartap
