// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Sees the first packet of each TLS connection, whatever library made it, and whose socket it is. Nothing of any other
 * packet is copied. Reads no kernel structure, so that it needs no BTF of the kernel. */
#include <stdbool.h>

#include "owners.h"

#define TLS_HANDSHAKE 0x16
#define TLS_CLIENT_HELLO 1
#define TLS_PREFIX_BYTES 6 /* record header and the handshake's type */

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1024 * 1024);
} hellos SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct hello_counts);
} hello_counters SEC(".maps");

SEC("cgroup/sock_create")
int socket_created(struct bpf_sock* socket) {
  if (socket->family != AF_INET && socket->family != AF_INET6)
    return 1;
  if (socket->protocol != IPPROTO_TCP)
    return 1;
  struct socket_owner* owner = bpf_sk_storage_get(&owners, socket, NULL, BPF_SK_STORAGE_GET_F_CREATE);
  if (!owner)
    return 1;
  owner->tgid = bpf_get_current_pid_tgid() >> 32;
  bpf_get_current_comm(owner->comm, sizeof owner->comm);
  return 1;
}

struct packet {
  __u8 source[16];
  __u8 target[16];
  __u16 source_port;
  __u16 target_port;
  __u8 family;
  __u32 payload; /* offset of the TCP payload */
};

/* IPv6 extension headers are not followed: TCP is hardly ever behind one. */
static __always_inline bool read_addresses(struct __sk_buff* skb, struct packet* packet, __u32* transport) {
  __u8 head[40];
  if (skb->protocol == __builtin_bswap16(0x0800)) {
    if (bpf_skb_load_bytes(skb, 0, head, 20))
      return false;
    bool later_fragment = (head[6] & 0x1f) | head[7];
    if (head[9] != IPPROTO_TCP || later_fragment)
      return false;
    packet->family = 4;
    __builtin_memcpy(packet->source, head + 12, 4);
    __builtin_memcpy(packet->target, head + 16, 4);
    *transport = (head[0] & 15) * 4;
    return true;
  }
  if (skb->protocol != __builtin_bswap16(0x86dd) || bpf_skb_load_bytes(skb, 0, head, 40) || head[6] != IPPROTO_TCP)
    return false;
  packet->family = 6;
  __builtin_memcpy(packet->source, head + 8, 16);
  __builtin_memcpy(packet->target, head + 24, 16);
  *transport = 40;
  return true;
}

static __always_inline bool is_hello(struct __sk_buff* skb, struct packet* packet) {
  __u32 transport;
  if (!read_addresses(skb, packet, &transport))
    return false;
  __u8 tcp[13];
  if (bpf_skb_load_bytes(skb, transport, tcp, sizeof tcp))
    return false;
  packet->source_port = tcp[0] << 8 | tcp[1];
  packet->target_port = tcp[2] << 8 | tcp[3];
  packet->payload = transport + (tcp[12] >> 4) * 4;
  __u8 tls[TLS_PREFIX_BYTES];
  if (bpf_skb_load_bytes(skb, packet->payload, tls, sizeof tls))
    return false;
  return tls[0] == TLS_HANDSHAKE && tls[1] == 3 && tls[5] == TLS_CLIENT_HELLO;
}

static __always_inline void name_owner(struct __sk_buff* skb, struct hello_record* record) {
  struct bpf_sock* socket = skb->sk;
  if (!socket)
    return;
  socket = bpf_sk_fullsock(socket);
  if (!socket)
    return;
  struct socket_owner* owner = bpf_sk_storage_get(&owners, socket, NULL, 0);
  if (!owner)
    return;
  record->tgid = owner->tgid;
  __builtin_memcpy(record->comm, owner->comm, sizeof record->comm);
}

static __always_inline void fill(struct __sk_buff* skb, const struct packet* packet, bool sent,
                                 struct hello_record* record, __u32 size) {
  __builtin_memset(record, 0, sizeof *record);
  record->at_ns = bpf_ktime_get_ns();
  record->cookie = bpf_get_socket_cookie(skb);
  __builtin_memcpy(record->source, packet->source, sizeof record->source);
  __builtin_memcpy(record->target, packet->target, sizeof record->target);
  record->source_port = packet->source_port;
  record->target_port = packet->target_port;
  record->family = packet->family;
  record->sent = sent;
  record->size_captured = size;
  name_owner(skb, record);
}

/* A reservation must be of constant size. `size` is in 1..`room`, a power of two or checked to be below it: the
 * verifier wants to see neither zero nor more than there is. */
#define EMIT(room, mask)                                                                                               \
  do {                                                                                                                 \
    struct hello_record* record = bpf_ringbuf_reserve(&hellos, sizeof *record + (room), 0);                            \
    if (!record)                                                                                                       \
      return false;                                                                                                    \
    fill(skb, packet, sent, record, size);                                                                             \
    __u64 last = size - 1;                                                                                             \
    asm volatile("" : "+r"(last));                                                                                     \
    last &= (mask);                                                                                                    \
    if (last >= (room) || bpf_skb_load_bytes(skb, packet->payload, record + 1, last + 1)) {                            \
      bpf_ringbuf_discard(record, 0);                                                                                  \
      return true;                                                                                                     \
    }                                                                                                                  \
    bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP); /* the reader comes by itself */                                     \
  } while (0)

static __always_inline bool emit(struct __sk_buff* skb, const struct packet* packet, bool sent) {
  if (skb->len <= packet->payload)
    return true;
  __u32 size = skb->len - packet->payload;
  if (size > HELLO_BYTES_MAX)
    size = HELLO_BYTES_MAX;
  if (size <= HELLO_BYTES_SMALL)
    EMIT(HELLO_BYTES_SMALL, 1023);
  else
    EMIT(HELLO_BYTES_MAX, HELLO_BYTES_MAX - 1);
  return true;
}

/* Every packet of the machine comes here; nearly all of them end in is_hello. */
static __always_inline int look_at(struct __sk_buff* skb, bool sent) {
  struct packet packet = {};
  if (!is_hello(skb, &packet))
    return 1;
  __u32 key = 0;
  struct hello_counts* counts = bpf_map_lookup_elem(&hello_counters, &key);
  if (!counts)
    return 1;
  __sync_fetch_and_add(&counts->seen, 1);
  if (!emit(skb, &packet, sent))
    __sync_fetch_and_add(&counts->lost, 1);
  return 1;
}

SEC("cgroup_skb/ingress")
int packet_received(struct __sk_buff* skb) { return look_at(skb, false); }

SEC("cgroup_skb/egress")
int packet_sent(struct __sk_buff* skb) { return look_at(skb, true); }
