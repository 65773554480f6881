/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* TLS calls under way: remembered in their thread's entry when they begin, found again when they return. */
#pragma once

#include "maps.h"

static const struct tls_thread thread_zero;

/* Looked up anew whenever what is ignored has changed, so that a thread that runs already obeys too. */
static __always_inline void check_ignored(struct tls_thread* thread, __u32 tgid) {
  __u32 version = switches.ignored_version;
  if (thread->ignored_version == version)
    return;
  thread->ignored_version = version;
  thread->ignored = bpf_map_lookup_elem(&ignored, &tgid) != NULL;
}

static __always_inline struct tls_thread* current_thread(void) {
  __u64 id = bpf_get_current_pid_tgid();
  __u32 tgid = id >> 32;
  struct tls_thread* thread = bpf_map_lookup_elem(&threads, &id);
  if (!thread) {
    if (bpf_map_update_elem(&threads, &id, &thread_zero, BPF_NOEXIST)) {
      count(TALLY_LOST_THREADS, 0);
      return NULL;
    }
    thread = bpf_map_lookup_elem(&threads, &id);
    if (!thread)
      return NULL;
    thread->ignored_version = switches.ignored_version - 1;
    __u64* since = bpf_map_lookup_elem(&program_since, &tgid);
    thread->program_since_ns = since ? *since : 0;
  }
  check_ignored(thread, tgid);
  return thread;
}

/* The slot of the call that was entered at this stack pointer: a function that ends in a jump to another shares it, and
 * a call left by longjmp gives its slot to the next one there. Else a free slot; else the oldest is given up, and
 * counted. */
static __always_inline struct tls_call* slot_for(struct tls_thread* thread, __u64 stack_pointer) {
  struct tls_call* oldest = &thread->calls[0];
  struct tls_call* unused = NULL;
  BOUNDED_LOOP
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
  BOUNDED_LOOP
  for (int i = 0; i < CALLS_NESTED_MAX; i++)
    if (thread->calls[i].stack_pointer == stack_pointer)
      thread->returning = i;
  if (thread->returning >= CALLS_NESTED_MAX)
    return NULL;
  return &thread->calls[thread->returning & (CALLS_NESTED_MAX - 1)];
}

static __always_inline struct tls_call* latest_call(struct tls_thread* thread) {
  struct tls_call* latest = NULL;
  BOUNDED_LOOP
  for (int i = 0; i < CALLS_NESTED_MAX; i++) {
    struct tls_call* call = &thread->calls[i];
    if (call->stack_pointer && (!latest || call->order > latest->order))
      latest = call;
  }
  return latest;
}

/* The bytes of `inner` are told by it: calls around it on the same connection, such as gnutls_record_uncork or
 * SSL_write_early_data, must not tell them again. */
static __always_inline void cover_outer_calls(struct tls_thread* thread, const struct tls_call* inner) {
  BOUNDED_LOOP
  for (int i = 0; i < CALLS_NESTED_MAX; i++) {
    struct tls_call* call = &thread->calls[i];
    if (call->stack_pointer > inner->stack_pointer && call->object == inner->object &&
        call->direction == inner->direction)
      call->covered = 1;
  }
}

/* The current thread, if its calls are to be followed. */
static __always_inline struct tls_thread* followed_thread(void) {
  struct tls_thread* thread = current_thread();
  return thread && !thread->ignored ? thread : NULL;
}

/* The caller sets the rest. */
static __always_inline struct tls_call* call_begin(struct pt_regs* ctx, struct tls_thread* thread, __u8 library,
                                                   __u8 direction, __u64 object) {
  thread->called = 1;
  struct tls_call* call = slot_for(thread, PT_REGS_SP(ctx));
  call->stack_pointer = PT_REGS_SP(ctx);
  call->object = object;
  call->order = ++thread->order;
  call->direction = direction;
  call->library = library;
  call->covered = 0;
  call->sock = 0;
  call->socket.family = 0;
  call->socket.evidence = EVIDENCE_NONE;
  return call;
}

/* A call of the thread that hands over the bytes at its second argument and tells how many in the way of `size_source`.
 */
static __always_inline int call_enter_by(struct pt_regs* ctx, struct tls_thread* thread, __u8 library, __u8 direction,
                                         __u8 size_source, __u64 size) {
  struct tls_call* call = call_begin(ctx, thread, library, direction, PT_REGS_PARM1(ctx));
  call->buffer = PT_REGS_PARM2(ctx);
  call->size_source = size_source;
  call->size = size;
  return 0;
}

static __always_inline int call_enter(struct pt_regs* ctx, __u8 library, __u8 direction, __u8 size_source, __u64 size) {
  struct tls_thread* thread = followed_thread();
  return thread ? call_enter_by(ctx, thread, library, direction, size_source, size) : 0;
}

static __always_inline __u64 call_length(const struct tls_call* call, long returned) {
  __u64 length = 0;
  switch (call->size_source) {
  case SIZE_RETURNED_INT:
    return (int)returned > 0 ? (int)returned : 0;
  case SIZE_RETURNED_LONG:
  case SIZE_OF_PACKET:
    return returned > 0 ? returned : 0;
  case SIZE_NOTHING:
    return 0;
  case SIZE_GIVEN:
    return (int)returned == 0 ? call->size : 0;
  default:
    if ((int)returned > 0)
      read_user(&length, sizeof length, (void*)call->size);
    return length;
  }
}
