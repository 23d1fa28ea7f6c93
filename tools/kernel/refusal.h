/* SPDX-License-Identifier: GPL-2.0 */
/* The messages of the kernel's verifier, and what they usually mean. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

struct refusal {
	const char *find[6]; /* any of these in the message; NULL-ended */
	const char *meaning; /* one sentence, lower case, no full stop */
	const char *cure;    /* the same */
	bool is_of_no_insn;  /* found after the last instruction was checked */
};

/* The first entry that fits MESSAGE (one line or several), or NULL. */
const struct refusal *refusal_find(const char *message);

#endif
