// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "kernel/function.h"
#include "kernel/owner_state.h"
#include "kernel/tracepoint.h"

#define OWNERS_LIMIT (1u << 20)
#define RESCAN_NS 1000000000ull

static const struct {
	const char *name;
	bool is_needed;
} tracepoints[] = {
	{"inet_sock_set_state", true},
	{"tcp_rcv_space_adjust", true},
	{"tcp_retransmit_skb", false},
	{"sock_send_length", false}, /* Linux 6.3; else SENDS */
};

/* Where no tracepoint tells of sending. */
#define SENDS "tcp_sendmsg"

#define NR_TRACEPOINTS (sizeof(tracepoints) / sizeof(*tracepoints))

_Static_assert(NR_TRACEPOINTS < OWNER_LINKS, "a link each, and SENDS");

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
static int link_open(struct owners *o, const char *name, struct load_error *err)
{
	const struct load_as as = {.type = BPF_PROG_TYPE_RAW_TRACEPOINT};
	int prog = load_prog(&o->maps, prog_at(o->maps.img, name), &as, err);
	int link;

	if (prog < 0)
		return prog;
	link = tracepoint_open(name, prog);
	close(prog);
	if (link < 0)
		snprintf(err->text, sizeof(err->text),
			 "cannot attach to the tracepoint %s: %s", name,
			 strerror(-link));
	return link;
}

/* The tracepoint I; -1 for one that this kernel may lack, and does. */
static int tracepoint_attach(struct owners *o, size_t i, struct load_error *err)
{
	int link = link_open(o, tracepoints[i].name, err);

	o->links[i] = link < 0 ? -1 : link;
	if (link >= 0 || (link == -ENOENT && !tracepoints[i].is_needed))
		return 0;
	return link;
}

/*
 * Sending shows at a tracepoint, else at the function; without both a process
 * that only sends is known when it closes.
 */
static void sends_attach(struct owners *o)
{
	struct load_error err = {};
	bool is_kprobe;
	int fd;

	if (o->links[NR_TRACEPOINTS - 1] >= 0)
		return;
	fd = function_attach(&o->maps, SENDS, &is_kprobe, &err);
	o->links[NR_TRACEPOINTS] = fd < 0 ? -1 : fd;
	log_debug("owners: sending shows %s%s",
		  fd < 0 ? "nowhere: " : "at the function " SENDS "(), by ",
		  fd < 0 ? err.text : function_way(is_kprobe));
	free(err.detail);
}

static int scope_set(const struct owners *o)
{
	const struct range_set *ports = o->opts.local_ports;
	struct owner_scope scope = {.netns = o->opts.netns_inum};
	int fd = load_map_fd(&o->maps, "owner_scope"), zero = 0;
	size_t i;
	uint64_t port;

	for (i = 0; ports && i < ports->nr; i++) {
		scope.has_ports = 1;
		for (port = ports->r[i].first; port <= ports->r[i].last; port++)
			scope.ports[port >> 6] |= 1ull << (port & 63);
	}
	return bpf_map_update_elem(fd, &zero, &scope, BPF_ANY);
}

static int maps_fill(struct owners *o, struct load_error *err)
{
	int fd, zero = 0, cgroup;

	o->owners = load_map_fd(&o->maps, "owners");
	o->closed = load_map_fd(&o->maps, "owners_closed");
	o->listeners = load_map_fd(&o->maps, "owner_listeners");
	o->marks = owner_marks_open(load_map_fd(&o->maps, "owner_marks"));
	if (scope_set(o))
		goto fail;
	if (!o->opts.cgroup)
		return 0;
	cgroup = owner_cgroup_open(o->cgroups, o->opts.cgroup);
	if (cgroup < 0) {
		snprintf(err->text, sizeof(err->text), "no cgroup '%s': %s",
			 o->opts.cgroup, strerror(-cgroup));
		return cgroup;
	}
	fd = load_map_fd(&o->maps, "owner_cgroup");
	fd = bpf_map_update_elem(fd, &zero, &cgroup, BPF_ANY);
	close(cgroup);
	if (!fd)
		return 0;
fail:
	snprintf(err->text, sizeof(err->text),
		 "cannot fill the maps of owners: %s", strerror(errno));
	return -errno;
}

