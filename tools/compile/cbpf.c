// SPDX-License-Identifier: GPL-2.0
#include "compile/cbpf.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer {
	struct strbuf *b;
	const struct sock_filter *insns;
	size_t nr, head;
	size_t at;
	unsigned char *marks; /* of each instruction */
};

#define MARK_LABEL 1 /* it is jumped to */
#define MARK_LOOP 2  /* from behind */

static const struct sock_filter *here(const struct writer *w)
{
	return &w->insns[w->at];
}

static bool is_jump(const struct sock_filter *in)
{
	return BPF_CLASS(in->code) == BPF_JMP;
}

static bool is_ret(const struct sock_filter *in)
{
	return BPF_CLASS(in->code) == BPF_RET;
}

/* Where a jump from AT by OFF, which BPF_JA may count backwards, goes. */
static size_t target(size_t at, int32_t off)
{
	return at + 1 + off;
}

/* Returns of constants are written where they are jumped to. */
static bool is_plain_ret(const struct sock_filter *in)
{
	return is_ret(in) && BPF_RVAL(in->code) == BPF_K;
}

/* " return 0;" or " goto L7;" */
static void go(struct writer *w, size_t to)
{
	if (is_plain_ret(&w->insns[to]))
		strbuf_printf(w->b, "return %d;\n", w->insns[to].k != 0);
	else
		strbuf_printf(w->b, "goto L%zu;\n", to);
}

static const char *const sizes[] = {
	[BPF_W >> 3] = "u32",
	[BPF_H >> 3] = "u16",
	[BPF_B >> 3] = "u8",
};

static unsigned size_of(const struct sock_filter *in)
{
	return BPF_SIZE(in->code) == BPF_W   ? 4
	       : BPF_SIZE(in->code) == BPF_H ? 2
					     : 1;
}

static const char *size_name(const struct sock_filter *in)
{
	return sizes[BPF_SIZE(in->code) >> 3];
}

/* A place behind an IP header, which mostly has no options. */
static void load_behind(struct writer *w)
{
	const struct sock_filter *in = here(w);
	bool is_in_head = (uint64_t)in->k + 20 + size_of(in) <= w->head;

	strbuf_chr(w->b, '\t');
	if (is_in_head)
		strbuf_printf(w->b,
			      "if (x == 20)\n\t\ta = head_%s(f, %u);\n\telse ",
			      size_name(in), in->k + 20);
	strbuf_printf(w->b,
		      "if (frame_%s(f, (u64)x + %u, &a) < 0)\n\t\treturn 0;\n",
		      size_name(in), in->k);
}

static int load_packet(struct writer *w)
{
	const struct sock_filter *in = here(w);

	if (BPF_SIZE(in->code) > BPF_B || !size_name(in))
		return -EINVAL;
	if (BPF_MODE(in->code) == BPF_IND)
		load_behind(w);
	else if ((uint64_t)in->k + size_of(in) <= w->head)
		strbuf_printf(w->b, "\ta = head_%s(f, %u);\n", size_name(in),
			      in->k);
	else
		strbuf_printf(w->b,
			      "\tif (frame_%s(f, %u, &a) < 0)\n\t\treturn 0;\n",
			      size_name(in), in->k);
	return 0;
}

/* REG = what BPF_LD and BPF_LDX have in common. */
static int load_plain(struct writer *w, char reg)
{
	const struct sock_filter *in = here(w);

	switch (BPF_MODE(in->code)) {
	case BPF_IMM:
		strbuf_printf(w->b, "\t%c = %u;\n", reg, in->k);
		return 0;
	case BPF_LEN:
		strbuf_printf(w->b, "\t%c = f->len;\n", reg);
		return 0;
	case BPF_MEM:
		if (in->k >= BPF_MEMWORDS)
			return -EINVAL;
		strbuf_printf(w->b, "\t%c = m[%u];\n", reg, in->k);
		return 0;
	default:
		return -EINVAL;
	}
}

static int write_ld(struct writer *w)
{
	unsigned mode = BPF_MODE(here(w)->code);

	return mode == BPF_ABS || mode == BPF_IND ? load_packet(w)
						  : load_plain(w, 'a');
}

/* The length of an IP header: 4 * (P[k] & 0xf). */
static int write_ldx(struct writer *w)
{
	const struct sock_filter *in = here(w);

	if (in->code != (BPF_LDX | BPF_MSH | BPF_B))
		return load_plain(w, 'x');
	if (in->k < w->head)
		strbuf_printf(w->b, "\tx = 4 * (head_u8(f, %u) & 0xf);\n",
			      in->k);
	else
		strbuf_printf(w->b,
			      "\tif (frame_u8(f, %u, &x) < 0)\n\t\treturn 0;\n"
			      "\tx = 4 * (x & 0xf);\n",
			      in->k);
	return 0;
}

