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
 * What a program for either direction is called in the kernel, whatever its
 * function: its filter gets the name, by which the next start knows a leftover.
 * Filters that an older version left have these names too.
 */
#define CLSACT_PROG_IN "tcpsnoop_tc_in"
#define CLSACT_PROG_OUT "tcpsnoop_tc_out"

/*
 * Attach PROG_FD to h->ifindex, to ingress or, with h->is_out, to egress, in
 * the thread's namespace. Removes leftovers first. Sets h->fd (what marks us as
 * alive) and h->slot (0 to 15). 0, or -errno with a sentence in ERR and nothing
 * left. Filters of others that have a lower priority come first, and can decide
 * on packets that we then do not see.
 */
int clsact_attach(struct hook *h, int prog_fd, char *err, size_t err_size);

/* PROG_FD, of the same name, in place of what is attached. 0 or -errno. */
int clsact_replace(struct hook *h, int prog_fd);

/*
 * Remove our filter, and the qdisc if we made it and it is empty, in the same
 * namespace and with the same privileges. When this returns the program does
 * not run any more. Quiet, also when the interface is gone.
 */
void clsact_detach(struct hook *h);

#endif
