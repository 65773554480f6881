// Rows of text in aligned columns. Refuses to know what they say.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace cleartap {

class table {
public:
  using row = std::vector<std::string>;

  explicit table(row head) { add(std::move(head)); }

  /// As many cells as the head has.
  void add(row cells) {
    widths_.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths_[i] = std::max(widths_[i], cells[i].size());
    rows_.push_back(std::move(cells));
  }

  std::string text() const {
    auto lines = std::string{};
    for (const auto& cells : rows_) {
      for (std::size_t i = 0; i + 1 < cells.size(); ++i)
        lines += cells[i] + std::string(widths_[i] - cells[i].size() + 2, ' ');
      lines += cells.back() + '\n';
    }
    return lines;
  }

private:
  std::vector<row> rows_;
  std::vector<std::size_t> widths_;
};

} // namespace cleartap
