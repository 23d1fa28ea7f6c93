// SPDX-License-Identifier: GPL-2.0
#include "kernel/ksyms.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Drops come from some dozens of places; it takes a bug to fill this. */
#define ASKED_MAX 1024

struct asked {
	uint64_t addr;
	struct ksym sym; /* start 0: nothing found */
	struct asked *next;
};

struct ksyms {
	const char *path;
	struct asked *asked;
	unsigned nr;
};

struct ksyms *ksyms_new(const char *path)
{
	struct ksyms *k = calloc(1, sizeof(*k));

	if (k)
		k->path = path;
	return k;
}

void ksyms_free(struct ksyms *k)
{
	struct asked *a, *next;

	for (a = k ? k->asked : NULL; a; a = next) {
		next = a->next;
		free(a);
	}
	free(k);
}

char *ksym_parse(char *line, uint64_t *start)
{
	char *rest;

	*start = strtoull(line, &rest, 16);
	if (rest == line || rest[0] != ' ' || !rest[1] || rest[2] != ' ' ||
	    !strchr("tTwW", rest[1]))
		return NULL;
	rest += 3;
	rest[strcspn(rest, "\t\n ")] = 0;
	return *rest ? rest : NULL;
}

/* The lines of modules are not in order: all must be looked at. */
static void scan(FILE *f, uint64_t addr, struct ksym *best)
{
	char line[512], *name;
	uint64_t start;

	while (fgets(line, sizeof(line), f)) {
		name = ksym_parse(line, &start);
		if (!name || start > addr || start <= best->start)
			continue;
		best->start = start;
		snprintf(best->name, sizeof(best->name), "%s", name);
	}
	if (addr - best->start > KSYM_MAX)
		best->start = 0;
}

/* NULL: memory is short, or too much was asked. */
static struct asked *ask(struct ksyms *k, uint64_t addr)
{
	struct asked *a = k->nr < ASKED_MAX ? calloc(1, sizeof(*a)) : NULL;
	FILE *f;

	if (!a)
		return NULL;
	f = fopen(k->path, "re");
	if (!f && errno == ENOMEM) {
		free(a);
		return NULL;
	}
	a->addr = addr;
	a->next = k->asked;
	k->asked = a;
	k->nr++;
	if (f) {
		scan(f, addr, &a->sym);
		fclose(f);
	}
	return a;
}

const struct ksym *ksyms_find(struct ksyms *k, uint64_t addr)
{
	struct asked *a = k->asked;

	while (a && a->addr != addr)
		a = a->next;
	if (!a)
		a = ask(k, addr);
	return a && a->sym.start ? &a->sym : NULL;
}
