/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's headers that programs include, by name: a tree for programs that
 * we have not seen has a stub for each.
 */
#ifndef STUBS_H
#define STUBS_H

/* PATH as it stands in an #include. */
typedef int (*stub_visit)(void *ctx, const char *path);

/* Call VISIT for each, up to the first result that is not 0: that is ours. */
int stubs_each(stub_visit visit, void *ctx);

#endif
