/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* State that the TLS and the process programs share. Sizes are set by user space before loading. */
#pragma once

#include "events.h"
#include "kernel.h"

/* Calls of one thread that are inside each other: TLS in TLS, or coroutines that share a thread. */
#define CALLS_NESTED_MAX 4

/* A TLS call under way. */
struct tls_call {
  __u64 stack_pointer; /* at its entry, which names the call among the thread's; 0: slot unused */
  __u64 object;
  __u64 buffer;
  __u64 size_address; /* of the size_t that an _ex function fills; 0: the return value is the size */
  __u32 order;        /* grows with each entry */
  __u8 direction;
  __u8 unused[3];
  struct tls_socket socket; /* that moved bytes inside the call */

  /* Set at the return. */
  __u64 returned_ns;
  __u64 offset; /* of the first byte of the buffer in its direction */
  __u64 length;
  __u64 sent; /* bytes of the buffer that events stand for so far */
};

/* A thread that makes TLS calls. Made at its first call, removed at its exit or exec, so that calls insert nothing. */
struct tls_thread {
  struct tls_call calls[CALLS_NESTED_MAX];
  struct tls_socket received; /* the last receive outside a call, for memory BIOs */
  __u64 wrote_object;         /* the last write that sent nothing itself */
  __u64 program_since_ns;     /* connections older than this are of an earlier program under the same pid */
  __u32 order;
  volatile __u16 returning; /* index of the call whose return runs */
  __u8 ignored;
  __u8 unused;
};

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 32768);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, __u64); /* pid_tgid */
  __type(value, struct tls_thread);
} threads SEC(".maps");

/* When a pid last began to run another program. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, __u32);
  __type(value, __u64);
} program_since SEC(".maps");

/* Processes that are never captured: cleartap's own. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 256);
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
  __sync_fetch_and_add(&tally->bytes, bytes);
}
