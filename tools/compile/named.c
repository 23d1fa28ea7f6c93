// SPDX-License-Identifier: GPL-2.0
#include "compile/named.h"

#include <stdint.h>
#include <string.h>

#include "compile/lex.h"
#include "compile/typed.h"

#define RAW "raw_tracepoint__"
#define PROBE "_PROBE" /* that the macros' names end so */

/* A macro and what it makes of its first or its first two arguments. */
static const struct {
	const char *macro, *prefix;
	bool has_two;
} macros[] = {
	{"TRACEPOINT_PROBE", "tracepoint__", true},
	{"RAW_TRACEPOINT_PROBE", RAW, false},
	{"TYPED_TRACEPOINT_PROBE", RAW, false},
	{"TYPED_TRACEPOINT_PROBE", RAW "typed__", false},
	{"KFUNC_PROBE", "kfunc__", false},
	{"KFUNC_PROBE", "kfunc__vmlinux__", false},
	{"KRETFUNC_PROBE", "kretfunc__", false},
	{"KRETFUNC_PROBE", "kretfunc__vmlinux__", false},
};

const char *named_target(const char *name)
{
	if (typed_name(name))
		return typed_name(name);
	return strncmp(name, RAW, strlen(RAW)) ? NULL : name + strlen(RAW);
}

/* What stands behind START in NAME, or NULL. */
static const char *behind(const char *name, const char *start, size_t len)
{
	return name && !strncmp(name, start, len) ? name + len : NULL;
}

/* "(A" or "(A, B" comes next, and NAME is PREFIX with A, or A__B. */
static bool is_made(struct lex lx, const char *name, const char *prefix,
		    bool has_two)
{
	struct word w;

	if (!word_is(lex_next(&lx), "("))
		return false;
	w = lex_next(&lx);
	name = behind(name, prefix, strlen(prefix));
	name = behind(name, w.s, w.len);
	if (has_two) {
		if (!word_is(lex_next(&lx), ","))
			return false;
		w = lex_next(&lx);
		name = behind(name, "__", 2);
		name = behind(name, w.s, w.len);
	}
	return name && !*name && word_is_name(w);
}

static bool is_macro(struct word w)
{
	const size_t len = strlen(PROBE);

	return w.len > len && !memcmp(w.s + w.len - len, PROBE, len);
}

static bool word_makes(const struct lex *lx, struct word w, const char *name)
{
	size_t i;

	for (i = 0; is_macro(w) && i < sizeof(macros) / sizeof(*macros); i++)
		if (word_is(w, macros[i].macro) &&
		    is_made(*lx, name, macros[i].prefix, macros[i].has_two))
			return true;
	return !strncmp(w.s, name, w.len) && !name[w.len];
}

const char *named_missing(const char *text, const char *const *names, size_t nr)
{
	struct lex lx = {.p = text, .end = text + strlen(text)};
	uint64_t missing = nr < NAMED_MAX ? (1ull << nr) - 1 : ~0ull, left;
	struct word w;

	while (missing && (w = lex_next(&lx)).len) {
		if (!word_is_name(w))
			continue;
		for (left = missing; left; left &= left - 1) {
			size_t i = __builtin_ctzll(left);

			if (word_makes(&lx, w, names[i]))
				missing &= ~(1ull << i);
		}
	}
	return missing ? names[__builtin_ctzll(missing)] : NULL;
}

bool named_in(const char *text, const char *name)
{
	return !named_missing(text, &name, 1);
}
