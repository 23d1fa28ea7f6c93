// SPDX-License-Identifier: GPL-2.0
#include "compile/lines.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>

/* line_col: the line in the upper 22 bits. */
#define LINE_SHIFT 10
#define STRING_MAX 4096 /* bytes; what is longer is no line to be shown */

const char *btf_string(const struct image *img, uint32_t off)
{
	struct btf_header h;
	uint64_t start;
	const char *s;
	size_t room;

	if (!img->btf || img->btf_size < sizeof(h))
		return NULL;
	memcpy(&h, img->btf, sizeof(h));
	start = (uint64_t)h.hdr_len + h.str_off;
	if (h.magic != BTF_MAGIC || off >= h.str_len ||
	    start + h.str_len > img->btf_size)
		return NULL;
	s = (const char *)img->btf + start + off;
	room = h.str_len - off;
	return memchr(s, '\0', room < STRING_MAX ? room : STRING_MAX) ? s
								      : NULL;
}

void lines_init(struct lines *l, const struct image *img,
		const struct image_prog *prog)
{
	memset(l, 0, sizeof(*l));
	l->img = img;
	l->prog = prog;
}

/* Later kernels and compilers may make the record longer, never shorter. */
static bool read_record(const struct lines *l, struct bpf_line_info *rec)
{
	const struct image_prog *p = l->prog;

	if (!p->line_info || p->line_info_rec < sizeof(*rec) ||
	    l->next >= p->line_info_size / p->line_info_rec)
		return false;
	memcpy(rec, (const char *)p->line_info + l->next * p->line_info_rec,
	       sizeof(*rec));
	return true;
}

static bool is_same_line(const struct bpf_line_info *a,
			 const struct bpf_line_info *b)
{
	return a->file_name_off == b->file_name_off &&
	       a->line_off == b->line_off &&
	       a->line_col >> LINE_SHIFT == b->line_col >> LINE_SHIFT;
}

static const char *string_or_empty(const struct image *img, uint32_t off)
{
	const char *s = btf_string(img, off);

	return s ? s : "";
}

static bool fill(struct lines *l, const struct bpf_line_info *rec,
		 struct source_line *out)
{
	out->text = string_or_empty(l->img, rec->line_off);
	out->text += strspn(out->text, " \t");
	out->file = string_or_empty(l->img, rec->file_name_off);
	out->nr = rec->line_col >> LINE_SHIFT;
	return *out->text || *out->file;
}

bool lines_at(struct lines *l, size_t at, struct source_line *out)
{
	struct bpf_line_info rec;
	bool is_new = false;

	for (; read_record(l, &rec) && rec.insn_off <= at; l->next++) {
		if (rec.insn_off < at || !(rec.line_col >> LINE_SHIFT) ||
		    is_same_line(&rec, &l->last))
			continue;
		is_new = fill(l, &rec, out);
		l->last = rec;
	}
	return is_new;
}

#define SHIFT_MAX 64 /* libbcc 0.26 puts 16 lines in front, then some more */

/* Where each line of a text starts, from line 1 on. */
struct starts {
	const char **line; /* allocated */
	size_t nr;
};

/* 0 or -ENOMEM. */
static int starts_find(struct starts *st, const char *text)
{
	size_t nr = 1;
	const char *p;

	for (p = text; (p = strchr(p, '\n')); p++)
		nr++;
	*st = (struct starts){.line = malloc(nr * sizeof(*st->line))};
	if (!st->line)
		return -ENOMEM;
	for (p = text; st->nr < nr; p = strchrnul(p, '\n') + 1)
		st->line[st->nr++] = p + strspn(p, " \t");
	return 0;
}

static bool line_is(const struct starts *st, unsigned nr, const char *s)
{
	size_t len = strlen(s);
	const char *line = nr && nr <= st->nr ? st->line[nr - 1] : NULL;

	return line && !strncmp(line, s, len) &&
	       (!line[len] || line[len] == '\n');
}

/* By how much line NR, which reads S, is too high; LAST is the best guess. */
static unsigned shift_find(const struct starts *st, unsigned nr, const char *s,
			   unsigned last)
{
	unsigned i, by;

	s += strspn(s, " \t");
	for (i = 0; i < 2 * SHIFT_MAX; i++) {
		by = i % 2 ? last - (i + 1) / 2 : last + i / 2;
		if (by < nr && by < SHIFT_MAX && line_is(st, nr - by, s))
			return by;
	}
	return last; /* a line that libbcc rewrote */
}

static void prog_renumber(const struct image *img, const struct image_prog *p,
			  const struct starts *st, unsigned *shift)
{
	struct bpf_line_info rec;
	unsigned nr;
	const char *s;
	size_t at;

	for (at = 0; at + sizeof(rec) <= p->line_info_size;
	     at += p->line_info_rec) {
		char *to = (char *)p->line_info + at;

		memcpy(&rec, to, sizeof(rec));
		s = btf_string(img, rec.line_off);
		nr = rec.line_col >> LINE_SHIFT;
		if (!s || !*s || !nr)
			continue;
		*shift = shift_find(st, nr, s, *shift);
		if (*shift < nr)
			rec.line_col -= *shift << LINE_SHIFT;
		memcpy(to, &rec, sizeof(rec));
	}
}

int lines_renumber(struct image *img, const char *text)
{
	struct starts st;
	unsigned shift = 0;
	int ret = starts_find(&st, text);
	size_t i;

	for (i = 0; !ret && i < img->nr_progs; i++)
		prog_renumber(img, &img->progs[i], &st, &shift);
	free(st.line);
	return ret;
}
