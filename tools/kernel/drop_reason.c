// SPDX-License-Identifier: GPL-2.0
#include "kernel/drop_reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel_btf.h"

struct drop_reasons {
	size_t nr;
	char unknown[16];
	struct reason {
		uint32_t value;
		char name[60];
	} reasons[];
};

static const char *strip(const char *name)
{
	static const char *const prefixes[] = {"SKB_DROP_REASON_", "SKB_"};
	size_t i, len;

	for (i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		len = strlen(prefixes[i]);
		if (!strncmp(name, prefixes[i], len))
			return name + len;
	}
	return name;
}

/* Name and value come first in an item of both kinds of enum. */
static void fill(struct drop_reasons *r, const struct btf_raw *btf,
		 const struct btf_type *t)
{
	size_t step = btf_raw_item_size(t) / sizeof(uint32_t);
	const uint32_t *item = (const void *)(t + 1);

	for (r->nr = 0; r->nr < BTF_INFO_VLEN(t->info); item += step) {
		struct reason *reason = &r->reasons[r->nr++];

		reason->value = item[1];
		snprintf(reason->name, sizeof(reason->name), "%s",
			 strip(btf_raw_name(btf, item[0])));
	}
}

struct drop_reasons *drop_reasons_new(const struct btf_raw *btf)
{
	const struct btf_type *t =
		btf_find(btf, BTF_KIND_ENUM, "skb_drop_reason");
	size_t nr = t ? BTF_INFO_VLEN(t->info) : 0;
	struct drop_reasons *r =
		calloc(1, sizeof(*r) + nr * sizeof(struct reason));

	if (r && t)
		fill(r, btf, t);
	return r;
}

void drop_reasons_free(struct drop_reasons *r)
{
	free(r);
}

const char *drop_reason_name(struct drop_reasons *r, uint32_t reason)
{
	size_t i;

	for (i = 0; i < r->nr; i++)
		if (r->reasons[i].value == reason)
			return r->reasons[i].name;
	snprintf(r->unknown, sizeof(r->unknown), "0x%x", reason);
	return r->unknown;
}

const char *drop_reason_of_function(const char *function)
{
	return function && !strcmp(function, "nf_hook_slow") ? "NETFILTER_DROP"
							     : NULL;
}

int64_t drop_reason_find(const struct drop_reasons *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->nr; i++)
		if (!strcmp(r->reasons[i].name, name))
			return r->reasons[i].value;
	return -ENOENT;
}
