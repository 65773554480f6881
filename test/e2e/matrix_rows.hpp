// The programs of the matrix, a row each. What a row's words mean is in test/support/programs.hpp.
#pragma once

#include "test/support/programs.hpp"

namespace cleartap {

#define PYTHON "/usr/bin/python3 " /* Debian's own: others may bring another OpenSSL */

/// Debian releases that are run in root file systems: OpenSSL 1.1.1 and 3.5.
inline constexpr const char* releases[] = {"bullseye", "trixie"};

inline constexpr support::program python_client = {.name = "python's http.client",
                                                   .library = "openssl",
                                                   .needs = "test -x /usr/bin/python3",
                                                   .command = PYTHON "@http_client.py",
                                                   .in_roots = true};

inline constexpr support::program nginx_server = {.name = "nginx",
                                                  .library = "openssl",
                                                  .needs = "command -v nginx",
                                                  .command = "@nginx.sh",
                                                  .workers = 4,
                                                  .in_roots = true};

inline constexpr support::program asyncio_server = {.name = "python's asyncio",
                                                    .library = "openssl",
                                                    .needs = "test -x /usr/bin/python3",
                                                    .command = PYTHON "@asyncio_server.py",
                                                    .in_roots = true};

inline constexpr support::program node_server = {.name = "node's https",
                                                 .library = "openssl",
                                                 .needs = "command -v node",
                                                 .command = "node @server.js",
                                                 .in_roots = true};

inline constexpr support::program node_http2_client = {.name = "node's http2",
                                                       .library = "openssl",
                                                       .needs = "command -v node",
                                                       .command = "node @http2_client.js",
                                                       .in_roots = true,
                                                       .http = "2"};

inline constexpr support::program nginx_http2_server = {.name = "nginx with HTTP/2",
                                                        .library = "openssl",
                                                        .needs = "nginx -V 2>&1 | grep http_v2_module",
                                                        .command = "env HTTP=http2 @nginx.sh",
                                                        .workers = 4,
                                                        .in_roots = true,
                                                        .http = "2"};

/// Not a row of its own: it only asks, on all connections at once.
inline constexpr support::program slow_client = {.name = "a client that takes little at a time",
                                                 .library = "openssl",
                                                 .needs = "test -x /usr/bin/python3",
                                                 .command = PYTHON "@slow_client.py"};

/// Not a row of its own: as python's anyio, thus httpx, does with several connections in one event loop.
inline constexpr support::program interleaved_client = {.name = "a client that encrypts in memory in turn",
                                                        .library = "openssl",
                                                        .needs = "test -x /usr/bin/python3",
                                                        .command = PYTHON "@interleaved_client.py",
                                                        .takes_bodies = false};

inline constexpr support::program clients[] = {
    python_client,
    {.name = "python's asyncio",
     .library = "openssl",
     .needs = "test -x /usr/bin/python3",
     .command = PYTHON "@asyncio_client.py",
     .in_roots = true},
    {.name = "node's https",
     .library = "openssl",
     .needs = "command -v node",
     .command = "node @client.js",
     .in_roots = true},
    {"ruby's net/http", "openssl", "command -v ruby", "ruby @client.rb"},
    {.name = "php's https streams",
     .library = "openssl",
     .needs = "php -m | grep -x openssl",
     .command = "php @stream_client.php",
     .keeps_alive = false},
    {"php's curl", "openssl", "php -m | grep -x curl", "php @curl_client.php"},
    {.name = "curl",
     .library = "openssl",
     .needs = "command -v curl",
     .command = "@curl.sh",
     .waits = false,
     .in_roots = true},
    {"libcurl with OpenSSL", "openssl", "ldconfig -p | grep libcurl.so.4",
     "env LIBCURL=libcurl.so.4 " PYTHON "@libcurl_client.py"},
    {.name = "openssl s_client",
     .library = "openssl",
     .needs = "command -v openssl",
     .command = PYTHON "@piped_client.py openssl s_client -quiet -connect localhost:{port} -CAfile {ca} --",
     .in_roots = true},
    {"gnutls-cli", "gnutls", "command -v gnutls-cli",
     PYTHON "@piped_client.py gnutls-cli --port {port} --x509cafile {ca} --logfile=/dev/null localhost --"},
    {.name = "wget",
     .library = "gnutls",
     .needs = "wget --version | grep +ssl/gnutls",
     .command = "@wget.sh",
     .waits = false,
     .in_roots = true},
    {"libcurl with GnuTLS", "gnutls", "ldconfig -p | grep libcurl-gnutls.so.4",
     "env LIBCURL=libcurl-gnutls.so.4 " PYTHON "@libcurl_client.py"},
    {"tstclnt", "nss", "command -v tstclnt", PYTHON "@piped_client.py tstclnt -4 -h localhost -p {port} -D -o --"},
    {"libcurl with NSS", "nss", "ldconfig -p | grep libcurl-nss.so.4",
     "env LIBCURL=libcurl-nss.so.4 " PYTHON "@libcurl_client.py"},
    node_http2_client,
    {.name = "httpx with HTTP/2",
     .library = "openssl",
     .needs = PYTHON "-c 'import httpx, h2'",
     .command = PYTHON "@httpx_client.py",
     .http = "2"},
    {.name = "curl with HTTP/2",
     .library = "openssl",
     .needs = "curl --version | grep HTTP2",
     .command = "env HTTP=http2 @curl.sh",
     .waits = false,
     .in_roots = true,
     .http = "2"},
    {.name = "libcurl with GnuTLS and HTTP/2",
     .library = "gnutls",
     .needs = "ldconfig -p | grep libcurl-gnutls.so.4",
     .command = "env HTTP=http2 LIBCURL=libcurl-gnutls.so.4 " PYTHON "@libcurl_client.py",
     .http = "2"},
    {.name = "libcurl with NSS and HTTP/2",
     .library = "nss",
     .needs = "ldconfig -p | grep libcurl-nss.so.4",
     .command = "env HTTP=http2 LIBCURL=libcurl-nss.so.4 " PYTHON "@libcurl_client.py",
     .http = "2"},
};

inline constexpr support::program servers[] = {
    nginx_server,
    {.name = "python's http.server",
     .library = "openssl",
     .needs = "test -x /usr/bin/python3",
     .command = PYTHON "@http_server.py",
     .sleeps_in_read = true,
     .in_roots = true},
    {.name = "python's http.server with forked workers",
     .library = "openssl",
     .needs = "test -x /usr/bin/python3",
     .command = "env FORKS=4 " PYTHON "@http_server.py",
     .sleeps_in_read = true,
     .workers = 4,
     .in_roots = true},
    {.name = "python's http.server with a fork after the handshake",
     .library = "openssl",
     .needs = "test -x /usr/bin/python3",
     .command = "env FORKS=after " PYTHON "@http_server.py",
     .sleeps_in_read = true,
     .workers = 4},
    asyncio_server,
    node_server,
    {"ruby's SSLServer", "openssl", "command -v ruby", "ruby @ssl_server.rb"},
    {"ruby's webrick", "openssl", "ruby -e 'require \"webrick\"'", "ruby @webrick_server.rb"},
    {.name = "php's stream_socket_server with a fork for each connection",
     .library = "openssl",
     .needs = "php -m | grep -x openssl && php -m | grep -x pcntl",
     .command = "php @server.php",
     .workers = 4},
    {"lighttpd with OpenSSL", "openssl", "command -v lighttpd && ls /usr/lib/lighttpd/mod_openssl.so",
     "env MODULE=mod_openssl @lighttpd.sh"},
    {.name = "gnutls-serv",
     .library = "gnutls",
     .needs = "command -v gnutls-serv",
     .command = "@gnutls_serv.sh",
     .keeps_alive = false,
     .takes_bodies = false,
     .same_answer = true},
    {"lighttpd with GnuTLS", "gnutls", "command -v lighttpd && ls /usr/lib/lighttpd/mod_gnutls.so",
     "env MODULE=mod_gnutls @lighttpd.sh"},
    {.name = "selfserv",
     .library = "nss",
     .needs = "command -v selfserv && command -v pk12util",
     .command = "@selfserv.sh",
     .keeps_alive = false,
     .takes_bodies = false},
    {"lighttpd with NSS", "nss", "command -v lighttpd && ls /usr/lib/lighttpd/mod_nss.so",
     "env MODULE=mod_nss @lighttpd.sh"},
    nginx_http2_server,
    {.name = "node's http2",
     .library = "openssl",
     .needs = "command -v node",
     .command = "node @http2_server.js",
     .in_roots = true,
     .http = "2"},
    {.name = "hypercorn with HTTP/2",
     .library = "openssl",
     .needs = PYTHON "-c 'import hypercorn, h2'",
     .command = PYTHON "@hypercorn_server.py",
     .http = "2"},
    {.name = "nghttpd", .library = "openssl", .needs = "command -v nghttpd", .command = "@nghttpd.sh", .http = "2"},
    {.name = "nghttpx before nginx",
     .library = "openssl",
     .needs = "command -v nghttpx && command -v nginx",
     .command = "@nghttpx.sh",
     .http = "2"},
    {.name = "lighttpd with OpenSSL and HTTP/2",
     .library = "openssl",
     .needs = "command -v lighttpd && ls /usr/lib/lighttpd/mod_openssl.so",
     .command = "env MODULE=mod_openssl @lighttpd.sh",
     .http = "2"},
    {.name = "lighttpd with GnuTLS and HTTP/2",
     .library = "gnutls",
     .needs = "command -v lighttpd && ls /usr/lib/lighttpd/mod_gnutls.so",
     .command = "env MODULE=mod_gnutls @lighttpd.sh",
     .http = "2"},
    {.name = "lighttpd with NSS and HTTP/2",
     .library = "nss",
     .needs = "command -v lighttpd && ls /usr/lib/lighttpd/mod_nss.so",
     .command = "env MODULE=mod_nss @lighttpd.sh",
     .http = "2"},
};

/// The known one that each is held against.
constexpr const support::program& server_for(const support::program& client) {
  return client.http == "2" ? nginx_http2_server : nginx_server;
}
constexpr const support::program& client_for(const support::program& server) {
  return server.http == "2" ? node_http2_client : python_client;
}

} // namespace cleartap
