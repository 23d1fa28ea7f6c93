// SPDX-License-Identifier: GPL-2.0
/* Packets to owners, by the maps that the program and snapshots fill. */
#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "event.h"
#include "kernel/owner_state.h"

/* In time of packets. A socket may be handed on, a listener may change. */
#define FOUND_NS 50000000
#define LISTENER_NS 10000000
#define MISSING_NS 1000000
#define MISSES (4 * OWNER_MARKS_RENEW) /* before marks are renewed */
/* Longer than TIME_WAIT or an orphan last: nothing belongs to it any more. */
#define CLOSED_NS 120000000000ull

static void addr_set(uint8_t to[16], const uint8_t *addr, uint8_t ip)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (ip == 6) {
		memcpy(to, addr, 16);
		return;
	}
	memcpy(to, mapped, sizeof(mapped));
	memcpy(to + sizeof(mapped), addr, 4);
}

static void owner_take(struct owner *out, const struct owner_entry *e)
{
	*out = (struct owner){
		.pid = e->pid,
		.uid = e->uid,
		.cgroup_id = e->cgroup_id,
		.is_in_cgroup = e->flags & OWNER_IN_CGROUP,
	};
	memcpy(out->comm, e->comm, sizeof(out->comm));
	out->comm[sizeof(out->comm) - 1] = 0;
}

/* A socket that was inherited outlives who made it: find who has it now. */
static void listener_check(struct owners *o, const struct owner_entry *e,
			   uint64_t now_ns)
{
	if (o->snapshot.fd >= 0 || now_ns < o->rescan_ns || !kill(e->pid, 0) ||
	    errno != ESRCH)
		return;
	/* It may be nobody's that can be seen from here: ever less often. */
	o->rescan_ns = now_ns + o->rescan_wait_ns;
	o->rescan_wait_ns *= 2;
	owners_snapshot(o);
}

/* The listener for the local end KEY, its remote end zero: in the map. */
static bool listener_look_up(struct owners *o, struct owner_key key, bool is_v4,
			     struct owner_entry *e)
{
	if (!bpf_map_lookup_elem(o->listeners, &key, e))
		return true;
	memset(key.local + 12, 0, 4);
	if (is_v4 && !bpf_map_lookup_elem(o->listeners, &key, e))
		return true;
	memset(key.local, 0, sizeof(key.local));
	return !bpf_map_lookup_elem(o->listeners, &key, e) &&
	       !(is_v4 && e->flags & OWNER_V6ONLY);
}

static bool listener_find(struct owners *o, const struct owner_key *conn,
			  const struct owner_packet *p, struct owner *out)
{
	struct owner_key key = {.lport = conn->lport};
	const struct owner_cached *known;
	struct owner_cached what = {};
	struct owner_entry e;

	memcpy(key.local, conn->local, sizeof(key.local));
	known = owner_cache_get(o->cache, &key, p->ts_ns);
	if (!known) {
		what.is_found = listener_look_up(o, key, p->ip == 4, &e);
		if (what.is_found) {
			owner_take(&what.owner, &e);
			what.owner.is_listener = true;
			listener_check(o, &e, p->ts_ns);
		}
		owner_cache_put(o->cache, &key, p->ts_ns + LISTENER_NS, &what);
		known = &what;
	}
	if (known->is_found)
		*out = known->owner;
	return known->is_found;
}

/* A SYN starts something new: an owner that is gone by then is another's. */
static bool closed_fits(const struct owner_entry *e,
			const struct owner_packet *p)
{
	uint64_t late_ns = p->flags & TCP_SYN ? 0 : CLOSED_NS;

	return p->ts_ns <= e->ts_ns + late_ns;
}

/* What marks cost is then no more than what they spare. */
static void marks_missed(struct owners *o)
{
	const int maps[] = {o->owners, o->closed};

	if (!o->marks || ++o->nr_misses < MISSES)
		return;
	o->nr_misses = 0;
	owner_marks_renew(o->marks, maps, 2);
}

static bool connection_find(struct owners *o, const struct owner_key *key,
			    const struct owner_packet *p, struct owner *out)
{
	struct owner_entry e;

	/* It may have moved from one to the other between two looks. */
	if (bpf_map_lookup_elem(o->owners, key, &e)) {
		if (bpf_map_lookup_elem(o->closed, key, &e)) {
			marks_missed(o);
			return false;
		}
		if (!closed_fits(&e, p))
			return false;
	}
	owner_take(out, &e);
	return true;
}

/* Sent before there is a connection, to or by the one who listens. */
static bool is_listeners(const struct owner_packet *p)
{
	uint16_t flags = p->flags & (TCP_SYN | TCP_ACK);

	return flags == (p->is_out ? TCP_SYN | TCP_ACK : TCP_SYN);
}

bool owners_find(struct owners *o, const struct owner_packet *p,
		 struct owner *out)
{
	struct owner_key key = {.lport = p->lport, .rport = p->rport};
	const struct owner_cached *known;
	struct owner_cached what = {};

	addr_set(key.local, p->local, p->ip);
	addr_set(key.remote, p->remote, p->ip);
	if (p->flags & TCP_SYN)
		owner_cache_drop(o->cache, &key);
	if (is_listeners(p) && listener_find(o, &key, p, out))
		return true;
	if (!owner_marks_has(o->marks, &key))
		return listener_find(o, &key, p, out);
	known = owner_cache_get(o->cache, &key, p->ts_ns);
	if (known && known->is_found)
		*out = known->owner;
	if (known)
		return known->is_found;
	what.is_found = connection_find(o, &key, p, &what.owner);
	/* For what has no owner yet it may have one at the next packet. */
	if (!what.is_found && listener_find(o, &key, p, out))
		return true;
	/* What a SYN misses, the next packet may find in owners_closed. */
	if (what.is_found || !(p->flags & TCP_SYN))
		owner_cache_put(o->cache, &key,
				p->ts_ns +
					(what.is_found ? FOUND_NS : MISSING_NS),
				&what);
	if (what.is_found)
		*out = what.owner;
	return what.is_found;
}
