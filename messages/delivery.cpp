#include "messages/delivery.hpp"

namespace cleartap {

std::string_view to_string(epoch_end end) noexcept {
  switch (end) {
  case epoch_end::open:
    return "open";
  case epoch_end::clean:
    return "clean";
  case epoch_end::unclean:
    return "unclean";
  }
  return "unknown";
}

} // namespace cleartap
