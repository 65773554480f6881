// Bodies of each format with a place for a value, and whether a value shows. Refuses to know what a secret is.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cleartap::sample {

struct carrier {
  std::string_view type;
  std::string_view before;
  std::string_view after;
};

inline constexpr auto carriers = std::to_array<carrier>({
    {"application/json", R"({"id":1,"note":")", R"(","z":true})"},
    {"application/json", R"({"a":["x",")", R"("]})"},
    {"application/json", R"({"note":"see \")", R"(\" there"})"},
    {"application/json", R"({"d":"{\"note\":\")", R"(\"}"})"},
    {"application/json", R"({")", R"(":1})"},
    {"application/x-www-form-urlencoded", "a=1&note=", "&z=1"},
    {"application/x-www-form-urlencoded", "a=1&note=x%20%22", "%22&z=1"},
    {"multipart/form-data; boundary=b7", "--b7\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n",
     "\r\n--b7--\r\n"},
    {"application/xml", "<r><note>", "</note></r>"},
    {"application/xml", "<r note=\"", "\"/>"},
    {"text/plain", "He sent ", ", they say"},
    {"text/plain", "", ""},
    {"text/plain", "a line\n", "\nand more"},
    {"text/csv", "17,", ",x"},
    {"text/plain", R"(log: {\"x\":\"\n)", R"(\n\"})"},
});

/// Whether six bytes in a row of `secret`, from `first` on, are in `shown`.
inline bool leaks(std::string_view shown, std::string_view secret, std::size_t first) {
  for (auto at = first; at + 6 <= secret.size(); ++at)
    if (shown.find(secret.substr(at, 6)) != std::string_view::npos)
      return true;
  return false;
}

} // namespace cleartap::sample
