/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The ABI between mappings.bpf.c and user space: files that processes map executable. test/unit/kernel pins every
 * offset. */
#pragma once

#include <linux/types.h>

struct mapping_record {
  __u64 at_ns; /* bpf_ktime_get_ns */
  __u64 inode;
  __u32 device_major;
  __u32 device_minor;
  __u32 tgid;
  __u32 program; /* 1: of the program that the process runs from now on */
};
