#include "actors/inventory/text_fields.hpp"

#include "actors/inventory/text_format.hpp"
#include "messages/text.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cleartap {

namespace {

struct pair {
  std::string name;
  std::string value;
};

bool is_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= field_name_size_max && is_utf8(name);
}

/// Equal names side by side. `refused` counts what is no usable pair.
std::vector<pair> pairs_of(std::string_view encoded, std::uint64_t& refused) {
  auto out = std::vector<pair>{};
  while (!encoded.empty()) {
    const auto one = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), one.size() + 1));
    if (one.empty())
      continue;
    const auto equals = std::min(one.find('='), one.size());
    auto name = decode_form(one.substr(0, equals));
    if (out.size() == pairs_max || !is_name(name))
      count_up(refused);
    else
      out.push_back({std::move(name), decode_form(one.substr(std::min(equals + 1, one.size())))});
  }
  std::ranges::stable_sort(out, {}, &pair::name);
  return out;
}

} // namespace

void learn(text_fields& into, std::string_view encoded) {
  auto refused = std::uint64_t{0};
  const auto pairs = pairs_of(encoded, refused);
  into.leave_out(refused);
  for (auto first = pairs.begin(); first != pairs.end();) {
    const auto last = std::find_if(first, pairs.end(), [&](const pair& other) { return other.name != first->name; });
    if (auto* field = into.admit(first->name, fields_max)) {
      count_up(field->calls);
      count_up(field->repeated, last - first > 1 ? 1 : 0);
      for (; first != last; ++first)
        learn_text(field->values, first->value);
    } else {
      into.leave_out();
    }
    first = last;
  }
}

void merge(text_fields& into, const text_fields& from, const schema_limits& limits) {
  into.merge(from, fields_max, [&](field_evidence& ours, const field_evidence& theirs) {
    count_up(ours.calls, theirs.calls);
    count_up(ours.repeated, theirs.repeated);
    merge(ours.values, theirs.values, limits);
  });
}

} // namespace cleartap
