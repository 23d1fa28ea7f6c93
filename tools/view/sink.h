/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the blocks of a pcapng file go. A block starts with four bytes of type
 * and its size in four bytes; that is all this needs to know of them.
 */
#ifndef SINK_H
#define SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"

/* To be zeroed; closed while out is NULL. */
struct sink {
	int fd;
	bool is_ours; /* made here, and closed here */
	bool is_regular;
	struct out *out; /* for the blocks; a record ends in a whole block */
	uint64_t base;	 /* where in a regular file we started */
	uint64_t size;	 /* of all blocks */
	uint64_t safe;	 /* so many bytes of them are surely written */
};

/*
 * Write to the file NAME in the directory DIR, made as file_create() makes it.
 * STOP_FD as in out_set_stop(). 0 or -errno as of file_create(); -ENOTTY for a
 * terminal.
 */
int sink_create(struct sink *s, int dir, const char *name, int stop_fd);

/* The same for FD, which stays the caller's: from where it stands on. */
int sink_lend(struct sink *s, int fd, int stop_fd);

/*
 * A record of SIZE bytes was appended to the out: commit it, and write when
 * much is waiting. Results as of sink_flush().
 */
int sink_commit(struct sink *s, size_t size);

/* Whether a few hundred bytes can be written without waiting. */
bool sink_has_room(const struct sink *s);

/*
 * 0 or -errno as out_flush() has it, -EINTR included; -ESTALE when the file was
 * deleted.
 */
int sink_flush(struct sink *s);

/*
 * After an error: cut a regular file back to its last whole block. What is not
 * written by now, is lost: how many records.
 */
uint64_t sink_give_up(struct sink *s);

/* What was flushed is safe, the rest is forgotten. 0 or -errno. */
int sink_close(struct sink *s);

#endif
