/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which clsact qdiscs are ours: a file each in /run/tcpsnoop-c, since it must
 * be known still when whoever made the qdisc was killed.
 */
#ifndef CLSACT_MARK_H
#define CLSACT_MARK_H

#include <stdbool.h>

#define CLSACT_MARKS "/run/tcpsnoop-c"

/*
 * The directory, made when there is none, locked against other instances until
 * its descriptor is closed. -errno: -ETIMEDOUT when another held it for 2 s.
 */
int clsact_marks_lock(void);

/*
 * The mark of interface IFINDEX in the thread's namespace. It means nothing to
 * a later namespace or, where the kernel tells them not apart (before 5.14),
 * interface with the same number. 0 or -errno.
 */
int clsact_mark_set(int marks, int ifindex);
bool clsact_mark_is_set(int marks, int ifindex);
void clsact_mark_clear(int marks, int ifindex);

#endif
