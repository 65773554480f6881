#include "actors/inventory/evidence_text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace cleartap {

namespace {

namespace json = boost::json;

/// A schema of body_nesting_max levels takes four levels of JSON each.
constexpr auto evidence_nesting_max = body_nesting_max * 4 + 16;

/// Takes values out of a JSON tree. After the first one that is not as expected everything is empty and `problem()`
/// says what it was.
class reader {
public:
  explicit reader(const schema_limits& limits) : limits_{limits} {}

  std::string_view problem() const noexcept { return problem_; }

  std::uint64_t counter(const json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    if (!value)
      return 0;
    if (const auto* large = value->if_uint64())
      return *large;
    const auto* small = value->if_int64();
    return small && *small >= 0 ? static_cast<std::uint64_t>(*small) : fail("a counter is not a count");
  }

  wall_time instant(const json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    const auto* count = value ? value->if_int64() : nullptr;
    return wall_time{std::chrono::nanoseconds{count ? *count : static_cast<std::int64_t>(fail("a time is missing"))}};
  }

  const json::object& object(const json::object& from, std::string_view key) {
    const auto* value = from.if_contains(key);
    return value ? object(*value) : nothing_;
  }

  const json::object& object(const json::value& value) {
    if (const auto* found = value.if_object())
      return *found;
    fail("a group is not an object");
    return nothing_;
  }

  template <std::size_t Size>
  void counters(std::array<std::uint64_t, Size>& into, const json::object& from,
                const std::array<std::string_view, Size>& names) {
    for (auto i = std::size_t{0}; i < Size; ++i)
      into[i] = counter(from, names[i]);
  }

  template <class T, class IsName, class Read>
  void entries(bottom_k<T>& into, const json::object& from, std::size_t size_max, IsName&& is_name, Read&& read) {
    into.leave_out(counter(from, "left_out"));
    for (const auto& [name, value] : object(from, "of")) {
      if (!is_name(std::string_view{name.data(), name.size()}))
        fail("a name cannot have been observed");
      auto entry = read(object(value));
      if (auto* slot = into.admit({name.data(), name.size()}, size_max))
        *slot = std::move(entry);
      else
        into.leave_out(entry.weight());
    }
  }

  schema_evidence schema(const json::object& from, std::size_t depth = 0);
  void fields(text_fields& into, const json::object& from);
  void bodies(bodies_by_type& into, const json::object& from);
  response_evidence response(const json::object& from);
  endpoint_evidence endpoint(const json::object& from);

private:
  std::uint64_t fail(std::string_view problem) noexcept {
    if (problem_.empty())
      problem_ = problem;
    return 0;
  }

  const schema_limits& limits_;
  const json::object nothing_;
  std::string_view problem_;
};

schema_evidence reader::schema(const json::object& from, std::size_t depth) {
  auto out = schema_evidence{};
  counters(out.types, object(from, "types"), json_type_names);
  out.cut = counter(from, "cut");
  if (out.seen(json_type::string) > 0) {
    out.strings = std::make_unique<string_evidence>();
    counters(out.strings->formats, object(from, "formats"), string_format_names);
    out.strings->unknown = counter(from, "unknown");
    out.strings->redacted = static_cast<std::uint16_t>(counter(from, "redacted") & 0xffff);
  }
  if (depth >= limits_.depth_max) {
    const auto containers =
        saturating_sum(counter(from, "read"), from.contains("items") ? out.seen(json_type::array) : 0);
    count_up(out.cut, containers);
    return out;
  }
  if (const auto read = counter(from, "read"); read > 0) {
    out.object = std::make_unique<object_evidence>();
    out.object->read = read;
    entries(
        out.object->properties, object(from, "properties"), limits_.properties_max,
        [](std::string_view) { return true; },
        [&](const json::object& property) { return schema(property, depth + 1); });
  }
  if (from.contains("items"))
    out.items = std::make_unique<schema_evidence>(schema(object(from, "items"), depth + 1));
  return out;
}

void reader::fields(text_fields& into, const json::object& from) {
  entries(
      into, from, fields_max, [](std::string_view name) { return !name.empty() && name.size() <= field_name_size_max; },
      [&](const json::object& field) {
        return field_evidence{counter(field, "calls"), counter(field, "repeated"), schema(object(field, "values"))};
      });
}

void reader::bodies(bodies_by_type& into, const json::object& from) {
  entries(into, from, media_types_max, is_media_type, [&](const json::object& body) {
    auto out = body_evidence{};
    out.bodies = counter(body, "bodies");
    out.learned = counter(body, "learned");
    out.malformed = counter(body, "malformed");
    out.schema = schema(object(body, "schema"));
    fields(out.fields, object(body, "fields"));
    return out;
  });
}

response_evidence reader::response(const json::object& from) {
  auto out = response_evidence{};
  out.responses = counter(from, "responses");
  bodies(out.bodies, object(from, "bodies"));
  return out;
}

endpoint_evidence reader::endpoint(const json::object& from) {
  auto out = endpoint_evidence{};
  out.served = counter(from, "served");
  out.called = counter(from, "called");
  out.seen = {instant(from, "first_ns"), instant(from, "last_ns")};
  if (out.weight() == 0 || out.seen.first > out.seen.last)
    fail("it was never seen");
  fields(out.query, object(from, "query"));
  bodies(out.requests, object(from, "requests"));
  entries(out.responses, object(from, "responses"), statuses_max, is_status_name,
          [&](const json::object& one) { return response(one); });
  entries(out.sensitive, object(from, "sensitive"), sensitive_max, is_sensitive_name, [&](const json::object& one) {
    const auto exchanges = counter(one, "exchanges");
    const auto shown = counter(one, "shown");
    if (shown > exchanges)
      fail("more was shown than found");
    return sensitive_evidence{exchanges, shown, instant(one, "last_ns")};
  });
  return out;
}

/// Reads `text` by `read(reader, object)`.
template <class Read>
auto from_text(std::string_view text, const schema_limits& limits, Read&& read)
    -> result<decltype(read(std::declval<reader&>(), std::declval<const json::object&>()))> {
  auto options = json::parse_options{};
  options.max_depth = evidence_nesting_max;
  auto error = boost::system::error_code{};
  const auto tree = json::parse(text, error, {}, options);
  if (error || !tree.is_object())
    return failure{"the evidence is not a JSON object"};
  auto source = reader{limits};
  if (source.counter(tree.get_object(), "v") != evidence_version)
    return failure{"the evidence has an unknown version"};
  auto out = read(source, tree.get_object());
  if (!source.problem().empty())
    return failure{"the evidence is damaged: " + std::string{source.problem()}};
  return out;
}

} // namespace

result<endpoint_evidence> endpoint_from_text(std::string_view text, const schema_limits& limits) {
  return from_text(text, limits, [](reader& source, const json::object& from) { return source.endpoint(from); });
}

result<std::uint64_t> left_out_from_text(std::string_view text) {
  return from_text(text, {}, [](reader& source, const json::object& from) { return source.counter(from, "left_out"); });
}

} // namespace cleartap
