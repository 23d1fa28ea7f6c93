/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libbcc, loaded at run time and only in the compile child. What it has to say
 * goes to this process's stdout and stderr.
 */
#ifndef BCC_H
#define BCC_H

#include <stddef.h>

#define BCC_TEXT_NAME "/virtual/main.c" /* what it calls the text */

/* The library's file, links resolved, or NULL. Cheap: nothing is loaded. */
const char *bcc_library(void);

/* Map the library. 0, -ENOMEM, or -ENOENT with the loader's sentence on stderr. */
int bcc_load(void);

/*
 * Compile TEXT, whose lines are to be called NAME:LINE in diagnostics and line
 * info, for BPF and collect its programs and maps, as bytes for
 * image_read(), allocated. What libbcc makes of it with bpf() must come to
 * fake_bpf(): see jail.h. 0, -EINVAL when it does not compile (diagnostics are
 * on stderr), -ENOMEM ...
 */
int bcc_compile(const char *text, const char *name, void **bytes, size_t *size);

#endif
