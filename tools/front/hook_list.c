// SPDX-License-Identifier: GPL-2.0
#include "front/hook_list.h"

#include <string.h>

const char *hook_list_name(size_t nr, const char **what)
{
	const struct hook_ops *ops = hooks[nr];

	if (what)
		*what = ops && ops->wants_interface ? "needs -i" : NULL;
	return ops ? ops->name : NULL;
}

static const struct hook_ops *find(const char *name)
{
	size_t i;

	for (i = 0; strcmp(hooks[i]->name, name); i++)
		;
	return hooks[i];
}

static int add(struct hook_list *list, const struct opt *o, const char *word,
	       size_t len, struct parse_err *err)
{
	int nr = opt_find_name(o, word, len, err);
	const struct hook_ops *ops;
	size_t i;

	if (nr < 0)
		return nr;
	ops = find(opt_name(o, nr));
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
		ret = add(list, o, word, end - word, err);
		if (ret || !*end)
			return ret;
	}
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
