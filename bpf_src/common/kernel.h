/* SPDX-License-Identifier: GPL-2.0 */
/* Out of the kernel's own structs. */
#ifndef COMMON_KERNEL_H
#define COMMON_KERNEL_H

#include "common/cast.h"

/*
 * TO stays as it is, or is 0, when that memory is none; a member may be
 * volatile.
 */
#define kernel_call_read(to, from) \
	bpf_probe_read_kernel(&(to), sizeof(to), (const void *)&(from))

#if HAS_CASTS
#define kernel_read(to, from)                       \
	({                                          \
		if (sizeof(to) <= CAST_MAX)         \
			cast_read(to, from);        \
		else                                \
			kernel_call_read(to, from); \
	})
#else
#define kernel_read(to, from) kernel_call_read(to, from)
#endif

/*
 * RAW_TRACEPOINT_PROBE() for a program of whose arguments the verifier knows
 * the types. typed_read() is kernel_read() from them and from where that leads
 * to, by a load instead of a call, and TO is 0 when that memory is none. A
 * number, even if it is cast to a pointer, has no type.
 */
#ifdef TREE_OF_BTF
#define TYPED_TRACEPOINT_PROBE(event) RAW_TRACEPOINT_PROBE(typed__##event)
#define typed_read(to, from) __builtin_memcpy(&(to), &(from), sizeof(to))
#else
#define TYPED_TRACEPOINT_PROBE(event) RAW_TRACEPOINT_PROBE(event)
#define typed_read(to, from) kernel_read(to, from)
#endif

/*
 * A typed pointer as a number, to be hashed or calculated with: verifiers allow
 * neither with a pointer, and take what was added to memory for a number.
 */
static inline u64 typed_number(const void *p)
{
	u64 number = 0;

	asm volatile("lock *(u64 *)(%0 + 0) += %1"
		     :
		     : "r"(&number), "r"(p)
		     : "memory");
	return number;
}

/* The number that "ls -L -i /proc/PID/ns/net" shows; 0: cannot be told. */
static inline u32 net_inum(struct net *net)
{
	u32 inum = 0;

	kernel_read(inum, net->ns.inum);
	return inum;
}

/* The same of a typed one. */
static inline u32 typed_net_inum(struct net *net)
{
	u32 inum = 0;

	typed_read(inum, net->ns.inum);
	return inum;
}

#endif
