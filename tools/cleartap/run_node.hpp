// Runs a node until it is told to stop: what standalone, sniffer and reconstructor share.
#pragma once

#include "config/node_role.hpp"
#include "tools/cleartap/command.hpp"

#include <memory>

namespace cleartap {

/// Adds the subcommand `name`, which reads the settings and runs such a node.
void add_node(CLI::App& app, int& status, node_role role, const char* name, const char* help, const char* footer);

} // namespace cleartap