static int write_store(struct writer *w)
{
	const struct sock_filter *in = here(w);

	if (in->k >= BPF_MEMWORDS)
		return -EINVAL;
	strbuf_printf(w->b, "\tm[%u] = %c;\n", in->k,
		      BPF_CLASS(in->code) == BPF_ST ? 'a' : 'x');
	return 0;
}

static const char *const operators[] = {
	[BPF_ADD >> 4] = "+",  [BPF_SUB >> 4] = "-",  [BPF_MUL >> 4] = "*",
	[BPF_DIV >> 4] = "/",  [BPF_OR >> 4] = "|",   [BPF_AND >> 4] = "&",
	[BPF_LSH >> 4] = "<<", [BPF_RSH >> 4] = ">>", [BPF_MOD >> 4] = "%",
	[BPF_XOR >> 4] = "^",
};

#define NR_OPERATORS (sizeof(operators) / sizeof(*operators))

static int write_alu(struct writer *w)
{
	const struct sock_filter *in = here(w);
	unsigned op = BPF_OP(in->code);
	bool is_shift = op == BPF_LSH || op == BPF_RSH;
	bool divides = op == BPF_DIV || op == BPF_MOD;

	if (op == BPF_NEG) {
		strbuf_str(w->b, "\ta = -a;\n");
		return 0;
	}
	if (op >> 4 >= NR_OPERATORS || !operators[op >> 4])
		return -EINVAL;
	if (BPF_SRC(in->code) == BPF_X) {
		if (divides)
			strbuf_str(w->b, "\tif (!x)\n\t\treturn 0;\n");
		strbuf_printf(w->b,
			      is_shift ? "\ta = x < 32 ? a %s x : 0;\n"
				       : "\ta %s= x;\n",
			      operators[op >> 4]);
	} else if (divides && !in->k) {
		strbuf_str(w->b, "\treturn 0;\n");
	} else if (is_shift && in->k > 31) {
		strbuf_str(w->b, "\ta = 0;\n");
	} else {
		strbuf_printf(w->b, "\ta %s= 0x%x;\n", operators[op >> 4],
			      in->k);
	}
	return 0;
}

/* "if (a == 0x50)", or its opposite. */
static int write_if(struct writer *w, bool is_opposite)
{
	static const struct {
		unsigned op;
		const char *text, *opposite;
	} tests[] = {
		{BPF_JEQ, "a == %s", "a != %s"},
		{BPF_JGT, "a > %s", "a <= %s"},
		{BPF_JGE, "a >= %s", "a < %s"},
		{BPF_JSET, "a & %s", "!(a & %s)"},
	};
	const struct sock_filter *in = here(w);
	char value[16] = "x";
	size_t i;

	if (BPF_SRC(in->code) == BPF_K)
		snprintf(value, sizeof(value), "0x%x", in->k);
	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		if (tests[i].op != BPF_OP(in->code))
			continue;
		strbuf_str(w->b, "\tif (");
		strbuf_printf(w->b,
			      is_opposite ? tests[i].opposite : tests[i].text,
			      value);
		strbuf_str(w->b, ")\n\t\t");
		return 0;
	}
	return -EINVAL;
}

static int write_ja(struct writer *w)
{
	size_t to = target(w->at, here(w)->k);

	if (to <= w->at)
		strbuf_printf(w->b, "\tif (++loops_l%zu > %d)\n\t\treturn 0;\n",
			      to, CBPF_LOOPS);
	if (to != w->at + 1) {
		strbuf_chr(w->b, '\t');
		go(w, to);
	}
	return 0;
}

static int write_jump(struct writer *w)
{
	const struct sock_filter *in = here(w);
	size_t yes, no;

	if (BPF_OP(in->code) == BPF_JA)
		return write_ja(w);
	yes = target(w->at, in->jt);
	no = target(w->at, in->jf);
	/* The way that goes on with the next instruction needs no jump. */
	if (yes == w->at + 1 && no == yes)
		return 0;
	if (write_if(w, yes == w->at + 1))
		return -EINVAL;
	go(w, yes == w->at + 1 ? no : yes);
	if (yes != w->at + 1 && no != w->at + 1) {
		strbuf_chr(w->b, '\t');
		go(w, no);
	}
	return 0;
}

