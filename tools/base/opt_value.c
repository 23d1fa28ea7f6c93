// SPDX-License-Identifier: GPL-2.0
/* The parsers that an options table names: from an argument to a field. */
#include "base/opt.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int opt_true(const struct opt *o, const char *arg, void *field,
	     struct parse_err *err)
{
	*(bool *)field = true;
	return 0;
}

int opt_u64(const struct opt *o, const char *arg, void *field,
	    struct parse_err *err)
{
	return parse_u64(arg, o->min, o->max ? o->max : UINT64_MAX, field, err);
}

int opt_u32(const struct opt *o, const char *arg, void *field,
	    struct parse_err *err)
{
	uint64_t v, max = o->max ? o->max : UINT32_MAX;
	int ret = parse_u64(arg, o->min, max, &v, err);

	if (!ret)
		*(uint32_t *)field = v;
	return ret;
}

int opt_string(const struct opt *o, const char *arg, void *field,
	       struct parse_err *err)
{
	if (!*arg)
		return parse_fail(err, "empty %s", o->arg);
	*(const char **)field = arg;
	return 0;
}

const char *opt_name(const struct opt *o, size_t nr)
{
	if (o->object)
		return o->object(nr, NULL);
	return o->choices ? o->choices[nr] : NULL;
}

/* "text, json" */
static void names_join(const struct opt *o, char *list, size_t size)
{
	size_t i, len = 0;

	*list = 0;
	for (i = 0; opt_name(o, i) && len < size; i++)
		len += snprintf(list + len, size - len, "%s%s", i ? ", " : "",
				opt_name(o, i));
}

int opt_find_name(const struct opt *o, const char *word, size_t len,
		  struct parse_err *err)
{
	char list[160];
	const char *name;
	int i;

	for (i = 0; (name = opt_name(o, i)); i++)
		if (strlen(name) == len && !memcmp(name, word, len))
			return i;
	names_join(o, list, sizeof(list));
	return parse_fail(err, "'%s' is not one of %s", PARSE_QUOTE(word, len),
			  list);
}

int opt_choice(const struct opt *o, const char *arg, void *field,
	       struct parse_err *err)
{
	char list[160];
	int i;

	if (!*arg) {
		names_join(o, list, sizeof(list));
		return parse_fail(err, "empty %s (one of %s)", o->arg, list);
	}
	i = opt_find_name(o, arg, strlen(arg), err);
	if (i < 0)
		return i;
	*(int *)field = i;
	return 0;
}

int opt_seconds(const struct opt *o, const char *arg, void *field,
		struct parse_err *err)
{
	return parse_seconds(arg, field, err);
}

int opt_ports(const struct opt *o, const char *arg, void *field,
	      struct parse_err *err)
{
	return parse_ports(arg, field, err);
}

int opt_addrs(const struct opt *o, const char *arg, void *field,
	      struct parse_err *err)
{
	return parse_addrs(arg, field, err);
}

int opt_flags(const struct opt *o, const char *arg, void *field,
	      struct parse_err *err)
{
	return parse_flags(arg, field, err);
}
