#include "actors/inventory/pretty_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace cleartap {

namespace {

namespace json = boost::json;

constexpr auto indent_width = std::size_t{2};

void print(std::string& out, const json::value& value, std::size_t indent);

void break_line(std::string& out, std::size_t indent) { out.append("\n").append(indent, ' '); }

/// `print_entry` for every entry of an object or array, between the brackets.
template <class Container, class PrintEntry>
void print_all(std::string& out, const Container& entries, std::string_view brackets, std::size_t indent,
               PrintEntry&& print_entry) {
  out += brackets[0];
  auto separator = std::string_view{};
  for (const auto& entry : entries) {
    out.append(separator);
    break_line(out, indent + indent_width);
    print_entry(entry);
    separator = ",";
  }
  if (!entries.empty())
    break_line(out, indent);
  out += brackets[1];
}

void print(std::string& out, const json::object& object, std::size_t indent) {
  print_all(out, object, "{}", indent, [&](const json::key_value_pair& member) {
    out.append(json::serialize(json::string{member.key()})).append(": ");
    print(out, member.value(), indent + indent_width);
  });
}

void print(std::string& out, const json::value& value, std::size_t indent) {
  if (const auto* object = value.if_object())
    print(out, *object, indent);
  else if (const auto* array = value.if_array())
    print_all(out, *array, "[]", indent, [&](const json::value& item) { print(out, item, indent + indent_width); });
  else
    out.append(json::serialize(value));
}

} // namespace

std::string pretty(const json::object& root) {
  auto out = std::string{};
  print(out, root, 0);
  return out += '\n';
}

} // namespace cleartap
