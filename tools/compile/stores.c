// SPDX-License-Identifier: GPL-2.0
#include "compile/stores.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compile/insn.h"
#include "compile/operand.h"

#define STACK 512
#define SLOTS (STACK / 8)
#define REGISTERS 16 /* that an instruction could name */
#define PASSES 64    /* loops in loops need one each, and one more */
#define LOAD_ACQUIRE 0x100

/* What a value may be, one bit each. */
enum kind {
	NUMBER = 1, /* or an address of something else, such as a map's value */
	OWN_STACK = 2,
	CONTEXT = 4,
	PACKET = 8,
	MOVED_CONTEXT = 16, /* CONTEXT plus something: what is there? */
};

#define POINTERS (OWN_STACK | CONTEXT | PACKET | MOVED_CONTEXT)
#define FORBIDDEN (CONTEXT | PACKET | MOVED_CONTEXT)

struct value {
	uint8_t kinds;
	bool has_off; /* OWN_STACK: it is r10 + off, on every way */
	int16_t off;
};

static const struct value number = {.kinds = NUMBER};

struct state {
	struct value reg[REGISTERS];
	struct value slot[SLOTS];
	bool is_live; /* some way leads here */
};

struct walk {
	const struct bpf_insn *in;
	size_t nr;
	bool is_xdp;
	struct state now;
	uint32_t *join; /* of each instruction: its state, from 1 on; 0: none */
	struct state *states; /* at the targets of jumps */
	size_t at;
	bool is_again; /* a state changed that was used already */
};

static bool is_same(const struct value *a, const struct value *b)
{
	return a->kinds == b->kinds && a->has_off == b->has_off &&
	       a->off == b->off;
}

static bool value_merge(struct value *to, const struct value *v)
{
	struct value old = *to;

	if (is_same(to, v))
		return false;
	if (!(to->kinds & OWN_STACK)) {
		to->has_off = v->has_off;
		to->off = v->off;
	} else if (v->kinds & OWN_STACK && v->off != to->off) {
		to->has_off = false;
	} else if (v->kinds & OWN_STACK) {
		to->has_off &= v->has_off;
	}
	to->kinds |= v->kinds;
	return old.kinds != to->kinds || old.has_off != to->has_off;
}

static bool state_merge(struct state *to, const struct state *s)
{
	bool has_changed = false;
	size_t i;

	if (!to->is_live) {
		*to = *s;
		return true;
	}
	/* Mostly nothing differs, and no value has padding. */
	if (!memcmp(to->reg, s->reg, sizeof(s->reg)) &&
	    !memcmp(to->slot, s->slot, sizeof(s->slot)))
		return false;
	for (i = 0; i < REGISTERS; i++)
		has_changed |= value_merge(&to->reg[i], &s->reg[i]);
	for (i = 0; i < SLOTS; i++)
		has_changed |= value_merge(&to->slot[i], &s->slot[i]);
	return has_changed;
}

/* Is the address of SIZE bytes at V + OFF known, and in the stack? */
static bool is_place(const struct value *v, int off, unsigned size)
{
	int at = v->off + off;

	return v->has_off && at >= -STACK && at + (int)size <= 0;
}

static size_t slot_of(const struct value *v, int off)
{
	return (v->off + off + STACK) / 8;
}

static unsigned size_of(const struct bpf_insn *in)
{
	static const unsigned char sizes[] = {4, 2, 1, 8};

	return sizes[BPF_SIZE(in->code) >> 3];
}

static void stack_load(const struct state *s, const struct value *base,
		       const struct bpf_insn *in, struct value *to)
{
	size_t i;

	if (size_of(in) < 8)
		return;
	if (is_place(base, in->off, 8)) {
		value_merge(to, &s->slot[slot_of(base, in->off)]);
		return;
	}
	for (i = 0; i < SLOTS; i++)
		value_merge(to, &s->slot[i]);
}

/* VALUE goes to the stack: there, or where it is not known, perhaps anywhere. */
static void stack_store(struct state *s, const struct value *base,
			const struct bpf_insn *in, struct value value)
{
	size_t i, first, last;

	if (size_of(in) < 8)
		value = number;
	if (base->kinds != OWN_STACK || !is_place(base, in->off, size_of(in))) {
		for (i = 0; i < SLOTS; i++)
			value_merge(&s->slot[i], &value);
		return;
	}
	first = slot_of(base, in->off);
	last = slot_of(base, in->off + (int)size_of(in) - 1);
	for (i = first; i <= last; i++)
		s->slot[i] = first == last ? value : number;
}

