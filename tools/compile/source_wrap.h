/* SPDX-License-Identifier: GPL-2.0 */
/* A user's own text, and what the command line asks for beside it. */
#ifndef SOURCE_WRAP_H
#define SOURCE_WRAP_H

/*
 * TEXT, whose function NAME is called source_NAME instead, with MORE behind
 * that, which defines another NAME: what follows calls that one. Functions,
 * structs and enumerators that MORE defines besides get names of their own
 * (option_...), so that TEXT may have the same. Lines of TEXT keep their
 * numbers in FILE. Allocated, or NULL with errno: ENOENT when TEXT does not
 * define NAME, ENOMEM.
 */
char *source_wrap(const char *text, const char *file, const char *name,
		  const char *more);

#endif
