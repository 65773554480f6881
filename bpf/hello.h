/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The ABI between net.bpf.c and user space: the first packets of TLS connections. test/unit/kernel pins every offset.
 */
#pragma once

#include <linux/types.h>

/* A ClientHello is 240 to 2,000 bytes; what goes on in another packet is not followed. */
#define HELLO_BYTES_SMALL 576
#define HELLO_BYTES_MAX 2048

/* Followed by HELLO_BYTES_SMALL or HELLO_BYTES_MAX bytes, the first `size_captured` of which are the packet's, from the
 * TLS record on. */
struct hello_record {
  __u64 at_ns;
  __u64 cookie;    /* of the socket */
  __u8 source[16]; /* network order; IPv4 in the first 4 bytes */
  __u8 target[16];
  __u16 source_port; /* host order */
  __u16 target_port;
  __u8 family; /* 4 or 6 */
  __u8 sent;   /* by this machine's socket; else it came in */
  __u16 size_captured;
  __u32 tgid; /* whose socket it is; 0: not known */
  char comm[16];
  __u8 unused[4];
};

/* Who made a socket, or the listening one that it was accepted from. */
struct socket_owner {
  __u32 tgid;
  char comm[16];
};

struct hello_counts {
  __u64 seen;
  __u64 lost; /* no room in the ring */
};
