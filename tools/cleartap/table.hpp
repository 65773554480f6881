// Rows of text in aligned columns. Refuses to know what they say.
#pragma once

#include "tools/cleartap/printable.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace cleartap {

class table {
public:
  using row = std::vector<std::string>;

  /// A head that begins with '>' is of a column of numbers: flush right.
  explicit table(row head) {
    for (auto& cell : head) {
      right_.push_back(cell.starts_with('>'));
      if (right_.back())
        cell.erase(0, 1);
    }
    add(std::move(head));
  }

  /// As many cells as the head has.
  void add(row cells) {
    widths_.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = printable(std::move(cells[i]));
      widths_[i] = std::max(widths_[i], cells[i].size());
    }
    rows_.push_back(std::move(cells));
  }

  std::string text() const {
    auto lines = std::string{};
    for (const auto& cells : rows_) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        auto blanks = std::string(widths_[i] - cells[i].size(), ' ');
        auto last = i + 1 == cells.size();
        lines += right_[i] ? blanks + cells[i] : cells[i] + (last ? "" : blanks);
        lines += last ? "\n" : "  ";
      }
    }
    return lines;
  }

private:
  std::vector<row> rows_;
  std::vector<std::size_t> widths_;
  std::vector<bool> right_;
};

} // namespace cleartap
