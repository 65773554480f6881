#include "actors/probes/capture_choice.hpp"

namespace cleartap {

std::string_view to_string(uprobe_transport transport) noexcept {
  constexpr auto names = std::array<std::string_view, 3>{"uprobe_multi", "perf", "tracefs"};
  return names[static_cast<std::size_t>(transport)];
}

std::string_view to_string(program_variant variant) noexcept {
  constexpr auto names = std::array<std::string_view, 3>{"typed", "untyped", "early"};
  return names[static_cast<std::size_t>(variant)];
}

std::string_view to_string(socket_source source) noexcept {
  constexpr auto names = std::array<std::string_view, 3>{"tracepoint", "fexit", "none"};
  return names[static_cast<std::size_t>(source)];
}

std::string_view to_string(return_probing returns) noexcept {
  return returns == return_probing::probe ? "probe" : "instruction";
}

std::string to_string(const capture_choice& choice) {
  return "uprobes by " + std::string{to_string(choice.transport)} + ", " + std::string{to_string(choice.variant)} +
         " programs, sockets by " + std::string{to_string(choice.sockets)} + ", returns by " +
         std::string{to_string(choice.returns)};
}

} // namespace cleartap