#define HAS(type, field, off)                   \
	((off) >= (int)offsetof(type, field) && \
	 (off) < (int)(offsetof(type, field) + sizeof(((type *)0)->field)))

static bool is_packet_field(const struct walk *w, int off)
{
	if (w->is_xdp)
		return HAS(struct xdp_md, data, off) ||
		       HAS(struct xdp_md, data_end, off) ||
		       HAS(struct xdp_md, data_meta, off);
	return HAS(struct __sk_buff, data, off) ||
	       HAS(struct __sk_buff, data_end, off) ||
	       HAS(struct __sk_buff, data_meta, off);
}

static void load(struct walk *w, uint8_t to, uint8_t from)
{
	const struct bpf_insn *in = &w->in[w->at];
	const struct value base = w->now.reg[from];
	bool is_field = is_packet_field(w, in->off);
	struct value v = {};

	if (base.kinds & OWN_STACK && BPF_MODE(in->code) != MODE_MEMSX)
		stack_load(&w->now, &base, in, &v);
	if ((base.kinds & CONTEXT && is_field) || base.kinds & MOVED_CONTEXT)
		v.kinds |= PACKET;
	if (!v.kinds || base.kinds & (NUMBER | PACKET | MOVED_CONTEXT) ||
	    (base.kinds & CONTEXT && !is_field))
		v.kinds |= NUMBER;
	w->now.reg[to] = v;
}

/* False: it is to the packet or the context. */
static bool store(struct walk *w, struct value value)
{
	const struct bpf_insn *in = &w->in[w->at];
	const struct value base = w->now.reg[in->dst_reg];

	if (base.kinds & OWN_STACK)
		stack_store(&w->now, &base, in, value);
	return !(base.kinds & FORBIDDEN);
}

static bool atomic(struct walk *w)
{
	const struct bpf_insn *in = &w->in[w->at];
	uint8_t result = in->imm == BPF_CMPXCHG ? BPF_REG_0 : in->src_reg;
	bool is_right;

	if (in->imm == LOAD_ACQUIRE) {
		load(w, in->dst_reg, in->src_reg);
		return true;
	}
	is_right = store(w, w->now.reg[in->src_reg]);
	if (in->imm & BPF_FETCH)
		w->now.reg[result] = number;
	return is_right;
}

/* An address stays one when a number is added or taken away. */
static void add(struct value *to, const struct value *v, bool is_less)
{
	uint8_t a = to->kinds, b = v->kinds, kinds = 0;

	if (is_less) {
		kinds |= b & NUMBER ? a & POINTERS : 0;
		kinds |=
			b & POINTERS || (a & NUMBER && b & NUMBER) ? NUMBER : 0;
	} else {
		kinds = ((a | b) & POINTERS) | (a & b & NUMBER);
	}
	if (kinds & CONTEXT)
		kinds = (kinds & ~CONTEXT) | MOVED_CONTEXT;
	*to = (struct value){.kinds = kinds};
}

static void add_constant(struct value *to, long by)
{
	struct value v = *to;
	long off = v.off + by;

	add(to, &number, false);
	to->has_off = v.has_off && off >= -STACK && off <= STACK;
	to->off = to->has_off ? off : 0;
}

static void calculate(struct walk *w)
{
	const struct bpf_insn *in = &w->in[w->at];
	struct value *to = &w->now.reg[in->dst_reg];
	bool is_less = BPF_OP(in->code) == BPF_SUB;
	bool is_sum = is_less || BPF_OP(in->code) == BPF_ADD;

	if (BPF_CLASS(in->code) == BPF_ALU)
		*to = number;
	else if (is_sum && BPF_SRC(in->code) == BPF_X)
		add(to, &w->now.reg[in->src_reg], is_less);
	else if (is_sum)
		add_constant(to, is_less ? -(long)in->imm : in->imm);
	else if (BPF_OP(in->code) == BPF_MOV && BPF_SRC(in->code) == BPF_X &&
		 !in->off)
		*to = w->now.reg[in->src_reg];
	else
		*to = number;
}

static void clobber(struct state *s, uint8_t to)
{
	uint8_t i;

	for (i = BPF_REG_0; i <= to; i++)
		s->reg[i] = number;
}

