#include "actors/redaction/csv.hpp"

#include "actors/redaction/ascii.hpp"
#include "actors/redaction/cards.hpp"
#include "actors/redaction/content.hpp"
#include "actors/redaction/layer.hpp"
#include "actors/redaction/plain_text.hpp"

#include <algorithm>
#include <array>

namespace cleartap::masking {

namespace {

constexpr auto name_size_max = std::size_t{64};

/// What a header line parts its names with: whichever of the usual ones it has most of.
char separator_of(std::string_view line) noexcept {
  constexpr auto separators = std::string_view{",;\t|"};
  const auto count = [line](char c) { return std::ranges::count(line, c); };
  return *std::ranges::max_element(separators, {}, count);
}

struct field {
  std::string_view content; // without its quotes
  std::size_t end = 0;      // of the separator, the line break or the text
  bool quoted = false;
};

field field_at(std::string_view text, std::size_t begin, char separator) noexcept {
  const char ends[] = {separator, '\n'};
  auto at = begin;
  if (at < text.size() && text[at] == '"')
    for (++at; at < text.size(); ++at)
      if (text[at] == '"' && (++at == text.size() || text[at] != '"')) // "" stands for a quote
        break;
  const auto end = std::min(text.find_first_of(std::string_view{ends, 2}, std::min(at, text.size())), text.size());
  auto content = trimmed(text.substr(begin, end - begin));
  const auto quoted = content.starts_with('"');
  if (quoted)
    content.remove_prefix(1);
  if (quoted && content.ends_with('"'))
    content.remove_suffix(1);
  return {content, end, quoted};
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_size_max && !is_digit(text[0]) &&
         std::ranges::none_of(text, [](char c) { return is_one_of(c, ":=<>{}@\"\n"); });
}

class table_pass {
public:
  table_pass(std::string_view text, bool cut, mask_writer& out) noexcept : text_{text}, cut_{cut}, out_{out} {}

  /// Returns whether the first line names columns; at_ is behind it then.
  bool read_names() noexcept {
    const auto line = text_.substr(0, text_.find('\n'));
    separator_ = separator_of(line);
    while (at_ < line.size() || count_ == 0) {
      const auto found = field_at(line, at_, separator_);
      if (!is_name(found.content))
        return false;
      if (count_ < columns_max)
        names_[count_++] = found.content;
      at_ = found.end + 1;
    }
    at_ = std::min(line.size() + 1, text_.size());
    return true;
  }

  void run() {
    auto column = std::size_t{0};
    while (at_ < text_.size() && !out_.is_removed()) {
      const auto found = field_at(text_, at_, separator_);
      mask(found, column, cut_ && found.end == text_.size());
      ++column;
      if (found.end < text_.size() && text_[found.end] == '\n')
        column = 0;
      at_ = found.end + 1;
    }
  }

private:
  void mask(const field& of, std::size_t column, bool cut) {
    const auto value = of.content;
    const auto name = column < count_ ? names_[column] : std::string_view{};
    if (const auto kind = out_.policy().key(name))
      out_.mask(value, *kind);
    else if (is_numbering(value) && names_number(name))
      return;
    else if (of.quoted && value.find('"') != std::string_view::npos)
      mask_layer(value, doubled_quotes, out_,
                 [cut](std::string_view text, mask_writer& inner) { mask_content(text, cut, inner); });
    else
      mask_text(value, cut, out_);
  }

  std::string_view text_;
  bool cut_;
  mask_writer& out_;
  char separator_ = ',';
  std::array<std::string_view, columns_max> names_; // of the first count_ columns
  std::size_t count_ = 0;
  std::size_t at_ = 0;
};

} // namespace

bool is_table(std::string_view content_type) noexcept {
  return starts_any_case(content_type, "text/csv") || starts_any_case(content_type, "application/csv") ||
         starts_any_case(content_type, "text/tab-separated-values");
}

void mask_table(std::string_view text, bool cut, mask_writer& out) {
  auto table = text;
  if (table.starts_with(byte_order_mark))
    table.remove_prefix(byte_order_mark.size());
  auto pass = table_pass{table, cut, out};
  if (pass.read_names())
    pass.run();
  else
    mask_text(text, cut, out);
}

} // namespace cleartap::masking
