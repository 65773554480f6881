/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose socket is whose: shared by the programs that see sockets made and by the iterator that looks for older ones. */
#pragma once

#include "hello.h"

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6

#ifndef NULL
#define NULL ((void*)0)
#endif

/* Lives and dies with its socket. An accepted socket begins with the owner of the listening one. */
struct {
  __uint(type, BPF_MAP_TYPE_SK_STORAGE);
  __uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
  __type(key, int);
  __type(value, struct socket_owner);
} owners SEC(".maps");
