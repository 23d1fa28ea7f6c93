/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One const table of options is all that a tool says about its command line:
 * it drives parsing, --help, the man page's OPTIONS and the bash completion.
 *
 *	static const struct opt opts[] = {
 *		OPT(struct options, local_ports, 'p', "port", "LIST", opt_ports,
 *		    .help = "local port(s): 80, 80,443 or 8000-8100"),
 *		...
 *		OPT_END
 *	};
 */
#ifndef OPT_H
#define OPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/parse.h"

struct opt;

/*
 * Writes the value of ARG (NULL for an option without argument) to FIELD.
 * Returns and fills ERR as the functions of parse.h do.
 */
typedef int (*opt_parse_fn)(const struct opt *o, const char *arg, void *field,
			    struct parse_err *err);

struct opt {
	const char *name; /* long name without dashes; NULL ends the table */
	char key;	  /* short name or 0 */
	const char *arg;  /* metavar, NULL for none */
	const char *help; /* one line, lower case, no full stop; NULL: the
			   * option works, but nothing tells of it */
	const char *more; /* further sentences for the man page, or NULL */
	opt_parse_fn parse;
	size_t offset;		    /* of the field in the options struct */
	uint64_t min, max;	    /* opt_u64, opt_u32; max 0: any */
	const char *const *choices; /* opt_choice: NULL-ended */
	/* Instead of choices, where what may be named is a table of objects:
	 * the name of object NR, the default first, or NULL behind the last.
	 * WHAT (if not NULL) gets what it is in a few words, or NULL. --help
	 * lists all of them behind the help text. */
	const char *(*object)(size_t nr, const char **what);
	const char *complete; /* bash: "file", "interface", or NULL */
};

#define OPT(type, field, key_, name_, arg_, parse_, ...)                  \
	{                                                                 \
		.name = name_, .key = key_, .arg = arg_, .parse = parse_, \
		.offset = offsetof(type, field), __VA_ARGS__              \
	}
#define OPT_END              \
	{                    \
		.name = NULL \
	}

/* Parsers for a table, and the type of the field that each writes. */
int opt_true(const struct opt *o, const char *arg, void *field,
	     struct parse_err *err); /* bool */
int opt_u32(const struct opt *o, const char *arg, void *field,
	    struct parse_err *err); /* uint32_t, o->min to o->max */
int opt_u64(const struct opt *o, const char *arg, void *field,
	    struct parse_err *err); /* uint64_t, o->min to o->max */
int opt_string(const struct opt *o, const char *arg, void *field,
	       struct parse_err *err); /* const char *, not empty */
int opt_choice(const struct opt *o, const char *arg, void *field,
	       struct parse_err *err); /* int: the number of the choice */
int opt_seconds(const struct opt *o, const char *arg, void *field,
		struct parse_err *err); /* uint64_t, ns */
int opt_ports(const struct opt *o, const char *arg, void *field,
	      struct parse_err *err); /* struct range_set */
int opt_addrs(const struct opt *o, const char *arg, void *field,
	      struct parse_err *err); /* struct addr_set */
int opt_flags(const struct opt *o, const char *arg, void *field,
	      struct parse_err
		      *err); /* struct flag_match; repeated: both must hold */

/* Choice or object NR of O, NULL behind the last. */
const char *opt_name(const struct opt *o, size_t nr);

/* The number of the choice or object whose name is the LEN bytes at WORD, or
 * -EINVAL with "'WORD' is not one of A, B" in ERR. */
int opt_find_name(const struct opt *o, const char *word, size_t len,
		  struct parse_err *err);

struct opt_help {
	const char *synopsis; /* "[OPTION]... " */
	const char *purpose;  /* one sentence */
	const char *examples; /* lines "command  # what it shows\n" */
};

/*
 * Fills OPTIONS from argv by TABLE, getopt_long(3) style (clusters, --x=y,
 * "--"), without abbreviations of long names and without permutation: the
 * first word that is no option ends the options ("-" is a word). Returns its
 * index (argc when there is none), -EINVAL with the sentence "-p 80abc: ..." in
 * ERR, or -ENOMEM. Repeating an option adds to a list and replaces a single
 * value. After a failure, too, the caller frees what OPTIONS holds.
 */
int opt_parse(const struct opt *table, int argc, char **argv, void *options,
	      struct parse_err *err);

/*
 * --help: usage, purpose, options aligned and wrapped at 80 columns, EXAMPLES
 * last, as they are.
 */
void opt_print_help(FILE *f, const char *program, const struct opt *table,
		    const struct opt_help *help);

/* The same table as man page source (the body of .SH OPTIONS). */
void opt_print_man(FILE *f, const struct opt *table);

/*
 * A bash completion script for PROGRAM: options, the values of those with
 * choices, and by opt.complete. bash functions are named after PROGRAM.
 */
void opt_print_completion(FILE *f, const char *program,
			  const struct opt *table);

#endif
