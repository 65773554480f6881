// One program that calls, another that serves, and cleartap: every call must be seen at both ends, with every byte, on
// the connection that it was made on.
#pragma once

#include "test/support/programs.hpp"

namespace cleartap {

/// Runs all that both programs can do: connections opened before cleartap, bodies of every size, connections at the
/// same time and one after another, processes that live for one call.
void check_pair(const support::program& client, const support::program& server,
                const support::program_place& client_place = {}, const support::program_place& server_place = {});

/// Connections while the server gets new workers three times, by SIGHUP; the old ones finish what they have.
void check_reloads(const support::program& client, const support::program& server);

/// Answers that wait in the server, because the client takes a little of each in turn: what is sent for one connection
/// comes after what was written to another.
void check_waiting_answers(const support::program& client, const support::program& server);

} // namespace cleartap
