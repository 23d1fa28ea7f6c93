/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One C text from the files in bpf_src/ and include/: what is compiled is what
 * --print-source shows, whole, with only what the options asked for.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A condition that is settled here: "#if NAME", "#if !NAME", "#else" and
 * "#endif" around it go, and so does what lies on the wrong side. Other
 * conditions stay as they are.
 */
struct source_knob {
	const char *name; /* NULL ends the list */
	bool is_on;
};

/* A file that is made for this run: #include "NAME" puts TEXT there. */
struct source_part {
	const char *name; /* NULL ends the list */
	const char *text;
};

/*
 * The embedded file PATH with its #include "..." lines replaced by the parts
 * and files they name (below include/ and bpf_src/, each once, without include
 * guard and SPDX line). #include <...> stays. A "#line 0" gets the number that
 * its next line has in the text. Allocated, the caller's; NULL on
 * lack of memory or a file that does not exist (a mistake of ours: asserted by
 * a test for every tool).
 */
char *source_assemble(const char *path, const struct source_knob *knobs,
		      const struct source_part *parts);

#define SOURCE_MAX (1u << 20) /* bytes */

/*
 * The user's own program in the file PATH: allocated, or NULL with a sentence
 * in ERR when it cannot be read, is no regular file, is empty, longer than
 * SOURCE_MAX, or no text.
 */
char *source_read(const char *path, char *err, size_t err_size);

#endif
