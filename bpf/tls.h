/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How a TLS call becomes events: its bytes get positions on their connection and are copied. */
#pragma once

#include "calls.h"
#include "gnutls.h"
#include "output.h"
#include "sockets.h"

struct second {
  __u64 begin_ns;
  __u64 bytes;
};

/* What each process has read and written within the current second. Full: a process is not limited. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 4096);
  __type(key, __u32); /* tgid */
  __type(value, struct second);
} process_rates SEC(".maps");

static __always_inline struct connection* connection_of(const struct tls_thread* thread, const struct tls_call* call) {
  struct connection_key key = {.object = call->object, .tgid = bpf_get_current_pid_tgid() >> 32};
  struct connection* known = bpf_map_lookup_elem(&connections, &key);
  if (known && known->generation_ns >= thread->program_since_ns)
    return known;
  if (known && !bpf_map_delete_elem(&connections, &key)) /* of an earlier program under this pid */
    count(TALLY_CONNECTIONS_REMOVED, 0);
  struct connection fresh = {.generation_ns = call->returned_ns, .descriptor = -1, .library = call->library};
  /* Fails when another thread was faster, which is as good. */
  if (!bpf_map_update_elem(&connections, &key, &fresh, BPF_NOEXIST))
    count(TALLY_CONNECTIONS_MADE, 0);
  return bpf_map_lookup_elem(&connections, &key);
}

static __always_inline bool is_muted(const struct tls_call* call, const struct connection* connection) {
  if (!muting)
    return false;
  struct connection_key key = {.object = call->object, .tgid = bpf_get_current_pid_tgid() >> 32};
  __u64* generation_ns = bpf_map_lookup_elem(&muted, &key);
  return generation_ns && *generation_ns == connection->generation_ns;
}

static __always_inline bool over_rate(__u64 now_ns, __u64 length) {
  if (!settings.process_rate_max)
    return false;
  __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  struct second* second = bpf_map_lookup_elem(&process_rates, &tgid);
  if (!second) {
    struct second fresh = {.begin_ns = now_ns};
    bpf_map_update_elem(&process_rates, &tgid, &fresh, BPF_ANY);
    second = bpf_map_lookup_elem(&process_rates, &tgid);
    if (!second)
      return false;
  }
  if (now_ns - second->begin_ns >= 1000000000) {
    second->begin_ns = now_ns;
    second->bytes = 0;
  }
  __sync_fetch_and_add(&second->bytes, length);
  return second->bytes > settings.process_rate_max;
}

/* -- events ------------------------------------------------------------------------------------------------------- */

static __always_inline void fill_head(struct tls_event* event, const struct connection* connection, __u64 object,
                                      __u64 now_ns) {
  event->at_ns = now_ns;
  event->object = object;
  event->generation_ns = connection->generation_ns;
  event->tgid = bpf_get_current_pid_tgid() >> 32;
  event->library = connection->library;
  event->descriptor = connection->descriptor;
  event->unused = 0;
  event->socket = connection->socket;
}

/* For tests: whether this event is to be lost. */
static __always_inline bool lose_now(void) {
  if (!switches.lose_count || switches.lose_tgid != (__u32)(bpf_get_current_pid_tgid() >> 32))
    return false;
  if (switches.lose_after) {
    switches.lose_after--;
    return false;
  }
  switches.lose_count--;
  return true;
}

/* Sends the next `size` bytes of the call's buffer, in a record with room for `room`, which the verifier must know as
 * a constant. The event stands for `original` bytes; `cut` says why that may be more. */
static __always_inline void send_event(void* ctx, const struct tls_call* call, const struct connection* connection,
                                       __u64 size, __u64 original, __u8 cut, __u64 room) {
  struct tls_event* event = lose_now() ? NULL : event_reserve(room);
  if (!event) {
    count(TALLY_LOST_RING_FULL, original);
    return;
  }
  fill_head(event, connection, call->object, call->returned_ns);
  event->kind = TLS_DATA;
  event->direction = call->direction;
  event->offset = call->offset + call->sent;
  event->size_original = original;
  event->cut = cut;
  asm volatile("" : "+r"(size)); /* keeps the bound below on the value that is used */
  if (size > room)
    size = room;
  event->size_captured = size;
  if (size && read_user(event + 1, size, (void*)(call->buffer + call->sent))) {
    event->size_captured = 0;
    event->cut = CUT_READ_FAULT;
  }
  if (!event_submit(ctx, event))
    count(TALLY_LOST_RING_FULL, original);
}

/* Returns whether there is more to send. Not inlined, and its state is in the call, not in registers: so all paths
 * through it look alike to the verifier, which otherwise multiplies them by the number of events. */
