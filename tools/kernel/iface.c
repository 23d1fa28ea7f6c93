// SPDX-License-Identifier: GPL-2.0
#include "kernel/iface.h"

#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/netns.h"

/* Direct mapped by the low bits of the index; a collision costs two ioctls. */
#define SLOTS 64

struct iface_table {
	int fd;
	struct iface slots[SLOTS];
};

struct iface_table *iface_table_new(int netns)
{
	struct iface_table *t = calloc(1, sizeof(*t));
	int previous;

	if (!t)
		return NULL;
	previous = netns_enter(netns);
	t->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netns_leave(previous);
	if (t->fd < 0) {
		free(t);
		return NULL;
	}
	return t;
}

void iface_table_free(struct iface_table *t)
{
	if (!t)
		return;
	close(t->fd);
	free(t);
}

static void iface_ask(int fd, struct iface *i)
{
	struct ifreq ifr = {.ifr_ifindex = i->ifindex};

	i->link_len = 0;
	i->type = ARPHRD_NONE;
	if (ioctl(fd, SIOCGIFNAME, &ifr)) {
		snprintf(i->name, sizeof(i->name), "if%u", i->ifindex);
		return;
	}
	snprintf(i->name, sizeof(i->name), "%.*s", IF_NAMESIZE - 1,
		 ifr.ifr_name);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		return;
	i->type = ifr.ifr_hwaddr.sa_family;
	if (i->type == ARPHRD_ETHER || i->type == ARPHRD_LOOPBACK)
		i->link_len = ETH_HLEN;
}

const struct iface *iface_get(struct iface_table *t, uint32_t ifindex)
{
	struct iface *i = &t->slots[ifindex % SLOTS];

	if (i->ifindex != ifindex) {
		i->ifindex = ifindex;
		iface_ask(t->fd, i);
	}
	return i;
}

void iface_table_expire(struct iface_table *t)
{
	memset(t->slots, 0, sizeof(t->slots));
}

uint32_t iface_find(const struct iface_table *t, const char *name)
{
	struct ifreq ifr = {};

	if (strlen(name) >= sizeof(ifr.ifr_name))
		return 0;
	strcpy(ifr.ifr_name, name);
	return ioctl(t->fd, SIOCGIFINDEX, &ifr) ? 0 : ifr.ifr_ifindex;
}
