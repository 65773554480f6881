#include "actors/enrichment/process_table.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace cleartap;

namespace {

const auto id = std::string{"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
const auto other = std::string(64, 'a');

} // namespace

TEST_CASE("the id is found in every form in which runtimes name cgroups") {
  CHECK(container_id("cri-containerd-" + id + ".scope") == id);
  CHECK(container_id("crio-" + id + ".scope") == id);
  CHECK(container_id("docker-" + id + ".scope") == id);
  CHECK(container_id("libpod-" + id + ".scope") == id);
  CHECK(container_id("/docker/" + id) == id);
  CHECK(container_id("docker/" + id + "/init.scope") == id);
  CHECK(container_id("/kubepods/burstable/pod8dbc8b3e-3b1f-4c5a-9d7e-0d2f6c1a9b00/" + id) == id);
  CHECK(container_id("/kubepods.slice/kubepods-pod8dbc8b3e_3b1f.slice/cri-containerd-" + id + ".scope") == id);
  CHECK(container_id(id) == id);
}

TEST_CASE("processes outside containers have no id") {
  CHECK(container_id("") == "");
  CHECK(container_id("/") == "");
  CHECK(container_id("/system.slice/docker.service") == "");
  CHECK(container_id("/user.slice/user-1000.slice/session-3.scope") == "");
  CHECK(container_id("/kubepods/burstable/pod8dbc8b3e-3b1f-4c5a-9d7e-0d2f6c1a9b00") == "");
}

TEST_CASE("only 64 lower-case hex digits are an id, not more and not fewer") {
  CHECK(container_id("/docker/" + id.substr(1)) == "");
  CHECK(container_id("/docker/" + id + "0") == "");
  CHECK(container_id("/docker/" + std::string(128, 'f')) == "");
  CHECK(container_id("/docker/" + std::string(64, 'A')) == "");
  CHECK(container_id("/docker/" + id.substr(1) + "g") == "");
}

TEST_CASE("of a container in a container the inner one counts") {
  CHECK(container_id("/docker/" + other + "/docker/" + id) == id);
  CHECK(container_id("/docker/" + id + "/" + id.substr(3)) == id);
}

TEST_CASE("a path of any length and content does no harm") {
  CHECK(container_id(std::string(1u << 20, 'f')) == "");
  CHECK(container_id(std::string(1u << 20, '/') + id) == id);
  CHECK(container_id(std::string{"\0\xff", 2} + id + '\0') == id);
}
