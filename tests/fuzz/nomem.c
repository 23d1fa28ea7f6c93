// SPDX-License-Identifier: GPL-2.0
/*
 * Texts made of what people say, while memory is short: the first byte picks
 * what is made, the second one which allocation fails (from 128 on: and all
 * behind it), the rest is the argument. It comes out whole or not at all.
 */
#include <errno.h>
#include <linux/filter.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "compile/cbpf.h"
#include "compile/expr.h"
#include "compile/filter.h"
#include "compile/recipe.h"
#include "compile/source.h"
#include "compile/source_wrap.h"
#include "compile/talk.h"
#include "nomem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The allocation that fails, counted down to it; 0: none does. */
static unsigned countdown;
static bool and_on;

static bool nomem_fails(void)
{
	if (!countdown || (countdown > 1 && --countdown))
		return false;
	if (!and_on)
		countdown = 0;
	return true;
}

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static const struct opt table[] = {
	OPT(struct filter, local_ports, 'p', "port", "LIST", opt_ports),
	OPT(struct filter, remote_ports, 'r', "remote-port", "LIST", opt_ports),
	OPT(struct filter, hosts, 'H', "host", "LIST", opt_addrs),
	OPT(struct filter, local, 'L', "local", "LIST", opt_addrs),
	OPT(struct filter, flags, 'f', "flags", "LIST", opt_flags),
	OPT(struct filter, expr, 'e', "expr", "C", opt_string),
	OPT_END};

/* What each makes, NULL and *ERR when it cannot. TEXT is its own. */
typedef char *(*make_fn)(char *text, size_t size, int *err);

static char *text_of(const struct filter *f)
{
	char *filter = filter_text(f);
	const struct source_part parts[] = {{"common/filter.h", filter},
					    {"common/options.h", ""},
					    {"common/expr.h", ""},
					    {"common/pcap.h", ""},
					    {}};
	char *text = NULL;

	if (filter)
		text = source_assemble("bpf_src/tcplife_tracepoint.c", NULL,
				       parts);
	free(filter);
	return text;
}

/* The words of a command line, one a line. */
static char *make_program(char *text, size_t size, int *err)
{
	char *argv[16] = {"tool"}, *word, *made = NULL;
	struct filter f = {.text_name = "filter"};
	struct parse_err ignored = {""};
	int argc = 1;

	while (argc < 16 && (word = strsep(&text, "\n")))
		argv[argc++] = word;
	*err = opt_parse(table, argc, argv, &f, &ignored);
	if (*err >= 0)
		*err = f.expr ? expr_check(f.expr, &ignored) : 0;
	if (!*err) {
		made = text_of(&f);
		*err = made ? 0 : -ENOMEM;
	}
	filter_free(&f);
	return made;
}

static char *make_wrapped(char *text, size_t size, int *err)
{
	char *made = source_wrap(text, "own.c", "f",
				 "struct a {};\nint f(void)\n{\n}\n");

	*err = made ? 0 : -errno;
	return made;
}

/* It stays as it was where memory is short. */
static char *make_talk(char *text, size_t size, int *err)
{
	char *talk = strdup(text), *made = talk ? talk_edit(talk, "m.c") : NULL;

	*err = made && made != talk ? 0 : -ENOMEM;
	if (!*err)
		return made;
	check(!talk || !strcmp(talk, text));
	free(talk);
	return NULL;
}

static char *make_cbpf(char *text, size_t size, int *err)
{
	struct strbuf b = {};

	cbpf_write(&b, "f", (const void *)text,
		   size / sizeof(struct sock_filter), 54);
	text = strbuf_take(&b, NULL);
	*err = b.err;
	return text;
}

static char *make_recipe(char *text, size_t size, int *err)
{
	struct tree_recipe r;
	struct strbuf b = {};

	*err = tree_recipe_init(&r, text, BTF_NAMED, "/nosuch");
	if (*err)
		return NULL;
	strbuf_str(&b, r.key);
	tree_recipe_print_macros(&b, &r);
	tree_recipe_free(&r);
	text = strbuf_take(&b, NULL);
	*err = b.err;
	return text;
}

static const make_fn makers[] = {
	make_program, make_wrapped, make_talk, make_cbpf, make_recipe,
};

/* With a copy of its own, of the exact size, so that ASan sees a read behind. */
static char *make(make_fn fn, const uint8_t *data, size_t size, unsigned n,
		  int *err)
{
	char *copy = malloc(size + 1), *made;

	check(copy);
	memcpy(copy, data, size);
	copy[size] = 0;
	countdown = n;
	made = fn(copy, size, err);
	countdown = 0;
	free(copy);
	check(!made == (*err != 0));
	return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *whole, *got;
	int err, short_err;
	make_fn fn;

	if (size < 2)
		return 0;
	fn = makers[data[0] % (sizeof(makers) / sizeof(*makers))];
	whole = make(fn, data + 2, size - 2, 0, &err);
	check(err != -ENOMEM);
	and_on = data[1] & 128;
	got = make(fn, data + 2, size - 2, 1 + (data[1] & 127), &short_err);
	check(short_err == -ENOMEM || short_err == err);
	check(!got || !strcmp(got, whole));
	free(got);
	free(whole);
	return 0;
}
