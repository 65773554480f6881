// Texts with marked secrets and look-alikes: the corpus that redaction is scored with. Refuses to know redaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cleartap::score {

enum class expectation : std::uint8_t { secret, benign };

struct marked_span {
  std::size_t start = 0; // in the text
  std::size_t end = 0;
  std::string kind;  // class of the secret, or which look-alike
  std::string value; // what the span says, decoded
  expectation expect = expectation::secret;
};

struct marked_text {
  std::string carrier; // "body", "query", "path", or "header" with its name
  std::string name;
  std::string content_type;
  std::string format;   // for the report: "json", "cookie", ...
  std::string encoding; // of the secret's value: "plain", "percent", "base64" or "u"
  std::string text;
  std::vector<marked_span> spans;
};

/// One document without a secret is generated for so many secrets.
inline constexpr auto documents_share = std::size_t{8};

/// With `secrets` secrets of every class in every carrier and encoding in turn, a look-alike beside each where there is
/// place for one, and documents without secrets. The same for the same seed.
[[nodiscard]] std::vector<marked_text> generate(std::uint64_t seed, std::size_t secrets);

/// A line of the corpus, as README.md tells, and back.
[[nodiscard]] std::string to_line(const marked_text& text);
[[nodiscard]] marked_text from_line(std::string_view line);

} // namespace cleartap::score
