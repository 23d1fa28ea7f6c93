// SPDX-License-Identifier: GPL-2.0
/* An options table as help, as man page source and as bash completion. */
#include "base/opt.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WIDTH 80
#define LABEL_MAX 30 /* a longer one has a line of its own */

/*
 * TEXT in lines of at most WIDTH columns, all but the first indented; the
 * cursor is at column AT. Ends the line.
 */
static void print_wrapped(FILE *f, const char *text, int at, int indent)
{
	bool is_first = true;
	int len;

	while (*text) {
		len = strcspn(text, " ");
		if (!is_first && at + 1 + len > WIDTH) {
			fprintf(f, "\n%*s", indent, "");
			at = indent;
		} else if (!is_first) {
			fputc(' ', f);
			at++;
		}
		fprintf(f, "%.*s", len, text);
		at += len;
		text += len;
		text += strspn(text, " ");
		is_first = false;
	}
	fputc('\n', f);
}

/* "  -p, --port LIST"; returns its length, as snprintf(3) does. */
static int format_label(char *buf, size_t size, const struct opt *o)
{
	char key[8] = "    ";

	if (o->key)
		snprintf(key, sizeof(key), "-%c, ", o->key);
	return snprintf(buf, size, "  %s--%s%s%s", key, o->name,
			o->arg ? " " : "", o->arg ? o->arg : "");
}

/* The first option from O on that is to be told of. */
static const struct opt *shown(const struct opt *o)
{
	while (o->name && !o->help)
		o++;
	return o;
}

/* The column where the help texts start. */
static int help_column(const struct opt *table)
{
	int len, max = 0;

	for (table = shown(table); table->name; table = shown(table + 1)) {
		len = format_label(NULL, 0, table);
		if (len > max && len <= LABEL_MAX)
			max = len;
	}
	return max + 2;
}

/* O's help text, with "NAME (WHAT), ..." of its objects behind it. */
static const char *help_text(const struct opt *o, char *buf, size_t size)
{
	const char *name, *what;
	size_t i, len;

	if (!o->object)
		return o->help;
	len = snprintf(buf, size, "%s:", o->help);
	for (i = 0; (name = o->object(i, &what)) && len < size; i++) {
		what = i ? what : "default";
		len += snprintf(buf + len, size - len, "%s %s%s%s%s",
				i ? "," : "", name, what ? " (" : "",
				what ?: "", what ? ")" : "");
	}
	return buf;
}

static void print_option(FILE *f, const struct opt *o, int column)
{
	char label[WIDTH], text[512];
	int len = format_label(label, sizeof(label), o);

	if (len + 2 > column)
		fprintf(f, "%s\n%*s", label, column, "");
	else
		fprintf(f, "%-*s", column, label);
	print_wrapped(f, help_text(o, text, sizeof(text)), column, column);
}

static void print_examples(FILE *f, const char *lines)
{
	int len;

	fputs("\nEXAMPLES\n", f);
	while (*lines) {
		len = strcspn(lines, "\n");
		fprintf(f, "%s%.*s\n", len ? "  " : "", len, lines);
		lines += len;
		lines += *lines == '\n';
	}
}

void opt_print_help(FILE *f, const char *program, const struct opt *table,
		    const struct opt_help *help)
{
	int at = fprintf(f, "Usage: %s ", program);
	int column = help_column(table);

	print_wrapped(f, help->synopsis, at, at);
	print_wrapped(f, help->purpose, 0, 0);
	fputc('\n', f);
	for (table = shown(table); table->name; table = shown(table + 1))
		print_option(f, table, column);
	if (help->examples)
		print_examples(f, help->examples);
}

/*
 * What roff would change in plain text: '-' would become a hyphen that cannot
 * be copied into a shell, quotes and accents typographic ones. A '.' or '\''
 * that starts a line would be a request.
 */
static const char *const roff_escapes[256] = {
	['\\'] = "\\e",	 ['-'] = "\\-",	  ['\''] = "\\(aq",
	['`'] = "\\(ga", ['^'] = "\\(ha", ['~'] = "\\(ti",
};

static void roff_chr(FILE *f, char c)
{
	const char *escape = roff_escapes[(unsigned char)c];

	if (escape)
		fputs(escape, f);
	else
		fputc(c, f);
}

static void roff_str(FILE *f, const char *s)
{
	for (; *s; s++)
		roff_chr(f, *s);
}

