// SPDX-License-Identifier: GPL-2.0
#include "base/opt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_LEN_MAX 31 /* of an unknown option that deserves a guess */

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Typing mistakes between two names of at most NAME_LEN_MAX: letters changed,
 * left out, added or swapped with their neighbour (optimal string alignment).
 */
static size_t nr_mistakes(const char *a, const char *b)
{
	size_t d[NAME_LEN_MAX + 1][NAME_LEN_MAX + 1];
	size_t i, j, len_a = strlen(a), len_b = strlen(b);

	for (i = 0; i <= len_a; i++)
		for (j = 0; j <= len_b; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] =
				min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				     d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[len_a][len_b];
}

/*
 * The long name that NAME was meant to be, or NULL: NAME is cut short, or one
 * letter in three is wrong.
 */
static const char *guess_name(const struct opt *table, const char *name)
{
	size_t len = strlen(name), best = len / 3 + 1, nr;
	const char *guess = NULL;

	if (len < 2 || len > NAME_LEN_MAX)
		return NULL;
	for (; table->name; table++) {
		if (!strncmp(table->name, name, len))
			return table->name;
		if (strlen(table->name) > NAME_LEN_MAX)
			continue;
		nr = nr_mistakes(table->name, name);
		if (nr < best) {
			best = nr;
			guess = table->name;
		}
	}
	return guess;
}

static const struct opt *find_name(const struct opt *table, const char *name,
				   size_t len)
{
	for (; table->name; table++)
		if (strlen(table->name) == len &&
		    !memcmp(table->name, name, len))
			return table;
	return NULL;
}

static const struct opt *find_key(const struct opt *table, char key)
{
	for (; table->name; table++)
		if (table->key == key)
			return table;
	return NULL;
}

/* The command line while it is read. */
struct reader {
	const struct opt *table;
	char **argv;
	int argc;
	int next; /* the word to read next */
	char *options;
	struct parse_err *err;
};

static int missing_fail(const struct opt *o, const char *as,
			struct parse_err *err)
{
	bool has_vowel = strchr("AEIOUaeiou", o->arg[0]);

	return parse_fail(err, "%s needs %s %s", as, has_vowel ? "an" : "a",
			  o->arg);
}

/*
 * Option O, written as "-p" or "--port", has VALUE or, when that is NULL and it
 * needs one, the next word.
 */
static int take(struct reader *r, const struct opt *o, const char *as,
		const char *value)
{
	struct parse_err cause = {""};
	int ret;

	if (o->arg && !value && r->next == r->argc)
		return missing_fail(o, as, r->err);
	if (o->arg && !value)
		value = r->argv[r->next++];
	ret = o->parse(o, value, r->options + o->offset, &cause);
	if (ret != -EINVAL)
		return ret;
	if (!value || !*value)
		return parse_fail(r->err, "%s: %s", as, cause.text);
	return parse_fail(r->err, "%s %s: %s", as,
			  PARSE_QUOTE(value, strlen(value)), cause.text);
}

static int unknown_long(const struct opt *table, const char *name,
			struct parse_err *err)
{
	const char *guess = guess_name(table, name);

	if (!guess)
		return parse_fail(err, "unknown option '--%s'", name);
	return parse_fail(err, "unknown option '--%s' (did you mean '--%s'?)",
			  name, guess);
}

static int read_long(struct reader *r, const char *name)
{
	size_t len = strcspn(name, "=");
	const struct opt *o = find_name(r->table, name, len);
	const char *value = name[len] ? name + len + 1 : NULL;
	char as[PARSE_QUOTE_SIZE + 2];

	if (!o)
		return unknown_long(r->table, PARSE_QUOTE(name, len), r->err);
	snprintf(as, sizeof(as), "--%s", o->name);
	if (value && !o->arg)
		return parse_fail(r->err, "%s takes no value", as);
	return take(r, o, as, value);
}

/* All of a UTF-8 character: "-\u00e9" is quoted whole. */
static int key_fail(const char *key, struct parse_err *err)
{
	int len = 1;

	while (len < 4 && (key[len] & 0xc0) == 0x80)
		len++;
	return parse_fail(err, "unknown option '-%.*s'", len, key);
}

static int read_keys(struct reader *r, const char *keys)
{
	const struct opt *o;
	char as[3] = "-";
	int ret;

	for (; *keys; keys++) {
		o = find_key(r->table, *keys);
		if (!o)
			return key_fail(keys, r->err);
		as[1] = *keys;
		if (o->arg)
			return take(r, o, as, keys[1] ? keys + 1 : NULL);
		ret = take(r, o, as, NULL);
		if (ret)
			return ret;
	}
	return 0;
}

int opt_parse(const struct opt *table, int argc, char **argv, void *options,
	      struct parse_err *err)
{
	struct reader r = {table, argv, argc, 1, options, err};
	const char *word;
	int ret;

	while (r.next < argc) {
		word = argv[r.next];
		if (word[0] != '-' || !word[1])
			break;
		r.next++;
		if (!strcmp(word, "--"))
			break;
		ret = word[1] == '-' ? read_long(&r, word + 2)
				     : read_keys(&r, word + 1);
		if (ret)
			return ret;
	}
	return r.next;
}
