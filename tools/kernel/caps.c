// SPDX-License-Identifier: GPL-2.0
#include "kernel/caps.h"

#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* CAP_SYS_ADMIN stands for the two that were split off it in Linux 5.8. */
static const struct {
	enum caps_use use;
	int cap;
	const char *name;
	bool has_admin;
} needs[] = {
	{CAPS_TRACE, CAP_BPF, "CAP_BPF", true},
	{CAPS_TRACE, CAP_PERFMON, "CAP_PERFMON", true},
	{CAPS_TRACE, CAP_NET_RAW, "CAP_NET_RAW", false},
	{CAPS_COMPILE, CAP_SETUID, "CAP_SETUID", false},
	{CAPS_COMPILE, CAP_SETGID, "CAP_SETGID", false},
	{CAPS_COMPILE, CAP_SETPCAP, "CAP_SETPCAP", false},
	{CAPS_NETNS, CAP_SYS_ADMIN, "CAP_SYS_ADMIN", false},
};

/* The effective ones as bits: those of the call, not libcap's, which allocates. */
static uint64_t caps_get(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	syscall(SYS_capget, &head, data);
	return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static bool cap_is_set(uint64_t caps, int cap)
{
	return caps >> cap & 1;
}

bool caps_check(enum caps_use use, char *missing, size_t size)
{
	uint64_t caps = caps_get();
	size_t i, len = 0;

	*missing = 0;
	for (i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if (needs[i].use != use || cap_is_set(caps, needs[i].cap) ||
		    (needs[i].has_admin && cap_is_set(caps, CAP_SYS_ADMIN)))
			continue;
		len += snprintf(missing + len, len < size ? size - len : 0,
				"%s%s", len ? ", " : "", needs[i].name);
	}
	return !len;
}
