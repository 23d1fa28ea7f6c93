/* SPDX-License-Identifier: GPL-2.0 */
/* Whole reads and writes on blocking descriptors. */
#ifndef FD_H
#define FD_H

#include <stddef.h>

/* All of SIZE bytes. 0 or -errno. */
int fd_write_all(int fd, const void *p, size_t size);

/* All of SIZE bytes. 0 or -errno, -EIO when the file ends before. */
int fd_read_all(int fd, void *p, size_t size);

#endif
