// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Entry points on TLS libraries and on TCP. Which of them are loaded and attached is decided in actors/probes. */
#include "process.h"
#include "sockets.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* -- OpenSSL and BoringSSL: int SSL_read(SSL*, void*, int), int SSL_read_ex(SSL*, void*, size_t, size_t*) --------- */

SEC("uprobe.multi")
int ssl_read_enter(struct pt_regs* ctx) { return call_enter(ctx, TLS_INBOUND, false); }

SEC("uprobe.multi")
int ssl_write_enter(struct pt_regs* ctx) { return call_enter(ctx, TLS_OUTBOUND, false); }

SEC("uprobe.multi")
int ssl_read_ex_enter(struct pt_regs* ctx) { return call_enter(ctx, TLS_INBOUND, true); }

SEC("uprobe.multi")
int ssl_write_ex_enter(struct pt_regs* ctx) { return call_enter(ctx, TLS_OUTBOUND, true); }

SEC("uretprobe.multi")
int ssl_call_return(struct pt_regs* ctx) { return call_return(ctx); }

SEC("uprobe.multi")
int ssl_free_enter(struct pt_regs* ctx) { return connection_free(PT_REGS_PARM1(ctx)); }

/* -- TCP: the tracepoints need no trampolines but exist from 6.3 on; fentry works from 5.5 on where allowed --------- */

SEC("tp_btf/sock_send_length")
int BPF_PROG(sent_tracepoint, struct sock* sk, int returned) {
  return returned > 0 && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? socket_moved(sk, TLS_OUTBOUND) : 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(received_tracepoint, struct sock* sk, int returned) {
  return returned > 0 && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? socket_moved(sk, TLS_INBOUND) : 0;
}

SEC("fentry/tcp_sendmsg")
int BPF_PROG(sent_fentry, struct sock* sk) { return socket_moved(sk, TLS_OUTBOUND); }

SEC("fentry/tcp_recvmsg")
int BPF_PROG(received_fentry, struct sock* sk) { return socket_moved(sk, TLS_INBOUND); }

/* -- processes ----------------------------------------------------------------------------------------------------- */

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct* parent, struct task_struct* child) {
  return on_fork(parent, child);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_executed, struct task_struct* task, int pid_before, struct linux_binprm* program) {
  return on_exec(task, pid_before, program);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct* task) { return on_exit(task); }
