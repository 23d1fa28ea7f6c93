// SPDX-License-Identifier: GPL-2.0
#include "front/capture.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file_create.h"
#include "base/log.h"
#include "view/frame.h"
#include "view/pcapng.h"

#define HEX_MAX 4096
#define SNAPLEN_DEFAULT 128

struct capture {
	struct pcapng *file;
	bool has_link; /* every hook gives the link header too */
	bool has_failed;
	uint8_t room[FRAME_COOKED_LEN + UINT16_MAX];
};

int capture_opt_size(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err)
{
	static const char units[] = "KMG";
	size_t len = strlen(arg);
	const char *unit = len ? strchr(units, arg[len - 1]) : NULL;
	char digits[32];
	uint64_t n;

	if (unit)
		len--;
	snprintf(digits, sizeof(digits), "%.*s", (int)len, arg);
	if (!len || len >= sizeof(digits) ||
	    parse_u64(digits, 1, 1ull << 30, &n, err))
		return parse_fail(err, "'%s' is no size (100M)", arg);
	*(uint64_t *)field = unit ? n << (10 * (unit - units + 1)) : n;
	return 0;
}

int capture_opts_check(struct capture_opts *o, struct parse_err *err)
{
	const struct {
		const char *name;
		bool is_set;
	} rows[] = {
		{"-s", o->snaplen != CAPTURE_SNAPLEN_UNSET},
		{"--rotate-size", o->rotate_bytes > 0},
		{"--rotate-time", o->rotate_ns > 0},
	};
	size_t i;

	for (i = 0; !o->write && i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].is_set)
			return parse_fail(err,
					  "%s goes with -w only: it is about "
					  "the file",
					  rows[i].name);
	if (o->snaplen == CAPTURE_SNAPLEN_UNSET)
		o->snaplen = SNAPLEN_DEFAULT;
	return 0;
}

uint32_t capture_len(const struct capture_opts *o, bool want_hex)
{
	uint32_t file = o->snaplen ?: CAPTURE_MAX;

	if (!o->write)
		return want_hex ? HEX_MAX : 0;
	return want_hex && file < HEX_MAX ? HEX_MAX : file;
}

bool capture_is_stdout(const struct capture_opts *o)
{
	return o->write && file_inherited(o->write) == STDOUT_FILENO;
}

static bool all_have_link(const struct hook_list *list)
{
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (!list->ops[i]->has_link_header)
			return false;
	return true;
}

int capture_open(struct capture **to, const struct capture_opts *o,
		 const struct hook_list *list, struct run *run)
{
	struct pcapng_opts opts = {
		.path = o->write,
		.program = log_program(),
		.version = VERSION,
		.filter = o->filter,
		.snaplen = o->snaplen,
		.rotate_bytes = o->rotate_bytes,
		.rotate_ns = o->rotate_ns,
	};
	struct capture *c;
	char err[PATH_MAX + 256];

	*to = NULL;
	if (!o->write)
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c) {
		log_err("cannot write %s: %s", o->write, strerror(ENOMEM));
		return -ENOMEM;
	}
	c->has_link = all_have_link(list);
	if (!c->has_link && opts.snaplen)
		opts.snaplen += FRAME_COOKED_LEN;
	c->file = pcapng_open(&opts, err, sizeof(err));
	if (!c->file) {
		log_err("%s", err);
		free(c);
		return -EIO;
	}
	pcapng_set_stop(c->file, loop_signal_fd(run_loop(run)));
	*to = c;
	return 0;
}

/* Say the error of the file, if there is one that was not said. */
static void check(struct capture *c, struct run *run)
{
	if (c->has_failed || !*pcapng_error(c->file))
		return;
	c->has_failed = true;
	log_err("%s", pcapng_error(c->file));
	run_fail(run);
}

void capture_write(struct capture *c, struct run *run, const struct record *rec,
		   const struct iface *iface)
{
	struct frame_place place = {
		.ifindex = iface->ifindex,
		.type = iface->type,
		.link_len = iface->link_len,
	};
	struct pcapng_frame frame;

	if (!c)
		return;
	place.has_link = hook_by_number(rec->hook_number)->has_link_header;
	if (c->has_link && iface->link_len)
		frame_plain(&frame, rec);
	else
		frame_cooked(&frame, rec, &place, c->room);
	if (pcapng_packet(c->file, rec, &frame))
		check(c, run);
}

void capture_flush(struct capture *c, struct run *run)
{
	if (c && !c->has_failed && pcapng_flush(c->file))
		check(c, run);
}

void capture_end(struct capture *c, struct run *run, const struct summary *sum)
{
	if (!c)
		return;
	if (pcapng_close(c->file, sum))
		check(c, run);
	if (pcapng_nr_lost(c->file))
		log_warn("%" PRIu64 " of the packets are not in the file",
			 pcapng_nr_lost(c->file));
}

void capture_free(struct capture *c)
{
	if (!c)
		return;
	pcapng_free(c->file);
	free(c);
}
