// SPDX-License-Identifier: GPL-2.0
#include "view/pcapng.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file_create.h"
#include "view/pcapng_iface.h"
#include "view/sink.h"

#define PATH_SIZE 4096

struct pcapng {
	struct pcapng_opts opts;
	int stop_fd;

	/* Where the files are, or -1: held, for its path may change. */
	int dir;
	const char *name; /* of the first one, a part of its path */

	/* The current file. */
	char path[PATH_SIZE];
	struct sink sink;
	struct pcapng_ifaces ifaces;
	uint64_t start_ns;
	uint64_t first_ns; /* of its packets */
	uint64_t nr_packets;

	unsigned nr_rotated;
	int err;
	bool is_told;
	char error[PATH_SIZE + 256];
	uint64_t nr_lost;
};

static const char *err_words(int err)
{
	static const struct {
		int err;
		const char *words;
	} special[] = {
		{-ENXIO, "nothing reads from it"},
		{-ENOTTY, "it is a terminal; name a file or a pipe"},
		{-EINTR, "stopped while its reader takes nothing"},
		{-ESTALE, "the file was deleted"},
		{-ESPIPE, "only regular files can be rotated"},
		{-ENAMETOOLONG, "the name is too long"},
	};
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (special[i].err == err)
			return special[i].words;
	return file_words(err);
}

/* Keep the first error; what is not in the file by now is lost. */
static void fail(struct pcapng *p, int err, uint64_t nr_other_records)
{
	uint64_t nr = sink_give_up(&p->sink);

	if (err == -ESTALE)
		nr = p->nr_packets;
	else
		nr -= nr < nr_other_records ? nr : nr_other_records;
	p->nr_lost += nr;
	p->err = err;
	snprintf(p->error, sizeof(p->error), "cannot write %s: %s",
		 strcmp(p->path, "-") ? p->path : "stdout", err_words(err));
}

/* The result of a function: an error is returned once. */
static int told(struct pcapng *p)
{
	if (p->is_told)
		return 0;
	p->is_told = p->err != 0;
	return p->err;
}

/* x.pcapng, x.1.pcapng, x.2.pcapng ... */
static int path_make(struct pcapng *p)
{
	const char *path = p->opts.path;
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	int len;

	if (!dot || dot == base)
		dot = base + strlen(base);
	if (p->nr_rotated)
		len = snprintf(p->path, sizeof(p->path), "%.*s.%u%s",
			       (int)(dot - path), path, p->nr_rotated, dot);
	else
		len = snprintf(p->path, sizeof(p->path), "%s", path);
	return (size_t)len < sizeof(p->path) ? 0 : -ENAMETOOLONG;
}

static size_t section_put(struct pcapng *p)
{
	struct utsname u = {.machine = ""};
	char os[sizeof(u.sysname) + sizeof(u.release) + 1], program[128];
	struct pcapng_section section = {u.machine, os, program};

	uname(&u);
	snprintf(os, sizeof(os), "%s %s", u.sysname, u.release);
	snprintf(program, sizeof(program), "%s %s", p->opts.program,
		 p->opts.version);
	return pcapng_put_section(p->sink.out, &section);
}

static int sink_get(struct pcapng *p)
{
	const char *path = p->opts.path;
	int fd = file_inherited(path);

	if (fd != -ENOENT)
		return fd < 0 ? fd : sink_lend(&p->sink, fd, p->stop_fd);
	if (p->dir < 0)
		p->dir = file_open_dir(path, &p->name);
	if (p->dir < 0)
		return p->dir;
	return sink_create(&p->sink, p->dir, p->path + (p->name - path),
			   p->stop_fd);
}

static int file_open(struct pcapng *p)
{
	size_t size;
	int err = path_make(p);

	if (!err)
		err = sink_get(p);
	if (!err && (p->opts.rotate_bytes || p->opts.rotate_ns) &&
	    !(p->sink.is_ours && p->sink.is_regular))
		err = -ESPIPE;
	if (err)
		return err;
	p->nr_packets = 0;
	p->start_ns = clock_ns(CLOCK_REALTIME);
	size = section_put(p);
	if (!sink_has_room(&p->sink))
		return 0; /* nothing is to wait here: with the first packet */
	sink_commit(&p->sink, size);
	return sink_flush(&p->sink);
}

/*
 * The statistics of each interface, then all to disk. SIZE bytes were appended
 * and are to be part of the first record.
 */
