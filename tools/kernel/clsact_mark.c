// SPDX-License-Identifier: GPL-2.0
#include "kernel/clsact_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file_create.h"

#define LOCK_TRIES 200
#define LOCK_PAUSE_NS 10000000

static int lock(int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}

/* Nobody else may write there: a mark has a qdisc removed. */
static int check(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid != geteuid())
		return -EPERM;
	return st.st_mode & 022 ? -EACCES : 0;
}

int clsact_marks_lock(void)
{
	int fd, ret;

	if (mkdir(CLSACT_MARKS, 0700) && errno != EEXIST)
		return -errno;
	fd = open(CLSACT_MARKS,
		  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = check(fd);
	if (!ret)
		ret = lock(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int mark_name(int ifindex, char *name, size_t size)
{
	struct stat st;

	if (stat("/proc/thread-self/ns/net", &st))
		return -errno;
	snprintf(name, size, "clsact.%lu.%d", (unsigned long)st.st_ino,
		 ifindex);
	return 0;
}

static uint64_t hardware_address(int fd, int ifindex)
{
	struct ifreq ifr = {.ifr_ifindex = ifindex};
	uint64_t id = 0;

	if (!ioctl(fd, SIOCGIFNAME, &ifr) && !ioctl(fd, SIOCGIFHWADDR, &ifr))
		memcpy(&id, ifr.ifr_hwaddr.sa_data, 6);
	return id;
}

/*
 * A namespace's inode number is soon given to another one. Its cookie is not,
 * and before 5.14 at least the interface has an address that is mostly random.
 */
static uint64_t identity(int ifindex)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t id = 0;
	socklen_t size = sizeof(id);

	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &id, &size))
		id = hardware_address(fd, ifindex);
	if (fd >= 0)
		close(fd);
	return id;
}

int clsact_mark_set(int marks, int ifindex)
{
	uint64_t id = identity(ifindex);
	char name[64];
	int ret = mark_name(ifindex, name, sizeof(name)), fd;

	if (ret)
		return ret;
	fd = file_create(marks, name);
	if (fd < 0)
		return fd;
	ret = fd_write_all(fd, &id, sizeof(id));
	close(fd);
	if (ret)
		unlinkat(marks, name, 0);
	return ret;
}

bool clsact_mark_is_set(int marks, int ifindex)
{
	uint64_t id;
	char name[64];
	bool is_set;
	int fd;

	if (mark_name(ifindex, name, sizeof(name)))
		return false;
	fd = openat(marks, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	is_set = !fd_read_all(fd, &id, sizeof(id)) && id == identity(ifindex);
	close(fd);
	return is_set;
}

void clsact_mark_clear(int marks, int ifindex)
{
	char name[64];

	if (!mark_name(ifindex, name, sizeof(name)))
		unlinkat(marks, name, 0);
}
