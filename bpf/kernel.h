/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The few kernel structures that the programs read, with the few fields they read. CO-RE finds each field's place in
 * the running kernel, so that this page replaces a generated vmlinux.h of some 100,000 lines. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include <asm/ptrace.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

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
};

struct linux_binprm {
  const char* filename;
};

#pragma clang attribute pop

enum cgroup_subsys_id { memory_cgrp_id };

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6

#ifndef NULL
#define NULL ((void*)0)
#endif

#if defined(__TARGET_ARCH_x86)
#define RETURN_ADDRESS_SIZE 8 /* `ret` has taken it off the stack when a return probe runs */
#else
#define RETURN_ADDRESS_SIZE 0
#endif
