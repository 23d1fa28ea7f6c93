// SPDX-License-Identifier: GPL-2.0
#include "kernel/place.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "kernel/iface.h"
#include "kernel/netns.h"

static int interface_add(struct place *p, struct iface_table *t,
			 const char *ifname, char *err, size_t err_size)
{
	uint32_t ifindex = iface_find(t, ifname);
	uint32_t link_len;
	int ret;

	if (!ifindex) {
		snprintf(err, err_size,
			 "cannot attach to %s: no such interface", ifname);
		return -ENODEV;
	}
	link_len = iface_get(t, ifindex)->link_len;
	if (p->ifindexes.nr && link_len != p->link_len) {
		snprintf(err, err_size,
			 "%s and the others differ in their link headers: "
			 "trace them one by one",
			 ifname);
		return -EINVAL;
	}
	p->link_len = link_len;
	ret = range_set_add(&p->ifindexes, ifindex, ifindex);
	if (ret)
		snprintf(err, err_size, "%s", error_words(ret));
	return ret;
}

static int netns_inum(int netns, struct place *p)
{
	struct stat st;
	int ret =
		netns < 0 ? stat("/proc/self/ns/net", &st) : fstat(netns, &st);

	if (ret)
		return -errno;
	p->netns_inum = st.st_ino;
	return 0;
}

int place_find(const char *netns, const char *const *ifnames, struct place *p,
	       char *err, size_t err_size)
{
	struct iface_table *t = NULL;
	int fd = -1, ret;

	memset(p, 0, sizeof(*p));
	if (netns) {
		fd = netns_open(netns, err, err_size);
		if (fd < 0)
			return fd;
	}
	ret = netns_inum(fd, p);
	if (!ret) {
		t = iface_table_new(fd);
		ret = t ? 0 : -errno;
	}
	if (ret)
		snprintf(err, err_size, "cannot look at the interfaces: %s",
			 error_words(ret));
	for (; !ret && *ifnames; ifnames++)
		ret = interface_add(p, t, *ifnames, err, err_size);
	iface_table_free(t);
	if (fd >= 0)
		close(fd);
	return ret;
}

void place_free(struct place *p)
{
	range_set_free(&p->ifindexes);
}
