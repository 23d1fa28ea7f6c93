// SPDX-License-Identifier: GPL-2.0
#include "kernel/ksym_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/ksyms.h"

struct entry {
	uint64_t addr;
	char *name;
};

struct ksym_table {
	struct entry *e;
	size_t nr, room;
};

static int entry_add(struct ksym_table *t, uint64_t addr, const char *name)
{
	size_t room = t->room ? 2 * t->room : 1 << 16;
	struct entry *p;
	char *copy;

	if (t->nr == t->room) {
		p = realloc(t->e, room * sizeof(*p));
		if (!p)
			return -1;
		t->e = p;
		t->room = room;
	}
	copy = strdup(name);
	if (!copy)
		return -1;
	t->e[t->nr++] = (struct entry){addr, copy};
	return 0;
}

static int lines_read(struct ksym_table *t, FILE *f)
{
	char line[512], *name;
	uint64_t addr;

	while (fgets(line, sizeof(line), f)) {
		name = ksym_parse(line, &addr);
		if (name && addr && entry_add(t, addr, name))
			return -1;
	}
	if (!t->nr)
		errno = EPERM;
	return t->nr ? 0 : -1;
}

static int entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

struct ksym_table *ksym_table_new(const char *path)
{
	struct ksym_table *t = calloc(1, sizeof(*t));
	FILE *f = t ? fopen(path, "re") : NULL;
	int err = 0;

	if (!f || lines_read(t, f)) {
		err = errno;
		ksym_table_free(t);
		t = NULL;
	}
	if (f)
		fclose(f);
	errno = err;
	if (t)
		qsort(t->e, t->nr, sizeof(*t->e), entry_compare);
	return t;
}

void ksym_table_free(struct ksym_table *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->nr; i++)
		free(t->e[i].name);
	free(t->e);
	free(t);
}

const char *ksym_table_find(const struct ksym_table *t, uint64_t addr)
{
	size_t low = 0, high = t ? t->nr : 0, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->e[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr - t->e[low - 1].addr > KSYM_MAX)
		return NULL;
	return t->e[low - 1].name;
}
