/* SPDX-License-Identifier: GPL-2.0 */
/* What traffic control there is on an interface, read over rtnetlink. */
#ifndef TC_LIST_H
#define TC_LIST_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#define TC_KIND_SIZE 16 /* IFNAMSIZ: the kernel's limit, NUL included */

struct tc_filter {
	uint32_t handle; /* 0: no filter, but what holds those of a priority */
	uint16_t priority;
	char kind[TC_KIND_SIZE];
	char name[64]; /* of "bpf": as whoever attached it said, cut; or "" */
};

typedef void (*tc_filter_fn)(void *arg, const struct tc_filter *f);

/*
 * Call FN for each filter below PARENT (TC_H_MAKE(...)) on IFINDEX in the
 * thread's namespace, of all chains; for none when there is no such qdisc or
 * interface. On a qdisc that is "ingress", not "clsact", every PARENT of it
 * shows the filters of ingress. 0 or -errno, FN may have been called already;
 * -EAGAIN: the list changed meanwhile, begin again.
 */
int tc_list_filters(int ifindex, uint32_t parent, tc_filter_fn fn, void *arg);

/*
 * The kind of the qdisc in IFINDEX's place for incoming packets: "clsact",
 * "ingress", "" for none, or no such interface. 0 or -errno.
 */
int tc_list_clsact(int ifindex, char kind[TC_KIND_SIZE]);

/*
 * One message of the kernel, all of which is readable. False when it is no
 * filter or cut short. Pure.
 */
bool tc_list_parse(const struct nlmsghdr *nh, struct tc_filter *f);

#endif
