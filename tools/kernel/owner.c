// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/text.h"
#include "kernel/netns.h"
#include "kernel/owner_diag.h"
#include "kernel/owner_state.h"
#include "maps.h"

#define OWNERS_LIMIT (1u << 20)
#define RESCAN_NS 1000000000ull
#define RESCAN_MAX_NS 60000000000ull
#define FIRST_MS 100 /* that the first packets wait longer, at most */

/* What is filled here; see owner_table.c for the others. */
static const struct map_shape scope_shape = MAP_SHAPE(MAP_OWNER_SCOPE, ARRAY,
						      int, struct owner_scope),
			      cgroup_shape = MAP_SHAPE(MAP_OWNER_CGROUP,
						       CGROUP_ARRAY, int, int),
			      wanted_shape = MAP_SHAPE(MAP_OWNER_WANTED, ARRAY,
						       int, uint64_t);

static int scope_set(const struct owners *o)
{
	const struct range_set *ports = o->opts.local_ports;
	struct owner_scope scope = {
		.netns = o->opts.netns_inum,
		.has_ports = ports && ports->nr,
	};
	int fd = load_map_fd(&o->maps, &scope_shape), zero = 0;
	size_t i;
	uint64_t port;

	for (i = 0; ports && i < ports->nr; i++)
		for (port = ports->r[i].first; port <= ports->r[i].last; port++)
			scope.ports[port >> 6] |= 1ull << (port & 63);
	return bpf_map_update_elem(fd, &zero, &scope, BPF_ANY);
}

static int maps_fill(struct owners *o, uint32_t room, struct load_error *err)
{
	int fd, zero = 0, cgroup;
	char name[256];

	if (owner_table_open(&o->table, &o->maps, room, o->opts.max) ||
	    scope_set(o))
		goto fail;
	if (!o->opts.cgroup)
		return 0;
	cgroup = owner_cgroup_open(o->cgroups, o->opts.cgroup);
	if (cgroup < 0) {
		snprintf(err->text, sizeof(err->text), "no cgroup '%s': %s",
			 text_tail(name, sizeof(name), o->opts.cgroup),
			 strerror(-cgroup));
		return cgroup;
	}
	fd = load_map_fd(&o->maps, &cgroup_shape);
	fd = bpf_map_update_elem(fd, &zero, &cgroup, BPF_ANY);
	close(cgroup);
	if (!fd)
		return 0;
fail:
	snprintf(err->text, sizeof(err->text),
		 "cannot fill the maps of owners: %s", error_words(-errno));
	return -errno;
}

static void failure_say(int err)
{
	log_warn("cannot look for owners of connections that were missed: %s",
		 strerror(err));
}

/* Over, one way or the other. */
static void snapshot_end(struct owners *o)
{
	struct owner_snapshot_result r;
	int ret;

	loop_remove(o->loop, o->snapshot.fd);
	ret = owner_snapshot_finish(&o->snapshot, &r);
	if (ret) {
		failure_say(-ret);
		owners_look_again(o, clock_ns(CLOCK_MONOTONIC));
		return;
	}
	log_debug("owners: %u of %u sockets, in %.1f ms", r.nr_found,
		  r.nr_sockets, r.took_ns / 1e6);
	o->nr_made_up = r.nr_left ? o->nr_made_up : o->nr_refused;
	o->has_looked = !o->is_stale && !r.nr_left;
	if (r.nr_left)
		owners_look_again(o, clock_ns(CLOCK_MONOTONIC));
	else if (o->is_stale)
		owners_snapshot(o);
}

static void snapshot_ready(void *arg, int fd, uint32_t events)
{
	snapshot_end(arg);
}

