/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Starts and ends of processes: what was known of a pid is forgotten, and a process has its names even when it is gone
 * before anyone looks at /proc. */
#pragma once

#include "output.h"

static __always_inline struct process_record* process_begin(__u8 kind, __u32 tgid, __u32 parent) {
  struct process_record* record = record_reserve();
  if (!record) {
    count(TALLY_LOST_PROCESSES, 0);
    return NULL;
  }
  __builtin_memset(record, 0, sizeof *record);
  record->at_ns = bpf_ktime_get_ns();
  record->kind = kind;
  record->tgid = tgid;
  record->parent = parent;
  return record;
}

static __always_inline void process_send(void* ctx, struct process_record* record) {
  if (!record_submit(ctx, record))
    count(TALLY_LOST_PROCESSES, 0);
}

static __always_inline void forget_thread(__u32 tgid, __u32 pid) {
  __u64 id = (__u64)tgid << 32 | pid;
  bpf_map_delete_elem(&threads, &id);
}

/* What was known of the pid is not true of what runs under it from now on. */
static __always_inline void forget_program(__u32 tgid) {
  __u64 now_ns = bpf_ktime_get_ns();
  bpf_map_update_elem(&program_since, &tgid, &now_ns, BPF_ANY);
  bpf_map_delete_elem(&ignored, &tgid);
}

/* Of the current process, whose thread `pid_before` has become its only one. */
static __always_inline void forget_before_exec(__u32 tgid, __u32 pid_before) {
  forget_program(tgid);
  forget_thread(tgid, pid_before);
  forget_thread(tgid, tgid);
}

/* Of the current thread. Returns whether its process ends with it. */
static __always_inline bool forget_at_exit(__u32 tgid, __u32 pid) {
  forget_thread(tgid, pid);
  if (pid == tgid)
    forget_program(tgid);
  return pid == tgid;
}

static __always_inline int process_exits(void* ctx) {
  __u64 id = bpf_get_current_pid_tgid();
  if (!forget_at_exit(id >> 32, (__u32)id))
    return 0;
  struct process_record* record = process_begin(PROCESS_EXIT, id >> 32, 0);
  if (!record)
    return 0;
  bpf_get_current_comm(record->comm, sizeof record->comm);
  process_send(ctx, record);
  return 0;
}

#ifdef CAPTURE_KERNEL_TYPES

/* On cgroup v1 and hybrid hosts the default hierarchy is empty: there the memory controller's is read. */
static __always_inline void read_cgroup(struct task_struct* task, char* to, __u32 size) {
  const char* name = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, name);
  bpf_probe_read_kernel_str(to, size, name);
  if (to[0] || !bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
    return;
  struct css_set* set = BPF_CORE_READ(task, cgroups);
  struct cgroup_subsys_state* memory = NULL;
  __u64 index = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
  bpf_probe_read_kernel(&memory, sizeof memory,
                        (char*)set + bpf_core_field_offset(struct css_set, subsys) + index * sizeof memory);
  bpf_probe_read_kernel_str(to, size, BPF_CORE_READ(memory, cgroup, kn, name));
}

/* A child of what is ignored is ignored, until it runs another program. */
static __always_inline void inherit_ignored(__u32 parent, __u32 child) {
  __u8* value = bpf_map_lookup_elem(&ignored, &parent);
  if (value)
    bpf_map_update_elem(&ignored, &child, value, BPF_ANY);
}

static __always_inline int process_forks(void* ctx, struct task_struct* parent, struct task_struct* child) {
  __u32 tgid = BPF_CORE_READ(child, tgid);
  if (BPF_CORE_READ(child, pid) != (int)tgid)
    return 0; /* a thread */
  __u32 parent_tgid = BPF_CORE_READ(parent, tgid);
  inherit_ignored(parent_tgid, tgid);
  struct process_record* record = process_begin(PROCESS_FORK, tgid, parent_tgid);
  if (!record)
    return 0;
  BPF_CORE_READ_INTO(&record->comm, child, comm);
  process_send(ctx, record);
  return 0;
}

static __always_inline int process_executes(void* ctx, struct task_struct* task, __u32 pid_before,
                                            struct linux_binprm* program) {
  __u32 tgid = BPF_CORE_READ(task, tgid);
  forget_before_exec(tgid, pid_before);
  struct process_record* record = process_begin(PROCESS_EXEC, tgid, BPF_CORE_READ(task, real_parent, tgid));
  if (!record)
    return 0;
  BPF_CORE_READ_INTO(&record->comm, task, comm);
  bpf_probe_read_kernel_str(record->path, sizeof record->path, BPF_CORE_READ(program, filename));
  read_cgroup(task, record->cgroup, sizeof record->cgroup);
  process_send(ctx, record);
  return 0;
}

#else

static __always_inline int process_executes(void* ctx, __u32 pid_before) {
  __u32 tgid = bpf_get_current_pid_tgid() >> 32;
  forget_before_exec(tgid, pid_before);
  struct process_record* record = process_begin(PROCESS_EXEC, tgid, 0);
  if (!record)
    return 0;
  bpf_get_current_comm(record->comm, sizeof record->comm);
  process_send(ctx, record);
  return 0;
}

#endif
