// SPDX-License-Identifier: GPL-2.0
#include "kernel/caps.h"

#include <stdio.h>
#include <string.h>
#include <sys/capability.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

/* CAP_SYS_ADMIN stands for the two that were split off it in Linux 5.8. */
static const struct {
	enum caps_use use;
	cap_value_t cap;
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

static bool cap_is_set(cap_t caps, cap_value_t cap)
{
	cap_flag_value_t v = CAP_CLEAR;

	return !cap_get_flag(caps, cap, CAP_EFFECTIVE, &v) && v == CAP_SET;
}

bool caps_check(enum caps_use use, char *missing, size_t size)
{
	cap_t caps = cap_get_proc();
	size_t i, len = 0;

	*missing = 0;
	for (i = 0; caps && i < sizeof(needs) / sizeof(*needs); i++) {
		if (needs[i].use != use || cap_is_set(caps, needs[i].cap) ||
		    (needs[i].has_admin && cap_is_set(caps, CAP_SYS_ADMIN)))
			continue;
		len += snprintf(missing + len, len < size ? size - len : 0,
				"%s%s", len ? ", " : "", needs[i].name);
	}
	cap_free(caps);
	return !len;
}
