// SPDX-License-Identifier: GPL-2.0
#include "compile/disasm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"
#include "compile/insn.h"
#include "compile/lines.h"

/* S, made fit for a terminal and not longer than a line of source may be. */
static void print_clean(FILE *f, const char *s)
{
	char buf[200];

	snprintf(buf, sizeof(buf), "%s", s);
	text_clean(buf, "\t");
	fputs(buf, f);
}

static void print_source(FILE *f, const struct source_line *line)
{
	fputs("; ", f);
	print_clean(f, line->text);
	if (*line->file) {
		fputs(*line->text ? " @ " : "@ ", f);
		print_clean(f, line->file);
		fprintf(f, ":%u", line->nr);
	}
	fputc('\n', f);
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

static int print_prog(FILE *f, const struct image *img,
		      const struct image_prog *prog)
{
	bool *is_target = find_targets(prog);
	struct source_line line;
	struct insn_text text;
	struct lines lines;
	size_t i;

	if (!is_target)
		return -ENOMEM;
	print_clean(f, prog->name);
	fprintf(f, ": %zu instruction%s\n", prog->nr_insns,
		prog->nr_insns == 1 ? "" : "s");
	lines_init(&lines, img, prog);
	for (i = 0; i < prog->nr_insns; i += text.nr_slots) {
		if (lines_at(&lines, i, &line))
			print_source(f, &line);
		insn_text(img, prog, i, &text);
		fprintf(f, "%c%4zu: %s\n", is_target[i] ? '>' : ' ', i, text.s);
	}
	free(is_target);
	return 0;
}

int disasm_print(FILE *f, const struct image *img)
{
	size_t i;
	int ret;

	for (i = 0; i < img->nr_progs; i++) {
		if (i)
			fputc('\n', f);
		ret = print_prog(f, img, &img->progs[i]);
		if (ret)
			return ret;
	}
	return ferror(f) ? -EIO : 0;
}
