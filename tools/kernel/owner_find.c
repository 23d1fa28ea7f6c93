// SPDX-License-Identifier: GPL-2.0
/* Packets to owners, by the table that the program and snapshots fill. */
#include <errno.h>
#include <linux/types.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>

#include "event.h"
#include "kernel/owner_marks.h"
#include "kernel/owner_state.h"

/* In time of packets. A socket may be handed on, a listener may change. */
#define FOUND_NS 50000000
#define LISTENER_NS 10000000
#define LISTENERS_NS 1000000000 /* of several, while none comes or goes */
#define MISSING_NS 1000000
#define MISSES (4 * OWNER_MARKS_RENEW) /* before marks are renewed */
/* Longer than TIME_WAIT or an orphan last: nothing belongs to it any more. */
#define ENDED_NS 120000000000ull

/* A packet and what it is looked up by. */
struct search {
	const struct owner_packet *p;
	struct owner_key key;
	uint64_t hash; /* of the key */
	bool is_marked;
};

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

/* Nothing lacks in the table that should be there. */
static bool is_complete(const struct owners *o)
{
	return o->has_looked &&
	       owner_table_nr_refused(&o->table) == o->nr_made_up;
}

/*
 * Who listens or connects with the socket INODE. One that was inherited outlives
 * who made it: then somebody else has it, who is found by another snapshot.
 */
static enum owner_answer socket_owner(struct owners *o, uint32_t inode,
				      uint16_t lport, uint64_t ts_ns,
				      struct owner *out)
{
	struct owner_key key = {.kind = OWNER_OF_SOCKET};
	struct owner_entry e;

	memcpy(key.local, &inode, sizeof(inode));
	if (!owner_table_get(&o->table, &key, &e) ||
	    (e.lport && e.lport != lport))
		return OWNER_UNKNOWN;
	if (kill(e.pid, 0) && errno == ESRCH) {
		owners_look_again(o, ts_ns);
		return OWNER_UNKNOWN;
	}
	owner_take(out, &e);
	return OWNER_KNOWN;
}

/* Of all who may get the packet: known when it is one process. */
static enum owner_answer takers_owner(struct owners *o,
				      const struct owner_socks *list,
				      uint64_t ts_ns, struct owner *out)
{
	enum owner_answer answer = OWNER_NONE;
	const struct owner_sock *s;
	struct owner one;

	for (s = list->s; s < list->s + list->nr; s++) {
		if (!s->is_taken)
			continue;
		if (socket_owner(o, s->inode, s->lport, ts_ns, &one) !=
		    OWNER_KNOWN)
			return OWNER_UNKNOWN;
		if (answer == OWNER_KNOWN && one.pid != out->pid)
			return OWNER_UNKNOWN;
		*out = one;
		answer = OWNER_KNOWN;
	}
	return answer;
}

/* The port may be shared, or bound to devices: go by all who listen there. */
static enum owner_answer listeners_ask(struct owners *o,
				       const struct owner_key *key,
				       const struct owner_packet *p,
				       struct owner *out)
{
	enum owner_answer answer = OWNER_UNKNOWN;
	struct owner_socks list;

	if (!owner_ask_listeners(&o->ask, key, &list))
		switch (owner_takers_find(&list, key, p->ifindex)) {
		case TAKERS_NONE:
			answer = OWNER_NONE;
			break;
		case TAKERS_SURE:
			answer = takers_owner(o, &list, p->ts_ns, out);
			break;
		case TAKERS_MAYBE:
			break;
		}
	owner_socks_free(&list);
	return answer;
}

static enum owner_answer listener_ask(struct owners *o,
				      const struct owner_key *key,
				      const struct owner_packet *p,
				      struct owner *out)
{
	struct owner_asked found;
	int ret;

	if (o->table.shared->is_shared[key->lport])
		return listeners_ask(o, key, p, out);
	ret = owner_ask_socket(&o->ask, key, p->ifindex, &found);
	if (ret)
		return ret == -ENOENT ? OWNER_NONE : OWNER_UNKNOWN;
	return socket_owner(o, found.inode, key->lport, p->ts_ns, out);
}

/* Whether what is remembered of who listens still holds. */
static bool is_fresh(const struct owners *o, const struct owner_cached *known,
		     uint64_t ts_ns)
{
	return known && (ts_ns < known->made_ns + LISTENER_NS ||
			 known->nr_listens == o->table.shared->nr_listens);
}

/* Who listens at the local end. */
static enum owner_answer listener_find(struct owners *o, const struct search *s,
				       struct owner *out)
{
	struct owner_shared *sh = o->table.shared;
	const struct owner_packet *p = s->p;
	struct owner_key key = {.lport = p->lport, .kind = s->key.kind};
	struct owner_key name;
	const struct owner_cached *known;
	struct owner_cached what = {.made_ns = p->ts_ns};
	uint64_t hash;

	if (o->has_looked && !sh->listens[p->lport] && !sh->some_listens)
		return OWNER_NONE;
	memcpy(key.local, s->key.local, sizeof(key.local));
	name = key; /* among connections, none of which has such a remote end */
	memcpy(name.remote, &p->ifindex, sizeof(p->ifindex));
	hash = owner_hash(&sh->secret, &name);
	known = owner_cache_get(o->cache, &name, hash, p->ts_ns);
	if (!is_fresh(o, known, p->ts_ns)) {
		what.nr_listens = sh->nr_listens;
		what.answer = listener_ask(o, &key, p, &what.owner);
		what.owner.is_listener = true;
		owner_cache_put(o->cache, &name, hash,
				p->ts_ns + (sh->is_shared[p->lport]
						    ? LISTENERS_NS
						    : LISTENER_NS),
				&what);
		known = &what;
	}
	if (known->answer == OWNER_KNOWN)
		*out = known->owner;
	return known->answer;
}

