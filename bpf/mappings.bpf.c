// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Tells which files are mapped executable, for those to whom perf refuses its records of it. */
#include "mappings.h"

#include <linux/bpf.h>

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define PROT_EXEC 4
#define ERRNO_MAX 4095
#define MINOR_BITS 20 /* of a device number inside the kernel */

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
  __u32 s_dev;
};

struct inode {
  struct super_block* i_sb;
  unsigned long i_ino;
};

struct file {
  struct inode* f_inode;
};

struct mm_struct {
  struct file* exe_file;
};

struct task_struct {
  struct mm_struct* mm;
};

#pragma clang attribute pop

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 256 << 10); /* some 5,000 mappings */
} mapping_ring SEC(".maps");

__u64 mappings_lost = 0; /* no room in the ring */

/* What mmap(2) and exec(2) both call, with these parameters on every kernel. At its return, because the path is then
 * looked for in the process's maps. */
SEC("fexit/vm_mmap_pgoff")
int BPF_PROG(file_mapped, struct file* file, unsigned long address, unsigned long length, unsigned long protection,
             unsigned long flags, unsigned long page, unsigned long mapped_at) {
  if (!file || !(protection & PROT_EXEC) || mapped_at >= (unsigned long)-ERRNO_MAX)
    return 0;
  struct mapping_record* record = bpf_ringbuf_reserve(&mapping_ring, sizeof *record, 0);
  if (!record) {
    __sync_fetch_and_add(&mappings_lost, 1);
    return 0;
  }
  struct inode* inode = BPF_CORE_READ(file, f_inode);
  __u32 device = BPF_CORE_READ(inode, i_sb, s_dev);
  struct task_struct* task = (struct task_struct*)bpf_get_current_task();
  record->at_ns = bpf_ktime_get_ns();
  record->inode = BPF_CORE_READ(inode, i_ino);
  record->device_major = device >> MINOR_BITS;
  record->device_minor = device & ((1u << MINOR_BITS) - 1);
  record->tgid = bpf_get_current_pid_tgid() >> 32;
  /* exec maps the very file that it has opened; nobody else can have that one. */
  record->program = BPF_CORE_READ(task, mm, exe_file) == file;
  bpf_ringbuf_submit(record, 0);
  return 0;
}
