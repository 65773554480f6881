// Who uses TLS and whether it is captured, as JSON. Refuses to find that out.
#pragma once

#include "messages/capture.hpp"
#include "messages/coverage.hpp"

#include <string>

namespace cleartap {

/// {"processes":[{"pid","alive","comm","exe","container_id","hellos":{"client","server"},"server_name","family",
/// "library","probes","plaintext_bytes","captured","reason","last_seen"}],"wire":{"seen","complaint","owners_complaint",
/// "hellos","lost","unreadable","unassigned"},"forgotten"}, those that are not captured first. What is not known is
/// null, and so is the reason of what is captured.
[[nodiscard]] std::string coverage_json(const coverage_report& report, wall_time now);

} // namespace cleartap
