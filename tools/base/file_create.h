/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that a tool makes. A tool runs as root and makes them where its user
 * says, which may be a directory where somebody else puts, swaps and removes
 * what he likes. Nothing here relies on fs.protected_symlinks and its kin.
 */
#ifndef FILE_CREATE_H
#define FILE_CREATE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether UID may have a say in what we do: root, our own user, or who called
 * sudo(8).
 */
bool file_trusts(uid_t uid);

/*
 * The descriptor, open since the start of the process, that PATH is a name of:
 * "-" and /dev/stdout (1), /dev/stderr (2), /dev/fd/N, /proc/self/fd/N. The
 * descriptor, which stays whose it was, -ENOENT when PATH is another path, or
 * -EBADF when there is no such descriptor or the process opened it itself.
 */
int file_inherited(const char *path);

/*
 * Open the directory of the file PATH: what is made there later is made in this
 * directory, wherever PATH leads by then. *NAME becomes the last component, a
 * part of PATH, "" when there is none. A symbolic link on the way is followed
 * where only users whom file_trusts() names can have put it. A descriptor for
 * the functions below (O_PATH), or -errno: -EXDEV for a link of another user's.
 */
int file_open_dir(const char *path, const char **name);

/*
 * Make the file PATH below the directory DIR, open for writing. Its mode is
 * MODE, whatever the umask. Only the last component is safe from links: those
 * before it have to be ours. A descriptor, or -errno: -EEXIST for whatever is
 * there already, a dangling link too, -EOPNOTSUPP when the file system has no
 * such modes.
 */
int file_create_new(int dir, const char *path, mode_t mode);

/*
 * Make the file NAME in the directory DIR, open for writing, for our user alone
 * (mode 0600). A regular file of ours under that name is replaced: to empty it
 * would be to trust that no other user has it open, or can make another file
 * pass for it. FIFOs and devices are opened without waiting, a FIFO only of a
 * user whom file_trusts() names: he will read what is written.
 *
 * A descriptor, or -errno; besides what open(2) has:
 * -ELOOP	it is a symbolic link
 * -EMLINK	it has several names
 * -EUSERS	it is another user's
 * -ENXIO	it is a FIFO that nobody reads
 * -EOPNOTSUPP	its file system gives it to other users too
 * -EAGAIN	somebody replaces it all the time
 */
int file_create(int dir, const char *name);

/*
 * A result of the functions above in words: what is wrong and, where that is
 * known, what to do. Static, or as of strerror(3).
 */
const char *file_words(int err);

#endif
