// SPDX-License-Identifier: GPL-2.0
#include "compile/histogram_scale.h"

#include <string.h>

#include "compile/lex.h"

static bool is_log2(struct word w)
{
	return word_is(w, "bpf_log2") || word_is(w, "bpf_log2l");
}

/* Is W of the words that declare the histogram NAME? LX is behind it. */
static bool is_declaration(struct word w, struct lex *lx, const char *name)
{
	return word_is(w, "BPF_HISTOGRAM") && word_is(lex_next(lx), "(") &&
	       word_is(lex_next(lx), name);
}

/* NAME.increment( or NAME.atomic_increment(: LX is in its parentheses. */
static bool is_increment(struct word w, struct lex *lx, const char *name)
{
	struct word method;

	if (!word_is(w, name) || !word_is(lex_peek(lx), "."))
		return false;
	lex_next(lx);
	method = lex_next(lx);
	return (word_is(method, "increment") ||
		word_is(method, "atomic_increment")) &&
	       word_is(lex_next(lx), "(");
}

/* What the "(" before LX holds, up to its end: a log2, a lone name? */
static enum histogram_scale argument_scale(struct lex lx)
{
	unsigned depth = 1, nr = 0;
	bool is_name = false;
	struct word w;

	while (depth && (w = lex_next(&lx)).len) {
		depth += word_is(w, "(");
		depth -= word_is(w, ")");
		if (is_log2(w))
			return HISTOGRAM_IS_LOG2;
		is_name = word_is_name(w) || (is_name && !depth);
		nr += depth > 0;
	}
	return nr == 1 && is_name ? HISTOGRAM_NONE : HISTOGRAM_IS_LINEAR;
}

enum histogram_scale histogram_scale(const char *text, const char *name)
{
	struct lex lx = {text, text + strlen(text), true};
	enum histogram_scale scale = HISTOGRAM_NONE;
	bool is_declared = false, has_log2 = false;
	struct word w;

	while ((w = lex_next(&lx)).len) {
		has_log2 |= is_log2(w);
		if (is_declaration(w, &lx, name))
			is_declared = true;
		else if (scale == HISTOGRAM_NONE && is_increment(w, &lx, name))
			scale = argument_scale(lx);
	}
	if (!is_declared)
		return HISTOGRAM_NONE;
	if (scale != HISTOGRAM_NONE)
		return scale;
	return has_log2 ? HISTOGRAM_IS_LOG2 : HISTOGRAM_IS_LINEAR;
}
