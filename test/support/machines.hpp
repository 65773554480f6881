// Machines that a test pretends to have: networks of their own, joined by a bridge. Without names, so that they are
// gone with the test however that ends. Refuses to know what runs there. Needs root and iproute2.
#pragma once

#include "test/support/child.hpp"

#include <deque>

namespace cleartap::support {

/// What this thread does and starts while a visit lives happens in that network.
class visit {
public:
  explicit visit(int network);
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit();

private:
  descriptor before_;
};

class machine_network;

class machine {
public:
  machine(const machine_network& joins, std::size_t number);

  const std::string& address() const noexcept { return address_; }
  [[nodiscard]] visit enter() const { return visit{network_.get()}; }

  /// Out of the bridge, or in it again. Both ends of the cable stay up: packets are lost and nobody is told.
  void unplug() const;
  void plug() const;

private:
  const machine_network* joins_;
  std::string port_; // of the bridge
  std::string address_;
  descriptor network_;
};

class machine_network {
public:
  explicit machine_network(std::size_t machines);
  machine_network(const machine_network&) = delete;
  machine_network& operator=(const machine_network&) = delete;

  const machine& operator[](std::size_t number) const { return machines_[number]; }
  [[nodiscard]] visit enter() const { return visit{network_.get()}; }

private:
  descriptor network_; // the bridge's
  std::deque<machine> machines_;
};

} // namespace cleartap::support