static int file_close(struct pcapng *p, size_t size)
{
	struct pcapng_iface *f = p->ifaces.all;
	uint64_t end_ns = clock_ns(CLOCK_REALTIME);
	size_t nr = p->ifaces.nr;
	int err;

	for (; f < p->ifaces.all + nr; f++) {
		f->stats.start_ns = p->start_ns;
		f->stats.end_ns = end_ns;
		f->stats.comment = f->comment;
		size += pcapng_put_statistics(p->sink.out, &f->stats);
		sink_commit(&p->sink, size);
		size = 0;
	}
	err = sink_flush(&p->sink);
	if (!err)
		err = sink_close(&p->sink);
	if (err)
		fail(p, err, nr);
	pcapng_iface_forget(&p->ifaces);
	return err;
}

static bool is_full(const struct pcapng *p, uint64_t ts_ns)
{
	const struct pcapng_opts *o = &p->opts;

	if (!p->nr_packets)
		return false;
	return (o->rotate_bytes && p->sink.size >= o->rotate_bytes) ||
	       (o->rotate_ns && ts_ns >= p->first_ns + o->rotate_ns);
}

static int rotate(struct pcapng *p)
{
	int err = file_close(p, 0);

	if (err)
		return err;
	p->nr_rotated++;
	err = file_open(p);
	if (err)
		fail(p, err, 0);
	return err;
}

struct pcapng *pcapng_open(const struct pcapng_opts *opts, char *err,
			   size_t err_size)
{
	struct pcapng *p = calloc(1, sizeof(*p));
	int ret;

	if (!p) {
		snprintf(err, err_size, "%s", strerror(ENOMEM));
		return NULL;
	}
	p->opts = *opts;
	p->ifaces.snaplen = opts->snaplen;
	p->ifaces.filter = opts->filter;
	p->stop_fd = p->dir = -1;
	ret = file_open(p);
	if (!ret)
		return p;
	fail(p, ret, 0);
	snprintf(err, err_size, "%s", p->error);
	pcapng_free(p);
	return NULL;
}

void pcapng_set_stop(struct pcapng *p, int fd)
{
	p->stop_fd = fd;
	if (p->sink.out)
		out_set_stop(p->sink.out, fd);
}

static int packet_put(struct pcapng *p, const struct record *rec,
		      const struct pcapng_frame *frame)
{
	struct out *o = p->sink.out;
	ssize_t size = pcapng_iface_find(&p->ifaces, o, rec, frame->linktype);
	int err;

	if (size < 0) {
		p->nr_lost++;
		return size;
	}
	if (!p->nr_packets++)
		p->first_ns = rec->ts_ns;
	p->ifaces.all[p->ifaces.current].stats.nr_written++;
	size += pcapng_put_packet(o, p->ifaces.current, p->opts.snaplen, rec,
				  frame);
	err = sink_commit(&p->sink, size);
	return err == -EINTR ? 0 : err;
}

int pcapng_packet(struct pcapng *p, const struct record *rec,
		  const struct pcapng_frame *frame)
{
	int err;

	if (p->err || (is_full(p, rec->ts_ns) && rotate(p))) {
		p->nr_lost++;
		return told(p);
	}
	err = packet_put(p, rec, frame);
	if (err)
		fail(p, err, 0);
	return told(p);
}

int pcapng_flush(struct pcapng *p)
{
	int err = p->sink.out ? sink_flush(&p->sink) : 0;

	if (err == -EINTR)
		return err;
	if (err)
		fail(p, err, 0);
	return told(p);
}

int pcapng_close(struct pcapng *p, const struct summary *s)
{
	ssize_t size = 0;

	if (!p->sink.out)
		return told(p);
	if (s)
		size = pcapng_iface_sum(&p->ifaces, p->sink.out, s);
	if (size < 0)
		fail(p, size, 0);
	else
		file_close(p, size);
	return told(p);
}

const char *pcapng_error(const struct pcapng *p)
{
	return p->error;
}

uint64_t pcapng_nr_lost(const struct pcapng *p)
{
	return p->nr_lost + (p->sink.out ? out_nr_pending(p->sink.out) : 0);
}

void pcapng_free(struct pcapng *p)
{
	if (!p)
		return;
	sink_close(&p->sink);
	pcapng_iface_forget(&p->ifaces);
	if (p->dir >= 0)
		close(p->dir);
	free(p);
}
