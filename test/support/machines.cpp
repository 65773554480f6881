#include "test/support/machines.hpp"

#include "test/support/network.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace cleartap::support {

namespace {

constexpr auto bridge = "bridge";

descriptor current_network() { return descriptor{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)}; }

descriptor fresh_network() {
  auto inside = private_network{};
  return current_network();
}

/// `ip WORDS...`
void ip(const std::string& words) {
  auto what = command{{"ip"}};
  auto in = std::istringstream{words};
  for (auto word = std::string{}; in >> word;)
    what.words.push_back(word);
  if (auto done = run(what); done.status != 0)
    throw std::runtime_error{"ip " + words + ": " + done.complaints};
}

} // namespace

visit::visit(int network) : before_{current_network()} {
  if (setns(network, CLONE_NEWNET) != 0)
    throw std::runtime_error{"setns: no way into another network"};
}

visit::~visit() { static_cast<void>(setns(before_.get(), CLONE_NEWNET)); }

machine::machine(const machine_network& joins, std::size_t number)
    : joins_{&joins}
    , port_{"port" + std::to_string(number)}
    , address_{"10.77.0." + std::to_string(number + 1)}
    , network_{fresh_network()} {
  {
    auto there = joins.enter();
    ip("link add " + port_ + " type veth peer name eth0 netns /proc/" + std::to_string(getpid()) + "/fd/" +
       std::to_string(network_.get()));
    ip("link set " + port_ + " up");
  }
  auto here = enter();
  ip("address add " + address_ + "/24 dev eth0");
  ip("link set eth0 up");
  plug();
}

void machine::unplug() const {
  auto there = joins_->enter();
  ip("link set " + port_ + " nomaster");
}

void machine::plug() const {
  auto there = joins_->enter();
  ip("link set " + port_ + " master " + bridge);
}

machine_network::machine_network(std::size_t machines) : network_{fresh_network()} {
  {
    auto there = enter();
    ip(std::string{"link add "} + bridge + " type bridge");
    ip(std::string{"link set "} + bridge + " up");
  }
  for (std::size_t i = 0; i < machines; ++i)
    machines_.emplace_back(*this, i);
}

} // namespace cleartap::support
