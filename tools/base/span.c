// SPDX-License-Identifier: GPL-2.0
#include "base/span.h"

#include <stdint.h>
#include <string.h>

#define LIST_MAX 4096

struct span span_of(const char *s)
{
	return (struct span){s, strlen(s)};
}

struct span span_cut(struct span all, char c, struct span *rest)
{
	const char *p = memchr(all.s, c, all.len);

	*rest = (struct span){NULL, 0};
	if (!p)
		return all;
	rest->s = p + 1;
	rest->len = all.s + all.len - rest->s;
	return (struct span){all.s, p - all.s};
}

bool span_digits(struct span t, u128 *out)
{
	u128 v = 0;
	size_t i;

	for (i = 0; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return false;
		if (v <= UINT64_MAX)
			v = v * 10 + (t.s[i] - '0');
	}
	*out = v;
	return t.len > 0;
}

int span_each(struct span all, const struct span_list *list, void *out,
	      struct parse_err *err)
{
	struct span rest = all, item;
	size_t nr = 0;
	int ret;

	if (!all.len)
		return parse_fail(err, "empty list of %s", list->many);
	do {
		item = span_cut(rest, ',', &rest);
		if (!item.len)
			return parse_fail(err, "empty %s in '%s'", list->one,
					  SPAN_QUOTE(all));
		if (++nr > LIST_MAX)
			return parse_fail(err,
					  "'%s' is one too many: a list holds "
					  "at most %d %s",
					  SPAN_QUOTE(item), LIST_MAX,
					  list->many);
		ret = list->add(item, out, err);
		if (ret)
			return ret;
	} while (rest.s);
	return 0;
}
