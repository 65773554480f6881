/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Starts and ends of processes, so that a process has its names even when it is gone before anyone looks at /proc. */
#pragma once

#include "maps.h"

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} process_ring SEC(".maps");

static __always_inline struct process_record* process_reserve(__u8 kind, __u32 tgid, __u32 parent) {
  struct process_record* record = bpf_ringbuf_reserve(&process_ring, sizeof *record, 0);
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

static __always_inline int on_fork(struct task_struct* parent, struct task_struct* child) {
  __u32 tgid = BPF_CORE_READ(child, tgid);
  if (BPF_CORE_READ(child, pid) != (int)tgid)
    return 0; /* a thread */
  struct process_record* record = process_reserve(PROCESS_FORK, tgid, BPF_CORE_READ(parent, tgid));
  if (!record)
    return 0;
  BPF_CORE_READ_INTO(&record->comm, child, comm);
  bpf_ringbuf_submit(record, 0);
  return 0;
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

static __always_inline int on_exec(struct task_struct* task, __u32 pid_before, struct linux_binprm* program) {
  __u32 tgid = BPF_CORE_READ(task, tgid);
  forget_program(tgid);
  forget_thread(tgid, pid_before);
  forget_thread(tgid, tgid);
  struct process_record* record = process_reserve(PROCESS_EXEC, tgid, BPF_CORE_READ(task, real_parent, tgid));
  if (!record)
    return 0;
  BPF_CORE_READ_INTO(&record->comm, task, comm);
  bpf_probe_read_kernel_str(record->path, sizeof record->path, BPF_CORE_READ(program, filename));
  read_cgroup(task, record->cgroup, sizeof record->cgroup);
  bpf_ringbuf_submit(record, 0);
  return 0;
}

static __always_inline int on_exit(struct task_struct* task) {
  __u32 tgid = BPF_CORE_READ(task, tgid);
  __u32 pid = BPF_CORE_READ(task, pid);
  forget_thread(tgid, pid);
  if (pid != tgid)
    return 0;
  forget_program(tgid);
  struct process_record* record = process_reserve(PROCESS_EXIT, tgid, 0);
  if (!record)
    return 0;
  BPF_CORE_READ_INTO(&record->comm, task, comm);
  bpf_ringbuf_submit(record, 0);
  return 0;
}
