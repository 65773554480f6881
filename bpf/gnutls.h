/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* GnuTLS: calls whose bytes are elsewhere than at their second argument. */
#pragma once

#include "openssl.h"

/* What gnutls_record_recv_packet returns: the head of GnuTLS's mbuffer_st. */
struct gnutls_packet {
  __u64 next;
  __u64 previous;
  __u64 mark; /* bytes of `data` before the payload */
  __u64 data;
  __u32 size;
  __u32 unused;
};

/* Where the bytes are is known at the return. Should the structure be another one day, the sizes do not fit, and the
 * bytes are a hole. */
static __always_inline void find_packet(struct tls_call* call, __u64 length) {
  struct gnutls_packet packet = {};
  __u64 address = read_user_pointer(call->buffer);
  call->buffer = 0;
  if (address && !read_user(&packet, sizeof packet, (void*)address) && packet.size - packet.mark == length)
    call->buffer = packet.data + packet.mark;
}

/* Whether the thread is inside gnutls_record_uncork on this session: what it sends then was told when it was handed
 * over. */
static __always_inline bool uncorks(const struct tls_thread* thread, __u64 session) {
  BOUNDED_LOOP
  for (int i = 0; i < CALLS_NESTED_MAX; i++) {
    const struct tls_call* call = &thread->calls[i];
    if (call->stack_pointer && call->size_source == SIZE_NOTHING && call->object == session)
      return true;
  }
  return false;
}
