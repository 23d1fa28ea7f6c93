/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COMMON_DEVICE_H
#define COMMON_DEVICE_H

#include "common/kernel.h"

/* The namespace that the interface, a typed one, is in: see net_inum(). */
static inline u32 device_netns(struct net_device *dev)
{
	struct net *net = NULL;

	typed_read(net, dev->nd_net.net);
	return typed_net_inum(net);
}

#endif
