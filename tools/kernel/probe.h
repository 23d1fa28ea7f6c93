/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a function of a user's own program goes: told by its name, as BCC's
 * macros and habits name functions, or said in words, "xdp", "kprobe:do_exit".
 */
#ifndef PROBE_H
#define PROBE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/parse.h"
#include "compile/image.h"

#define PROBE_TARGET 384

enum probe_kind {
	PROBE_NONE, /* loaded nowhere, attached nowhere */
	PROBE_XDP,
	PROBE_TC_INGRESS,
	PROBE_TC_EGRESS,
	PROBE_SOCKET,
	PROBE_TRACEPOINT,
	PROBE_RAW_TRACEPOINT,
	PROBE_KPROBE,
	PROBE_KRETPROBE,
	PROBE_FENTRY,
	PROBE_FEXIT,
	PROBE_UPROBE,
	PROBE_URETPROBE,
	PROBE_TAIL, /* an entry of a program array */
};

struct probe {
	enum probe_kind kind;
	char function[IMAGE_NAME];
	/* "CAT:EVENT", the kernel's function, "BINARY:SYMBOL", "MAP[INDEX]";
	 * "" where a kind needs none. */
	char target[PROBE_TARGET];
	/* Of a uprobe, by probe_resolve(): the open BINARY (-1: not yet), and
	 * where SYMBOL is in it. */
	int binary;
	uint64_t offset;
};

/* What the kinds have in common. */
struct probe_type {
	const char *name;   /* in words; NULL: it cannot be said so */
	const char *target; /* what must follow, "CAT:EVENT"; NULL: nothing */
	enum bpf_prog_type type;
	bool wants_interface;
};

/* Never NULL. */
const struct probe_type *probe_type(enum probe_kind kind);

/* The kind and target that FUNCTION's name says. False when it says none. */
bool probe_by_name(struct probe *p, const char *function);

/*
 * "FUNCTION=HOOK" or "FUNCTION=HOOK:TARGET"; "FUNCTION=MAP[INDEX]" is an entry
 * of a program array, "FUNCTION=none" nothing at all. 0, or -EINVAL as in
 * parse.h.
 */
int probe_by_words(struct probe *p, const char *text, struct parse_err *err);

/* "BINARY:SYMBOL=FUNCTION", with KIND a uprobe or uretprobe. Likewise. */
int probe_by_symbol(struct probe *p, enum probe_kind kind, const char *text,
		    struct parse_err *err);

/* "xdp, tc-ingress, ...": what words there are. */
void probe_list(char *text, size_t size);

/* "MAP[INDEX]": true with the name in MAP. */
bool probe_tail_parse(const char *target, char map[IMAGE_NAME],
		      unsigned *index);

#endif
