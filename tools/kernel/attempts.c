// SPDX-License-Identifier: GPL-2.0
#include "kernel/attempts.h"

#include <bpf/bpf.h>
#include <stdbool.h>
#include <string.h>

#include "maps.h"

const struct map_shape attempts_reads[] = {
	MAP_SHAPE(MAP_ATTEMPTS, LRU_HASH, struct why_key, struct why_attempt),
	{},
};

/* A SYN comes again for about two minutes (net.ipv4.tcp_syn_retries). */
#define REMEMBER_NS 140000000000ull

static void look_at(int map_fd, const struct why_key *key, uint64_t now_ns,
		    uint64_t wait_ns, attempts_fn fn, void *arg)
{
	struct why_attempt a;

	if (bpf_map_lookup_elem(map_fd, key, &a))
		return;
	if (a.state == WHY_TOLD) {
		if (a.last_ns + REMEMBER_NS < now_ns)
			bpf_map_delete_elem(map_fd, key);
		return;
	}
	if (a.first_ns + wait_ns > now_ns)
		return;
	a.state = WHY_TOLD;
	a.how = WHY_NOTHING;
	/* Fails when it has succeeded and is gone. */
	if (!bpf_map_update_elem(map_fd, key, &a, BPF_EXIST))
		fn(arg, key, &a);
}

void attempts_sweep(int map_fd, uint64_t now_ns, uint64_t wait_ns,
		    attempts_fn fn, void *arg)
{
	struct why_key key, next;
	bool has_next = !bpf_map_get_next_key(map_fd, NULL, &next);
	size_t nr = 0;

	/* When a key goes the walk begins anew: it must end all the same. */
	while (has_next && nr++ < 2 * WHY_ATTEMPTS) {
		key = next;
		has_next = !bpf_map_get_next_key(map_fd, &key, &next);
		look_at(map_fd, &key, now_ns, wait_ns, fn, arg);
	}
}
