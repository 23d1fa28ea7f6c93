/* SPDX-License-Identifier: GPL-2.0 */
/* Header trees on disk: written, checked, found again, removed. */
#ifndef TREE_DIR_H
#define TREE_DIR_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Create the file PATH below the directory DIR, with the directories on its
 * way, readable by all whatever the umask. 0 or -errno; -EEXIST for a file
 * that is there already.
 */
int tree_dir_write(int dir, const char *path, const char *text, size_t size);

/*
 * Open the directory PATH. A descriptor, or -errno: -EPERM for another user's,
 * -EACCES for one that others may write to, -ENOTDIR, -ELOOP (a symlink) ...
 */
int tree_dir_open(const char *path);

/* The same for PATH below the directory AT. */
int tree_dir_open_at(int at, const char *path);

/*
 * The same, and tree_dir_prune() leaves it as long as the descriptor is open.
 * -ENOENT also for one that was removed meanwhile, -EBUSY when somebody else
 * has had it for a second, -EINTR when stop_is_asked().
 */
int tree_dir_hold(const char *path);

/*
 * The bytes of PATH below DIR when it is a plain file of ours with SIZE of them:
 * allocated, with a NUL behind. Else NULL.
 */
char *tree_dir_read(int dir, const char *path, size_t size);

/* Is PATH below DIR such a file, with the SIZE bytes at WANT? */
bool tree_dir_has(int dir, const char *path, const char *want, size_t size);

/*
 * Remove PATH and what is below it; ignores errors. Follows no symbolic links
 * but those on the way to PATH, whatever others put there meanwhile.
 */
void tree_dir_remove(const char *path);

/* The same for PATH below the directory AT. */
void tree_dir_remove_at(int at, const char *path);

/*
 * Make a directory PLACE/PREFIX.XXXXXX, its path in PATH, and remove those that
 * runs left there which were killed. A descriptor to be held open as long as it
 * is in use, or -errno.
 */
int tree_dir_temporary(const char *place, const char *prefix, char *path,
		       size_t size);

/*
 * Remove the oldest entries of PATH beyond KEEP that nobody holds, and those
 * that begin with '.', when they are an hour old: left by a run that was
 * killed.
 */
void tree_dir_prune(const char *path, size_t keep);

#endif
