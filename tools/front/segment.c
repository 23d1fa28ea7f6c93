// SPDX-License-Identifier: GPL-2.0
#include "front/segment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "compile/source.h"
#include "event.h"
#include "kernel/owner.h"
#include "view/flow.h"
#include "view/own_event.h"

#define MOMENT_MS 20 /* the owners of old connections are known then, mostly */
#define ALL_KNOWN_MS 5000 /* when only those of an owner are asked for */
#define WITHOUT "packets show without their process"

struct segments {
	const struct segment_tool *tool;
	const struct segment_opts *opts;
	const struct run_opts *run_opts;
	struct flow_table *flows;
	struct owners *owners;
	struct capture *capture;
	struct own_event own; /* where has_own: of the user's program */
	bool has_own;
	uint64_t boot_ns;
};

struct segments *segments_new(const struct segment_tool *tool)
{
	struct segments *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->tool = tool;
	s->opts = tool->segment;
	s->run_opts = tool->common;
	tool->capture->filter = tool->pcap->words;
	return s;
}

/* Is there another filter than the one by local port? */
static bool is_narrow(const struct segment_tool *t)
{
	struct filter others = *t->filter;

	others.local_ports = (struct range_set){};
	return filter_is_narrow(&others) || t->pcap->words;
}

/* Events may come already, and wait for their owners. */
static void collect(void *run)
{
	struct events *events = run_session(run)->events;

	if (events)
		events_collect(events);
}

static int owners_start(struct segments *s, struct run *run)
{
	const struct session *session = run_session(run);
	struct owners_opts opts = {
		.img = run_extra_image(run),
		.netns = run_netns(run),
		.netns_inum = s->run_opts->place.netns_inum,
		.cgroup = s->opts->cgroup,
		.local_ports = &s->tool->filter->local_ports,
		.packets = session->nr_loaded ? session->loaded : NULL,
		.is_narrow = is_narrow(s->tool),
		.max = s->opts->max_owners,
		.meanwhile = collect,
		.arg = run,
	};
	struct load_error err = {};

	if (!opts.img)
		return -ENOENT;
	s->owners = owners_open(&opts, run_loop(run), &err);
	if (s->owners)
		return 0;
	/* Without owners nothing can be shown of one. */
	if (segment_opts_want_owner(s->opts))
		log_err("%s", err.text);
	else
		log_warn(WITHOUT ": %s", err.text);
	log_block(err.detail ?: "");
	free(err.detail);
	return -EIO;
}

/* A program of the user's may send events that are not quite ours. */
static int own_event_find(struct segments *s, struct run *run)
{
	char err[128];
	int ret;

	if (!s->run_opts->source)
		return 0;
	ret = own_event_init(&s->own, run_event_lines(run), err, sizeof(err));
	if (ret == -EINVAL) {
		log_err("%s: %s", s->run_opts->source, err);
		return ret;
	}
	s->has_own = !ret;
	if (s->has_own)
		run_show_own(run, &s->own.type);
	return 0;
}

/* Where sequence numbers show relative to the first ones. */
static int flows_open(struct segments *s)
{
	if (!views[s->run_opts->output]->is_for_people ||
	    s->run_opts->want_raw_seq)
		return 0;
	s->flows = flow_table_new(s->opts->max_flows);
	if (s->flows)
		return 0;
	log_err("no memory for %u flows: try a smaller --max-flows",
		s->opts->max_flows);
	return -ENOMEM;
}

/* Before anything is attached. */
static int segments_open(void *arg, struct run *run)
{
	struct segments *s = arg;

	if (own_event_find(s, run))
		return -EINVAL;

	if (flows_open(s))
		return -ENOMEM;
	if (capture_open(&s->capture, s->tool->capture, &s->run_opts->hooks,
			 run))
		return -EIO;
	/* A filter by owner needs the maps of owners in the packet program. */
	if (segment_opts_want_owner(s->opts)) {
		if (owners_start(s, run))
			return -EIO;
		owners_wait(s->owners, ALL_KNOWN_MS);
		run_share(run, owners_maps(s->owners));
	}
	return 0;
}

/* Once tracing has begun: owners may come a moment later than packets. */
static int segments_start(void *arg, struct run *run)
{
	struct segments *s = arg;

	if (!s->opts->no_owner && !s->owners && !owners_start(s, run))
		owners_wait(s->owners, MOMENT_MS);
	return 0;
}

static enum owner_answer owner_find(struct segments *s,
				    const struct record *rec, uint32_t ifindex,
				    struct owner *owner)
{
	struct owner_packet p = {
		.ifindex = ifindex,
		.ts_ns = rec->ts_ns - s->boot_ns,
		.local = rec->is_out ? rec->saddr : rec->daddr,
		.remote = rec->is_out ? rec->daddr : rec->saddr,
		.lport = rec->is_out ? rec->sport : rec->dport,
		.rport = rec->is_out ? rec->dport : rec->sport,
		.flags = rec->flags,
		.ip = rec->ip,
		.is_out = rec->is_out,
	};

	return owners_find(s->owners, &p, owner);
}

