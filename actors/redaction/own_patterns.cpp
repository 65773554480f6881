#include "actors/redaction/own_patterns.hpp"

#include <algorithm>
#include <hs/hs.h>
#include <limits>
#include <stdexcept>

namespace cleartap::masking {

namespace {

constexpr auto mask_opening = std::string_view{"[REDACTED:"};

struct match {
  std::size_t begin = 0;
  std::size_t end = 0;
  redaction_class kind = redaction_class::custom;
};

/// Takes the matches of one search, which come in the order of their ends.
struct match_collector {
  const std::vector<redaction_class>& kinds;
  const pattern_choice& chosen;
  std::size_t matches_max;
  std::vector<match> spans;

  static int take(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
    auto& self = *static_cast<match_collector*>(context);
    if (id >= self.chosen.size() || !self.chosen[id])
      return 0;
    self.add({static_cast<std::size_t>(from), static_cast<std::size_t>(to), self.kinds[id]});
    return self.spans.size() >= self.matches_max ? 1 : 0;
  }

  /// Spans that overlap become one, and so do those of one class that touch: each character may match alone.
  void add(match next) {
    const auto joins = [&next](const match& last) {
      return last.end > next.begin || (last.end == next.begin && last.kind == next.kind);
    };
    while (!spans.empty() && joins(spans.back())) {
      if (spans.back().begin <= next.begin)
        next.kind = spans.back().kind;
      next.begin = std::min(next.begin, spans.back().begin);
      spans.pop_back();
    }
    spans.push_back(next);
  }
};

} // namespace

own_patterns::own_patterns(std::vector<pattern_settings> patterns) {
  auto texts = std::vector<std::string>{};
  for (auto& each : patterns) {
    kinds_.push_back(add_class(each.name));
    texts.push_back(std::move(each.pattern));
  }
  auto compiled = compile_patterns(texts);
  if (!compiled)
    throw std::runtime_error{"redaction.patterns: " + compiled.error().text};
  compiled_ = *std::move(compiled);
  if (compiled_ && hs_alloc_scratch(compiled_.get(), &scratch_) != HS_SUCCESS)
    throw std::runtime_error{"redaction.patterns: there is no memory for searching"};
}

own_patterns::~own_patterns() { hs_free_scratch(scratch_); }

redaction_class own_patterns::add_class(const std::string& name) {
  const auto mask = std::string{mask_opening} + name + "]";
  if (const auto known = std::ranges::find(masks, mask); known != masks.end())
    return static_cast<redaction_class>(known - masks.begin());
  const auto at = static_cast<std::size_t>(std::ranges::find(masks_, mask) - masks_.begin());
  if (at == masks_.size())
    masks_.push_back(mask);
  if (masks.size() + at > std::numeric_limits<std::underlying_type_t<redaction_class>>::max())
    throw std::length_error{"redaction.patterns: too many classes"}; // the limits of the lists exclude it
  return static_cast<redaction_class>(masks.size() + at);
}

std::vector<finding> own_patterns::find(std::string_view text, const pattern_choice& chosen) const {
  if (!compiled_ || text.empty())
    return {};
  auto taken = match_collector{kinds_, chosen, own_matches_max, {}};
  {
    const auto guard = std::lock_guard{mutex_};
    const auto status = hs_scan(compiled_.get(), text.data(), static_cast<unsigned>(text.size()), 0, scratch_,
                                match_collector::take, &taken);
    if (status != HS_SUCCESS && status != HS_SCAN_TERMINATED)
      taken.add({0, text.size(), kinds_.front()}); // cannot be; nothing that was not searched is shown
  }
  if (taken.spans.size() >= own_matches_max)
    taken.spans.back().end = text.size();
  auto found = std::vector<finding>{};
  for (const auto& each : taken.spans)
    add_without_masks(found, text, each.begin, each.end, each.kind);
  return found;
}

/// A pattern may match in the name of a class, and a second pass must not change what the first one wrote.
void own_patterns::add_without_masks(std::vector<finding>& found, std::string_view text, std::size_t begin,
                                     std::size_t end, redaction_class kind) const {
  const auto before = text.rfind(mask_opening, begin); // a mask that begins before the match
  auto mask = before == std::string_view::npos ? text.find(mask_opening, begin) : before;
  for (; begin < end && mask < end; mask = text.find(mask_opening, mask + 1)) {
    const auto size = mask_size(text.substr(mask));
    if (size == 0 || mask + size <= begin)
      continue;
    if (mask > begin)
      found.push_back({text.substr(begin, mask - begin), kind});
    begin = mask + size;
  }
  if (begin < end)
    found.push_back({text.substr(begin, end - begin), kind});
}

bool own_patterns::holds(std::string_view text, const pattern_choice& chosen) const {
  return !find(text, chosen).empty();
}

std::string_view own_patterns::mask_of(redaction_class kind) const noexcept {
  const auto index = static_cast<std::size_t>(kind);
  return index >= masks.size() && index - masks.size() < masks_.size() ? masks_[index - masks.size()]
                                                                       : std::string_view{};
}

std::optional<redaction_class> own_patterns::class_called(std::string_view name) const noexcept {
  for (auto i = std::size_t{0}; i < masks_.size(); ++i)
    if (std::string_view{masks_[i]}.substr(mask_opening.size(), masks_[i].size() - mask_opening.size() - 1) == name)
      return static_cast<redaction_class>(masks.size() + i);
  return std::nullopt;
}

std::size_t own_patterns::mask_size(std::string_view text) const noexcept {
  if (const auto size = masking::mask_size(text))
    return size;
  const auto found = std::ranges::find_if(masks_, [text](std::string_view mask) { return text.starts_with(mask); });
  return found == masks_.end() ? 0 : found->size();
}

} // namespace cleartap::masking
