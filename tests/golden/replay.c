// SPDX-License-Identifier: GPL-2.0
/*
 * Recorded events to text or JSON, as a tool would print them:
 *
 *	replay [-j] [-v] [-x] [-S] [-c] [-o] [-w WIDTH] [-p PCAPNG] FILE
 *
 * FILE holds one event a paragraph, in hex, little-endian, as it comes out of
 * the perf buffer; '#' starts a comment line. Events begin 1,000 seconds after
 * boot, at 2026-01-02T03:04:05Z. With -o they have owners, by the number of
 * the event: see owners[]. With -p the packets go to a pcapng file, too.
 */
#include <ctype.h>
#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/hook.h"
#include "view/flow.h"
#include "view/pcapng.h"
#include "view/view.h"

#define BOOT_NS 1767322045000000000ull
#define EVENT_MAX 4096

/* By ifindex. */
static const char *const ifnames[] = {
	"?", "lo", "eth0", "wg0", "enp129s0f1np1.4", "v\x01\"\\\xff\xc3\xa9",
	"",
};

/* Who owns the first packet, the second, ...: the last one all that follow. */
static const struct owner {
	bool is_known, is_listener;
	uint32_t pid, uid;
	const char *comm, *cgroup, *reason;
} owners[] = {
	{true, true, 4242, 0, "nginx", "/system.slice/nginx.service", NULL},
	{true, false, 4243, 33, "nginx", "/system.slice/nginx.service", NULL},
	{true, false, 4294967295, 4294967294, "postgres: \x1b\"\xff", NULL,
	 NULL},
	{false, false, 0, 0, NULL, NULL, "NO_SOCKET"},
	{true, false, 1, 0, NULL, "/", NULL},
	{true, true, 77, 1000, "0123456789abcde", NULL, NULL},
};

struct replay {
	bool want_owners;
	struct view view;
	struct flow_table *flows;
	const char *pcapng_path;
	struct pcapng *pcapng;
	struct summary summary;
};

static void record_own(struct record *rec, size_t nr)
{
	const size_t last = sizeof(owners) / sizeof(owners[0]) - 1;
	const struct owner *o = &owners[nr < last ? nr : last];

	rec->has_owner = o->is_known;
	rec->owner_is_listener = o->is_listener;
	rec->pid = o->pid;
	rec->uid = o->uid;
	rec->comm = o->comm;
	rec->cgroup = o->cgroup;
	rec->reason = o->reason;
	rec->has_netns = true;
	rec->netns = 4026531840;
}

static void write_packet(struct replay *r, const struct record *rec)
{
	struct pcapng_frame frame = {
		.data = rec->frame,
		.caplen = rec->frame_len,
		.wirelen = rec->wirelen,
		.linktype = PCAPNG_RAW,
	};

	if (pcapng_packet(r->pcapng, rec, &frame))
		error(1, 0, "%s", pcapng_error(r->pcapng));
}

static void pcapng_begin(struct replay *r)
{
	struct pcapng_opts opts = {
		.path = r->pcapng_path,
		.program = "replay",
		.version = "1",
		.filter = "replay -p",
	};
	char err[256];

	if (!r->pcapng_path)
		return;
	r->pcapng = pcapng_open(&opts, err, sizeof(err));
	if (!r->pcapng)
		error(1, 0, "%s", err);
}

static void pcapng_end(struct replay *r)
{
	if (!r->pcapng)
		return;
	if (pcapng_close(r->pcapng, &r->summary))
		error(1, 0, "%s", pcapng_error(r->pcapng));
	pcapng_free(r->pcapng);
}

static void replay_event(struct replay *r, const uint8_t *raw, size_t size)
{
	const struct hook_ops *hook;
	struct record rec;
	uint32_t ifindex;

	r->summary.seen++;
	r->summary.matched++;
	hook = record_decode(raw, size, BOOT_NS, &rec, &ifindex)
		       ? NULL
		       : hook_by_number(rec.hook_number);
	if (!hook) {
		r->summary.lost_view++;
		return;
	}
	if (ifindex >= sizeof(ifnames) / sizeof(ifnames[0]))
		error(1, 0, "no interface %u", ifindex);
	rec.hook = hook->name;
	rec.ifname = ifnames[ifindex];
	flow_relate(r->flows, &rec);
	if (r->want_owners)
		record_own(&rec, r->summary.shown);
	view_record(&r->view, &rec);
	if (r->pcapng)
		write_packet(r, &rec);
	r->summary.shown++;
}

/* Returns how many bytes the hex digits of LINE are. */
static size_t read_hex(const char *line, uint8_t *to, size_t room)
{
	size_t nr = 0;
	int used;

	for (; sscanf(line, " %2hhx%n", &to[nr], &used) == 1; line += used)
		if (++nr == room)
			error(1, 0, "event too long");
	if (line[strspn(line, " \n")])
		error(1, 0, "not hex: %s", line);
	return nr;
}

static void replay_file(struct replay *r, FILE *f)
{
	uint8_t raw[EVENT_MAX];
	size_t size = 0;
	char line[256];

	while (fgets(line, sizeof(line), f)) {
		if (line[0] == '#')
			continue;
		if (line[0] != '\n') {
			size += read_hex(line, raw + size, sizeof(raw) - size);
			continue;
		}
		if (size)
			replay_event(r, raw, size);
		size = 0;
	}
	if (size)
		replay_event(r, raw, size);
}

static void parse_options(struct replay *r, int argc, char **argv)
{
	struct view *v = &r->view;
	int c;

	while ((c = getopt(argc, argv, "jvxScow:p:")) != -1) {
		v->ops = c == 'j' ? &view_json : v->ops;
		v->opts.want_all |= c == 'v';
		v->opts.want_hex |= c == 'x';
		v->opts.want_raw_seq |= c == 'S';
		v->opts.want_colour |= c == 'c';
		r->want_owners |= c == 'o';
		if (c == 'w')
			v->opts.width = atoi(optarg);
		if (c == 'p')
			r->pcapng_path = optarg;
		if (c == '?')
			exit(2);
	}
	if (r->want_owners)
		v->schema = &schema_owned_packet;
	if (optind != argc - 1)
		error(2, 0, "one file, please");
}

int main(int argc, char **argv)
{
	struct replay r = {.view = {.ops = &view_text,
				    .schema = &schema_packet,
				    .opts.is_utc = true},
			   .summary.schema = &schema_packet};
	FILE *f;

	parse_options(&r, argc, argv);
	f = fopen(argv[optind], "r");
	if (!f)
		error(1, errno, "%s", argv[optind]);
	r.view.out = out_new(STDOUT_FILENO);
	r.flows = flow_table_new(64);
	if (!r.view.out || !r.flows)
		error(1, ENOMEM, "replay");
	pcapng_begin(&r);
	view_begin(&r.view);
	replay_file(&r, f);
	r.summary.hooks[0] = (struct summary_hook){"socket", "", r.summary.seen,
						   r.summary.matched};
	r.summary.nr_hooks = 1;
	view_end(&r.view, &r.summary);
	pcapng_end(&r);
	if (out_flush(r.view.out))
		error(1, 0, "cannot write");
	if (r.view.ops == &view_text)
		summary_print(stdout, &r.summary, 0);
	flow_table_free(r.flows);
	out_free(r.view.out);
	fclose(f);
	return 0;
}
