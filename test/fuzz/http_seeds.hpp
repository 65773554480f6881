// Inputs that http1_fuzz and http2_fuzz begin with. Refuses to know files.
#pragma once

#include <string>
#include <vector>

namespace cleartap::fuzz {

[[nodiscard]] std::vector<std::string> http1_inputs();
[[nodiscard]] std::vector<std::string> http2_inputs();

} // namespace cleartap::fuzz