static int write_ret(struct writer *w)
{
	const struct sock_filter *in = here(w);

	if (BPF_RVAL(in->code) == BPF_A)
		strbuf_str(w->b, "\treturn a != 0;\n");
	else
		strbuf_printf(w->b, "\treturn %d;\n", in->k != 0);
	return 0;
}

static int write_misc(struct writer *w)
{
	strbuf_printf(w->b, BPF_MISCOP(here(w)->code) == BPF_TAX
				    ? "\tx = a;\n"
				    : "\ta = x;\n");
	return 0;
}

static int (*const classes[])(struct writer *w) = {
	[BPF_LD] = write_ld,	[BPF_LDX] = write_ldx,
	[BPF_ST] = write_store, [BPF_STX] = write_store,
	[BPF_ALU] = write_alu,	[BPF_JMP] = write_jump,
	[BPF_RET] = write_ret,	[BPF_MISC] = write_misc,
};

/* Mark what is jumped to. -EINVAL for a jump out of the program. */
static int targets_find(struct writer *w)
{
	const struct sock_filter *in;
	size_t to[2];
	int i;

	for (w->at = 0; w->at < w->nr; w->at++) {
		in = here(w);
		if (!is_jump(in))
			continue;
		to[0] = to[1] = target(w->at, in->k);
		if (BPF_OP(in->code) != BPF_JA) {
			to[0] = target(w->at, in->jt);
			to[1] = target(w->at, in->jf);
		}
		for (i = 0; i < 2; i++) {
			if (to[i] >= w->nr)
				return -EINVAL;
			if (to[i] != w->at + 1 &&
			    !is_plain_ret(&w->insns[to[i]]))
				w->marks[to[i]] |= MARK_LABEL;
			if (to[i] <= w->at)
				w->marks[to[i]] |= MARK_LOOP;
		}
	}
	return 0;
}

/* Can the one behind IN be reached without a jump? */
static bool falls_through(const struct sock_filter *in)
{
	return !is_ret(in) &&
	       !(is_jump(in) && BPF_OP(in->code) == BPF_JA && in->k) &&
	       !(is_jump(in) && BPF_OP(in->code) != BPF_JA && in->jt && in->jf);
}

static bool uses(const struct writer *w, unsigned class, unsigned mode)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		if (BPF_CLASS(w->insns[i].code) == class &&
		    (class == BPF_ST || class == BPF_STX ||
		     BPF_MODE(w->insns[i].code) == mode))
			return true;
	return false;
}

static bool has_memory(const struct writer *w)
{
	return uses(w, BPF_ST, 0) || uses(w, BPF_STX, 0) ||
	       uses(w, BPF_LD, BPF_MEM) || uses(w, BPF_LDX, BPF_MEM);
}

static void start_write(struct writer *w, const char *name)
{
	size_t i;

	strbuf_printf(w->b, "static inline int %s(struct frame *f)\n{\n", name);
	strbuf_str(w->b, "\tu32 a = 0, x = 0;\n");
	if (has_memory(w))
		strbuf_printf(w->b, "\tu32 m[%d] = {};\n", BPF_MEMWORDS);
	for (i = 0; i < w->nr; i++)
		if (w->marks[i] & MARK_LOOP)
			strbuf_printf(w->b, "\tu32 loops_l%zu = 0;\n", i);
	strbuf_chr(w->b, '\n');
}

static int body_write(struct writer *w)
{
	bool is_reached = true;
	int ret = 0;

	for (w->at = 0; w->at < w->nr && !ret; w->at++) {
		is_reached |= w->marks[w->at] != 0;
		if (w->marks[w->at])
			strbuf_printf(w->b, "L%zu:\n", w->at);
		if (is_reached)
			ret = classes[BPF_CLASS(here(w)->code)](w);
		is_reached &= falls_through(here(w));
	}
	return ret;
}

void cbpf_write(struct strbuf *b, const char *name,
		const struct sock_filter *insns, size_t nr, size_t head)
{
	struct writer w = {.b = b, .insns = insns, .nr = nr, .head = head};
	int ret = -EINVAL;

	w.marks = calloc(nr ?: 1, sizeof(*w.marks));
	if (!w.marks)
		ret = -ENOMEM;
	else if (nr && is_ret(&insns[nr - 1]))
		ret = targets_find(&w);
	if (!ret) {
		start_write(&w, name);
		ret = body_write(&w);
		strbuf_str(b, "}\n");
	}
	strbuf_fail(b, ret);
	free(w.marks);
}
