/* SPDX-License-Identifier: GPL-2.0 */
/* The clsact qdisc that filters need: taken as it is, else made and removed. */
#ifndef CLSACT_QDISC_H
#define CLSACT_QDISC_H

#include "kernel/hook.h"

/* What an errno means where it comes from; the table ends with err 0. */
struct clsact_cause {
	int err;
	const char *text;
};

#define CLSACT_NO_PRIVILEGE "Operation not permitted (CAP_NET_ADMIN is needed)"

/* "cannot attach TC to eth0: CAUSE" into ERR, and RET (-errno) as result. */
int clsact_fail(const struct hook *h, int ret, const struct clsact_cause *cause,
		char *err, size_t err_size);

/*
 * A qdisc on h->ifindex that has filters for incoming packets and, when
 * WANT_OUT, for outgoing ones. MARKS is of clsact_marks_lock(); that it failed
 * matters only when the qdisc must be made. 0, or -errno with a sentence.
 */
int clsact_qdisc_ensure(const struct hook *h, bool want_out, int marks,
			char *err, size_t err_size);

/*
 * Remove it if an instance of ours made it and no filter of anybody is there.
 * The kernel cannot do both at once: a filter that comes between goes too.
 */
void clsact_qdisc_release(int ifindex, int marks);

#endif
