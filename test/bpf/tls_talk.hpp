// Two ends of a TLS connection over loopback, in this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cleartap {

/// By which functions of OpenSSL both ends read and write.
enum class talk_by : std::uint8_t {
  plain,      // SSL_read, SSL_write
  ex,         // SSL_read_ex, SSL_write_ex
  memory,     // SSL_read_ex and SSL_write_ex on memory BIOs; sends and receives are the program's
  own_memory, // the same on BIOs of the program's own, as node has them
  ssl_bio     // BIO_read, BIO_write on an SSL BIO
};

/// A client and a server thread make a connection, the client writes `write_sizes` bytes in as many calls, the server
/// reads them all and answers "done". Returns the client's port. Ends the program if TLS fails.
std::uint16_t talk(const std::vector<std::size_t>& write_sizes, talk_by how = talk_by::plain);

/// As `talk`, but ends this process, while the connection is open at both ends.
[[noreturn]] void talk_and_end(const std::vector<std::size_t>& write_sizes);

/// What `talk` writes in call `index`: bytes that tell their place.
std::string talk_payload(std::size_t index, std::size_t size);

/// A client asks and a server answers, once for each pair of `question` and `answer`, on one connection.
void converse(const std::vector<std::pair<std::string, std::string>>& exchanges, talk_by how = talk_by::plain);

/// Runs `action` in a child process, so that this program, whose own calls may be ignored, sees it. Returns its pid
/// once it has ended, or -1 if it failed.
pid_t run_in_child(const std::function<void()>& action);

} // namespace cleartap
