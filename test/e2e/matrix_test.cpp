// Every program of the matrix against one that is known: clients call nginx, servers are called by python, or by node
// in HTTP/2.
#include "test/e2e/matrix.hpp"
#include "test/e2e/matrix_rows.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

using namespace cleartap;
using namespace cleartap::support;

namespace {

void skip_without(const program& what, const program_place& where = {}) {
  if (!installed(what, where))
    SKIP(what.name << " is not installed: " << what.needs);
}

void call_nginx(const program& client, const program_place& where) {
  skip_without(server_for(client));
  skip_without(client, where);
  check_pair(client, server_for(client), where);
}

void serve_known(const program& server, const program_place& where) {
  skip_without(client_for(server));
  skip_without(server, where);
  check_pair(client_for(server), server, {}, where);
}

template <std::size_t Row>
void client_here() {
  call_nginx(clients[Row], {});
}

template <std::size_t Row>
void server_here() {
  serve_known(servers[Row], {});
}

program_place root_of(const char* release) {
  if (!installed("mmdebstrap"))
    SKIP("mmdebstrap is not installed");
  return root_filesystem(release);
}

template <std::size_t Row, std::size_t Release>
void client_in_root() {
  call_nginx(clients[Row], root_of(releases[Release]));
}

template <std::size_t Row, std::size_t Release>
void server_in_root() {
  serve_known(servers[Row], root_of(releases[Release]));
}

/// A test for each row, so that each has a name of its own.
bool register_test(void (*test)(), const std::string& name, const char* role, const char* tags) {
  REGISTER_TEST_CASE(test, name + " as a " + role + ": every byte on its own connection", tags);
  return true;
}

template <std::size_t Release, std::size_t... Client, std::size_t... Server>
void register_release(std::index_sequence<Client...>, std::index_sequence<Server...>) {
  auto add = [](void (*test)(), const program& what, const char* role) {
    return what.in_roots &&
           register_test(test, std::string{what.name} + " of " + releases[Release], role, "[matrix][.long]");
  };
  (add(client_in_root<Client, Release>, clients[Client], "client"), ...);
  (add(server_in_root<Server, Release>, servers[Server], "server"), ...);
}

template <std::size_t... Client, std::size_t... Server>
bool register_all(std::index_sequence<Client...> of_clients, std::index_sequence<Server...> of_servers) {
  (register_test(client_here<Client>, std::string{clients[Client].name}, "client", "[matrix]"), ...);
  (register_test(server_here<Server>, std::string{servers[Server].name}, "server", "[matrix]"), ...);
  register_release<0>(of_clients, of_servers);
  register_release<1>(of_clients, of_servers);
  return true;
}

const auto registered =
    register_all(std::make_index_sequence<std::size(clients)>{}, std::make_index_sequence<std::size(servers)>{});

} // namespace

TEST_CASE("nginx gets new workers under traffic: every byte on its own connection") {
  skip_without(nginx_server);
  skip_without(python_client);
  check_reloads(python_client, nginx_server);
}

TEST_CASE("what waits in asyncio for one connection is not taken for what another one sends") {
  skip_without(python_client);
  check_waiting_answers(slow_client, asyncio_server);
}

TEST_CASE("what waits in node for one connection is not taken for what another one sends") {
  skip_without(python_client);
  skip_without(node_server);
  check_waiting_answers(slow_client, node_server);
}

TEST_CASE("a client that encrypts in memory for several connections in turn keeps their sockets apart") {
  skip_without(nginx_server);
  skip_without(interleaved_client);
  check_pair(interleaved_client, nginx_server);
}
