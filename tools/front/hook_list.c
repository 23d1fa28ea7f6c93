// SPDX-License-Identifier: GPL-2.0
#include "front/hook_list.h"

#include <stdio.h>
#include <string.h>

#define HOOKS_TEXT 256

/* The names of ALLOWED, "socket, tc", with BEHIND after the first. */
static void names_join(const struct hook_ops *const *allowed,
		       const char *behind, char *text, size_t size)
{
	size_t i, len = 0;

	*text = 0;
	for (i = 0; allowed[i] && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s%s", i ? ", " : "",
				allowed[i]->name, i ? "" : behind);
}

static const struct hook_ops *find(const struct hook_ops *const *allowed,
				   const char *name, size_t len)
{
	for (; *allowed; allowed++)
		if (strlen((*allowed)->name) == len &&
		    !strncmp((*allowed)->name, name, len))
			return *allowed;
	return NULL;
}

static int add(struct hook_list *list, const char *name, size_t len,
	       struct parse_err *err)
{
	const struct hook_ops *ops = find(list->allowed, name, len);
	char names[HOOKS_TEXT];
	size_t i;

	if (!ops) {
		names_join(list->allowed, "", names, sizeof(names));
		return parse_fail(err, "'%.*s' is not one of %s", (int)len,
				  name, names);
	}
	for (i = 0; i < list->nr; i++)
		if (list->ops[i] == ops)
			return parse_fail(err, "'%s' is named twice",
					  ops->name);
	if (list->nr == SESSION_PARTS)
		return parse_fail(err, "more than %d hooks", SESSION_PARTS);
	list->ops[list->nr++] = ops;
	return 0;
}

int hook_list_parse(const struct opt *o, const char *arg, void *field,
		    struct parse_err *err)
{
	struct hook_list *list = field;
	const char *word, *end;
	int ret;

	list->nr = 0;
	for (word = arg;; word = end + 1) {
		end = strchrnul(word, ',');
		ret = add(list, word, end - word, err);
		if (ret || !*end)
			return ret;
	}
}

void hook_list_help(const struct hook_ops *const *allowed, char *text,
		    size_t size)
{
	char names[HOOKS_TEXT];

	names_join(allowed, " (default)", names, sizeof(names));
	snprintf(text, size, "where to look: %s", names);
}

/* The titles of those that want an interface, "TC and XDP". How many. */
static size_t titles_join(const struct hook_ops *const *allowed, char *text,
			  size_t size)
{
	const char *titles[SESSION_PARTS];
	size_t i, nr = 0, len = 0;

	for (; *allowed && nr < SESSION_PARTS; allowed++)
		if ((*allowed)->wants_interface)
			titles[nr++] = (*allowed)->title;
	for (i = 0; i < nr && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s",
				!i	     ? ""
				: i + 1 < nr ? ", "
					     : " and ",
				titles[i]);
	return nr;
}

void hook_list_more(const struct hook_ops *const *allowed, char *text,
		    size_t size)
{
	char titles[HOOKS_TEXT];
	size_t nr = titles_join(allowed, titles, sizeof(titles));
	int len = snprintf(text, size,
			   "Several may be named, as in xdp,tc,socket: each "
			   "packet then shows once at each.");

	if (nr && (size_t)len < size)
		snprintf(text + len, size - len, " %s need%s -i.", titles,
			 nr == 1 ? "s" : "");
}

int hook_list_check(const struct hook_list *list, bool has_interface,
		    bool want_out, struct parse_err *err)
{
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct hook_ops *ops = list->ops[i];

		if (ops->wants_interface && !has_interface)
			return parse_fail(err,
					  "-k %s needs -i: it is attached "
					  "to interfaces by name",
					  ops->name);
		if (ops->is_in_only && want_out)
			return parse_fail(err,
					  "-k %s sees incoming packets "
					  "only: leave out -D",
					  ops->name);
	}
	return 0;
}
