/* SPDX-License-Identifier: GPL-2.0 */
/* The texts that are compiled at launch, as strings (see embed.sh). */
#ifndef EMBED_H
#define EMBED_H

struct embedded {
	const char *path; /* from the repository's root: "bpf_src/tcpsnoop.c" */
	const char *text;
};

extern const struct embedded embedded_files[]; /* ends with a NULL path */

/* The text of PATH, or NULL. */
const char *embedded_text(const char *path);

#endif
