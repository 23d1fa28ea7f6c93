/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the programs of bpf_src/owner.c run. The busy ones do so with all that
 * the machine's processes send and receive, the others as connections change
 * their state.
 */
#ifndef OWNER_HOOKS_H
#define OWNER_HOOKS_H

#include <stdbool.h>

#include "kernel/load.h"

#define OWNER_LINKS 5

struct owner_hooks {
	const struct loaded *maps;
	int links[OWNER_LINKS]; /* -1: none */
};

/* Nothing is attached yet. MAPS must live as long. */
void owner_hooks_init(struct owner_hooks *h, const struct loaded *maps);

/*
 * Attach the busy ones or the others. 0, or -errno with ERR filled when one is
 * missing that is needed.
 */
int owner_hooks_attach(struct owner_hooks *h, bool is_busy,
		       struct load_error *err);

void owner_hooks_close(struct owner_hooks *h);

#endif
