/* SPDX-License-Identifier: GPL-2.0 */
/* Classic BPF, as libpcap makes it of a pcap-filter(7), as C. Pure. */
#ifndef CBPF_H
#define CBPF_H

#include <stddef.h>

#include "base/strbuf.h"

struct sock_filter; /* linux/filter.h */

/*
 * How often each loop (protochain) may come round: once for each extension
 * header, of which bpf_src/common/tcp.h takes no more.
 */
#define CBPF_LOOPS 8

/*
 * The NR instructions INSNS as a function of bpf_src/common/frame.h:
 *
 *	static inline int NAME(struct frame *f)
 *
 * not 0 for a frame that the program accepts. Loads at fixed places in the
 * first HEAD bytes are of f->head, the others may find the frame's end, and
 * then it is 0. What does not hold in the kernel is as in libpcap's
 * interpreter: division by 0 accepts nothing, a shift by 32 or more gives 0.
 * What is no program that this knows is an error of B: -EINVAL.
 */
void cbpf_write(struct strbuf *b, const char *name,
		const struct sock_filter *insns, size_t nr, size_t head);

#endif
