// Lets peers connect and shake hands, in a thread of its own, so that none of them can hold up an actor. Refuses to
// know what an authenticated peer does.
#pragma once

#include "actors/link/link_status.hpp"
#include "actors/link/log_limit.hpp"
#include "actors/link/tls_identity.hpp"
#include "actors/link/tls_peer.hpp"
#include "config/settings.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <thread>

namespace cleartap {

class tls_listener {
public:
  static constexpr auto handshake_max = std::chrono::seconds{3};
  /// Handshakes under way. Beyond it the oldest goes: an honest one takes milliseconds.
  static constexpr std::size_t handshakes_max = 256;
  /// Of these, from one address.
  static constexpr std::size_t handshakes_per_address_max = 64;

  using on_peer_fn = std::function<void(tls_peer)>; // called in the listener's thread

  /// `identity` and `status` outlive the listener; `peer_name` is what link.peer_name asks for.
  [[nodiscard]] static result<std::unique_ptr<tls_listener>> open(const listen_address& where, std::string peer_name,
                                                                  tls_identity& identity, link_status& status,
                                                                  on_peer_fn on_peer);

  tls_listener(const tls_listener&) = delete;
  tls_listener& operator=(const tls_listener&) = delete;
  ~tls_listener();

private:
  struct handshake {
    tls_peer peer;
    std::string host; // without the port
    std::chrono::steady_clock::time_point deadline;
    short wanted = 0; // poll's events
  };

  tls_listener(owned_fd socket, owned_fd wake, std::string peer_name, tls_identity& identity, link_status& status,
               on_peer_fn on_peer);

  void run(const std::stop_token& stop);
  void accept_some();
  void begin(owned_fd socket, const sockaddr_storage& from);
  void make_room(const std::string& host);
  [[nodiscard]] bool advance(handshake& each); // whether it is still under way
  void advance_all(const std::vector<short>& events);
  void refuse(const std::string& address, const std::string& why);

  owned_fd socket_;
  owned_fd wake_;
  std::string peer_name_;
  tls_identity& identity_;
  link_status& status_;
  on_peer_fn on_peer_;
  log_limit log_;
  std::list<handshake> handshakes_; // the oldest first
  std::jthread thread_;
};

} // namespace cleartap
