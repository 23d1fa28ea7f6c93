// SPDX-License-Identifier: GPL-2.0
#include "compile/ident.h"

#include <errno.h>
#include <string.h>

#include "compile/lex.h"

struct scan {
	struct lex lx;
	struct ident_set *set;
	bool can_add; /* else only words that the set has count */
	int err;
	int has_grown;
};

static struct ident *touch(struct scan *sc, struct word w)
{
	struct ident *id;

	if (!sc->can_add)
		return ident_find(sc->set, w.s, w.len, ident_hash(w.s, w.len));
	id = ident_add(sc->set, w.s, w.len);
	if (!id)
		sc->err = -ENOMEM;
	return id;
}

static void use(struct scan *sc, struct word w, unsigned how)
{
	struct ident *id = sc->can_add ? touch(sc, w) : NULL;

	if (!id || (id->uses & how))
		return;
	id->uses |= how;
	sc->has_grown = 1;
}

static void hide(struct scan *sc, struct word w, unsigned how)
{
	struct ident *id = touch(sc, w);

	if (id)
		id->hidden |= how;
}

static void scan_code(struct scan *sc);

/* "#define TYPE xdp_md": there may be a "struct TYPE" somewhere. */
static void scan_tag_macro(struct scan *sc)
{
	struct scan ahead = *sc;
	struct word tag = lex_next(&ahead.lx);

	if (!word_is_name(tag) || lex_next(&ahead.lx).len)
		return;
	use(sc, tag, IDENT_STRUCT);
	use(sc, tag, IDENT_UNION);
	use(sc, tag, IDENT_ENUM);
}

static void scan_define(struct scan *sc, const char *end)
{
	struct scan body = *sc;
	struct word name;

	body.lx.end = end;
	name = lex_next(&body.lx);
	if (!word_is_name(name))
		return;
	hide(sc, name, IDENT_NAME | IDENT_CALL);
	if (body.lx.p < end && *body.lx.p == '(')
		lex_skip_parens(&body.lx);
	else
		scan_tag_macro(&body);
	body.lx.is_line_start = false;
	scan_code(&body);
	if (body.err)
		sc->err = body.err;
	sc->has_grown |= body.has_grown;
}

static void scan_include(struct scan *sc, const char *end)
{
	const char *from, *to;

	(void)lex_peek(&sc->lx);
	from = sc->lx.p + 1;
	if (sc->lx.p >= end || *sc->lx.p != '<')
		return;
	to = memchr(from, '>', end - from);
	if (to && to > from)
		use(sc, (struct word){from, to - from}, IDENT_INCLUDE);
}

static void scan_condition(struct scan *sc, const char *end)
{
	struct word w;

	while (lex_peek(&sc->lx).len && sc->lx.p < end) {
		w = lex_next(&sc->lx);
		if (word_is_name(w) && !word_is(w, "defined"))
			use(sc, w, IDENT_NAME);
	}
}

/* The line behind a '#' that starts it. */
static void scan_directive(struct scan *sc)
{
	const char *end = lex_line_end(sc->lx.p, sc->lx.end);
	struct word w = lex_next(&sc->lx);

	if (word_is(w, "define"))
		scan_define(sc, end);
	else if (word_is(w, "include"))
		scan_include(sc, end);
	else if (word_is(w, "if") || word_is(w, "elif") ||
		 word_is(w, "ifdef") || word_is(w, "ifndef"))
		scan_condition(sc, end);
	sc->lx.p = end;
}

static bool next_is(struct scan *sc, const char *s)
{
	return word_is(lex_peek(&sc->lx), s);
}

/* Behind the '{' of an enum: its enumerators are the text's own. */
static void scan_enumerators(struct scan *sc)
{
	bool is_first = true; /* of "NAME = value" */
	int depth = 0;
	struct word w;

	while ((w = lex_next(&sc->lx)).len && !word_is(w, "}")) {
		depth += word_is(w, "(") - word_is(w, ")");
		if (word_is_name(w) && is_first)
			hide(sc, w, IDENT_NAME);
		else if (word_is_name(w))
			use(sc, w, IDENT_NAME);
		is_first = word_is(w, ",") && !depth;
	}
}

/* Behind "struct", "union" or "enum". */
static void scan_tag(struct scan *sc, unsigned how)
{
	struct word tag = lex_peek(&sc->lx);

	if (word_is(tag, "__attribute__")) {
		lex_next(&sc->lx);
		lex_skip_parens(&sc->lx);
		tag = lex_peek(&sc->lx);
	}
	if (word_is_name(tag)) {
		lex_next(&sc->lx);
		use(sc, tag, how);
		if (next_is(sc, "{"))
			hide(sc, tag, how);
	}
	if (how == IDENT_ENUM && next_is(sc, "{")) {
		lex_next(&sc->lx);
		scan_enumerators(sc);
	}
}

static unsigned tag_use(struct word w)
{
	return word_is(w, "struct")  ? IDENT_STRUCT
	       : word_is(w, "union") ? IDENT_UNION
	       : word_is(w, "enum")  ? IDENT_ENUM
				     : 0;
}

/* WORD( at hand: BPF_HASH(counts, ...) makes a map with the name counts. */
static void scan_call(struct scan *sc, struct word w)
{
	struct scan ahead = *sc;
	struct word map;

	use(sc, w, IDENT_CALL);
	if (w.len < 4 || memcmp(w.s, "BPF_", 4))
		return;
	lex_next(&ahead.lx);
	map = lex_next(&ahead.lx);
	if (word_is_name(map) && (next_is(&ahead, ",") || next_is(&ahead, ")")))
		hide(sc, map, IDENT_NAME);
}

