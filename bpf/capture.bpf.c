// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Entry points on TLS libraries, on TCP and on processes. Which of them are loaded and attached is decided in
 * actors/probes. */
#include "process.h"
#include "tls.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* -- returns, of all libraries: by a return probe, or by a probe on a `ret` instruction -----------------------------
 */

#define RETURN_PROGRAM(section, name, stack_pointer)                                                                   \
  SEC(section)                                                                                                         \
  int name(struct pt_regs* ctx) {                                                                                      \
    long returned = PT_REGS_RC(ctx);                                                                                   \
    __u64 entered_at = stack_pointer;                                                                                  \
    asm volatile("" : "+r"(returned), "+r"(entered_at));                                                               \
    return call_return(ctx, entered_at, returned);                                                                     \
  }

/* After `ret` the return address is off the stack. */
RETURN_PROGRAM("uretprobe.multi", call_returned, PT_REGS_SP(ctx) - RETURN_ADDRESS_SIZE)
RETURN_PROGRAM("uprobe.multi", call_returns, PT_REGS_SP(ctx))

/* The connection ends, or its object is made ready for the next one: SSL_free, SSL_clear, gnutls_deinit, NSS's close.
 */
SEC("uprobe.multi")
int connection_ends(struct pt_regs* ctx) { return connection_closed(ctx, PT_REGS_PARM1(ctx)); }

/* -- OpenSSL and BoringSSL ------------------------------------------------------------------------------------------
 */

/* `ssl` is the connection itself or, of a BIO, the one behind it. */
static __always_inline int ssl_enter(struct pt_regs* ctx, __u64 ssl, __u8 direction, __u8 size_source, __u64 size) {
  struct tls_thread* thread = ssl ? followed_thread() : NULL;
  if (!thread)
    return 0;
  struct tls_call* call = call_begin(ctx, thread, LIBRARY_OPENSSL, direction, ssl);
  call->buffer = PT_REGS_PARM2(ctx);
  call->size_source = size_source;
  call->size = size;
  if (direction == TLS_INBOUND)
    before_read(thread, call);
  return 0;
}

/* int SSL_read(SSL*, void*, int) */
SEC("uprobe.multi")
int ssl_read(struct pt_regs* ctx) { return ssl_enter(ctx, PT_REGS_PARM1(ctx), TLS_INBOUND, SIZE_RETURNED_INT, 0); }

SEC("uprobe.multi")
int ssl_write(struct pt_regs* ctx) { return ssl_enter(ctx, PT_REGS_PARM1(ctx), TLS_OUTBOUND, SIZE_RETURNED_INT, 0); }

/* int SSL_read_ex(SSL*, void*, size_t, size_t* read); SSL_read_early_data has its form */
SEC("uprobe.multi")
int ssl_read_ex(struct pt_regs* ctx) {
  return ssl_enter(ctx, PT_REGS_PARM1(ctx), TLS_INBOUND, SIZE_AT_ADDRESS, PT_REGS_PARM4(ctx));
}

SEC("uprobe.multi")
int ssl_write_ex(struct pt_regs* ctx) {
  return ssl_enter(ctx, PT_REGS_PARM1(ctx), TLS_OUTBOUND, SIZE_AT_ADDRESS, PT_REGS_PARM4(ctx));
}

/* int SSL_write_ex2(SSL*, const void*, size_t, uint64_t flags, size_t* written), 3.3+ */
SEC("uprobe.multi")
int ssl_write_ex2(struct pt_regs* ctx) {
  return ssl_enter(ctx, PT_REGS_PARM1(ctx), TLS_OUTBOUND, SIZE_AT_ADDRESS, PT_REGS_PARM5(ctx));
}

/* ossl_ssize_t SSL_sendfile(SSL*, int fd, off_t offset, size_t size, int flags): the kernel encrypts, past user memory
 */
SEC("uprobe.multi")
int ssl_sendfile(struct pt_regs* ctx) {
  struct tls_thread* thread = followed_thread();
  if (!thread)
    return 0;
  struct tls_call* call = call_begin(ctx, thread, LIBRARY_OPENSSL, TLS_OUTBOUND, PT_REGS_PARM1(ctx));
  call->buffer = 0;
  call->size_source = SIZE_RETURNED_LONG;
  return 0;
}

/* int (BIO*, void*, size_t, size_t*): the methods behind BIO_read and BIO_write of an SSL BIO */
SEC("uprobe.multi")
int ssl_bio_read(struct pt_regs* ctx) {
  return ssl_enter(ctx, ssl_of_bio(PT_REGS_PARM1(ctx)), TLS_INBOUND, SIZE_AT_ADDRESS, PT_REGS_PARM4(ctx));
}

SEC("uprobe.multi")
int ssl_bio_write(struct pt_regs* ctx) {
  return ssl_enter(ctx, ssl_of_bio(PT_REGS_PARM1(ctx)), TLS_OUTBOUND, SIZE_AT_ADDRESS, PT_REGS_PARM4(ctx));
}

/* -- GnuTLS ---------------------------------------------------------------------------------------------------------
 */

