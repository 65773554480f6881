// What a client asks on each of its connections, and what it must get: every call has a path and bodies that no other
// has. Refuses to know programs and cleartap.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cleartap::support {

struct planned_call {
  std::string path; // of the request, and of the file that answers it
  std::string request_body;
  std::string response_body;
};

struct planned_connection {
  std::string marker; // in all its paths
  std::vector<planned_call> calls;
  std::string steps; // the calls as the programs take them
  std::string fifo;  // of `wait`
};

enum class writes { one, many };

class call_plan {
public:
  /// The files that answer are put into `directory`. With `same_answer` every call gets that.
  explicit call_plan(std::filesystem::path directory, std::string same_answer = {});

  /// What is added from here on is asked on a connection of its own.
  void connect();

  void get(std::size_t size, writes way = writes::one);
  void post(std::size_t size, writes way, std::size_t answer_size);

  /// The client waits here until `go`.
  void wait();
  void go() const;

  const std::vector<planned_connection>& connections() const noexcept { return connections_; }

  /// The arguments of a client, one for each connection.
  std::vector<std::string> arguments() const;

private:
  planned_call& add(std::size_t answer_size, writes way);
  void add_step(const std::string& step);
  std::string fresh_bytes(std::size_t size);
  std::filesystem::path directory() const { return directory_ / connections_.back().marker; }

  std::filesystem::path directory_;
  std::string same_answer_;
  unsigned seed_ = 0;
  std::vector<planned_connection> connections_;
};

} // namespace cleartap::support
