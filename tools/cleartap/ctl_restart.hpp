// `cleartap ctl restart`: has an actor killed and waits until it runs again.
#pragma once

#include "tools/cleartap/admin_client.hpp"

namespace cleartap {

/// `actor` is NAME, or NAME[INDEX]. Returns the actor's figures as JSON text once it runs again.
[[nodiscard]] result<std::string> restart_actor(const admin_client& admin, const std::string& actor);

} // namespace cleartap