/* ssize_t gnutls_record_recv(session, void*, size_t) and those that begin like it */
SEC("uprobe.multi")
int gnutls_receive(struct pt_regs* ctx) { return call_enter(ctx, LIBRARY_GNUTLS, TLS_INBOUND, SIZE_RETURNED_LONG, 0); }

/* ssize_t gnutls_record_recv_packet(session, gnutls_packet_t*) */
SEC("uprobe.multi")
int gnutls_receive_packet(struct pt_regs* ctx) {
  return call_enter(ctx, LIBRARY_GNUTLS, TLS_INBOUND, SIZE_OF_PACKET, 0);
}

/* Without a buffer it goes on with what an earlier call has left, which nobody can show any more. */
SEC("uprobe.multi")
int gnutls_send(struct pt_regs* ctx) {
  struct tls_thread* thread = followed_thread();
  if (!thread || uncorks(thread, PT_REGS_PARM1(ctx)))
    return 0;
  return call_enter_by(ctx, thread, LIBRARY_GNUTLS, TLS_OUTBOUND, SIZE_RETURNED_LONG, 0);
}

/* int gnutls_record_uncork(session, unsigned flags) */
SEC("uprobe.multi")
int gnutls_uncork(struct pt_regs* ctx) { return call_enter(ctx, LIBRARY_GNUTLS, TLS_OUTBOUND, SIZE_NOTHING, 0); }

/* int gnutls_record_send_early_data(session, const void*, size_t) */
SEC("uprobe.multi")
int gnutls_send_early(struct pt_regs* ctx) {
  return call_enter(ctx, LIBRARY_GNUTLS, TLS_OUTBOUND, SIZE_GIVEN, PT_REGS_PARM3(ctx));
}

/* -- NSS: the methods of its layer on a descriptor ------------------------------------------------------------------
 */

/* PRInt32 (PRFileDesc*, void*, PRInt32) */
SEC("uprobe.multi")
int nss_read(struct pt_regs* ctx) { return call_enter(ctx, LIBRARY_NSS, TLS_INBOUND, SIZE_RETURNED_INT, 0); }

SEC("uprobe.multi")
int nss_write(struct pt_regs* ctx) { return call_enter(ctx, LIBRARY_NSS, TLS_OUTBOUND, SIZE_RETURNED_INT, 0); }

#define PR_MSG_PEEK 2

/* PRInt32 (PRFileDesc*, void*, PRInt32, PRIntn flags, PRIntervalTime) */
SEC("uprobe.multi")
int nss_receive(struct pt_regs* ctx) {
  if (PT_REGS_PARM4(ctx) & PR_MSG_PEEK)
    return 0;
  return call_enter(ctx, LIBRARY_NSS, TLS_INBOUND, SIZE_RETURNED_INT, 0);
}

/* -- TCP and processes ----------------------------------------------------------------------------------------------
 */

#ifdef CAPTURE_KERNEL_TYPES

static __always_inline int moved(const struct sock* sk, __u8 direction, int bytes) {
  return bytes > 0 && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ? socket_moved(sk, direction, bytes) : 0;
}

/* The tracepoints need no trampolines but exist from 6.3 on; fexit works from 5.5 on where allowed, and if the kernel
 * itself has its BTF. Raw tracepoints, not those with BTF: they also work with a BTF file. */
SEC("raw_tp/sock_send_length")
int BPF_PROG(sent_tracepoint, struct sock* sk, int returned) { return moved(sk, TLS_OUTBOUND, returned); }

SEC("raw_tp/sock_recv_length")
int BPF_PROG(received_tracepoint, struct sock* sk, int returned) { return moved(sk, TLS_INBOUND, returned); }

SEC("fexit/tcp_sendmsg")
int BPF_PROG(sent_fexit, struct sock* sk, void* message, unsigned long size, int returned) {
  return moved(sk, TLS_OUTBOUND, returned);
}

/* Not tcp_recvmsg: its parameters, and so the place of the result, have changed. */
SEC("fexit/inet_recvmsg")
int BPF_PROG(received_fexit, struct socket* socket, void* message, unsigned long size, int flags, int returned) {
  return moved(BPF_CORE_READ(socket, sk), TLS_INBOUND, returned);
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(received_v6_fexit, struct socket* socket, void* message, unsigned long size, int flags, int returned) {
  return moved(BPF_CORE_READ(socket, sk), TLS_INBOUND, returned);
}

SEC("raw_tp/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct* parent, struct task_struct* child) {
  return process_forks(ctx, parent, child);
}

SEC("raw_tp/sched_process_exec")
int BPF_PROG(process_executed, struct task_struct* task, int pid_before, struct linux_binprm* program) {
  return process_executes(ctx, task, pid_before, program);
}

SEC("raw_tp/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct* task) { return process_exits(ctx); }

#else

/* trace_sched_process_exec(task, pid before, program) */
SEC("raw_tp/sched_process_exec")
int process_executed(struct bpf_raw_tracepoint_args* ctx) { return process_executes(ctx, ctx->args[1]); }

SEC("raw_tp/sched_process_exit")
int process_exited(struct bpf_raw_tracepoint_args* ctx) { return process_exits(ctx); }

#endif
