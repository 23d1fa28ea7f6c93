// SPDX-License-Identifier: GPL-2.0
#include "compile/trace_struct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/lex.h"

#define PREFIX "tracepoint__"
#define COMMON_SIZE 8 /* of the fields that all events have, not to be read */

/* One line of a format: "field:char comm[16]; offset:8; size:16; signed:0;". */
struct field {
	char type[256]; /* without the name */
	char name[TRACE_NAME];
	unsigned nr; /* elements; 0: it is no array */
	unsigned offset, size;
	int is_signed;
};

static bool name_copy(char *to, const char *s, size_t len)
{
	if (!len || len >= TRACE_NAME)
		return false;
	memcpy(to, s, len);
	to[len] = 0;
	return true;
}

bool trace_event_parse(const char *s, size_t len, struct trace_event *e)
{
	const size_t skip = strlen(PREFIX);
	const char *split;

	if (len <= skip || strncmp(s, PREFIX, skip))
		return false;
	s += skip;
	len -= skip;
	split = memmem(s, len, "__", 2);
	return split && name_copy(e->category, s, split - s) &&
	       name_copy(e->name, split + 2, s + len - split - 2);
}

/* "(CAT, EVENT)" behind TRACEPOINT_PROBE. */
static bool probe_parse(struct lex *lx, struct trace_event *e)
{
	struct word category, name;

	if (!word_is(lex_next(lx), "("))
		return false;
	category = lex_next(lx);
	if (!word_is_name(category) || !word_is(lex_next(lx), ","))
		return false;
	name = lex_next(lx);
	return word_is_name(name) && word_is(lex_next(lx), ")") &&
	       name_copy(e->category, category.s, category.len) &&
	       name_copy(e->name, name.s, name.len);
}

static bool is_known(const struct trace_event *events, size_t nr,
		     const struct trace_event *e)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(events[i].category, e->category) &&
		    !strcmp(events[i].name, e->name))
			return true;
	return false;
}

size_t trace_events_find(const char *text, struct trace_event *events,
			 size_t max)
{
	struct lex lx = {text, text + strlen(text), true};
	struct trace_event e;
	struct word w;
	size_t nr = 0;

	while (nr < max && (w = lex_next(&lx)).len) {
		if (word_is(w, "TRACEPOINT_PROBE")) {
			if (!probe_parse(&lx, &e))
				continue;
		} else if (!trace_event_parse(w.s, w.len, &e)) {
			continue;
		}
		if (!is_known(events, nr, &e))
			events[nr++] = e;
	}
	return nr;
}

/* Take the name, and "[16]" behind it, from the end of f->type. */
static bool declaration_split(struct field *f)
{
	char *bracket = strrchr(f->type, '['), *start, *end;

	f->nr = 0;
	if (bracket && bracket[strcspn(bracket, " ")] != ' ') {
		f->nr = strtoul(bracket + 1, NULL, 10) ?: f->size;
		*bracket = 0;
	}
	end = f->type + strlen(f->type);
	start = end;
	while (start > f->type && start[-1] != ' ' && start[-1] != '*')
		start--;
	if (!name_copy(f->name, start, end - start))
		return false;
	*start = 0;
	return true;
}

/* False at a line that describes no field. */
static bool field_parse(struct field *f, const char *line)
{
	return sscanf(line, " field:%255[^;]; offset:%u; size:%u; signed:%d;",
		      f->type, &f->offset, &f->size, &f->is_signed) == 4 &&
	       f->size && declaration_split(f);
}

/* What holds an element of SIZE bytes, or NULL. */
static const char *integer_of(unsigned size, bool is_signed)
{
	static const char *const names[][2] = {
		[1] = {"unsigned char", "signed char"},
		[2] = {"unsigned short", "short"},
		[4] = {"unsigned int", "int"},
		[8] = {"unsigned long long", "long long"},
	};

	return size < sizeof(names) / sizeof(*names) ? names[size][is_signed]
						     : NULL;
}

/*
 * By size and sign, not by the type that is named: arguments of system calls
 * are wider than their types, and enums are not known everywhere.
 */
static void array_write(struct strbuf *b, const struct field *field)
{
	const char *type =
		integer_of(field->size / field->nr, field->is_signed);

	if (!strncmp(field->type, "char ", 5))
		strbuf_printf(b, " char %s[%u];", field->name, field->size);
	else if (type && field->size % field->nr == 0)
		strbuf_printf(b, " %s %s[%u];", type, field->name, field->nr);
	else
		strbuf_printf(b, " unsigned char %s[%u];", field->name,
			      field->size);
}

static void field_write(struct strbuf *b, const struct field *field)
{
	const char *type = integer_of(field->size, field->is_signed);

	if (!strncmp(field->type, "__data_loc ", 11))
		strbuf_printf(b, " int data_loc_%s;", field->name);
	else if (!strncmp(field->type, "__rel_loc ", 10))
		strbuf_printf(b, " int rel_loc_%s;", field->name);
	else if (field->nr)
		array_write(b, field);
	else if (strchr(field->type, '*') && field->size == sizeof(void *))
		strbuf_printf(b, " %s%s;", field->type, field->name);
	else if (type)
		strbuf_printf(b, " %s %s;", type, field->name);
	else
		strbuf_printf(b, " unsigned char %s[%u];", field->name,
			      field->size);
}

bool trace_struct_write(struct strbuf *b, const struct trace_event *e,
			const char *format)
{
	struct field field;
	unsigned at = COMMON_SIZE;
	const char *line;

	if (strncmp(format, "name:", 5))
		return false;
	strbuf_printf(b,
		      "struct " PREFIX
		      "%s__%s { unsigned long long __do_not_use__;",
		      e->category, e->name);
	for (line = format; *line; line += strspn(line, "\n")) {
		if (field_parse(&field, line) && field.offset >= at) {
			if (field.offset > at)
				strbuf_printf(b, " char __pad_%u[%u];", at,
					      field.offset - at);
			field_write(b, &field);
			at = field.offset + field.size;
		}
		line += strcspn(line, "\n");
	}
	strbuf_str(b, " };");
	return true;
}