static void go_to(struct walk *w, long long target)
{
	struct state *s;

	if (target < 0 || target >= (long long)w->nr || !w->join[target])
		return;
	s = &w->states[w->join[target] - 1];
	if (state_merge(s, &w->now) && target <= (long long)w->at)
		w->is_again = true;
}

static void jump(struct walk *w)
{
	const struct image_prog p = {.insns = w->in, .nr_insns = w->nr};
	uint8_t code = w->in[w->at].code;
	long long target;

	if (insn_target(&p, w->at, &target))
		go_to(w, target);
	w->now.is_live = code != (BPF_JMP | BPF_JA) &&
			 code != (BPF_JMP32 | BPF_JA) &&
			 code != (BPF_JMP | BPF_EXIT);
}

static int call(struct walk *w)
{
	if (w->in[w->at].src_reg == BPF_PSEUDO_CALL)
		return -EOPNOTSUPP;
	clobber(&w->now, BPF_REG_5);
	return 0;
}

static int step(struct walk *w)
{
	const struct bpf_insn *in = &w->in[w->at];

	switch (BPF_CLASS(in->code)) {
	case BPF_LD:
		if (!insn_is_imm64(in)) {
			clobber(&w->now, BPF_REG_5);
			return 0;
		}
		w->now.reg[in->dst_reg] = number;
		return in->src_reg == BPF_PSEUDO_FUNC ? -EOPNOTSUPP : 0;
	case BPF_LDX:
		load(w, in->dst_reg, in->src_reg);
		return 0;
	case BPF_ST:
		return store(w, number) ? 0 : -EACCES;
	case BPF_STX:
		if (BPF_MODE(in->code) == BPF_ATOMIC)
			return atomic(w) ? 0 : -EACCES;
		return store(w, w->now.reg[in->src_reg]) ? 0 : -EACCES;
	case BPF_ALU:
	case BPF_ALU64:
		calculate(w);
		return 0;
	default:
		if (in->code == (BPF_JMP | BPF_CALL))
			return call(w);
		jump(w);
		return 0;
	}
}

static void start(struct state *s)
{
	size_t i;

	clobber(s, BPF_REG_10);
	for (i = 0; i < SLOTS; i++)
		s->slot[i] = number;
	s->reg[BPF_REG_1] = (struct value){.kinds = CONTEXT};
	s->reg[BPF_REG_10] =
		(struct value){.kinds = OWN_STACK, .has_off = true};
	s->is_live = true;
}

/* What leads here by jumps comes to what goes on from the one before. */
static void join(struct walk *w)
{
	struct state *s;

	if (!w->join[w->at])
		return;
	s = &w->states[w->join[w->at] - 1];
	if (w->now.is_live)
		state_merge(s, &w->now);
	w->now = *s;
}

/* Once through the program, with what is known of its jumps so far. */
static int pass(struct walk *w)
{
	int ret = 0;

	w->is_again = false;
	start(&w->now);
	for (w->at = 0; w->at < w->nr;
	     w->at += insn_is_imm64(&w->in[w->at]) ? 2 : 1) {
		join(w);
		if (w->now.is_live)
			ret = step(w);
		if (ret)
			break;
	}
	return ret;
}

/* A state for each target of a jump. 0 or -ENOMEM. */
static int joins_make(struct walk *w)
{
	const struct image_prog p = {.insns = w->in, .nr_insns = w->nr};
	size_t i, nr = 0;
	long long to;

	w->join = calloc(w->nr, sizeof(*w->join));
	if (!w->join)
		return -ENOMEM;
	for (i = 0; i < w->nr; i += insn_is_imm64(&w->in[i]) ? 2 : 1)
		if (insn_target(&p, i, &to) && to >= 0 &&
		    to < (long long)w->nr && !w->join[to])
			w->join[to] = ++nr;
	w->states = calloc(nr + 1, sizeof(*w->states));
	return w->states ? 0 : -ENOMEM;
}

int stores_check(const struct bpf_insn *insns, size_t nr,
		 enum bpf_prog_type type, size_t *at)
{
	struct walk w = {
		.in = insns,
		.nr = nr,
		.is_xdp = type == BPF_PROG_TYPE_XDP,
	};
	int ret = joins_make(&w), left = PASSES;

	w.is_again = true;
	while (!ret && w.is_again)
		ret = left-- ? pass(&w) : -E2BIG;
	*at = w.at;
	free(w.join);
	free(w.states);
	return ret;
}
