#include "actors/probes/libbpf_failure.hpp"

#include <algorithm>
#include <bpf/libbpf.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace cleartap {

namespace {

thread_local std::string complaint;
thread_local bool final_word = false; // the verifier has spoken; what libbpf says afterwards is that it did

/// The verifier's log is one message of many lines. Its reason is the line before "processed N insns".
std::string verifier_reason(std::string_view log) {
  auto end = log.rfind("\nprocessed ");
  if (end == std::string_view::npos)
    return {};
  auto begin = log.rfind('\n', end - 1);
  return std::string{log.substr(begin == std::string_view::npos ? 0 : begin + 1, end - begin - 1)};
}

int listen(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN || final_word)
    return 0;
  va_list again;
  va_copy(again, arguments);
  auto text = std::string(static_cast<std::size_t>(std::max(0, std::vsnprintf(nullptr, 0, format, again))), '\0');
  va_end(again);
  std::vsnprintf(text.data(), text.size() + 1, format, arguments);
  auto reason = verifier_reason(text);
  final_word = !reason.empty();
  complaint = final_word ? std::move(reason) : text.substr(0, text.find('\n'));
  return 0;
}

} // namespace

void listen_to_libbpf() {
  libbpf_set_print(listen);
  complaint.clear();
  final_word = false;
}

failure libbpf_failure(std::string what) {
  auto reason = std::string{std::strerror(errno)};
  if (!complaint.empty())
    reason += " (" + complaint + ")";
  listen_to_libbpf();
  return {std::move(what) + ": " + reason};
}

void link_deleter::operator()(bpf_link* link) const noexcept { bpf_link__destroy(link); }

} // namespace cleartap
