/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How a TLS call becomes events: remember the call at its entry, copy its payload at its return. */
#pragma once

#include "maps.h"

#include <stdbool.h>

/* Set by user space before loading; the verifier takes them as constants. */
const volatile __u32 event_bytes_max = 8192;
const volatile __u32 call_events_max = CALL_BYTES_MAX / 8192;

/* Set by user space at any time. */
volatile __u32 paused = 0;
volatile __u32 drainer_waits = 0; /* the drainer sleeps until woken: the next event wakes it */

struct connection_key {
  __u64 object;
  __u32 tgid;
  __u32 unused;
};

struct connection {
  __u64 generation_ns;
  __u64 offset[2]; /* by direction: plaintext bytes seen so far, lost ones included */
  struct tls_socket socket;
};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 8 << 20);
} tls_ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct connection_key);
  __type(value, struct connection);
} connections SEC(".maps");

/* -- calls ------------------------------------------------------------------------------------------------------- */

static const struct tls_thread thread_zero;

static __always_inline struct tls_thread* current_thread(void) {
  __u64 id = bpf_get_current_pid_tgid();
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (thread)
    return thread;
  if (bpf_map_update_elem(&threads, &id, &thread_zero, BPF_NOEXIST)) {
    count(TALLY_LOST_THREADS, 0);
    return NULL;
  }
  thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread)
    return NULL;
  __u32 tgid = id >> 32;
  thread->ignored = bpf_map_lookup_elem(&ignored, &tgid) != NULL;
  __u64* since = bpf_map_lookup_elem(&program_since, &tgid);
  thread->program_since_ns = since ? *since : 0;
  return thread;
}

/* The slot of the call that was entered at this stack pointer: a call left by longjmp gives its slot to the next one
 * there. Else a free slot; else the oldest is given up, and counted. */
static __always_inline struct tls_call* slot_for(struct tls_thread* thread, __u64 stack_pointer) {
  struct tls_call* oldest = &thread->calls[0];
  struct tls_call* unused = NULL;
  for (int i = 0; i < CALLS_NESTED_MAX; i++) {
    struct tls_call* call = &thread->calls[i];
    if (call->stack_pointer == stack_pointer)
      return call;
    if (!call->stack_pointer)
      unused = call;
    if (call->order < oldest->order)
      oldest = call;
  }
  if (unused)
    return unused;
  count(TALLY_LOST_NESTED, 0);
  return oldest;
}

/* The index goes through memory: a register would tell the verifier which slot it is, and it would walk all that
 * follows once for each slot. */
static __always_inline struct tls_call* call_at(struct tls_thread* thread, __u64 stack_pointer) {
  thread->returning = CALLS_NESTED_MAX;
  for (int i = 0; i < CALLS_NESTED_MAX; i++)
    if (thread->calls[i].stack_pointer == stack_pointer)
      thread->returning = i;
  if (thread->returning >= CALLS_NESTED_MAX)
    return NULL;
  return &thread->calls[thread->returning & (CALLS_NESTED_MAX - 1)];
}

static __always_inline struct tls_call* latest_call(struct tls_thread* thread) {
  struct tls_call* latest = NULL;
  for (int i = 0; i < CALLS_NESTED_MAX; i++) {
    struct tls_call* call = &thread->calls[i];
    if (call->stack_pointer && (!latest || call->order > latest->order))
      latest = call;
  }
  return latest;
}

static __always_inline int call_enter(struct pt_regs* ctx, __u8 direction, bool size_by_address) {
  struct tls_thread* thread = current_thread();
  if (!thread || thread->ignored)
    return 0;
  struct tls_call* call = slot_for(thread, PT_REGS_SP(ctx));
  call->stack_pointer = PT_REGS_SP(ctx);
  call->object = PT_REGS_PARM1(ctx);
  call->buffer = PT_REGS_PARM2(ctx);
  call->size_address = size_by_address ? PT_REGS_PARM4(ctx) : 0;
  call->order = ++thread->order;
  call->direction = direction;
  call->socket.family = 0;
  return 0;
}

/* -- connections -------------------------------------------------------------------------------------------------- */

static __always_inline struct connection* connection_of(const struct tls_thread* thread, __u64 object, __u64 now_ns) {
  struct connection_key key = {.object = object, .tgid = bpf_get_current_pid_tgid() >> 32};
  struct connection* known = bpf_map_lookup_elem(&connections, &key);
  if (known && known->generation_ns >= thread->program_since_ns)
    return known;
  if (known) /* of an earlier program under this pid, which ended without freeing it */
    bpf_map_delete_elem(&connections, &key);
  struct connection fresh = {.generation_ns = now_ns};
  /* Fails when another thread was faster, which is as good. */
  bpf_map_update_elem(&connections, &key, &fresh, BPF_NOEXIST);
  return bpf_map_lookup_elem(&connections, &key);
}

/* A socket seen inside a call outweighs what was concluded from the order of calls. */
static __always_inline void bind_socket(struct connection* connection, const struct tls_socket* socket, __u8 evidence) {
  if (!socket->family)
    return;
  if (connection->socket.evidence == EVIDENCE_INSIDE_CALL && evidence != EVIDENCE_INSIDE_CALL)
    return;
  connection->socket = *socket;
  connection->socket.evidence = evidence;
}

static __always_inline void learn_socket(struct tls_thread* thread, struct connection* connection,
                                         const struct tls_call* call) {
  if (call->socket.family) {
    bind_socket(connection, &call->socket, EVIDENCE_INSIDE_CALL);
    return;
  }
  if (connection->socket.evidence == EVIDENCE_INSIDE_CALL)
    return;
  if (call->direction == TLS_INBOUND)
    bind_socket(connection, &thread->received, EVIDENCE_BEFORE_READ);
  else
    thread->wrote_object = call->object;
}

