/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which socket a TLS connection uses: TCP sends and receives of threads inside a TLS call, or just after one. */
#pragma once

#include "tls.h"

static __always_inline void read_socket(const struct sock* sk, struct tls_socket* to) {
  const struct sock_common* common = &sk->__sk_common;
  __builtin_memset(to, 0, sizeof *to);
  __u16 family = BPF_CORE_READ(common, skc_family);
  to->local_port = BPF_CORE_READ(common, skc_num);
  to->remote_port = __builtin_bswap16(BPF_CORE_READ(common, skc_dport));
  if (family == AF_INET) {
    BPF_CORE_READ_INTO((__be32*)to->local, common, skc_rcv_saddr);
    BPF_CORE_READ_INTO((__be32*)to->remote, common, skc_daddr);
    to->family = 4;
  } else if (family == AF_INET6) {
    BPF_CORE_READ_INTO(&to->local, common, skc_v6_rcv_saddr.in6_u.u6_addr8);
    BPF_CORE_READ_INTO(&to->remote, common, skc_v6_daddr.in6_u.u6_addr8);
    to->family = 6;
  }
}

/* A memory BIO sends after the write has returned: this is the first send since. */
static __always_inline void bind_after_write(struct tls_thread* thread, const struct sock* sk) {
  struct connection_key key = {.object = thread->wrote_object, .tgid = bpf_get_current_pid_tgid() >> 32};
  thread->wrote_object = 0;
  struct connection* connection = bpf_map_lookup_elem(&connections, &key);
  if (!connection)
    return;
  struct tls_socket socket;
  read_socket(sk, &socket);
  bind_socket(connection, &socket, EVIDENCE_AFTER_WRITE);
}

static __always_inline int socket_moved(const struct sock* sk, __u8 direction) {
  __u64 id = bpf_get_current_pid_tgid();
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread) /* every send and receive of the machine comes here; nearly all of them end here */
    return 0;
  struct tls_call* call = latest_call(thread);
  if (call)
    read_socket(sk, &call->socket);
  else if (direction == TLS_INBOUND)
    read_socket(sk, &thread->received);
  else if (thread->wrote_object)
    bind_after_write(thread, sk);
  return 0;
}
