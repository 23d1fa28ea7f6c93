/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that somebody else may have made, or may change while they are read:
 * opened without waiting, read up to a limit, never mapped.
 */
#ifndef FILE_READ_H
#define FILE_READ_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Open the regular file PATH below the directory DIR (or AT_FDCWD) for reading,
 * with FLAGS of openat(2) in addition. A FIFO does not hold us, a terminal does
 * not become ours, and a device is not even opened. The descriptor with *ST
 * filled, or -errno: -EISDIR for a directory, -ENXIO for what else is not a
 * regular file, -ELOOP for a symbolic link under O_NOFOLLOW.
 */
int file_open(int dir, const char *path, int flags, struct stat *st);

/*
 * The bytes of the regular file FD from its start to its end, whatever its size
 * is said to be: *TEXT is allocated, the caller's, and has a NUL behind its
 * *SIZE bytes. 0 or -errno: -EFBIG for more than MAX bytes.
 */
int file_read(int fd, size_t max, char **text, size_t *size);

/* What -errno of these functions says of a file: "it is a directory". */
const char *file_fault(int err);

#endif
