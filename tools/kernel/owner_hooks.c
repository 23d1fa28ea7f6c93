// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "kernel/function.h"
#include "kernel/tracepoint.h"

static const struct {
	const char *name;
	bool is_needed;
	bool is_busy;
} tracepoints[] = {
	{"inet_sock_set_state", true, false},
	{"tcp_retransmit_skb", false, false},
	{"tcp_rcv_space_adjust", true, true},
	{"sock_send_length", false, true}, /* Linux 6.3; else SENDS */
};

/* Where no tracepoint tells of sending. */
#define SENDS "tcp_sendmsg"

#define NR_TRACEPOINTS (sizeof(tracepoints) / sizeof(*tracepoints))

_Static_assert(OWNER_LINKS == NR_TRACEPOINTS + 1, "a link each, and SENDS");

/* The program for the tracepoint NAME, raw or typed; "": there is none. */
static const char *prog_at(const struct image *img, const char *name)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (!strcmp(tracepoint_of(img->progs[i].name), name))
			return img->progs[i].name;
	return "";
}

/* A link or -errno. */
static int link_open(const struct loaded *maps, const char *name,
		     struct load_error *err)
{
	const struct load_as as = {.type = BPF_PROG_TYPE_RAW_TRACEPOINT};
	int prog = load_prog(maps, prog_at(maps->img, name), &as, err);
	int link;

	if (prog < 0)
		return prog;
	link = tracepoint_open(name, prog);
	close(prog);
	if (link < 0)
		snprintf(err->text, sizeof(err->text),
			 "cannot attach to the tracepoint %s: %s", name,
			 error_words(link));
	return link;
}

/* The tracepoint I; -1 for one that this kernel may lack, and does. */
static int tracepoint_attach(struct owner_hooks *h, size_t i,
			     struct load_error *err)
{
	int link = link_open(h->maps, tracepoints[i].name, err);

	h->links[i] = link < 0 ? -1 : link;
	if (link >= 0 || (link == -ENOENT && !tracepoints[i].is_needed))
		return 0;
	return link;
}

/*
 * Sending shows at a tracepoint, else at the function; without both a process
 * that only sends is known when it closes.
 */
static void sends_attach(struct owner_hooks *h)
{
	struct load_error err = {};
	bool is_kprobe;
	int fd;

	if (h->links[NR_TRACEPOINTS - 1] >= 0)
		return;
	fd = function_attach(h->maps, SENDS, &is_kprobe, &err);
	h->links[NR_TRACEPOINTS] = fd < 0 ? -1 : fd;
	log_debug("owners: sending shows %s%s",
		  fd < 0 ? "nowhere: " : "at the function " SENDS "(), by ",
		  fd < 0 ? err.text : function_way(is_kprobe));
	free(err.detail);
}

void owner_hooks_init(struct owner_hooks *h, const struct loaded *maps)
{
	size_t i;

	h->maps = maps;
	for (i = 0; i < OWNER_LINKS; i++)
		h->links[i] = -1;
}

int owner_hooks_attach(struct owner_hooks *h, bool is_busy,
		       struct load_error *err)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < NR_TRACEPOINTS; i++)
		if (tracepoints[i].is_busy == is_busy)
			ret = tracepoint_attach(h, i, err);
	if (!ret && is_busy)
		sends_attach(h);
	return ret;
}

void owner_hooks_close(struct owner_hooks *h)
{
	size_t i;

	for (i = 0; i < OWNER_LINKS; i++)
		if (h->links[i] >= 0)
			close(h->links[i]);
	owner_hooks_init(h, h->maps);
}
