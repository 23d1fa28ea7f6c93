/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Any memory of the kernel by loads instead of calls: a kernel function says
 * that it is one of the kernel's own structs, and what is no memory reads as 0.
 * HAS_CASTS where the kernel has that function (6.2 on, with a JIT). Not for
 * whole headers: a verifier keeps account of each word that was copied so, and
 * takes 2 ms more for each program.
 */
#ifndef COMMON_CAST_H
#define COMMON_CAST_H

#if defined(KFUNC_bpf_rdonly_cast) && defined(KFUNC_bpf_cast_to_kern_ctx) && \
	defined(BTF_ID_new_utsname)
#define HAS_CASTS 1

static void *(*cast_to_kern_ctx)(void *ctx) = KFUNC_bpf_cast_to_kern_ctx;
static void *(*rdonly_cast)(const void *p, u32 id) = KFUNC_bpf_rdonly_cast;

/*
 * What is at P, CAST_MAX bytes of it: a plain array is the first member of that
 * struct.
 */
#define CAST_MAX 65
#define cast(p) ((const u32 *)rdonly_cast(p, BTF_ID_new_utsname))

#define cast_read(to, from)                                              \
	__builtin_memcpy(&(to),                                          \
			 __builtin_assume_aligned(cast((void *)&(from)), \
						  __alignof__(from)),    \
			 sizeof(to))
#else
#define HAS_CASTS 0
#endif

#endif
