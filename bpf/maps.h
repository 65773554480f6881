/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* State that the TLS, the socket and the process programs share. Sizes are set by user space before loading. */
#pragma once

#include "events.h"
#include "kernel.h"

#include <stdbool.h>

/* Calls of one thread that are inside each other: TLS in TLS, or coroutines that share a thread. */
#define CALLS_NESTED_MAX 4

/* In sections, and so maps, of their own: what user space writes must not depend on the order of variables. */
const volatile struct capture_settings settings SEC(".rodata.settings") = {8192, CALL_BYTES_MAX / 8192, 0, 0, 0};
volatile struct capture_switches switches SEC(".data.switches") = {};

/* Where a call's length is told. */
enum size_source {
  SIZE_RETURNED_INT, /* the upper half of the register is undefined */
  SIZE_RETURNED_LONG,
  SIZE_OF_PACKET,  /* returned; the bytes are in the packet that the buffer points to */
  SIZE_AT_ADDRESS, /* in a size_t, if the call returned more than 0 */
  SIZE_GIVEN,      /* by an argument, if the call returned 0 */
  SIZE_NOTHING     /* it sends what other calls have told */
};

/* A TLS call under way. */
struct tls_call {
  __u64 stack_pointer; /* at its entry, which names the call among the thread's; 0: slot unused */
  __u64 object;
  __u64 buffer; /* 0: its bytes cannot be seen */
  __u64 size;   /* or its address, or unused, see size_source */
  __u32 order;  /* grows with each entry */
  __u8 direction;
  __u8 library;
  __u8 size_source;
  __u8 covered; /* a call inside this one has told its bytes */
  __u64 sock;   /* address of the socket that moved bytes inside the call */
  struct tls_socket socket;

  /* Set at the return. */
  __u64 returned_ns;
  __u64 offset; /* of the first byte of the buffer in its direction */
  __u64 length;
  __u64 sent; /* bytes of the buffer that events stand for so far */
};

/* A thread that makes TLS calls. Made at its first call, removed at its exit or exec, so that calls insert nothing. */
struct tls_thread {
  struct tls_call calls[CALLS_NESTED_MAX];

  /* The last receive outside a call, for memory BIOs. */
  struct tls_socket received;
  __u64 received_sock;
  __u64 received_bytes;
  __u64 received_by; /* the object that has read since; 0: none */

  /* What was written into memory and not sent yet. */
  __u64 wrote_object;
  __u64 wrote_bytes; /* at least so many go out */

  __u8 ignored;
  volatile __u16 returning; /* index of the call whose return runs */
  __u32 order;
  __u32 ignored_version;  /* at which `ignored` was looked up */
  __u8 called;            /* a TLS call began since the last receive */
  __u8 received_mixed;    /* another socket's receive came right before: whose is read first is open */
  __u8 writes_mixed;      /* several were written to before one was sent for, once at least */
  __u8 misleads;          /* its order of calls has contradicted itself */
  __u8 memory_bios;       /* it has used one: what it sends and receives is compared with what they hold */
  __u64 program_since_ns; /* connections older than this are of an earlier program under the same pid */
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u64); /* pid_tgid */
  __type(value, struct tls_thread);
} threads SEC(".maps");

/* Not an LRU map: it would drop connections in use without a count. User space removes those that nobody closed. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct connection_key);
  __type(value, struct connection);
} connections SEC(".maps");

/* Connections whose plaintext nobody wants, and of which generation: user space has seen that they do not speak HTTP.
 * Not a flag in their entry, which user space could only write as a whole, beside the kernel's own writes. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct connection_key);
  __type(value, __u64); /* generation_ns */
} muted SEC(".maps");

/* Whether there was one at all: else no call looks for it. */
volatile __u32 muting SEC(".data.muting") = 0;

/* When a pid last began to run another program. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, __u64);
} program_since SEC(".maps");

/* Processes that are never captured: cleartap's own, and those that a user excludes. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 16384);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u32);
  __type(value, __u8);
} ignored SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, TALLY_COUNT);
  __type(key, __u32);
  __type(value, struct tally);
} tallies SEC(".maps");

/* Uprobe programs can be preempted by one another on one CPU: hence atomic even though per CPU. */
static __always_inline void count(__u32 kind, __u64 bytes) {
  struct tally* tally = bpf_map_lookup_elem(&tallies, &kind);
  if (!tally)
    return;
  __sync_fetch_and_add(&tally->events, 1);
  if (!__builtin_constant_p(bytes) || bytes) /* clang makes an atomic `or` of adding 0, which came with 5.12 */
    __sync_fetch_and_add(&tally->bytes, bytes);
}
