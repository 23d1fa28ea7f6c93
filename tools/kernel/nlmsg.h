/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink's messages in a datagram, for a loop with NLMSG_NEXT(). */
#ifndef NLMSG_H
#define NLMSG_H

#include <linux/netlink.h>
#include <stdbool.h>

/*
 * Whether the LEN bytes from NH on hold a whole message. As NLMSG_OK(), which
 * compares the signed length, negative behind the last message, with unsigned
 * ones.
 */
static inline bool nlmsg_is_whole(const struct nlmsghdr *nh, int len)
{
	return len >= (int)sizeof(*nh) && nh->nlmsg_len >= sizeof(*nh) &&
	       nh->nlmsg_len <= (unsigned)len;
}

#endif
