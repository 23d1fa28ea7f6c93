/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TC on kernels without TCX (before 6.6): a clsact qdisc with filters of our
 * own. Nothing of that goes by itself when a process dies, so it is marked as
 * ours and the next start removes what nobody owns any more.
 */
#ifndef CLSACT_H
#define CLSACT_H

#include "kernel/hook.h"

/*
 * Attach PROG_FD to h->ifindex, ingress or egress by h->prog's name, in the
 * thread's namespace. Removes leftovers first. Sets h->fd (what marks us as
 * alive) and h->slot. 0, or -errno with a sentence in ERR.
 */
int clsact_attach(struct hook *h, int prog_fd, char *err, size_t err_size);

/* Remove our filter, and the qdisc if we made it and it is empty. */
void clsact_detach(struct hook *h);

#endif
