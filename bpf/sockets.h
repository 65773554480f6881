/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which socket a TLS connection uses. On evidence alone, the best first:
 *   1. a socket that moved bytes inside the TLS call;
 *   2. the descriptor that the library's connection names, if it is a socket (openssl.h);
 *   3. OpenSSL's memory BIOs, which move bytes before a read and after a write: their ciphertext (ciphertext.h);
 *   4. other memory BIOs, and older kernels: the order of calls of the thread, if the numbers of bytes fit or two
 *      observations agree, and nothing else came in between.
 * A wrong socket is worse than none. */
#pragma once

#include "calls.h"
#include "ciphertext.h"
#include "openssl.h"

/* A record of TLS adds this much at least: its head, and a tag of 16 bytes and a byte for the type, or more. */
#define RECORD_BYTES_MAX 16384
#define RECORD_ADDS_MIN 22
/* What may go out before what was written: the last handshake messages, and tickets. */
#define EARLIER_BYTES_MAX 16384

static __always_inline __u64 encrypted_bytes_min(__u64 plain) {
  return plain + (plain + RECORD_BYTES_MAX - 1) / RECORD_BYTES_MAX * RECORD_ADDS_MIN;
}

/* Evidence of order. Weak evidence binds nothing by itself, but two observations that agree settle it. */
static __always_inline void bind_by_order(struct tls_thread* thread, struct connection* connection,
                                          const struct tls_socket* socket, __u64 sock, __u8 evidence, bool strong) {
  if (connection->socket.evidence == EVIDENCE_INSIDE_CALL || connection->socket.evidence == EVIDENCE_DESCRIPTOR ||
      connection->settled)
    return;
  if (connection->sock == sock) {
    connection->settled = 1;
    strong = true;
  } else if (connection->sock && connection->socket.family) {
    connection->socket.family = 0; /* they contradict each other: unknown until two agree */
    connection->socket.evidence = EVIDENCE_NONE;
    strong = false;
    thread->misleads = 1;
  }
  connection->sock = sock;
  if (!strong)
    return;
  connection->socket = *socket;
  connection->socket.evidence = evidence;
}

static __always_inline void bind_before_read(struct tls_thread* thread, struct connection* connection,
                                             const struct tls_call* call) {
  if (!thread->received.family || thread->received_mixed || thread->misleads ||
      (thread->received_by && thread->received_by != call->object))
    return;
  bool strong = !thread->received_by && thread->received_bytes >= encrypted_bytes_min(call->length);
  thread->received_by = call->object;
  bind_by_order(thread, connection, &thread->received, thread->received_sock, EVIDENCE_BEFORE_READ, strong);
}

static __always_inline void remember_write(struct tls_thread* thread, const struct tls_call* call) {
  if (thread->wrote_object != call->object) {
    thread->writes_mixed |= thread->wrote_object != 0;
    thread->wrote_object = call->object;
    thread->wrote_bytes = 0;
  }
  thread->wrote_bytes += encrypted_bytes_min(call->length);
}

static __always_inline void learn_socket(struct tls_thread* thread, struct connection* connection,
                                         const struct tls_call* call) {
  if (call->socket.family) {
    connection->socket = call->socket;
    return;
  }
  if (connection->socket.evidence == EVIDENCE_INSIDE_CALL || connection->socket.evidence == EVIDENCE_DESCRIPTOR)
    return;
  if (call->library == LIBRARY_OPENSSL && !connection->descriptor_read) {
    connection->descriptor_read = 1;
    bind_by_descriptor(connection, call->object);
    if (connection->socket.evidence == EVIDENCE_DESCRIPTOR)
      return;
    connection->in_memory = holds_ciphertext(call->object);
  }
  if (connection->in_memory) {
    learn_by_ciphertext(thread, connection, call);
    return;
  }
  if (call->direction == TLS_INBOUND)
    bind_before_read(thread, connection, call);
  else
    remember_write(thread, call);
}

#ifdef CAPTURE_KERNEL_TYPES

/* A memory BIO sends after the write has returned: this is the first send since. */
static __always_inline void bind_after_write(struct tls_thread* thread, const struct sock* sk, __u64 bytes) {
  struct connection_key key = {.object = thread->wrote_object, .tgid = bpf_get_current_pid_tgid() >> 32};
  __u64 least = thread->wrote_bytes;
  if (bytes < least) { /* so it is another's, a handshake's perhaps */
    thread->writes_mixed = 1;
    return;
  }
  bool strong = bytes <= least * 2 + EARLIER_BYTES_MAX;
  thread->wrote_object = 0;
  struct connection* connection =
      thread->writes_mixed || thread->misleads ? NULL : bpf_map_lookup_elem(&connections, &key);
  if (!connection)
    return;
  struct tls_socket socket;
  read_socket(sk, &socket);
  bind_by_order(thread, connection, &socket, (__u64)sk, EVIDENCE_AFTER_WRITE, strong);
}

/* Two sockets that move bytes inside one call say nothing: a callback may talk to somebody else. */
static __always_inline void moved_inside(struct tls_call* call, const struct sock* sk) {
  if (call->sock == (__u64)sk || call->socket.evidence == EVIDENCE_CIPHERTEXT)
    return;
  bool first = !call->sock;
  call->sock = (__u64)sk;
  if (first) {
    read_socket(sk, &call->socket);
    call->socket.evidence = EVIDENCE_INSIDE_CALL;
  } else {
    call->socket.family = 0;
  }
}

/* A thread that receives for several connections before it reads from any of them tells nothing by its order, however
 * often it repeats it. */
static __always_inline void remember_receive(struct tls_thread* thread, const struct sock* sk, __u64 bytes) {
  if (thread->called)
    thread->received_mixed = 0;
  else if (thread->received_sock && thread->received_sock != (__u64)sk)
    thread->received_mixed = 1;
  thread->called = 0;
  read_socket(sk, &thread->received);
  thread->received_sock = (__u64)sk;
  thread->received_bytes = bytes;
  thread->received_by = 0;
}

static __always_inline int socket_moved(const struct sock* sk, __u8 direction, __u64 bytes) {
  __u64 id = bpf_get_current_pid_tgid();
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread) /* every send and receive of the machine comes here; nearly all of them end here */
    return 0;
  struct tls_call* call = latest_call(thread);
  if (call) {
    moved_inside(call, sk);
    return 0;
  }
  ciphertext_moved(thread, sk, direction, bytes);
  if (direction == TLS_INBOUND) {
    remember_receive(thread, sk, bytes);
  } else if (thread->wrote_object) {
    bind_after_write(thread, sk, bytes);
  }
  return 0;
}

#endif