/* -- events ------------------------------------------------------------------------------------------------------- */

static __always_inline void fill_head(struct tls_event* event, const struct connection* connection, __u64 object,
                                      __u64 now_ns) {
  event->at_ns = now_ns;
  event->object = object;
  event->generation_ns = connection->generation_ns;
  event->tgid = bpf_get_current_pid_tgid() >> 32;
  event->unused[0] = event->unused[1] = 0;
  event->socket = connection->socket;
}

static __always_inline __u64 wake_flag(void) {
  if (!drainer_waits)
    return BPF_RB_NO_WAKEUP; /* a wake-up costs more than the event; the drainer comes by itself */
  drainer_waits = 0;
  return BPF_RB_FORCE_WAKEUP;
}

/* Sends the next `size` bytes of the call's buffer, in a record with room for `room`, which the verifier must know as
 * a constant. The event stands for `original` bytes: more than `size` only at the end of a call over its limit. */
static __always_inline void send_event(const struct tls_call* call, const struct connection* connection, __u64 size,
                                       __u64 original, __u64 room) {
  struct tls_event* event = bpf_ringbuf_reserve(&tls_ring, sizeof *event + room, 0);
  if (!event) {
    count(TALLY_LOST_RING_FULL, original);
    return;
  }
  fill_head(event, connection, call->object, call->returned_ns);
  event->kind = TLS_DATA;
  event->direction = call->direction;
  event->offset = call->offset + call->sent;
  event->size_original = original;
  asm volatile("" : "+r"(size)); /* keeps the bound below on the value that is used */
  if (size > room)
    size = room;
  event->size_captured = size;
  if (bpf_probe_read_user(event + 1, size, (void*)(call->buffer + call->sent))) {
    count(TALLY_LOST_READ_FAULT, size);
    event->size_captured = 0;
  }
  bpf_ringbuf_submit(event, wake_flag());
}

/* Returns whether there is more to send. Not inlined, and its state is in the call, not in registers: so all paths
 * through it look alike to the verifier, which otherwise multiplies them by the number of events. */
static __noinline bool send_next(struct tls_call* call, const struct connection* connection, bool last) {
  __u64 original = call->length - call->sent;
  __u64 size = original;
  if (size > event_bytes_max) {
    size = event_bytes_max;
    if (last)
      count(TALLY_LOST_CALL_LIMIT, original - size);
    else
      original = size;
  }
  /* A reservation must be of a constant size, and what is not used of it is wasted: three sizes. */
  if (size <= 512)
    send_event(call, connection, size, original, 512);
  else if (size <= 2048)
    send_event(call, connection, size, original, 2048);
  else
    send_event(call, connection, size, original, event_bytes_max);
  call->sent += original;
  return call->sent < call->length;
}

static __always_inline void send_payload(struct tls_call* call, const struct connection* connection) {
  for (__u32 i = 1; i <= CALL_BYTES_MAX / EVENT_BYTES_MIN && i <= call_events_max; i++)
    if (!send_next(call, connection, i == call_events_max))
      return;
}

static __always_inline __u64 call_length(const struct tls_call* call, long returned) {
  if ((int)returned <= 0) /* SSL_read and SSL_write return an int; the upper half of the register is undefined */
    return 0;
  if (!call->size_address)
    return (int)returned;
  __u64 length = 0;
  bpf_probe_read_user(&length, sizeof length, (void*)call->size_address);
  return length;
}

static __always_inline void call_transferred(struct tls_thread* thread, struct tls_call* call, __u64 length) {
  call->returned_ns = bpf_ktime_get_ns();
  call->length = length;
  call->sent = 0;
  count(TALLY_SEEN, length);
  struct connection* connection = connection_of(thread, call->object, call->returned_ns);
  if (!connection) {
    count(TALLY_LOST_CONNECTIONS, length);
    return;
  }
  learn_socket(thread, connection, call);
  /* Bytes that are not sent are counted in too, so that user space sees a hole of the exact length. */
  call->offset = __sync_fetch_and_add(&connection->offset[call->direction & 1], length);
  if (paused)
    count(TALLY_LOST_PAUSED, length);
  else
    send_payload(call, connection);
}

static __always_inline int call_return(struct pt_regs* ctx) {
  __u64 id = bpf_get_current_pid_tgid();
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread)
    return 0;
  struct tls_call* call = call_at(thread, PT_REGS_SP(ctx) - RETURN_ADDRESS_SIZE);
  if (!call)
    return 0;
  __u64 length = call_length(call, PT_REGS_RC(ctx));
  if (length)
    call_transferred(thread, call, length);
  call->stack_pointer = 0;
  return 0;
}

static __always_inline int connection_free(__u64 object) {
  struct connection_key key = {.object = object, .tgid = bpf_get_current_pid_tgid() >> 32};
  struct connection* connection = bpf_map_lookup_elem(&connections, &key);
  if (!connection)
    return 0;
  struct tls_event* event = bpf_ringbuf_reserve(&tls_ring, sizeof *event, 0);
  if (event) {
    fill_head(event, connection, object, bpf_ktime_get_ns());
    event->kind = TLS_CLOSED;
    event->direction = TLS_INBOUND;
    event->offset = 0;
    event->size_original = event->size_captured = 0;
    bpf_ringbuf_submit(event, wake_flag());
  } else {
    count(TALLY_LOST_RING_FULL, 0);
  }
  bpf_map_delete_elem(&connections, &key);
  return 0;
}
