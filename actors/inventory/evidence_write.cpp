#include "actors/inventory/evidence_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cleartap {

namespace {

namespace json = boost::json;

void put(json::object& out, std::string_view key, std::uint64_t count) {
  if (count > 0)
    out[key] = count;
}

void put(json::object& out, std::string_view key, json::object&& object) {
  if (!object.empty())
    out[key] = std::move(object);
}

template <class T, class Written>
json::object written(const bottom_k<T>& entries, json::storage_ptr storage, Written&& entry_written) {
  auto names = json::object{storage};
  for (const auto* entry : entries.sorted())
    names[entry->first.name] = entry_written(entry->second);
  auto out = json::object{storage};
  put(out, "of", std::move(names));
  put(out, "left_out", entries.left_out());
  return out;
}

template <std::size_t Size>
json::object written(const std::array<std::uint64_t, Size>& counts, const std::array<std::string_view, Size>& names,
                     json::storage_ptr storage) {
  auto out = json::object{storage};
  for (auto i = std::size_t{0}; i < Size; ++i)
    put(out, names[i], counts[i]);
  return out;
}

json::object written(const schema_evidence& evidence, json::storage_ptr storage) {
  auto out = json::object{storage};
  put(out, "types", written(evidence.types, json_type_names, storage));
  put(out, "cut", evidence.cut);
  if (evidence.strings) {
    put(out, "formats", written(evidence.strings->formats, string_format_names, storage));
    put(out, "unknown", evidence.strings->unknown);
    put(out, "redacted", evidence.strings->redacted);
  }
  if (evidence.object) {
    put(out, "read", evidence.object->read);
    auto property = [&](const schema_evidence& one) { return written(one, storage); };
    put(out, "properties", written(evidence.object->properties, storage, property));
  }
  if (evidence.items)
    put(out, "items", written(*evidence.items, storage));
  return out;
}

json::object written(const text_fields& fields, json::storage_ptr storage) {
  return written(fields, storage, [&](const field_evidence& field) {
    auto out = json::object{storage};
    put(out, "calls", field.calls);
    put(out, "repeated", field.repeated);
    put(out, "values", written(field.values, storage));
    return out;
  });
}

json::object written(const bodies_by_type& bodies, json::storage_ptr storage) {
  return written(bodies, storage, [&](const body_evidence& body) {
    auto out = json::object{storage};
    put(out, "bodies", body.bodies);
    put(out, "learned", body.learned);
    put(out, "malformed", body.malformed);
    put(out, "schema", written(body.schema, storage));
    put(out, "fields", written(body.fields, storage));
    return out;
  });
}

json::object written(const bottom_k<response_evidence>& responses, json::storage_ptr storage) {
  return written(responses, storage, [&](const response_evidence& response) {
    auto out = json::object{storage};
    put(out, "responses", response.responses);
    put(out, "bodies", written(response.bodies, storage));
    return out;
  });
}

json::object written(const bottom_k<sensitive_evidence>& places, json::storage_ptr storage) {
  return written(places, storage, [&](const sensitive_evidence& one) {
    auto out = json::object{storage};
    put(out, "exchanges", one.exchanges);
    put(out, "shown", one.shown);
    out["last_ns"] = one.last.time_since_epoch().count();
    return out;
  });
}

} // namespace

std::string to_text(const endpoint_evidence& evidence) {
  auto arena = json::monotonic_resource{};
  auto storage = json::storage_ptr{&arena};
  auto out = json::object{storage};
  out["v"] = evidence_version;
  put(out, "served", evidence.served);
  put(out, "called", evidence.called);
  out["first_ns"] = evidence.seen.first.time_since_epoch().count();
  out["last_ns"] = evidence.seen.last.time_since_epoch().count();
  put(out, "query", written(evidence.query, storage));
  put(out, "requests", written(evidence.requests, storage));
  put(out, "responses", written(evidence.responses, storage));
  put(out, "sensitive", written(evidence.sensitive, storage));
  return json::serialize(out);
}

std::string left_out_to_text(std::uint64_t left_out) {
  return json::serialize(json::object{{"v", evidence_version}, {"left_out", left_out}});
}

} // namespace cleartap
