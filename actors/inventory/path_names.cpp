#include "actors/inventory/path_names.hpp"

#include "actors/inventory/ascii.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace cleartap {

namespace {

struct ending {
  std::string_view plural;
  std::string_view singular;
};

/// The first that fits is used. Words in capitals at the end of a name ("userIDS") are not English and stay.
constexpr auto endings = std::array{
    ending{"people", "person"},   ending{"children", "child"},
    ending{"series", "series"},   ending{"species", "species"},
    ending{"news", "news"},       ending{"movies", "movie"},
    ending{"cookies", "cookie"},  ending{"caches", "cache"},
    ending{"indices", "index"},   ending{"analyses", "analysis"},
    ending{"statuses", "status"}, ending{"buses", "bus"},
    ending{"aliases", "alias"},   ending{"ies", "y"},
    ending{"sses", "ss"},         ending{"shes", "sh"},
    ending{"ches", "ch"},         ending{"xes", "x"},
    ending{"ss", "ss"},           ending{"us", "us"},
    ending{"is", "is"},           ending{"s", ""},
};

constexpr auto plural_size_min = std::size_t{4}; // "dns", "sms" and "os" are not plurals

std::string parameter_name(std::string_view literal) {
  auto name = singular(camel_case(literal));
  if (name.empty() || is_digit(name.front()) || name == "id")
    return "id";
  return name + "Id";
}

std::string unique_name(const std::string& name, const std::vector<path_parameter>& taken) {
  auto is_taken = [&](const std::string& candidate) {
    return std::ranges::find(taken, candidate, &path_parameter::name) != taken.end();
  };
  auto candidate = name;
  for (auto number = 2; is_taken(candidate); ++number)
    candidate = name + std::to_string(number);
  return candidate;
}

std::string capitalised(std::string text) {
  if (!text.empty())
    text.front() = to_upper(text.front());
  return text;
}

} // namespace

std::string camel_case(std::string_view segment) {
  auto out = std::string{};
  auto word_begins = false;
  for (auto i = std::size_t{0}; i < segment.size() && out.size() < parameter_name_size_max; ++i) {
    const auto c = segment[i];
    if (is_alnum(c)) {
      out += out.empty() ? to_lower(c) : word_begins ? to_upper(c) : c;
      word_begins = false;
    } else {
      word_begins = true;
      i += c == '%' ? 2 : 0;
    }
  }
  return out;
}

std::string singular(std::string word) {
  if (word.size() < plural_size_min)
    return word;
  for (const auto& [plural, replacement] : endings) {
    if (!word.ends_with(plural))
      continue;
    word.resize(word.size() - plural.size());
    return word.append(replacement);
  }
  return word;
}

named_path name_parameters(std::string_view shape) {
  auto out = named_path{};
  if (shape == "*")
    return {"*", {}};
  auto literal = std::string_view{};
  for_each_segment(shape, [&](std::string_view segment) {
    if (const auto type = placeholder_type(segment)) {
      out.parameters.push_back({unique_name(parameter_name(literal), out.parameters), *type});
      out.text.append("/{").append(out.parameters.back().name).append("}");
    } else {
      literal = segment.empty() ? literal : segment;
      out.text.append("/").append(segment);
    }
  });
  return out;
}

std::string operation_id(std::string_view method, const named_path& path) {
  auto out = std::string{};
  std::ranges::transform(method, std::back_inserter(out), to_lower);
  for_each_segment(path.text, [&](std::string_view segment) {
    if (segment.starts_with('{'))
      out.append("By").append(capitalised(std::string{segment.substr(1, segment.size() - 2)}));
    else
      out.append(capitalised(camel_case(segment)));
  });
  out.resize(std::min(out.size(), operation_id_size_max));
  return out;
}

} // namespace cleartap