/* A help text as a sentence: from "local port(s)" to "Local port(s).". */
static void roff_sentence(FILE *f, const char *s)
{
	if (*s == '.')
		fputs("\\&", f);
	roff_chr(f, toupper((unsigned char)*s));
	roff_str(f, s + 1);
	fputs(".\n", f);
}

static void roff_lines(FILE *f, const char *s)
{
	bool is_start = true;

	for (; *s; s++) {
		if (is_start && *s == '.')
			fputs("\\&", f);
		roff_chr(f, *s);
		is_start = *s == '\n';
	}
	if (!is_start)
		fputc('\n', f);
}

static void man_option(FILE *f, const struct opt *o)
{
	char text[512];

	fputs(".TP\n", f);
	if (o->key)
		fprintf(f, "\\fB\\-%c\\fR, ", o->key);
	fputs("\\fB\\-\\-", f);
	roff_str(f, o->name);
	fputs("\\fR", f);
	if (o->arg) {
		fputs(" \\fI", f);
		roff_str(f, o->arg);
		fputs("\\fR", f);
	}
	fputc('\n', f);
	roff_sentence(f, help_text(o, text, sizeof(text)));
	if (o->more)
		roff_lines(f, o->more);
}

void opt_print_man(FILE *f, const struct opt *table)
{
	for (table = shown(table); table->name; table = shown(table + 1))
		man_option(f, table);
}

/* How opt.complete is done in bash; the word so far is $cur. */
static const struct {
	const char *complete;
	const char *code;
} completions[] = {
	{"file", "compopt -o filenames\n"
		 "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"},
	{"interface", "mapfile -t COMPREPLY < <(cd /sys/class/net &&\n"
		      "\t\t\tcompgen -d -- \"$cur\")\n"},
};

static void completion_names_of(FILE *f, const struct opt *o)
{
	size_t i;

	fputs("\t\tmapfile -t COMPREPLY < <(compgen -W '", f);
	for (i = 0; opt_name(o, i); i++)
		fprintf(f, "%s%s", i ? " " : "", opt_name(o, i));
	fputs("' -- \"$cur\")\n", f);
}

/* What follows an option with a value: never the name of another option. */
static void completion_case(FILE *f, const struct opt *o)
{
	size_t i;

	fputc('\t', f);
	if (o->key)
		fprintf(f, "-%c | ", o->key);
	fprintf(f, "--%s)\n", o->name);
	if (opt_name(o, 0))
		completion_names_of(f, o);
	for (i = 0; i < sizeof(completions) / sizeof(completions[0]); i++)
		if (o->complete &&
		    !strcmp(o->complete, completions[i].complete))
			fprintf(f, "\t\t%s", completions[i].code);
	fputs("\t\treturn\n\t\t;;\n", f);
}

static void completion_names(FILE *f, const struct opt *table)
{
	fputs("\tif [[ $cur == -* ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W '",
	      f);
	for (table = shown(table); table->name; table = shown(table + 1))
		fprintf(f, "--%s%s", table->name,
			shown(table + 1)->name ? " " : "");
	fputs("' -- \"$cur\")\n"
	      "\tfi\n",
	      f);
}

/* A '-' in a function's name is refused by a bash in POSIX mode. */
static void completion_function(FILE *f, const char *program)
{
	fputc('_', f);
	for (; *program; program++)
		fputc(isalnum((unsigned char)*program) ? *program : '_', f);
}

void opt_print_completion(FILE *f, const char *program, const struct opt *table)
{
	const struct opt *o;

	fprintf(f, "# bash completion for %s\n", program);
	completion_function(f, program);
	fputs("()\n"
	      "{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	      "\tlocal prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\n"
	      "\tCOMPREPLY=()\n"
	      "\t# bash makes three words of --name=value\n"
	      "\tif [[ $cur == = ]]; then\n"
	      "\t\tcur=\n"
	      "\telif [[ $prev == = ]]; then\n"
	      "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	      "\tfi\n"
	      "\n"
	      "\tcase $prev in\n",
	      f);
	for (o = shown(table); o->name; o = shown(o + 1))
		if (o->arg)
			completion_case(f, o);
	fputs("\tesac\n", f);
	completion_names(f, table);
	fputs("}\n\ncomplete -F ", f);
	completion_function(f, program);
	fprintf(f, " %s\n", program);
}
