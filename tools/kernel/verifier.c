// SPDX-License-Identifier: GPL-2.0
#include "kernel/verifier.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "kernel/refusal.h"

#define SAID_MAX 5     /* lines of a message, without the instruction */
#define LINE_SHOWN 240 /* bytes */
#define STACK_LIMIT "BPF stack limit" /* LLVM, BPFRegisterInfo.cpp */
#define WIDTH 78		      /* of what is said in our own words */

/* Part of the log, not NUL-terminated; s is NULL for none. */
struct line {
	const char *s;
	size_t len;
};

struct story {
	struct line insn;   /* the last one: the verifier went no further */
	struct line source; /* of that */
	struct line said[SAID_MAX];
	size_t nr_said;
};

/* What a log of level 2 tells besides, and the statistics at its end. */
static const char *const noise[] = {
	"processed ",
	"verification time",
	"stack depth",
	"func#",
	"Func#",
	"Validating ",
	"Live regs",
	"from ",
	"cur state:",
	"old state:",
	"caller:",
	"callee:",
	"returning from callee:",
	"to caller at",
	"mark_precise:",
	"last_idx",
	"regs=",
	"parent ",
	"propagating ",
	"SCC ",
	" ",
	"(",
};

static bool has_prefix(struct line l, const char *prefix)
{
	size_t len = strlen(prefix);

	return l.len >= len && !memcmp(l.s, prefix, len);
}

static struct line skip(struct line l, size_t nr)
{
	return (struct line){l.s + nr, l.len - nr};
}

static size_t nr_digits(struct line l)
{
	size_t nr = 0;

	while (nr < l.len && isdigit((unsigned char)l.s[nr]))
		nr++;
	return nr;
}

/* What follows the "12: " of an instruction or a state; empty without it. */
static struct line behind_number(struct line l)
{
	size_t nr = nr_digits(l);

	if (!nr || l.len < nr + 2 || memcmp(l.s + nr, ": ", 2))
		return skip(l, l.len);
	return skip(l, nr + 2);
}

/* "12: (bf) r6 = r1" */
static bool is_insn(struct line l)
{
	l = behind_number(l);
	return l.len >= 4 && l.s[0] == '(' && l.s[3] == ')' &&
	       isxdigit((unsigned char)l.s[1]) &&
	       isxdigit((unsigned char)l.s[2]);
}

/* "R1=ctx() R10=fp0", "R0_w=inv0", "frame1: R1=ctx()", or that behind "12: " */
static bool is_state(struct line l)
{
	struct line numbered = behind_number(l);
	size_t nr;

	if (numbered.len)
		l = numbered;
	if (has_prefix(l, "frame"))
		return true;
	if (!has_prefix(l, "R"))
		return false;
	l = skip(l, 1);
	nr = nr_digits(l);
	return nr && nr < l.len && (l.s[nr] == '=' || l.s[nr] == '_');
}

static bool is_noise(struct line l)
{
	size_t i;

	for (i = 0; i < sizeof(noise) / sizeof(noise[0]); i++) {
		if (has_prefix(l, noise[i]))
			return true;
	}
	return !l.len || is_state(l);
}

/*
 * Cut " @ file:21" off *TEXT, as kernels since 6.9 append it. The place, with s
 * NULL when there is none.
 */
static struct line cut_place(struct line *text)
{
	size_t i, end = text->len;
	struct line place;

	while (end && isdigit((unsigned char)text->s[end - 1]))
		end--;
	if (end == text->len || !end || text->s[end - 1] != ':')
		return (struct line){NULL, 0};
	for (i = end; i >= 3; i--) {
		if (memcmp(text->s + i - 3, " @ ", 3))
			continue;
		place = skip(*text, i);
		text->len = i - 3;
		return place;
	}
	return (struct line){NULL, 0};
}

/* Instructions that the compiler added for itself have an empty line. */
static void take_source(struct story *st, struct line l)
{
	struct line text = skip(l, has_prefix(l, "; ") ? 2 : 1);

	l = text;
	cut_place(&text);
	if (text.len && strspn(text.s, " \t") < text.len)
		st->source = l;
}

static void take_said(struct story *st, struct line l)
{
	if (st->nr_said == SAID_MAX)
		memmove(st->said, st->said + 1,
			--st->nr_said * sizeof(st->said[0]));
	st->said[st->nr_said++] = l;
}

