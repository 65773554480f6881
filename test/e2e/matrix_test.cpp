// Every program of the matrix against one that is known: clients call nginx, servers are called by python.
#include "test/e2e/matrix.hpp"
#include "test/e2e/matrix_rows.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>

using namespace cleartap;
using namespace cleartap::support;

namespace {

void skip_without(const program& what) {
  if (!installed(what))
    SKIP(what.name << " is not installed: " << what.needs);
}

template <std::size_t Row>
void call_nginx() {
  skip_without(nginx_server);
  skip_without(clients[Row]);
  check_pair(clients[Row], nginx_server);
}

template <std::size_t Row>
void serve_python() {
  skip_without(python_client);
  skip_without(servers[Row]);
  check_pair(python_client, servers[Row]);
}

/// A test for each row, so that each has a name of its own.
template <void (*Test)()>
bool register_test(const program& what, const char* role) {
  REGISTER_TEST_CASE(Test, std::string{what.name} + " as a " + role + ": every byte on its own connection", "[matrix]");
  return true;
}

template <std::size_t... Rows>
bool register_clients(std::index_sequence<Rows...>) {
  return (register_test<call_nginx<Rows>>(clients[Rows], "client") && ...);
}

template <std::size_t... Rows>
bool register_servers(std::index_sequence<Rows...>) {
  return (register_test<serve_python<Rows>>(servers[Rows], "server") && ...);
}

const auto registered = register_clients(std::make_index_sequence<std::size(clients)>{}) &&
                        register_servers(std::make_index_sequence<std::size(servers)>{});

} // namespace

TEST_CASE("nginx gets new workers under traffic: every byte on its own connection") {
  skip_without(nginx_server);
  skip_without(python_client);
  check_reloads(python_client, nginx_server);
}