int owners_snapshot(struct owners *o)
{
	const struct owner_snapshot_opts opts = {
		.netns = o->opts.netns,
		.table = &o->table,
		.cgroups = o->cgroups,
		.cgroup = o->opts.cgroup,
		.ports = o->opts.local_ports,
	};
	int ret;

	o->is_stale = false;
	o->nr_refused = owner_table_nr_refused(&o->table);
	ret = owner_snapshot_start(&o->snapshot, &opts);
	if (!ret)
		ret = loop_add(o->loop, o->snapshot.fd, snapshot_ready, o);
	if (ret)
		owner_snapshot_stop(&o->snapshot);
	return ret;
}

void owners_look_again(struct owners *o, uint64_t ts_ns)
{
	int ret;

	if (o->snapshot.fd >= 0 || ts_ns < o->rescan_ns)
		return;
	o->rescan_ns = ts_ns + o->rescan_wait_ns;
	if (o->rescan_wait_ns < RESCAN_MAX_NS)
		o->rescan_wait_ns *= 2;
	ret = owners_snapshot(o);
	if (ret)
		failure_say(-ret);
}

/* What the table has no room for is said once: it cannot become larger. */
static void full_say(struct owners *o)
{
	if (o->is_full_said || o->table.room < o->table.max)
		return;
	o->is_full_said = true;
	log_warn("there is room for the owners of %llu connections: of others "
		 "they are not known (see --max-owners)",
		 (unsigned long long)o->table.room);
}

void owners_tend(struct owners *o)
{
	int ret;

	if (!o)
		return;
	if (owner_table_is_filling(&o->table)) {
		ret = owner_table_grow(&o->table);
		log_debug("owners: room for %llu%s%s",
			  (unsigned long long)o->table.room, ret ? ": " : "",
			  ret ? strerror(-ret) : "");
	}
	if (owner_table_nr_refused(&o->table) == o->nr_made_up)
		return;
	full_say(o);
	owners_look_again(o, clock_ns(CLOCK_MONOTONIC));
}

int owners_wait(struct owners *o, int timeout_ms)
{
	struct pollfd p = {.events = POLLIN};
	int ret;

	for (; o->snapshot.fd >= 0; timeout_ms--) {
		p.fd = o->snapshot.fd;
		ret = poll(&p, 1, timeout_ms > 0);
		if (ret < 0 && errno != EINTR)
			return -errno;
		if (ret > 0)
			snapshot_end(o);
		else if (timeout_ms <= 0)
			return -ETIMEDOUT;
		if (o->opts.meanwhile)
			o->opts.meanwhile(o->opts.arg);
	}
	return 0;
}

/*
 * Room for four times the TCP sockets of now, in all namespaces, or for
 * OWNERS_MIN; a power of two, but at most MAX. The map costs nothing for what is
 * not in it but 16 bytes, and those take the time to make it.
 */
static uint32_t connections_max(uint32_t max)
{
	uint32_t room = OWNERS_MIN, now = 0;
	const char *line;
	char text[1024];

	fd_read_file("/proc/net/sockstat", text, sizeof(text));
	line = strstr(text, "\nTCP: ");
	if (line)
		sscanf(line, " TCP: inuse %*u orphan %*u tw %*u alloc %u",
		       &now);
	while (room < OWNERS_LIMIT && room / 4 < now)
		room *= 2;
	return room < max ? room : max;
}

/* Nobody has a socket with one of the ports that are asked for. */
static bool is_nobody_there(const struct owners *o)
{
	const struct range_set *ports = o->opts.local_ports;
	const struct owner_diag_query query = {.ports = ports, .nr_max = 1};
	struct owner_socks list;
	int previous, ret;

	if (!ports || !ports->nr)
		return false;
	previous = netns_enter(o->opts.netns);
	if (previous < -1)
		return false;
	ret = owner_diag_list(&list, &query);
	ret = ret || list.nr;
	owner_socks_free(&list);
	netns_leave(previous);
	return !ret;
}

/* Until a packet matches, which the program for packets says at once. */
static bool may_rest(const struct owners *o)
{
	const struct loaded *packets = o->opts.packets;
	int fd = packets ? load_map_fd(packets, &wanted_shape) : -ENOENT;
	uint64_t is_wanted;
	int zero = 0;

	return fd >= 0 && !bpf_map_lookup_elem(fd, &zero, &is_wanted) &&
	       !is_wanted && (o->opts.is_narrow || is_nobody_there(o));
}

