// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Looks for what the kernel tells nowhere else, when asked (5.12+). */
#include "owners.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
  int tgid;
  char comm[16];
};

struct sock_common {
  unsigned short skc_family;
};

struct sock {
  struct sock_common __sk_common;
  __u16 sk_protocol;
};

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

struct vm_area_struct {
  unsigned long vm_start;
  struct file* vm_file;
};

struct socket {
  struct sock* sk;
};

struct bpf_iter__task_file {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
  __u32 fd;
  struct file* file;
};

struct bpf_iter__task_vma {
  struct bpf_iter_meta* meta;
  struct task_struct* task;
  struct vm_area_struct* vma;
};

#pragma clang attribute pop

struct bpf_iter_meta;

/* -- which inode is behind a mapping of cleartap itself: a file of an overlay is shown with numbers of the overlay, but
 * what carries probes is the file of the layer below, which many overlays can share -------------------------------- */

__u32 wanted_tgid = 0;
__u64 wanted_start = 0;

__u32 found_device = 0; /* as the kernel keeps it: the minor number in the lower 20 bits */
__u64 found_inode = 0;

SEC("iter/task_vma")
int mapping_visited(struct bpf_iter__task_vma* ctx) {
  struct vm_area_struct* vma = ctx->vma;
  struct task_struct* task = ctx->task;
  if (!vma || !task || task->tgid != (int)wanted_tgid || vma->vm_start != wanted_start)
    return 0;
  struct file* file = vma->vm_file;
  if (!file)
    return 0;
  found_device = file->f_inode->i_sb->s_dev;
  found_inode = file->f_inode->i_ino;
  return 0;
}

/* -- whose the sockets are that were made before anyone looked, or whose owner has gone -----------------------------
 */

/* Whose sockets are given away; 0: those without an owner. */
__u32 adopt_from = 0;

/* Asked: who holds the socket of this cookie? */
__u64 wanted_cookie = 0;
struct socket_owner holder = {};

/* Gives the sockets of `adopt_from` to the first other process that holds them: processes come by their pid, so that a
 * server's first process mostly comes before its workers. */
SEC("iter/task_file")
int file_visited(struct bpf_iter__task_file* ctx) {
  struct file* file = ctx->file;
  struct task_struct* task = ctx->task;
  if (!file || !task || task->tgid == (int)adopt_from)
    return 0;
  struct socket* socket = bpf_sock_from_file(file);
  if (!socket)
    return 0;
  struct sock* sk = socket->sk;
  if (!sk)
    return 0;
  __u16 family = sk->__sk_common.skc_family;
  if ((family != AF_INET && family != AF_INET6) || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
    return 0;
  struct socket_owner* owner = bpf_sk_storage_get(&owners, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
  if (!owner)
    return 0;
  if (owner->tgid == adopt_from) {
    owner->tgid = task->tgid;
    bpf_probe_read_kernel_str(owner->comm, sizeof owner->comm, task->comm);
  }
  if (!holder.tgid && bpf_get_socket_cookie(sk) == wanted_cookie)
    holder = *owner;
  return 0;
}
