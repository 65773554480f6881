#include "actors/coverage/reason.hpp"

namespace cleartap {

namespace {

std::string why_library_gives_nothing(const library_row& library, const uncaptured& what) {
  switch (library.state) {
  case library_state::refused:
    return library.reason;
  case library_state::attaching:
    return what.ended ? "it ended before its library had probes" : "probes are being attached to its library";
  case library_state::attached:
  case library_state::unused:
    break;
  }
  if (library.attached == 0)
    return "its library has no probes";
  if (what.hello_age && *what.hello_age > library.age)
    return what.ended ? "it ended before its library had probes"
                      : "its connections are older than the probes; new ones are captured";
  return "its library has probes and none of its calls carried plaintext: handshakes failed, nothing was said yet, or "
         "another library in the program does its TLS";
}

} // namespace

std::string why_not_captured(const uncaptured& what) {
  if (!what.known.excluded_by.empty())
    return "excluded by discovery.exclude: " + what.known.excluded_by;
  if (what.known.library)
    return why_library_gives_nothing(*what.known.library, what);
  if (!what.stack.empty())
    return what.stack;
  if (what.ended)
    return "it ended before it could be looked at, and used no library with probes";
  return "it is being looked at";
}

} // namespace cleartap
