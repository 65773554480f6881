#include "actors/redaction/sql_row.hpp"

#include "actors/redaction/ascii.hpp"

#include <algorithm>

namespace cleartap::masking {

namespace {

constexpr auto columns_size_max = std::size_t{1024}; // bytes of a list of columns

std::size_t skip_blanks_back(std::string_view text, std::size_t at) noexcept {
  while (at > 0 && is_space(text[at - 1]))
    --at;
  return at;
}

/// The columns before "VALUES", which is before `at`, without their parentheses.
std::string_view columns_before(std::string_view text, std::size_t at) noexcept {
  constexpr auto keyword = std::string_view{"VALUES"};
  const auto end = skip_blanks_back(text, at);
  if (end < keyword.size() || !equal_any_case(text.substr(end - keyword.size(), keyword.size()), keyword))
    return {};
  const auto close = skip_blanks_back(text, end - keyword.size());
  if (close == 0 || text[close - 1] != ')')
    return {};
  const auto reach = std::min(close - 1, columns_size_max);
  const auto before = text.substr(close - 1 - reach, reach);
  const auto open = before.rfind('(');
  return open == std::string_view::npos ? std::string_view{} : before.substr(open + 1);
}

std::string_view take_column(std::string_view& columns) noexcept {
  const auto end = std::min(columns.find(','), columns.size());
  const auto column = columns.substr(0, end);
  columns.remove_prefix(std::min(end + 1, columns.size()));
  return trimmed(column);
}

/// Where the value at `begin` ends: at a ',', a ')' or the end of the text.
std::size_t value_end(std::string_view text, std::size_t begin) noexcept {
  auto quote = '\0';
  for (auto at = begin; at < text.size(); ++at) {
    if (quote != '\0')
      quote = text[at] == quote ? '\0' : quote;
    else if (is_quote(text[at]))
      quote = text[at];
    else if (text[at] == ',' || text[at] == ')')
      return at;
  }
  return text.size();
}

/// Without its quotes, if it has any on both sides.
std::string_view content_of(std::string_view value) noexcept {
  const auto quoted = value.size() > 1 && is_quote(value[0]) && value.back() == value[0];
  return quoted ? value.substr(1, value.size() - 2) : value;
}

} // namespace

void sql_row::enter(std::size_t at) {
  const auto columns = columns_before(text_, at);
  const auto follows = end_ > 0 && at >= end_ && trimmed(text_.substr(end_, at - end_)) == ",";
  if (columns.empty() && !follows)
    return;
  if (!columns.empty())
    columns_ = columns;
  columns_left_ = columns_;
  find(at + 1);
}

void sql_row::advance() {
  begin_ = none;
  if (end_ < text_.size() && text_[end_] == ',')
    find(end_ + 1);
  else
    end_ = std::min(end_ + 1, text_.size());
}

void sql_row::find(std::size_t at) {
  begin_ = none;
  for (; !columns_left_.empty(); at = end_ + 1) {
    end_ = value_end(text_, at);
    part_ = content_of(trimmed(text_.substr(at, end_ - at)));
    kind_ = policy_->key(take_column(columns_left_));
    if (kind_ && !part_.empty() && !equal_any_case(part_, "null")) {
      begin_ = static_cast<std::size_t>(part_.data() - text_.data());
      return;
    }
    if (end_ == text_.size() || text_[end_] == ')')
      break;
  }
  end_ = std::min(end_ + 1, text_.size());
}

} // namespace cleartap::masking