static __noinline bool send_next(void* ctx, struct tls_call* call, const struct connection* connection, bool last) {
  __u64 original = call->length - call->sent;
  __u64 size = original;
  __u8 cut = CUT_NONE;
  if (size > settings.event_bytes_max) {
    size = settings.event_bytes_max;
    if (last)
      cut = CUT_CALL_LIMIT;
    else
      original = size;
  }
#ifdef CAPTURE_PERF_BUFFER
  send_event(ctx, call, connection, size, original, cut, PERF_EVENT_BYTES_MAX);
#else
  /* A reservation must be of a constant size, and what is not used of it is wasted: three sizes. */
  if (size <= 512)
    send_event(ctx, call, connection, size, original, cut, 512);
  else if (size <= 2048)
    send_event(ctx, call, connection, size, original, cut, 2048);
  else
    send_event(ctx, call, connection, size, original, cut, settings.event_bytes_max);
#endif
  call->sent += original;
  return call->sent < call->length;
}

#ifdef CAPTURE_PERF_BUFFER
#define PAYLOAD_EVENTS_MAX (CALL_BYTES_MAX / PERF_EVENT_BYTES_MIN) /* unrolled */
#else
#define PAYLOAD_EVENTS_MAX CALL_EVENTS_MAX
#endif

static __always_inline void send_payload(void* ctx, struct tls_call* call, const struct connection* connection) {
  BOUNDED_LOOP
  for (__u32 i = 1; i <= PAYLOAD_EVENTS_MAX; i++)
    if (i > settings.call_events_max || !send_next(ctx, call, connection, i == settings.call_events_max))
      return;
}

/* A hole of known length: what user space cannot be shown. */
static __always_inline void send_hole(void* ctx, struct tls_call* call, const struct connection* connection) {
  __u64 original = call->length;
  if (original > 0xffffffff)
    original = 0xffffffff; /* the rest shows in the next event's position */
  send_event(ctx, call, connection, 0, original, CUT_UNSEEN, 0);
}

static __always_inline void call_transferred(void* ctx, struct tls_thread* thread, struct tls_call* call,
                                             __u64 length) {
  call->returned_ns = bpf_ktime_get_ns();
  call->length = length;
  call->sent = 0;
  cover_outer_calls(thread, call);
  count(TALLY_SEEN, length);
  struct connection* connection = connection_of(thread, call);
  if (!connection) {
    count(TALLY_LOST_CONNECTIONS, length);
    return;
  }
  connection->used_ns = call->returned_ns;
  learn_socket(thread, connection, call);
  /* Bytes that are not sent are counted in too, so that user space sees a hole of the exact length. A library lets only
   * one thread at a time read or write a connection; an atomic addition that returns its result came with 5.12. */
  __u64* offset = &connection->offset[call->direction & 1];
  call->offset = *offset;
  *offset += length;
  if (is_muted(call, connection))
    count(TALLY_LOST_MUTED, length);
  else if (switches.paused)
    count(TALLY_LOST_PAUSED, length);
  else if (over_rate(call->returned_ns, length))
    count(TALLY_LOST_RATE, length);
  else if (!call->buffer)
    send_hole(ctx, call, connection);
  else
    send_payload(ctx, call, connection);
}

/* `stack_pointer` is that at the call's entry. `returned` was read first of all: the verifier refuses a register of the
 * context whose address clang has computed beforehand. */
static __always_inline int call_return(struct pt_regs* ctx, __u64 stack_pointer, long returned) {
  __u64 id = bpf_get_current_pid_tgid();
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread)
    return 0;
  struct tls_call* call = call_at(thread, stack_pointer);
  if (!call)
    return 0;
  __u64 length = call->covered ? 0 : call_length(call, returned);
  if (length && call->size_source == SIZE_OF_PACKET)
    find_packet(call, length);
  if (length)
    call_transferred(ctx, thread, call, length);
  call->stack_pointer = 0;
  return 0;
}

static __always_inline int connection_closed(void* ctx, __u64 object) {
  struct connection_key key = {.object = object, .tgid = bpf_get_current_pid_tgid() >> 32};
  struct connection* connection = bpf_map_lookup_elem(&connections, &key);
  if (!connection)
    return 0;
  struct tls_event* event = event_reserve(sizeof(struct tls_ends));
  if (event) {
    fill_head(event, connection, object, bpf_ktime_get_ns());
    event->kind = TLS_CLOSED;
    event->direction = TLS_INBOUND;
    event->cut = CUT_NONE;
    event->offset = 0;
    event->size_original = event->size_captured = sizeof(struct tls_ends);
    struct tls_ends* ends = (struct tls_ends*)(event + 1);
    ends->offset[TLS_INBOUND] = connection->offset[TLS_INBOUND];
    ends->offset[TLS_OUTBOUND] = connection->offset[TLS_OUTBOUND];
  }
  if (!event || !event_submit(ctx, event))
    count(TALLY_LOST_RING_FULL, 0);
  if (muting)
    bpf_map_delete_elem(&muted, &key);
  if (!bpf_map_delete_elem(&connections, &key))
    count(TALLY_CONNECTIONS_REMOVED, 0);
  return 0;
}