/* From now on all is watched. */
static int hooks_wake(struct owners *o, struct load_error *err)
{
	int fd = load_map_fd(&o->maps, &wanted_shape), zero = 0;
	uint64_t one = 1;

	o->is_resting = false;
	bpf_map_update_elem(fd, &zero, &one, BPF_ANY);
	return owner_hooks_attach(&o->hooks, true, err);
}

void owners_wake(struct owners *o)
{
	struct load_error err = {};

	if (!o || !o->is_resting)
		return;
	log_debug("owners: a packet matches");
	if (hooks_wake(o, &err))
		log_warn("owners are known only as connections end: %s",
			 err.text);
	free(err.detail);
	/* Of what has come to be meanwhile. */
	o->has_looked = false;
	if (o->snapshot.fd < 0)
		owners_snapshot(o);
	else
		o->is_stale = true;
	owners_wait(o, FIRST_MS);
}

/* All that is needed before something is attached. */
static int owners_prepare(struct owners *o, struct load_error *err)
{
	const struct owners_opts *opts = &o->opts;
	struct load_opts load = {
		.resize = MAP_OWNERS,
		.entries = connections_max(opts->max),
		.outer = MAP_OWNER_MAPS,
		.inner = MAP_OWNERS,
		.share = {opts->packets},
		.meanwhile = opts->meanwhile,
		.arg = opts->arg,
	};
	int ret;

	o->cache = owner_cache_new();
	o->cgroups = owner_cgroups_new();
	ret = o->cache && o->cgroups ? 0 : -ENOMEM;
	if (!ret)
		ret = load_maps(opts->img, &o->maps, &load, err);
	if (!ret)
		ret = maps_fill(o, load.entries, err);
	if (ret)
		return ret;
	ret = owner_ask_open(&o->ask, opts->netns);
	if (ret)
		snprintf(err->text, sizeof(err->text),
			 "cannot ask for sockets: %s", error_words(ret));
	return ret;
}

static int owners_attach(struct owners *o, struct load_error *err)
{
	int ret = owner_hooks_attach(&o->hooks, false, err);

	o->is_resting = !ret && may_rest(o);
	if (o->is_resting)
		log_debug("owners: watched once a packet matches");
	else if (!ret)
		ret = hooks_wake(o, err);
	return ret;
}

struct owners *owners_open(const struct owners_opts *opts, struct loop *loop,
			   struct load_error *err)
{
	struct owners *o = calloc(1, sizeof(*o));
	int ret;

	memset(err, 0, sizeof(*err));
	snprintf(err->text, sizeof(err->text), "%s", strerror(ENOMEM));
	if (!o)
		return NULL;
	o->opts = *opts;
	o->loop = loop;
	o->snapshot.fd = o->ask.fd = -1;
	o->rescan_wait_ns = RESCAN_NS;
	if (!o->opts.max)
		o->opts.max = owner_table_default_max();
	owner_hooks_init(&o->hooks, &o->maps);
	ret = owners_prepare(o, err);
	if (!ret)
		ret = owners_attach(o, err);
	if (opts->meanwhile)
		opts->meanwhile(opts->arg);
	if (!ret) {
		ret = owners_snapshot(o);
		if (ret)
			snprintf(err->text, sizeof(err->text),
				 "cannot look for owners: %s",
				 error_words(ret));
	}
	if (!ret)
		return o;
	owners_close(o);
	return NULL;
}

void owners_close(struct owners *o)
{
	if (!o)
		return;
	if (o->snapshot.fd >= 0)
		loop_remove(o->loop, o->snapshot.fd);
	owner_snapshot_stop(&o->snapshot);
	owner_hooks_close(&o->hooks);
	owner_table_close(&o->table);
	owner_ask_close(&o->ask);
	if (o->maps.img)
		load_close(&o->maps);
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
