/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptors: whole reads and writes, where they block, and closing many. */
#ifndef FD_H
#define FD_H

#include <stddef.h>
#include <sys/types.h>

/* All of SIZE bytes. 0 or -errno. */
int fd_write_all(int fd, const void *p, size_t size);

/* All of SIZE bytes. 0 or -errno, -EIO when the file ends before. */
int fd_read_all(int fd, void *p, size_t size);

/*
 * The file PATH of the kernel's own (/proc, /sys), NUL-ended: SIZE - 1 bytes at most, what is behind them is left.
 * How many, or -errno, and then TEXT is "". Allocates nothing.
 */
ssize_t fd_read_file(const char *path, char *text, size_t size);

/* The same of PATH below the directory DIR. */
ssize_t fd_read_file_at(int dir, const char *path, char *text, size_t size);

/* Close those from FIRST to LAST that are open. 0 or -errno. */
int fd_close_range(unsigned first, unsigned last);

#endif
