/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose socket moves the bytes of a memory BIO, by the ciphertext itself. What the BIO holds ends as what the socket
 * has just brought, or is about to take away; and a record ends with a tag, or a block of a cipher, that no other one
 * has. So neither the order of calls nor what waits in an application's queues matters. It needs the registers of the
 * system call under way, to find the bytes: Linux 5.15 and the kernel's own BTF. */
#pragma once

#include "openssl.h"

#ifdef CAPTURE_KERNEL_TYPES

#include <asm/unistd.h>

#define CIPHERTEXT_END_BYTES 16

struct ciphertext_end {
  __u8 bytes[CIPHERTEXT_END_BYTES];
  __u32 tgid;
  __u32 unused;
};

/* Who has it: a connection, which will send it, or a socket, which has brought it. */
struct ciphertext_holder {
  __u64 object; /* 0: a socket */
  struct tls_socket socket;
};

/* Old ones may go: what nobody takes up soon is no evidence, and the next bytes are. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 1024);
  __type(key, struct ciphertext_end);
  __type(value, struct ciphertext_holder);
} ciphertexts SEC(".maps");

static __always_inline bool read_ciphertext_end(__u64 end, struct ciphertext_end* to) {
  __builtin_memset(to, 0, sizeof *to);
  to->tgid = bpf_get_current_pid_tgid() >> 32;
  return end > CIPHERTEXT_END_BYTES && !read_user(to->bytes, CIPHERTEXT_END_BYTES, (void*)(end - CIPHERTEXT_END_BYTES));
}

/* -- what a system call has moved ---------------------------------------------------------------------------------- */

struct user_vector {
  __u64 base;
  __u64 length;
};

/* struct user_msghdr */
struct user_message {
  __u64 name;
  __u64 name_length;
  __u64 vectors;
  __u64 vectors_count;
};

/* A send that was cut short ends elsewhere, and then matches nothing; of a receive only the first vector is known to
 * end with the last byte. */
static __always_inline __u64 end_of_vectors(__u64 vectors, __u64 count, __u8 direction, __u64 bytes) {
  struct user_vector vector = {};
  if (!count)
    return 0;
  __u64 which = direction == TLS_OUTBOUND ? count - 1 : 0;
  read_user(&vector, sizeof vector, (void*)(vectors + which * sizeof vector));
  if (which == 0)
    return bytes <= vector.length ? vector.base + bytes : 0;
  return vector.base + vector.length;
}

#if defined(__TARGET_ARCH_x86)
#define SYSTEM_CALL_NUMBER(registers) ((registers)->orig_rax)
#else
#define SYSTEM_CALL_NUMBER(registers) ((registers)->regs[8])
#endif

/* Past the last byte that the system call under way has sent or received, in the process's memory; 0: not known. */
static __always_inline __u64 end_of_moved(__u8 direction, __u64 bytes) {
  struct pt_regs registers;
  struct user_message message = {};
  long at = bpf_task_pt_regs(bpf_get_current_task_btf());
  if (bpf_probe_read_kernel(&registers, sizeof registers, (void*)at))
    return 0;
  switch (SYSTEM_CALL_NUMBER(&registers)) {
  case __NR_read:
  case __NR_write:
  case __NR_recvfrom:
  case __NR_sendto:
    return PT_REGS_PARM2(&registers) + bytes;
  case __NR_readv:
  case __NR_writev:
    return end_of_vectors(PT_REGS_PARM2(&registers), PT_REGS_PARM3(&registers), direction, bytes);
  case __NR_recvmsg:
  case __NR_sendmsg:
    read_user(&message, sizeof message, (void*)PT_REGS_PARM2(&registers));
    return end_of_vectors(message.vectors, message.vectors_count, direction, bytes);
  default:
    return 0;
  }
}

/* -- who meets ----------------------------------------------------------------------------------------------------- */

static __always_inline bool holds_ciphertext(__u64 ssl) { return settings.ciphertext && ssl_in_memory(ssl); }

/* At the return of a call: a write has left something for its socket. */
static __always_inline void learn_by_ciphertext(struct tls_thread* thread, const struct connection* connection,
                                                const struct tls_call* call) {
  struct ciphertext_end end;
  struct ciphertext_holder holder = {.object = call->object};
  thread->memory_bios = 1;
  if (call->direction == TLS_OUTBOUND && connection->socket.evidence != EVIDENCE_CIPHERTEXT &&
      read_ciphertext_end(memory_bio_end(call->object, TLS_OUTBOUND), &end))
    bpf_map_update_elem(&ciphertexts, &end, &holder, BPF_ANY);
}

static __always_inline void ciphertext_sent(const struct sock* sk, __u64 bytes) {
  struct ciphertext_end end;
  if (!read_ciphertext_end(end_of_moved(TLS_OUTBOUND, bytes), &end))
    return;
  struct ciphertext_holder* holder = bpf_map_lookup_elem(&ciphertexts, &end);
  if (!holder || !holder->object)
    return;
  struct connection_key key = {.object = holder->object, .tgid = end.tgid};
  bpf_map_delete_elem(&ciphertexts, &end);
  struct connection* connection = bpf_map_lookup_elem(&connections, &key);
  if (!connection || !connection->in_memory)
    return;
  read_socket(sk, &connection->socket);
  connection->socket.evidence = EVIDENCE_CIPHERTEXT;
}

static __always_inline void ciphertext_received(const struct sock* sk, __u64 bytes) {
  struct ciphertext_end end;
  struct ciphertext_holder holder = {};
  if (!read_ciphertext_end(end_of_moved(TLS_INBOUND, bytes), &end))
    return;
  read_socket(sk, &holder.socket);
  bpf_map_update_elem(&ciphertexts, &end, &holder, BPF_ANY);
}

static __always_inline void ciphertext_moved(const struct tls_thread* thread, const struct sock* sk, __u8 direction,
                                             __u64 bytes) {
  if (!settings.ciphertext || !thread->memory_bios)
    return;
  if (direction == TLS_OUTBOUND)
    ciphertext_sent(sk, bytes);
  else
    ciphertext_received(sk, bytes);
}

/* At the entry of a read, before it takes from the BIO. */
static __always_inline void before_read(const struct tls_thread* thread, struct tls_call* call) {
  if (!settings.ciphertext || !thread->memory_bios)
    return;
  struct connection_key key = {.object = call->object, .tgid = bpf_get_current_pid_tgid() >> 32};
  struct connection* connection = bpf_map_lookup_elem(&connections, &key);
  if (connection && connection->socket.evidence == EVIDENCE_CIPHERTEXT)
    return;
  struct ciphertext_end end;
  if (!read_ciphertext_end(memory_bio_end(call->object, TLS_INBOUND), &end))
    return;
  struct ciphertext_holder* holder = bpf_map_lookup_elem(&ciphertexts, &end);
  if (!holder || holder->object)
    return;
  call->socket = holder->socket;
  call->socket.evidence = EVIDENCE_CIPHERTEXT;
  bpf_map_delete_elem(&ciphertexts, &end);
}

#else

static __always_inline bool holds_ciphertext(__u64 ssl) { return false; }
static __always_inline void learn_by_ciphertext(struct tls_thread* thread, const struct connection* connection,
                                                const struct tls_call* call) {}
static __always_inline void before_read(const struct tls_thread* thread, struct tls_call* call) {}

#endif
