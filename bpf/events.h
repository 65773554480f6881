/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The one ABI between the kernel programs and user space. test/unit/kernel pins every offset.
 * No padding is left to chance: records hold other programs' data, and an unset hole would leak it. */
#pragma once

#include <linux/types.h>

enum tls_event_kind { TLS_DATA = 0, TLS_CLOSED = 1 };
enum tls_direction { TLS_INBOUND = 0, TLS_OUTBOUND = 1 };
enum tls_evidence { EVIDENCE_NONE = 0, EVIDENCE_INSIDE_CALL = 1, EVIDENCE_AFTER_WRITE = 2, EVIDENCE_BEFORE_READ = 3 };

/* What one TLS call may hand over: the largest request body, twice over its head's limit. */
#define CALL_BYTES_MAX (320 * 1024)
#define EVENT_BYTES_MIN 1024

struct tls_socket {
  __u8 local[16]; /* network order; IPv4 in the first 4 bytes */
  __u8 remote[16];
  __u16 local_port; /* host order */
  __u16 remote_port;
  __u8 family; /* 4, 6, or 0: unknown */
  __u8 evidence;
  __u8 unused[2];
};

/* Followed by size_captured bytes of plaintext. */
struct tls_event {
  __u64 at_ns; /* bpf_ktime_get_ns */
  __u64 object;
  __u64 generation_ns; /* at_ns of the connection's first event */
  __u64 offset;        /* of the first byte, within what was seen of this direction */
  __u32 tgid;
  __u32 size_original;
  __u32 size_captured;
  __u8 kind;
  __u8 direction;
  __u8 unused[2];
  struct tls_socket socket;
};

enum process_record_kind { PROCESS_FORK = 0, PROCESS_EXEC = 1, PROCESS_EXIT = 2 };

struct process_record {
  __u64 at_ns;
  __u32 tgid;
  __u32 parent;
  __u8 kind;
  __u8 unused[7];
  char comm[16];
  char cgroup[96]; /* last component of the cgroup's path */
  char path[256];
};

/* What is counted in the kernel. All but the first are reasons why plaintext did not reach user space. */
enum tally_kind {
  TALLY_SEEN = 0,             /* TLS calls that moved plaintext, and how much */
  TALLY_LOST_RING_FULL = 1,
  TALLY_LOST_READ_FAULT = 2,  /* the payload's page was not there; the event went out without it */
  TALLY_LOST_CALL_LIMIT = 3,  /* beyond CALL_BYTES_MAX; the call's last event says so */
  TALLY_LOST_THREADS = 4,     /* no room for another thread: the call is not followed, its bytes unknown */
  TALLY_LOST_NESTED = 5,      /* more than CALLS_NESTED_MAX calls inside each other: likewise */
  TALLY_LOST_CONNECTIONS = 6, /* no room in the connection table */
  TALLY_LOST_PAUSED = 7,
  TALLY_LOST_PROCESSES = 8,   /* a process record; no bytes */
  TALLY_COUNT
};

struct tally {
  __u64 events;
  __u64 bytes;
};
