/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is read of OpenSSL's own structures. Their layout differs by version and is told by what they contain, so that a
 * layout that is not known reads as nothing. */
#pragma once

#include "calls.h"

#define BIO_TYPE_SOCKET 0x505 /* openssl/bio.h */
#define BIO_TYPE_SSL 0x207
#define BIO_TYPE_MEMORY 0x401

static __always_inline __u64 read_user_pointer(__u64 address) {
  __u64 value = 0;
  read_user(&value, sizeof value, (void*)address);
  return value;
}

static __always_inline __s32 read_user_int(__u64 address) {
  __s32 value = -1;
  read_user(&value, sizeof value, (void*)address);
  return value;
}

/* Where a BIO of this type has its `method`: at 8 behind a library context (3.0+), at 0 (1.1.1); -1: it is another. */
static __always_inline long bio_method_offset(__u64 bio, __s32 type) {
  if (read_user_int(read_user_pointer(bio + 8)) == type)
    return 8;
  if (read_user_int(read_user_pointer(bio)) == type)
    return 0;
  return -1;
}

/* A BIO of this type that a connection reads from, or writes to, and the offset of its method; `method` -1: none.
 * `rbio` is at 16 up to 3.1, at 72 up to 3.3, at 80 since, and `wbio` behind it. */
struct bio_place {
  __u64 bio;
  long method;
};

static __always_inline struct bio_place ssl_bio_of(__u64 ssl, __s32 type, __u8 direction) {
  __u64 behind = direction == TLS_OUTBOUND ? 8 : 0;
  BOUNDED_LOOP
  for (int i = 0; i < 3; i++) {
    __u64 bio = read_user_pointer(ssl + (i == 0 ? 16 : i == 1 ? 72 : 80) + behind);
    if (!bio)
      continue;
    long method = bio_method_offset(bio, type);
    if (method >= 0)
      return (struct bio_place){bio, method};
  }
  return (struct bio_place){0, -1};
}

/* The descriptor of a connection whose read BIO is a socket BIO, else -1. */
static __always_inline __s32 ssl_descriptor(__u64 ssl) {
  struct bio_place place = ssl_bio_of(ssl, BIO_TYPE_SOCKET, TLS_INBOUND);
  return place.method < 0 ? -1 : read_user_int(place.bio + place.method + 48); /* num */
}

/* The memory BIO of OpenSSL itself, told by its name: node's has the same type. */
static __always_inline struct bio_place ssl_memory_bio(__u64 ssl, __u8 direction) {
  struct bio_place place = ssl_bio_of(ssl, BIO_TYPE_MEMORY, direction);
  char name[8] = {};
  if (place.method < 0)
    return place;
  read_user(name, sizeof name, (void*)read_user_pointer(read_user_pointer(place.bio + place.method) + 8));
  if (__builtin_memcmp(name, "memory b", sizeof name)) /* "memory buffer" */
    place.method = -1;
  return place;
}

static __always_inline bool ssl_in_memory(__u64 ssl) { return ssl_memory_bio(ssl, TLS_INBOUND).method >= 0; }

/* BUF_MEM (openssl/buffer.h) */
struct memory_buffer {
  __u64 length;
  __u64 data;
};

/* Past the last byte that waits in the memory BIO that a connection reads from, or writes to; 0: it has none.
 * BIO_BUF_MEM's second field is the buffer from where it is read on (crypto/bio/bss_mem.c, 1.1.0+). */
static __always_inline __u64 memory_bio_end(__u64 ssl, __u8 direction) {
  struct bio_place place = ssl_memory_bio(ssl, direction);
  struct memory_buffer waiting = {};
  if (place.method < 0)
    return 0;
  __u64 pointers = read_user_pointer(place.bio + place.method + 56); /* ptr */
  read_user(&waiting, sizeof waiting, (void*)read_user_pointer(pointers + 8));
  return waiting.length ? waiting.data + waiting.length : 0;
}

/* The SSL* of an SSL BIO: BIO_SSL's first field, to which the BIO's `ptr` points. */
static __always_inline __u64 ssl_of_bio(__u64 bio) {
  long method = bio_method_offset(bio, BIO_TYPE_SSL);
  return method < 0 ? 0 : read_user_pointer(read_user_pointer(bio + method + 56));
}

#ifdef CAPTURE_KERNEL_TYPES

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

/* The TCP socket behind a descriptor of the current process, or NULL. */
static __always_inline const struct sock* sock_at(__s32 descriptor) {
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  struct fdtable* table = BPF_CORE_READ(task, files, fdt);
  if (descriptor < 0 || (__u32)descriptor >= BPF_CORE_READ(table, max_fds))
    return NULL;
  struct file* file = NULL;
  bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(table, fd) + descriptor);
  if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
    return NULL;
  const struct socket* socket = BPF_CORE_READ(file, private_data);
  const struct sock* sk = BPF_CORE_READ(socket, sk);
  return sk && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? sk : NULL;
}

#endif

/* Without the kernel's structures user space looks the descriptor up. */
static __always_inline void bind_by_descriptor(struct connection* connection, __u64 ssl) {
  __s32 descriptor = ssl_descriptor(ssl);
#ifdef CAPTURE_KERNEL_TYPES
  const struct sock* sk = sock_at(descriptor);
  if (!sk)
    return;
  read_socket(sk, &connection->socket);
  if (connection->socket.family)
    connection->socket.evidence = EVIDENCE_DESCRIPTOR;
#else
  connection->descriptor = descriptor;
#endif
}
