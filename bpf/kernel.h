/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the programs need of the kernel. They are compiled in three variants:
 *
 *                  CAPTURE_KERNEL_TYPES   CAPTURE_PERF_BUFFER
 *   capture                 x                                   a kernel with BTF, 5.8+
 *   capture_untyped                                             without BTF: no kernel structure is read
 *   capture_early                                  x            5.2-5.7: also no loops and no newer helpers
 *
 * The few kernel structures that are read stand here with the few fields that are read. CO-RE finds each field's place
 * in the running kernel, so that this page replaces a generated vmlinux.h of some 100,000 lines. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <asm/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#ifdef CAPTURE_KERNEL_TYPES

#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
  union {
    __u8 u6_addr8[16];
  } in6_u;
};

struct sock_common {
  __be32 skc_daddr;
  __be32 skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  unsigned short skc_family;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
  struct sock_common __sk_common;
  __u16 sk_protocol;
};

struct socket {
  struct sock* sk;
};

struct inode {
  unsigned short i_mode;
};

struct file {
  struct inode* f_inode;
  void* private_data;
};

struct fdtable {
  unsigned int max_fds;
  struct file** fd;
};

struct files_struct {
  struct fdtable* fdt;
};

struct kernfs_node {
  const char* name;
};

struct cgroup {
  struct kernfs_node* kn;
};

struct cgroup_subsys_state {
  struct cgroup* cgroup;
};

struct css_set {
  struct cgroup_subsys_state* subsys[1]; /* indexed by cgroup_subsys_id */
  struct cgroup* dfl_cgrp;
};

struct task_struct {
  int pid;
  int tgid;
  struct task_struct* real_parent;
  char comm[16];
  struct css_set* cgroups;
  struct files_struct* files;
};

struct linux_binprm {
  const char* filename;
};

#pragma clang attribute pop

enum cgroup_subsys_id { memory_cgrp_id };

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define S_IFMT 0170000
#define S_IFSOCK 0140000

#endif

#ifdef CAPTURE_PERF_BUFFER
#define read_user bpf_probe_read                        /* bpf_probe_read_user: 5.5 */
#define BOUNDED_LOOP _Pragma("clang loop unroll(full)") /* loops: 5.3 */
#else
#define read_user bpf_probe_read_user
#define BOUNDED_LOOP
#endif

#ifndef NULL
#define NULL ((void*)0)
#endif

#if defined(__TARGET_ARCH_x86)
#define RETURN_ADDRESS_SIZE 8 /* `ret` has taken it off the stack when a return probe runs */
#else
#define RETURN_ADDRESS_SIZE 0
#endif
