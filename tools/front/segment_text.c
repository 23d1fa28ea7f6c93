// SPDX-License-Identifier: GPL-2.0
/* The text of a program that sends packets: its macros and knobs. */
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "front/filter_opts.h"
#include "front/segment_tool.h"
#include "front/skb_macros.h"

uint32_t segment_caplen(const struct segment_tool *t)
{
	uint32_t len = capture_len(t->capture, t->common->want_hex);

	return len > t->want_bytes ? len : t->want_bytes;
}

static void owner_macros(struct strbuf *b, const struct segment_opts *o)
{
	uint64_t comm[2] = {};

	if (o->pid)
		strbuf_printf(b, "#define OWNER_PID %u\n", o->pid);
	if (!o->comm)
		return;
	strncpy((char *)comm, o->comm, sizeof(comm) - 1);
	strbuf_printf(b,
		      "#define OWNER_COMM_0 0x%llxULL\n"
		      "#define OWNER_COMM_1 0x%llxULL\n",
		      (unsigned long long)comm[0], (unsigned long long)comm[1]);
}

/* The macros that the BPF text expects in common/options.h. */
static char *macros_text(const struct segment_tool *t,
			 const struct hook_ops *hook)
{
	const struct place *place = &t->common->place;
	uint32_t caplen = segment_caplen(t);
	struct strbuf b = {};

	strbuf_printf(&b,
		      "/* What the command line asks for. */\n"
		      "#define DIRECTION DIR_%s\n",
		      t->filter->direction == FILTER_OUT ? "OUT" : "IN");
	if (caplen)
		strbuf_printf(&b, "#define PAYLOAD_MAX %u\n", caplen);
	owner_macros(&b, t->segment);
	if (hook->has_link_header)
		strbuf_printf(&b, "#define LINK_LEN %u\n", place->link_len);
	if (hook->reads_skb)
		skb_macros_place(&b, place);
	return strbuf_take(&b, NULL);
}

#define BATCH_CAPLEN 256 /* bytes of a packet */

/* Whether events wait for others: few bytes of packets may, at some hooks. */
static bool has_batches(const struct run_opts *o, uint32_t caplen)
{
	const struct hook_list *list = &o->hooks;
	size_t i;

	for (i = 0; caplen && i < list->nr; i++)
		if (!list->ops[i]->can_batch_bytes)
			return false;
	return caplen <= BATCH_CAPLEN;
}

char *segment_text(const struct segment_tool *t,
		   const struct run_program *program)
{
	const struct segment_opts *o = t->segment;
	const struct hook_ops *hook = program->hook;
	uint32_t caplen = segment_caplen(t);
	const struct source_knob knobs[] = {
		{"WANT_IN", t->filter->direction != FILTER_OUT},
		{"WANT_OUT", t->filter->direction != FILTER_IN},
		{"WANT_BOTH", t->filter->direction == FILTER_BOTH},
		{"WANT_PAYLOAD", caplen > 0},
		{"WANT_BATCH", has_batches(t->common, caplen)},
		{"WANT_OWNER", segment_opts_want_owner(o)},
		{"WANT_OWNER_PID", o->pid > 0},
		{"WANT_OWNER_COMM", o->comm != NULL},
		{"WANT_OWNER_CGROUP", o->cgroup != NULL},
		{"WANT_LINK", t->common->place.link_len > 0},
		{"WANT_FRAGS", program->prog_flags & BPF_F_XDP_HAS_FRAGS},
		{"WANT_INTERFACES", t->common->ifnames.nr > 0},
		{},
	};
	bool links[PCAP_LINKS];
	char path[64];

	snprintf(path, sizeof(path), "bpf_src/%s_%s.c", t->common->prog_prefix,
		 hook->name);
	filter_links(t->common, links);
	return filter_source(path, t->filter, program->name,
			     macros_text(t, hook),
			     t->pcap->words ? t->pcap : NULL, links, knobs);
}
