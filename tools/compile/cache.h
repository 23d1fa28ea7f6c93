/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image cache: files in a directory that only root can use. Nothing in it
 * is believed before its owner, mode and kind were checked on the open
 * descriptor; anything odd is ignored, said once, and compiled afresh.
 */
#ifndef CACHE_H
#define CACHE_H

#include <stddef.h>

#define CACHE_DIR "/var/cache/tcpsnoop-c"
#define CACHE_IMAGES 64 /* at most so many; the longest unused go first */

/*
 * Open (and make, when absent) the directory PATH. A descriptor, or -errno:
 * -EPERM when it belongs to another user, -EACCES when group or others may
 * enter it, -ENOTDIR when it is something else (a symlink too).
 */
int cache_open(const char *path);

/*
 * The file NAME in the directory DIR. 0 with *BYTES allocated, -ENOENT, or
 * another -errno for a file that is not as we would have left it (-EPERM,
 * -EACCES, -ELOOP, -EFBIG ...).
 */
int cache_load(int dir, const char *name, void **bytes, size_t *size);

/*
 * Keep BYTES as NAME, by rename, so that a reader sees all or nothing. Then
 * bound the number of files. 0 or -errno (-ENOSPC ...), leaving nothing half
 * written.
 */
int cache_store(int dir, const char *name, const void *bytes, size_t size);

#endif
