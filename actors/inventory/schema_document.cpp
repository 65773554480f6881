#include "actors/inventory/schema_document.hpp"

#include "messages/dropped.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace cleartap {

namespace {

namespace json = boost::json;

/// Whether no string was seen here but masks, which stand for numbers as well, and something else was.
bool is_masked_otherwise(const schema_evidence& evidence) noexcept {
  const auto strings = evidence.seen(json_type::string);
  return strings > 0 && evidence.strings && evidence.strings->unknown == strings &&
         evidence.weight() > saturating_sum(strings, evidence.seen(json_type::null));
}

/// Integers are numbers: where both were seen, "number" says it all.
bool is_listed(const schema_evidence& evidence, json_type type) noexcept {
  if (type == json_type::string && is_masked_otherwise(evidence))
    return false;
  return evidence.seen(type) > 0 && !(type == json_type::integer && evidence.seen(json_type::number) > 0);
}

void add_type(json::object& out, const schema_evidence& evidence) {
  auto types = json::array{};
  for (auto i = std::size_t{0}; i < json_type_names.size(); ++i) {
    if (is_listed(evidence, static_cast<json_type>(i)))
      types.emplace_back(json_type_names[i]);
  }
  if (types.size() == 1)
    out["type"] = types.front();
  else if (!types.empty())
    out["type"] = std::move(types);
}

/// The format of all strings whose value is known.
void add_format(json::object& out, const schema_evidence& evidence) {
  if (!evidence.strings)
    return;
  const auto& strings = *evidence.strings;
  const auto seen = evidence.seen(json_type::string);
  for (auto i = std::size_t{0}; i < string_format_names.size(); ++i) {
    if (strings.formats[i] > 0 && saturating_sum(strings.formats[i], strings.unknown) == seen)
      out["format"] = string_format_names[i];
  }
}

void add_redacted(json::object& out, const schema_evidence& evidence) {
  if (!evidence.strings || evidence.strings->redacted == 0)
    return;
  auto classes = json::array{};
  for (auto i = std::size_t{0}; i < redaction_classes.size(); ++i) {
    if (evidence.strings->redacted >> i & 1)
      classes.emplace_back(redaction_classes[i]);
  }
  out["x-cleartap-redacted"] = std::move(classes);
}

void add_left_out(json::object& out, std::uint64_t left_out) {
  if (left_out > 0)
    out["x-cleartap-properties-left-out"] = left_out;
}

void add_properties(json::object& out, const object_evidence& object) {
  auto properties = json::object{};
  auto required = json::array{};
  for (const auto* entry : object.properties.sorted()) {
    const auto& [name, property] = *entry;
    if (name.name == mark_of(dropped_type::name)) {
      out["additionalProperties"] = json_schema(property); // keys that are data
      continue;
    }
    properties[name.name] = json_schema(property);
    if (property.weight() == object.read)
      required.emplace_back(name.name);
  }
  if (!properties.empty())
    out["properties"] = std::move(properties);
  if (!required.empty())
    out["required"] = std::move(required);
  add_left_out(out, object.properties.left_out());
}

std::string_view text_type_name(const schema_evidence& evidence, std::uint64_t known) noexcept {
  const auto integers = evidence.seen(json_type::integer);
  const auto numbers = saturating_sum(integers, evidence.seen(json_type::number));
  if (known == 0)
    return "string";
  if (integers == known)
    return "integer";
  if (numbers == known)
    return "number";
  return evidence.seen(json_type::boolean) == known ? "boolean" : "string";
}

} // namespace

json::object json_schema(const schema_evidence& evidence) {
  auto out = json::object{};
  add_type(out, evidence);
  add_format(out, evidence);
  if (evidence.object)
    add_properties(out, *evidence.object);
  if (evidence.items)
    out["items"] = json_schema(*evidence.items);
  add_redacted(out, evidence);
  if (evidence.cut > 0)
    out["x-cleartap-cut"] = evidence.cut;
  return out;
}

json::object text_schema(const schema_evidence& evidence) {
  auto out = json::object{};
  const auto all = evidence.weight();
  const auto unknown = evidence.strings ? std::min(evidence.strings->unknown, all) : 0;
  out["type"] = text_type_name(evidence, all - unknown);
  if (evidence.seen(json_type::string) == all)
    add_format(out, evidence);
  add_redacted(out, evidence);
  return out;
}

json::object field_schema(const field_evidence& field) {
  auto values = text_schema(field.values);
  if (field.repeated == 0)
    return values;
  return {{"type", "array"}, {"items", std::move(values)}};
}

json::object form_schema(const text_fields& fields, std::uint64_t forms) {
  auto out = json::object{{"type", "object"}};
  auto properties = json::object{};
  auto required = json::array{};
  for (const auto* entry : fields.sorted()) {
    const auto& [name, field] = *entry;
    properties[name.name] = field_schema(field);
    if (field.calls == forms)
      required.emplace_back(name.name);
  }
  if (!properties.empty())
    out["properties"] = std::move(properties);
  if (!required.empty())
    out["required"] = std::move(required);
  add_left_out(out, fields.left_out());
  return out;
}

} // namespace cleartap