static void take(struct story *st, struct line l)
{
	if (has_prefix(l, ";")) {
		take_source(st, l);
	} else if (is_insn(l)) {
		st->insn = l;
		st->nr_said = 0;
	} else if (!is_noise(l)) {
		take_said(st, l);
	}
}

#define AT_LENGTH "Verification failed:"

static void read_log(struct story *st, const char *log)
{
	size_t len;

	memset(st, 0, sizeof(*st));
	for (; *log; log += len + (log[len] == '\n')) {
		/* From here on 7.3 says the same again, at length. */
		if (!strncmp(log, AT_LENGTH, strlen(AT_LENGTH)))
			return;
		len = strcspn(log, "\n");
		take(st, (struct line){log, len});
	}
}

/* L, cut and cleaned. */
static void shorten(char buf[LINE_SHOWN], struct line l)
{
	snprintf(buf, LINE_SHOWN, "%.*s",
		 (int)(l.len < LINE_SHOWN ? l.len : LINE_SHOWN), l.s);
	text_clean(buf, "\t");
}

static void print_line(struct strbuf *b, struct line l, const char *end)
{
	char buf[LINE_SHOWN];

	shorten(buf, l);
	strbuf_printf(b, "%s%s", buf, end);
}

/* "10: (0f) r0 += r1     ; R0=map_value() R1=scalar()": only the instruction */
static struct line cut_state(struct line insn)
{
	const char *state = memchr(insn.s, ';', insn.len);

	if (state)
		insn.len = state - insn.s;
	while (insn.len && insn.s[insn.len - 1] == ' ')
		insn.len--;
	return insn;
}

static void print_source(struct strbuf *b, struct line text)
{
	struct line place = cut_place(&text);

	strbuf_str(b, "source: ");
	if (place.s)
		print_line(b, place, ": ");
	print_line(b, text, "\n");
}

/*
 * A log of level 1 has some messages behind the instruction, on its line, hence
 * that is looked at last.
 */
static const struct refusal *find_refusal(const struct story *st)
{
	char text[(SAID_MAX + 1) * (LINE_SHOWN + 1)] = "";
	char *end = text;
	size_t i;

	for (i = 0; i < st->nr_said; i++) {
		shorten(end, st->said[i]);
		end += strlen(end);
		*end++ = '\n';
	}
	if (st->insn.s)
		shorten(end, st->insn);
	return refusal_find(text);
}

/* LABEL and TEXT, broken between words. */
static void print_wrapped(struct strbuf *b, const char *label, const char *text)
{
	int column = strlen(label), len;

	strbuf_str(b, label);
	while (*text) {
		len = strcspn(text, " ");
		if (column + 1 + len > WIDTH) {
			strbuf_str(b, "\n ");
			column = 1;
		}
		strbuf_printf(b, " %.*s", len, text);
		column += 1 + len;
		text += len;
		text += strspn(text, " ");
	}
	strbuf_chr(b, '\n');
}

static void print_known(struct strbuf *b, const struct refusal *r)
{
	print_wrapped(b, "meaning:", r->meaning);
	print_wrapped(b, "cure:", r->cure);
}

static void print_meaning(struct strbuf *b, const struct story *st,
			  const struct refusal *r)
{
	if (r) {
		print_known(b, r);
	} else if (st->nr_said) {
		strbuf_str(b, "meaning: not known here; the message is the "
			      "kernel's own\n");
	} else {
		strbuf_str(b, "the log holds no message of the verifier; its "
			      "end may be missing\n");
	}
}

void verifier_explain(struct strbuf *b, const char *log)
{
	const struct refusal *r;
	bool is_of_insn;
	struct story st;
	size_t i;

	read_log(&st, log);
	r = find_refusal(&st);
	is_of_insn = st.insn.s && !(r && r->is_of_no_insn);
	if (is_of_insn)
		print_line(b, cut_state(st.insn), "\n");
	for (i = 0; i < st.nr_said; i++)
		print_line(b, st.said[i], "\n");
	if (is_of_insn && st.source.s)
		print_source(b, st.source);
	print_meaning(b, &st, r);
}

void verifier_explain_compiler(struct strbuf *b, const char *talk)
{
	const char *limit = strstr(talk, STACK_LIMIT);
	const struct refusal *r = limit ? refusal_find(STACK_LIMIT) : NULL;

	if (r)
		print_known(b, r);
}