/* False when another's packets are asked for. */
static bool owner_fits(const struct segment_opts *o, const struct owner *owner)
{
	return (!o->pid || owner->pid == o->pid) &&
	       (!o->comm ||
		!strncmp(owner->comm, o->comm, sizeof(owner->comm) - 1)) &&
	       (!o->cgroup || owner->is_in_cgroup);
}

/* False for a packet that is not to be shown: then that is counted. */
static bool is_asked_for(const struct segments *s, struct run *run,
			 const struct owner *owner, enum owner_answer answer)
{
	if (!segment_opts_want_owner(s->opts))
		return true;
	if (answer == OWNER_KNOWN && owner_fits(s->opts, owner))
		return true;
	if (answer == OWNER_UNKNOWN)
		run_unowned(run);
	else
		run_filtered(run);
	return false;
}

static void owner_fill(struct segments *s, struct record *rec,
		       const struct owner *owner)
{
	rec->has_owner = true;
	rec->pid = owner->pid;
	rec->uid = owner->uid;
	rec->comm = owner->comm;
	rec->owner_is_listener = owner->is_listener;
	rec->cgroup = owners_cgroup(s->owners, owner->cgroup_id);
}

static int decode(const struct segments *s, const void *raw, size_t size,
		  struct record *rec, uint32_t *ifindex)
{
	if (s->has_own)
		return own_event_decode(&s->own, raw, size, s->boot_ns, rec,
					ifindex);
	return record_decode(raw, size, s->boot_ns, rec, ifindex);
}

static void segment_take(void *arg, struct run *run, const void *raw,
			 size_t size)
{
	struct segments *s = arg;
	const struct iface *iface;
	enum owner_answer answer = OWNER_UNKNOWN;
	struct owner owner = {};
	struct record rec;
	uint32_t ifindex;

	s->boot_ns = run_boot_ns(run);
	iface = decode(s, raw, size, &rec, &ifindex)
			? NULL
			: run_origin(run, &rec, ifindex);
	if (!iface) {
		run_bad(run);
		return;
	}
	rec.has_netns = s->capture || s->run_opts->netns;
	rec.netns = s->run_opts->place.netns_inum;
	if (s->owners)
		answer = owner_find(s, &rec, ifindex, &owner);
	if (!is_asked_for(s, run, &owner, answer))
		return;
	if (answer == OWNER_KNOWN)
		owner_fill(s, &rec, &owner);
	if (s->flows)
		flow_relate(s->flows, &rec);
	capture_write(s->capture, run, &rec, iface);
	if (s->tool->take)
		s->tool->take(s->tool->arg, run, &rec);
	else
		run_show(run, &rec);
}

static size_t segment_part(void *arg, const void *raw, size_t size)
{
	const struct segments *s = arg;
	const struct hook_list *list = &s->run_opts->hooks;
	const uint8_t *hook = raw;
	size_t i;

	if (list->nr < 2 || size < TCP_EVENT_V4_SIZE)
		return 0;
	hook += offsetof(struct tcp_event, hook);
	for (i = 0; i < list->nr; i++)
		if (list->ops[i]->number == *hook)
			return i;
	return 0;
}

static void segments_arrived(void *arg, struct run *run)
{
	struct segments *s = arg;

	owners_wake(s->owners);
}

static void segments_batch(void *arg, struct run *run)
{
	struct segments *s = arg;

	capture_flush(s->capture, run);
	owners_tend(s->owners);
}

static void segments_end(void *arg, struct run *run, const struct summary *sum)
{
	struct segments *s = arg;

	capture_end(s->capture, run, sum);
}

static void segments_close(void *arg)
{
	struct segments *s = arg;

	capture_free(s->capture);
	owners_close(s->owners);
	flow_table_free(s->flows);
}

int segments_tool(struct segments *s, struct run_tool *run_tool,
		  struct run_program *extra, size_t *nr_extra)
{
	struct source_knob knobs[] = {
		{"WANT_OWNER", false},
		{"WANT_CGROUP", s->opts->cgroup != NULL},
		{},
	};

	*run_tool = (struct run_tool){
		.schema = s->opts->no_owner ? &schema_packet
					    : &schema_owned_packet,
		.open = segments_open,
		.start = segments_start,
		.take = segment_take,
		.part = segment_part,
		.arrived = s->opts->no_owner ? NULL : segments_arrived,
		.batch_end = segments_batch,
		.end = segments_end,
		.close = segments_close,
		.arg = s,
		.settle_ns = s->opts->no_owner ? 0 : OWNERS_SETTLE_NS,
		.needs_owner = segment_opts_want_owner(s->opts),
		.has_own_output = capture_is_stdout(s->tool->capture),
	};
	if (s->opts->no_owner)
		return 0;
	extra->text = source_assemble("bpf_src/owner.c", knobs, NULL);
	extra->name = strdup("owner.c");
	if (!extra->text || !extra->name)
		return -ENOMEM;
	if (!segment_opts_want_owner(s->opts))
		extra->without = WITHOUT;
	*nr_extra = 1;
	return 0;
}

void segments_free(struct segments *s)
{
	free(s);
}
