// One field of an HTTP/2 header block, as far as an observer can tell it. Refuses to know what fields mean.
#pragma once

#include <functional>
#include <string_view>

namespace cleartap {

/// Invariant: an unknown part is empty, and a field whose value is unknown has an unknown name. A known value may have
/// an unknown name: a literal one under a name that was inserted into the table unseen.
struct header_field {
  std::string_view name;
  std::string_view value;
  bool name_known = true;
  bool value_known = true;
};

/// The views live during the call only.
using field_visitor = std::function<void(const header_field&)>;

} // namespace cleartap
