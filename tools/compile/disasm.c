// SPDX-License-Identifier: GPL-2.0
#include "compile/disasm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "compile/insn.h"
#include "compile/lines.h"

/* S, made fit for a terminal and not longer than a line of source may be. */
static void print_clean(struct strbuf *b, const char *s)
{
	char buf[200];

	snprintf(buf, sizeof(buf), "%.*s", (int)sizeof(buf) - 1, s);
	text_clean(buf, "\t");
	strbuf_str(b, buf);
}

static void print_source(struct strbuf *b, const struct source_line *line)
{
	strbuf_str(b, "; ");
	print_clean(b, line->text);
	if (*line->file) {
		strbuf_str(b, *line->text ? " @ " : "@ ");
		print_clean(b, line->file);
		strbuf_printf(b, ":%u", line->nr);
	}
	strbuf_chr(b, '\n');
}

/* One flag an instruction, allocated. */
static bool *find_targets(const struct image_prog *prog)
{
	bool *is_target = calloc(prog->nr_insns + 1, sizeof(*is_target));
	long long target;
	size_t i;

	for (i = 0; is_target && i < prog->nr_insns; i++) {
		if (insn_target(prog, i, &target) && target >= 0 &&
		    target < (long long)prog->nr_insns)
			is_target[target] = true;
	}
	return is_target;
}

static void print_prog(struct strbuf *b, const struct image *img,
		       const struct image_prog *prog)
{
	bool *is_target = find_targets(prog);
	struct source_line line;
	struct insn_text text;
	struct lines lines;
	size_t i;

	if (!is_target) {
		strbuf_fail(b, -ENOMEM);
		return;
	}
	print_clean(b, prog->name);
	strbuf_printf(b, ": %zu instruction%s\n", prog->nr_insns,
		      prog->nr_insns == 1 ? "" : "s");
	lines_init(&lines, img, prog);
	for (i = 0; i < prog->nr_insns; i += text.nr_slots) {
		if (lines_at(&lines, i, &line))
			print_source(b, &line);
		insn_text(img, prog, i, &text);
		strbuf_printf(b, "%c%4zu: %s\n", is_target[i] ? '>' : ' ', i,
			      text.s);
	}
	free(is_target);
}

char *disasm_text(const struct image *img)
{
	struct strbuf b = {};
	size_t i;

	for (i = 0; i < img->nr_progs; i++) {
		if (i)
			strbuf_chr(&b, '\n');
		print_prog(&b, img, &img->progs[i]);
	}
	return strbuf_take(&b, NULL);
}
