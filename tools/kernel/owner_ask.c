// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns.h"
#include "kernel/sock_diag.h"

#define PART 4 /* of the time: one part may be questions */
#define CREDIT_NS 100000000
#define LISTENERS_MAX 65536

int owner_ask_open(struct owner_ask *a, int netns)
{
	int previous = netns_enter(netns);

	*a = (struct owner_ask){.fd = -1, .netns = netns};
	if (previous < -1)
		return previous + 1;
	a->fd = sock_diag_open();
	netns_leave(previous);
	a->last_ns = clock_ns(CLOCK_MONOTONIC);
	a->credit_ns = CREDIT_NS;
	return a->fd < 0 ? a->fd : 0;
}

void owner_ask_close(struct owner_ask *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* False when questions have had their part of the time; else *START. */
static bool may_ask(struct owner_ask *a, uint64_t *start)
{
	*start = clock_ns(CLOCK_MONOTONIC);
	if (*start > a->last_ns)
		a->credit_ns += (*start - a->last_ns) / PART;
	a->last_ns = *start;
	if (a->credit_ns > CREDIT_NS)
		a->credit_ns = CREDIT_NS;
	return a->credit_ns > 0 || a->is_unbounded;
}

static void asked(struct owner_ask *a, uint64_t start)
{
	uint64_t took = clock_ns(CLOCK_MONOTONIC) - start;

	a->credit_ns -= took < a->credit_ns ? took : a->credit_ns;
}

int owner_ask_socket(struct owner_ask *a, const struct owner_key *key,
		     uint32_t ifindex, struct owner_asked *out)
{
	struct inet_diag_sockid id = {
		.idiag_sport = htons(key->lport),
		.idiag_dport = htons(key->rport),
		.idiag_if = ifindex,
		.idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
	};
	struct inet_diag_msg found;
	uint64_t start;
	int ret;

	if (!may_ask(a, &start))
		return -EBUSY;
	/* The last four bytes of an address that is mapped are the IPv4 one. */
	if (key->kind == 4) {
		memcpy(id.idiag_src, key->local + 12, 4);
		memcpy(id.idiag_dst, key->remote + 12, 4);
	} else {
		memcpy(id.idiag_src, key->local, 16);
		memcpy(id.idiag_dst, key->remote, 16);
	}
	ret = sock_diag_find(a->fd, key->kind == 4 ? AF_INET : AF_INET6, &id,
			     &found);
	asked(a, start);
	if (!ret)
		*out = (struct owner_asked){found.idiag_inode,
					    found.idiag_state};
	return ret;
}

int owner_ask_listeners(struct owner_ask *a, const struct owner_key *key,
			struct owner_socks *list)
{
	struct range range = {key->lport, key->lport};
	const struct range_set port = {.r = &range, .nr = 1};
	const struct owner_diag_query query = {
		.ports = &port,
		.want_listeners_only = true,
		.nr_max = LISTENERS_MAX,
	};
	uint64_t start;
	int previous, ret;

	*list = (struct owner_socks){};
	if (!may_ask(a, &start))
		return -EBUSY;
	previous = netns_enter(a->netns);
	if (previous < -1)
		return previous + 1;
	ret = owner_diag_list(list, &query);
	netns_leave(previous);
	asked(a, start);
	return ret ?: list->nr_left ? -E2BIG : 0;
}

/* 2: bound to that address; 1: to any; 0: it does not take it. */
static int takes(const struct owner_sock *s, const struct owner_key *key)
{
	static const uint8_t any[16], any4[16] = {[10] = 0xff, [11] = 0xff};

	if (!memcmp(s->addr, key->local, sizeof(any)))
		return 2;
	if (key->kind == 4 && !memcmp(s->addr, any4, sizeof(any)))
		return 1;
	return !memcmp(s->addr, any, sizeof(any)) &&
	       !(key->kind == 4 && s->is_v6only);
}

static bool is_for(const struct owner_sock *s, uint32_t ifindex)
{
	return !s->ifindex || s->ifindex == ifindex;
}

/*
 * As __inet_lookup_listener() does: first by address. Who is bound to another
 * device counts too, unless somebody is bound to this one.
 */
enum owner_takers owner_takers_find(struct owner_socks *list,
				    const struct owner_key *key,
				    uint32_t ifindex)
{
	bool is_here = false, is_elsewhere = false;
	struct owner_sock *s, *end = list->s + list->nr;
	int best = 0, how;

	for (s = list->s; s < end; s++) {
		how = is_for(s, ifindex) ? takes(s, key) : 0;
		best = how > best ? how : best;
	}
	for (s = list->s; s < end; s++) {
		s->is_taken =
			best && is_for(s, ifindex) && takes(s, key) == best;
		is_here |= s->is_taken && s->ifindex;
	}
	for (s = list->s; !is_here && s < end; s++) {
		if (is_for(s, ifindex) || !takes(s, key))
			continue;
		s->is_taken = is_elsewhere = true;
	}
	if (best)
		return TAKERS_SURE;
	return is_elsewhere ? TAKERS_MAYBE : TAKERS_NONE;
}