/* Over, one way or the other. */
static void snapshot_end(struct owners *o)
{
	struct owner_snapshot_result r;
	int ret;

	loop_remove(o->loop, o->snapshot.fd);
	ret = owner_snapshot_finish(&o->snapshot, &r);
	if (ret)
		log_warn("owners of connections older than this run are not "
			 "known: %s",
			 strerror(-ret));
	else
		log_debug("owners: %u of %u sockets, in %.1f ms", r.nr_found,
			  r.nr_sockets, r.took_ns / 1e6);
}

static void snapshot_ready(void *arg, int fd, uint32_t events)
{
	snapshot_end(arg);
}

int owners_snapshot(struct owners *o)
{
	const struct owner_snapshot_opts opts = {
		.netns = o->opts.netns,
		.owners = o->owners,
		.listeners = o->listeners,
		.marks = o->marks,
		.cgroups = o->cgroups,
		.cgroup = o->opts.cgroup,
		.max = o->max,
	};
	int ret = owner_snapshot_start(&o->snapshot, &opts);

	if (!ret)
		ret = loop_add(o->loop, o->snapshot.fd, snapshot_ready, o);
	if (ret)
		owner_snapshot_stop(&o->snapshot);
	return ret;
}

int owners_wait(struct owners *o, int timeout_ms)
{
	struct pollfd p = {.fd = o->snapshot.fd, .events = POLLIN};
	int ret;

	if (p.fd < 0)
		return 0;
	ret = poll(&p, 1, timeout_ms);
	if (ret <= 0)
		return ret ? -errno : -ETIMEDOUT;
	snapshot_end(o);
	return 0;
}

/*
 * Room for four times the TCP sockets of now, in all namespaces, or for
 * OWNERS_MIN; a power of two. The map costs nothing for what is not in it but
 * 16 bytes, and those take the time to make it.
 */
static uint32_t connections_max(void)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	uint32_t max = OWNERS_MIN, now = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "TCP: inuse %*u orphan %*u tw %*u alloc %u",
			   &now) == 1)
			break;
	if (f)
		fclose(f);
	while (max < OWNERS_LIMIT && max / 4 < now)
		max *= 2;
	return max;
}

struct owners *owners_open(const struct owners_opts *opts, struct loop *loop,
			   struct load_error *err)
{
	struct load_opts load = {
		.resize = "owners",
		.meanwhile = opts->meanwhile,
		.arg = opts->arg,
	};
	struct owners *o = calloc(1, sizeof(*o));
	size_t i;
	int ret;

	memset(err, 0, sizeof(*err));
	snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
	if (!o)
		return NULL;
	o->opts = *opts;
	o->loop = loop;
	o->snapshot.fd = -1;
	o->rescan_wait_ns = RESCAN_NS;
	o->max = load.entries = connections_max();
	for (i = 0; i <= NR_TRACEPOINTS; i++)
		o->links[i] = -1;
	o->cache = owner_cache_new();
	o->cgroups = owner_cgroups_new();
	ret = o->cache && o->cgroups ? 0 : -ENOMEM;
	if (!ret)
		ret = load_maps(opts->img, &o->maps, &load, err);
	if (!ret)
		ret = maps_fill(o, err);
	for (i = 0; !ret && i < NR_TRACEPOINTS; i++) {
		ret = tracepoint_attach(o, i, err);
		if (opts->meanwhile)
			opts->meanwhile(opts->arg);
	}
	if (!ret) {
		sends_attach(o);
		ret = owners_snapshot(o);
		if (ret)
			snprintf(err->text, sizeof(err->text),
				 "cannot look for owners: %s", strerror(-ret));
	}
	if (!ret)
		return o;
	owners_close(o);
	return NULL;
}

void owners_close(struct owners *o)
{
	size_t i;

	if (!o)
		return;
	if (o->snapshot.fd >= 0)
		loop_remove(o->loop, o->snapshot.fd);
	owner_snapshot_stop(&o->snapshot);
	for (i = 0; i <= NR_TRACEPOINTS; i++)
		if (o->links[i] >= 0)
			close(o->links[i]);
	if (o->maps.img)
		load_close(&o->maps);
	owner_marks_close(o->marks);
	owner_cgroups_free(o->cgroups);
	owner_cache_free(o->cache);
	free(o);
}

const struct loaded *owners_maps(const struct owners *o)
{
	return &o->maps;
}

const char *owners_cgroup(struct owners *o, uint64_t cgroup_id)
{
	return owner_cgroup_path(o->cgroups, cgroup_id);
}
