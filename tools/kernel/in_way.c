// SPDX-License-Identifier: GPL-2.0
#include "kernel/in_way.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile/lines.h"
#include "compile/stores.h"
#include "compile/verdict.h"

/* " (mine.c:12)", the line that instruction AT of P comes of, or "". */
static void place_write(char *text, size_t size, const struct image *img,
			const struct image_prog *p, size_t at)
{
	struct source_line line = {.file = ""};
	struct lines lines;
	size_t i;

	*text = 0;
	lines_init(&lines, img, p);
	for (i = 0; i <= at; i++)
		lines_at(&lines, i, &line);
	if (*line.file)
		snprintf(text, size, " (%.128s:%u)", line.file, line.nr);
}

static const char *what_of(int ret)
{
	switch (ret) {
	case -EACCES:
		return "writes to the packet, or to what the kernel knows of it";
	case -EOPNOTSUPP:
		return "goes on in a function that is not inlined";
	case -EINVAL:
		return "reads the packet by load_byte() or its like, which may "
		       "end it (take bpf_skb_load_bytes())";
	default:
		return "has more ways through it than can be followed";
	}
}

static int fail(const struct image *img, const struct image_prog *p, size_t at,
		int ret, struct load_error *err)
{
	char place[160];

	if (ret == -ENOMEM) {
		snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
		return ret;
	}
	place_write(place, sizeof(place), img, p, at);
	snprintf(err->text, sizeof(err->text),
		 "%s()%s %s: packets wait for it, and this tool only looks; "
		 "bpfrun-c runs such programs",
		 p->name, place, what_of(ret));
	return -EACCES;
}

int in_way_fit(const struct image *img, const struct image_prog *p,
	       const struct load_as *as, struct bpf_insn **insns, size_t *nr,
	       struct load_error *err)
{
	size_t at = 0;
	int ret = stores_check(*insns, *nr, as->type, &at);

	if (!ret)
		ret = verdict_fix(insns, nr, as->verdict, &at);
	return ret ? fail(img, p, at, ret, err) : 0;
}
