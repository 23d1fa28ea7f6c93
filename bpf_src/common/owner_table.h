/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes to the table of owners, for bpf_src/owner.c. One that fails, for want
 * of room or memory, is counted: user space then makes room and looks for what
 * is missing (tools/kernel/owner_table.h).
 */
#ifndef COMMON_OWNER_TABLE_H
#define COMMON_OWNER_TABLE_H

#include "common/owner.h"

#ifndef ENOENT
#define ENOENT 2
#endif
#ifndef EEXIST
#define EEXIST 17
#endif

BPF_F_TABLE("array", u32, struct owner_shared, owner_shared, 1, BPF_F_MMAPABLE);
BPF_QUEUE(owner_ended, struct owner_ended, OWNERS_ENDED);

static inline struct owner_shared *owner_shared_get(void)
{
	u32 zero = 0;

	return owner_shared.lookup(&zero);
}

/* Of a connection: where it is marked that the table has it. */
static inline u64 owner_mark_of(struct owner_shared *sh,
				const struct owner_key *key)
{
	return owner_mark(owner_hash(&sh->secret, key));
}

/* A socket is not marked, only connections are. */
#define OWNER_NO_MARK (1 << OWNER_MARKS_BITS)

static inline int owner_is_marked(struct owner_shared *sh, u64 mark)
{
	/* Else clang sees no need for a bound, and older verifiers see none. */
	asm volatile("" : "+r"(mark));
	return mark < sizeof(sh->is_set) && sh->is_set[mark];
}

/*
 * An entry and the map that has it. All maps are had from one map of maps: so
 * they are of one type for the verifier, which then follows one way, not two.
 */
struct owner_place {
	void *map;
	struct owner_entry *e; /* NULL: there is none */
	u32 nr;		       /* of the map */
};

static inline void owner_find(struct owner_place *p, struct owner_key *key)
{
	p->e = NULL;
	for (p->nr = 0; p->nr < OWNER_MAPS; p->nr++) {
		p->map = owner_map_at(p->nr);
		if (!p->map)
			break;
		p->e = bpf_map_lookup_elem(p->map, key);
		if (p->e)
			break;
	}
}

static inline void owner_refuse(struct owner_shared *sh)
{
	__sync_fetch_and_add(&sh->nr_refused, 1);
}

/*
 * KEY's owner, whose place is P, is E from now on. 0 when there is no room. It is
 * marked once it is there.
 */
static inline int owner_set(struct owner_shared *sh, struct owner_place *p,
			    struct owner_key *key, struct owner_entry *e,
			    u64 mark)
{
	int is_new = !p->e;

	if (is_new) {
		p->nr = sh->room;
		p->map = owner_map_at(p->nr);
	}
	if (!p->map || bpf_map_update_elem(p->map, key, e, BPF_ANY)) {
		owner_refuse(sh);
		return 0;
	}
	if (is_new)
		__sync_fetch_and_add(&sh->nr, 1);
	asm volatile("" : "+r"(mark));
	if (mark < sizeof(sh->is_set))
		sh->is_set[mark] = 1;
	return 1;
}

static inline void owner_forget(struct owner_shared *sh, void *map,
				struct owner_key *key)
{
	int err = bpf_map_delete_elem(map, key);

	if (!err)
		__sync_fetch_and_add(&sh->nr, -1);
	else if (err != -ENOENT)
		owner_refuse(sh);
}

/* What ended longest ago makes room, unless its ends were used again. */
static inline void ended_forget(struct owner_shared *sh,
				struct owner_ended *ended)
{
	void *map = owner_map_at(ended->map);
	struct owner_entry *e;

	sh->gone_ns = ended->ts_ns;
	e = map ? bpf_map_lookup_elem(map, &ended->key) : NULL;
	if (e && e->flags & OWNER_ENDED && e->ts_ns == ended->ts_ns)
		owner_forget(sh, map, &ended->key);
}

/*
 * The entry of ENDED's key has ended then. Where another CPU takes the place that
 * was made for it, it goes too: rather nothing than what never leaves.
 */
static inline void ended_keep(struct owner_shared *sh,
			      struct owner_ended *ended)
{
	struct owner_ended old;

	if (!owner_ended.push(ended, 0))
		return;
	if (owner_ended.pop(&old))
		__builtin_memcpy(&old, ended, sizeof(old));
	else if (owner_ended.push(ended, 0))
		owner_refuse(sh);
	ended_forget(sh, &old);
}

#endif
