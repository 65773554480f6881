/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The one ABI between the kernel programs and user space. test/unit/kernel pins every offset.
 * No padding is left to chance: records hold other programs' data, and an unset hole would leak it. */
#pragma once

#include <linux/types.h>

enum tls_event_kind { TLS_DATA = 0, TLS_CLOSED = 1 };
enum tls_direction { TLS_INBOUND = 0, TLS_OUTBOUND = 1 };
enum tls_library_kind { LIBRARY_OPENSSL = 0, LIBRARY_GNUTLS = 1, LIBRARY_NSS = 2 };

/* How a socket was told. The last three are of memory BIOs, which move no bytes inside the call. */
enum tls_evidence {
  EVIDENCE_NONE = 0,
  EVIDENCE_INSIDE_CALL = 1,
  EVIDENCE_DESCRIPTOR = 2,
  EVIDENCE_AFTER_WRITE = 3,
  EVIDENCE_BEFORE_READ = 4,
  EVIDENCE_CIPHERTEXT = 5
};

/* Why an event stands for more bytes than it carries. */
enum tls_cut {
  CUT_NONE = 0,
  CUT_CALL_LIMIT = 1, /* beyond CALL_BYTES_MAX */
  CUT_READ_FAULT = 2, /* the payload's page was not there */
  CUT_UNSEEN = 3      /* sent by the kernel from a file, or by a call that has no buffer */
};

/* What one TLS call may hand over: the largest response body, and its head. */
#define CALL_BYTES_MAX (1024 * 1024 + 64 * 1024)
#define EVENT_BYTES_MIN 1024
/* Events of one call. The verifiers of 5.10 and 6.1 walk the program once for each and give up beyond some hundreds. */
#define CALL_EVENTS_MAX 272
#define EVENT_BYTES_MAX 65536
/* What one record of a perf buffer can carry stays below 64 KiB, its head included. */
#define PERF_EVENT_BYTES_MIN 8192
#define PERF_EVENT_BYTES_MAX 32768

struct tls_socket {
  __u8 local[16]; /* network order; IPv4 in the first 4 bytes */
  __u8 remote[16];
  __u16 local_port; /* host order */
  __u16 remote_port;
  __u8 family; /* 4, 6, or 0: unknown */
  __u8 evidence;
  __u8 unused[2];
};

/* Followed by size_captured bytes: plaintext, or tls_ends. */
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
  __u8 library;
  __u8 cut;
  __s32 descriptor; /* of the library's socket BIO; -1: none, or not needed because `socket` is known */
  __u32 unused;
  struct tls_socket socket;
};

/* What TLS_CLOSED carries: plaintext bytes of each direction in all, so that a loss at the end is seen too. */
struct tls_ends {
  __u64 offset[2];
};

enum process_record_kind { PROCESS_FORK = 0, PROCESS_EXEC = 1, PROCESS_EXIT = 2 };

struct process_record {
  __u64 at_ns;
  __u32 tgid;
  __u32 parent; /* 0: unknown */
  __u8 kind;
  __u8 unused[7];
  char comm[16];
  char cgroup[96]; /* last component of the cgroup's path */
  char path[256];
};

/* What is counted in the kernel. All but the first are reasons why plaintext did not reach user space. */
enum tally_kind {
  TALLY_SEEN = 0, /* TLS calls that moved plaintext, and how much */
  TALLY_LOST_RING_FULL = 1,
  TALLY_LOST_THREADS = 2,     /* no room for another thread: the call is not followed, its bytes unknown */
  TALLY_LOST_NESTED = 3,      /* more than CALLS_NESTED_MAX calls inside each other: likewise */
  TALLY_LOST_CONNECTIONS = 4, /* no room in the connection table */
  TALLY_LOST_PAUSED = 5,
  TALLY_LOST_RATE = 6,      /* a process beyond its rate */
  TALLY_LOST_PROCESSES = 7, /* a process record; no bytes */
  TALLY_CONNECTIONS_MADE = 8,
  TALLY_CONNECTIONS_REMOVED = 9, /* by the kernel */
  TALLY_LOST_MUTED = 10,         /* of a connection that nobody wants: it does not speak HTTP */
  TALLY_COUNT
};

struct tally {
  __u64 events;
  __u64 bytes;
};

/* The table of connections, which user space sweeps. */
struct connection_key {
  __u64 object;
  __u32 tgid;
  __u32 unused;
};

struct connection {
  __u64 generation_ns;
  __u64 used_ns;
  __u64 offset[2]; /* by direction: plaintext bytes seen so far, lost ones included */
  __u64 sock;      /* that the last evidence of order pointed at */
  struct tls_socket socket;
  __s32 descriptor;
  __u8 library;
  __u8 settled; /* evidence of order has pointed at the same socket twice */
  __u8 descriptor_read;
  __u8 in_memory; /* its BIOs are OpenSSL's memory BIOs, whose ciphertext can be read */
};

/* Set before loading, so that the verifier takes them as constants. */
struct capture_settings {
  __u32 event_bytes_max;
  __u32 call_events_max;  /* events of one call */
  __u64 process_rate_max; /* plaintext bytes of one process within a second; 0: no limit */
  __u32 ciphertext;       /* whether the kernel tells the registers of a system call, see ciphertext.h */
  __u32 unused;
};

/* Set at any time. */
struct capture_switches {
  __u32 paused;
  __u32 drainer_waits;   /* the drainer sleeps until woken: the next event wakes it */
  __u32 ignored_version; /* grows with every change of the ignored processes */
  __u32 lose_tgid;       /* for tests: of this process's data events ... */
  __u32 lose_after;      /* ... those after so many ... */
  __u32 lose_count;      /* ... so many are lost as if the ring were full */
};
