/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How records leave the kernel: written in place into a ring buffer (5.8+), or from scratch memory into perf buffers.
 */
#pragma once

#include "maps.h"

#ifndef CAPTURE_PERF_BUFFER

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 8 << 20);
} tls_ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} process_ring SEC(".maps");

static __always_inline __u64 wake_flag(void) {
  if (!switches.drainer_waits)
    return BPF_RB_NO_WAKEUP; /* a wake-up costs more than the event; the drainer comes by itself */
  switches.drainer_waits = 0;
  return BPF_RB_FORCE_WAKEUP;
}

/* Room for `room` bytes of payload, which the verifier must know as a constant. NULL: full, and not counted yet. */
static __always_inline struct tls_event* event_reserve(__u64 room) {
  return bpf_ringbuf_reserve(&tls_ring, sizeof(struct tls_event) + room, 0);
}

static __always_inline bool event_submit(void* ctx, struct tls_event* event) {
  bpf_ringbuf_submit(event, wake_flag());
  return true;
}

static __always_inline struct process_record* record_reserve(void) {
  return bpf_ringbuf_reserve(&process_ring, sizeof(struct process_record), 0);
}

static __always_inline bool record_submit(void* ctx, struct process_record* record) {
  bpf_ringbuf_submit(record, 0);
  return true;
}

#else

struct {
  __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
  __type(key, __u32);
  __type(value, __u32);
} tls_ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
  __type(key, __u32);
  __type(value, __u32);
} process_ring SEC(".maps");

struct scratch {
  __u64 users;
  struct tls_event event;
  __u8 payload[PERF_EVENT_BYTES_MAX];
};

/* One for each CPU. Not a per-CPU map: its values are smaller. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct scratch);
} scratches SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct process_record);
} record_scratch SEC(".maps");

static __always_inline struct scratch* scratch_of(struct tls_event* event) {
  return (struct scratch*)((__u8*)event - __builtin_offsetof(struct scratch, event));
}

/* A program that was preempted while it used this CPU's scratch keeps it: the other one's event is lost. Both added
 * before either looked, so never do both go on. */
static __always_inline struct tls_event* event_reserve(__u64 room) {
  __u32 cpu = bpf_get_smp_processor_id();
  struct scratch* scratch = bpf_map_lookup_elem(&scratches, &cpu);
  if (!scratch)
    return NULL;
  __sync_fetch_and_add(&scratch->users, 1);
  if (*(volatile __u64*)&scratch->users != 1) {
    __sync_fetch_and_add(&scratch->users, -1);
    return NULL;
  }
  return &scratch->event;
}

static __always_inline bool event_submit(void* ctx, struct tls_event* event) {
  struct scratch* scratch = scratch_of(event);
  __u64 size = event->size_captured;
  asm volatile("" : "+r"(size));
  if (size > PERF_EVENT_BYTES_MAX)
    size = PERF_EVENT_BYTES_MAX;
  long failed = bpf_perf_event_output(ctx, &tls_ring, BPF_F_CURRENT_CPU, event, sizeof *event + size);
  __sync_fetch_and_add(&scratch->users, -1);
  return !failed;
}

/* Tracepoint programs are not preempted. */
static __always_inline struct process_record* record_reserve(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&record_scratch, &zero);
}

static __always_inline bool record_submit(void* ctx, struct process_record* record) {
  return !bpf_perf_event_output(ctx, &process_ring, BPF_F_CURRENT_CPU, record, sizeof *record);
}

#endif
