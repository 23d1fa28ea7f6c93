/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An interface that goes takes its hooks along; what comes back under its name
 * gets them again, as soon as it is seen.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "front/run.h"

/* Of those named: the number now, 0 when it is gone, and when compiled. */
struct follow {
	const struct name_list *names; /* the caller's */
	uint32_t now[RUN_INTERFACES], first[RUN_INTERFACES];
};

/* Before anything is attached. */
void follow_start(struct follow *f, const struct name_list *names,
		  const struct iface_table *ifaces);

/* Look again; what has changed is said. */
void follow_check(struct follow *f, struct session *s,
		  const struct iface_table *ifaces);

#endif