/* A SYN starts something new: an owner that is gone by then is another's. */
static bool ended_fits(const struct owner_entry *e,
		       const struct owner_packet *p)
{
	uint64_t late_ns = p->flags & TCP_SYN ? 0 : ENDED_NS;

	return p->ts_ns <= e->ts_ns + late_ns;
}

/*
 * What marks cost is then no more than what they spare. Those of connections
 * that had to be forgotten are lost.
 */
static void marks_missed(struct owners *o, uint64_t ts_ns)
{
	if (++o->nr_misses < MISSES)
		return;
	o->nr_misses = 0;
	if (o->table.shared->gone_ns)
		o->unsure_ns = ts_ns + ENDED_NS;
	owner_marks_renew(&o->table);
}

/* NONE: it is not in the table. */
static enum owner_answer entry_find(struct owners *o, const struct search *s,
				    struct owner *out)
{
	struct owner_entry e;

	if (!owner_table_get(&o->table, &s->key, &e)) {
		marks_missed(o, s->p->ts_ns);
		return OWNER_NONE;
	}
	if (e.flags & OWNER_ENDED && !ended_fits(&e, s->p))
		return OWNER_NONE;
	if (e.flags & OWNER_SHARED)
		return OWNER_UNKNOWN;
	owner_take(out, &e);
	return OWNER_KNOWN;
}

/* Sent before there is a connection, to or by the one who listens. */
static bool is_listeners(const struct owner_packet *p)
{
	uint16_t flags = p->flags & (TCP_SYN | TCP_ACK);

	return flags == (p->is_out ? TCP_SYN | TCP_ACK : TCP_SYN);
}

/* It may have had an owner who is forgotten, or never became known. */
static bool is_forgotten(const struct owners *o, const struct search *s)
{
	uint64_t ts_ns = s->p->ts_ns, gone_ns = o->table.shared->gone_ns;

	if (is_listeners(s->p))
		return false;
	if (!is_complete(o) || ts_ns < o->unsure_ns)
		return true;
	return s->is_marked && gone_ns && ts_ns < gone_ns + ENDED_NS;
}

/* What is to be said of a connection that the kernel has, and the table not. */
static enum owner_answer missing_owner(struct owners *o, const struct search *s,
				       const struct owner_asked *found,
				       struct owner *out)
{
	switch (found->state) {
	case TCP_SYN_SENT:
		return socket_owner(o, found->inode, 0, s->p->ts_ns, out);
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
		/* Nobody has accepted it. */
		if (!found->inode)
			return listener_find(o, s, out);
		break;
	}
	return OWNER_UNKNOWN;
}

/* It is not in the table. */
static enum owner_answer missing_find(struct owners *o, const struct search *s,
				      struct owner *out)
{
	struct owner_asked found;
	int ret;

	ret = owner_ask_socket(&o->ask, &s->key, s->p->ifindex, &found);
	if (ret && ret != -ENOENT)
		return OWNER_UNKNOWN;
	if (!ret && found.state != TCP_LISTEN)
		return missing_owner(o, s, &found, out);
	return is_forgotten(o, s) ? OWNER_UNKNOWN : listener_find(o, s, out);
}

/* The first packet of who connects: the table has not got its port yet. */
static bool is_first(const struct owner_packet *p)
{
	return p->is_out && (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static enum owner_answer connection_find(struct owners *o,
					 const struct search *s,
					 struct owner *out)
{
	const struct owner_packet *p = s->p;
	const struct owner_cached *known;
	struct owner_cached what = {.made_ns = p->ts_ns};

	known = owner_cache_get(o->cache, &s->key, s->hash, p->ts_ns);
	if (known) {
		*out = known->owner;
		return known->answer;
	}
	what.answer = s->is_marked ? entry_find(o, s, &what.owner) : OWNER_NONE;
	if (what.answer == OWNER_NONE)
		what.answer = missing_find(o, s, &what.owner);
	/* What a SYN misses, the next packet may find. What is the listener's may
	 * have an owner then. */
	if (!what.owner.is_listener &&
	    (what.answer == OWNER_KNOWN || !(p->flags & TCP_SYN)))
		owner_cache_put(o->cache, &s->key, s->hash,
				p->ts_ns + (what.answer == OWNER_KNOWN
						    ? FOUND_NS
						    : MISSING_NS),
				&what);
	*out = what.owner;
	return what.answer;
}

enum owner_answer owners_find(struct owners *o, const struct owner_packet *p,
			      struct owner *out)
{
	struct search s = {
		.p = p,
		.key = {.lport = p->lport, .rport = p->rport, .kind = p->ip},
	};
	enum owner_answer answer;

	owner_diag_addr(s.key.local, p->local, p->ip);
	owner_diag_addr(s.key.remote, p->remote, p->ip);
	s.hash = owner_hash(&o->table.shared->secret, &s.key);
	s.is_marked = owner_marks_has(&o->table, s.hash);
	if (p->flags & TCP_SYN)
		owner_cache_drop(o->cache, &s.key, s.hash);
	if (is_listeners(p)) {
		answer = listener_find(o, &s, out);
		if (answer != OWNER_NONE)
			return answer;
	}
	if (s.is_marked || is_first(p) || is_forgotten(o, &s))
		return connection_find(o, &s, out);
	return listener_find(o, &s, out);
}