/* "typedef ... NAME;" while it is read. */
struct typedef_state {
	bool is_in;
	int depth;	  /* of braces and parentheses */
	struct word last; /* the last word at depth 0 */
	bool has_pointer; /* last is a function's: (*NAME)(...) */
};

static void track_typedef(struct scan *sc, struct typedef_state *td,
			  struct word w, struct word before)
{
	if (word_is(w, "typedef")) {
		*td = (struct typedef_state){.is_in = true};
	} else if (!td->is_in) {
		return;
	} else if (word_is_name(w)) {
		bool is_function = td->depth == 1 && word_is(before, "*") &&
				   next_is(sc, ")");

		if (is_function || (!td->depth && !td->has_pointer))
			td->last = w;
		td->has_pointer |= is_function;
	} else if (strchr("({", *w.s)) {
		td->depth++;
	} else if (strchr(")}", *w.s)) {
		td->depth--;
	} else if (*w.s == ';' && td->depth <= 0) {
		if (td->last.len)
			hide(sc, td->last, IDENT_NAME);
		td->is_in = false;
	}
}

static void use_member(struct scan *sc, struct word w)
{
	struct scan ahead = *sc;
	struct word minus = lex_next(&ahead.lx);

	use(sc, w, IDENT_MEMBER);
	if (word_is(minus, "-") && next_is(&ahead, ">"))
		use(sc, w, IDENT_DEREF);
}

static void scan_name(struct scan *sc, struct word w, struct word before)
{
	unsigned how = tag_use(w);

	if (how)
		scan_tag(sc, how);
	else if (word_is(w, "__attribute__"))
		lex_skip_parens(&sc->lx);
	else if (word_is(w, "typedef"))
		return;
	else if (word_is(before, ".") || word_is(before, ">"))
		use_member(sc, w);
	else if (next_is(sc, "("))
		scan_call(sc, w);
	else
		use(sc, w, IDENT_NAME);
}

/* "->" is two words here, and "a > b" must not pass for it. */
static struct word arrow_or(struct word w, struct word before)
{
	if (word_is(w, ">") && !(word_is(before, "-") && before.s + 1 == w.s))
		w.len = 0;
	return w;
}

static void scan_code(struct scan *sc)
{
	struct typedef_state td = {0};
	struct word w, before = {"", 0};

	while (!sc->err && (w = lex_peek(&sc->lx)).len) {
		bool is_start = sc->lx.is_line_start;

		lex_next(&sc->lx);
		if (*w.s == '#' && is_start) {
			scan_directive(sc);
			continue;
		}
		track_typedef(sc, &td, w, before);
		if (word_is_name(w))
			scan_name(sc, w, before);
		before = arrow_or(w, before);
	}
}

static struct scan scan_of(struct ident_set *set, const char *text)
{
	return (struct scan){
		.lx = {text, text + strlen(text), true},
		.set = set,
	};
}

int ident_scan(struct ident_set *set, const char *text)
{
	struct scan sc = scan_of(set, text);

	sc.can_add = true;
	scan_code(&sc);
	return sc.err;
}

void ident_hide(struct ident_set *set, const char *text)
{
	struct scan sc = scan_of(set, text);

	scan_code(&sc);
}

/* The next line of macros that starts with "#define NAME". */
struct macro {
	const char *from; /* the '#' */
	const char *end;
	struct ident *id; /* of NAME; NULL: the program has no such word */
};

static bool next_macro(struct scan *sc, struct macro *m)
{
	struct word w = lex_peek(&sc->lx);

	while (w.len) {
		m->from = w.s;
		m->end = lex_line_end(w.s, sc->lx.end);
		lex_next(&sc->lx);
		w = lex_next(&sc->lx);
		if (*m->from == '#' && word_is(w, "define")) {
			w = lex_peek(&sc->lx);
			m->id = ident_find(sc->set, w.s, w.len,
					   ident_hash(w.s, w.len));
			return true;
		}
		sc->lx.p = m->end;
		w = lex_peek(&sc->lx);
	}
	return false;
}

int ident_expand(struct ident_set *set, const char *text, unsigned how,
		 unsigned unless, int *has_grown)
{
	struct scan sc = scan_of(set, text);
	struct macro m;

	sc.can_add = true;
	for (; !sc.err && next_macro(&sc, &m); sc.lx.p = m.end) {
		struct ident *id = m.id;

		if (!id || (id->uses & (unless | IDENT_MACRO)) ||
		    !(id->uses & how) ||
		    (id->hidden & (IDENT_NAME | IDENT_CALL)))
			continue;
		id->uses |= IDENT_MACRO;
		scan_define(&sc, m.end);
	}
	*has_grown |= sc.has_grown;
	return sc.err;
}

void ident_print_macros(struct strbuf *b, const struct ident_set *set,
			const char *text)
{
	struct scan sc = scan_of((struct ident_set *)set, text);
	struct macro m;

	for (; next_macro(&sc, &m); sc.lx.p = m.end)
		if (m.id && (m.id->uses & IDENT_MACRO))
			strbuf_printf(b, "%.*s\n", (int)(m.end - m.from),
				      m.from);
}
