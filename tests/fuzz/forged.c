// SPDX-License-Identifier: GPL-2.0
/*
 * A valid image with forged fields, through all that is asked of it before the
 * kernel sees it; and programs for TC and XDP that are then run here, on one way
 * of those that they have: none may write to the packet that stores_check() lets
 * pass, and all that verdict_fix() lets pass must end with the verdict.
 *
 * Input: changes of 8 bytes, struct change; the ways that jumps go are the bits
 * of the last.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "compile/image.c"

#include "../unit/image_check.h"
#include "compile/allow.h"
#include "compile/disasm.h"
#include "compile/insn.h"
#include "compile/lines.h"
#include "compile/operand.h"
#include "compile/resolve.h"
#include "compile/stores.h"
#include "compile/verdict.h"
#include "view/ctype.h"
#include "view/own_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define INSNS 24
#define STEPS 200
#define VERDICT 2

struct change {
	uint8_t what; /* enum below, in its lower half */
	uint8_t index;
	uint8_t reg; /* of an instruction, dst and src */
	uint8_t code;
	uint32_t value;
};

enum {
	CHANGE_INSN,
	CHANGE_OFF,
	CHANGE_MAP,
	CHANGE_NAME,
	CHANGE_PROG,
	CHANGE_TEXT,
	CHANGE_LINE,
};

static const char text[] = "RAW_TRACEPOINT_PROBE(kfree_skb) { }\n"
			   "int tcpsnoop_xdp(struct xdp_md *ctx);\n";

/* What a run of the program can change. */
struct forged {
	struct image img;
	struct bpf_insn insns[2][INSNS];
	char names[2][16], event[32], key[32];
	uint32_t lines[2][8];
	char btf[64];
};

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static void base(struct forged *f)
{
	static const struct bpf_insn start[] = {
		{.code = 0xbf, .dst_reg = 6, .src_reg = 1},
		{.code = 0x61, .dst_reg = 2, .src_reg = 6},
		{.code = 0x7b, .dst_reg = 10, .src_reg = 2, .off = -8},
		{.code = 0x18, .dst_reg = 1, .src_reg = 1},
		{},
		{.code = 0x85, .imm = 1},
		{.code = 0x15, .off = 2},
		{.code = 0xbf, .dst_reg = 7, .src_reg = 0},
		{.code = 0x62, .dst_reg = 7},
		{.code = 0x79, .dst_reg = 3, .src_reg = 10, .off = -8},
	};
	size_t i;

	memset(f, 0, sizeof(*f));
	f->img = (struct image){
		.maps = {{"stats", 6, 4, 40, 1, 0, 0},
			 {"events", 4, 4, 4, 0, 0, 0}},
		.nr_maps = 2,
		.nr_progs = 2,
		.license = "GPL",
		.btf = f->btf,
		.btf_size = sizeof(f->btf),
	};
	strcpy(f->names[0], "tcpsnoop_xdp");
	strcpy(f->names[1], "events_flush");
	strcpy(f->event, "ts_ns#u64\nip#u8\n");
	strcpy(f->key, "[\"k\", [[\"a\", \"int\"]]]");
	f->img.types[0].key = f->key;
	f->img.types[1].event = f->event;
	for (i = 0; i < 2; i++) {
		memcpy(f->insns[i], start, sizeof(start));
		f->insns[i][INSNS - 2] =
			(struct bpf_insn){.code = 0xb7, .imm = VERDICT};
		f->insns[i][INSNS - 1] = (struct bpf_insn){.code = 0x95};
		f->img.progs[i] = (struct image_prog){
			.name = f->names[i],
			.insns = f->insns[i],
			.nr_insns = INSNS,
			.line_info = f->lines[i],
			.line_info_size = sizeof(f->lines[i]),
			.line_info_rec = 16,
		};
		/* What is not set does nothing. */
		for (size_t j = NR(start); j < INSNS - 2; j++)
			f->insns[i][j].code = 0xb7, f->insns[i][j].dst_reg = 9;
	}
}

static void change_map(struct image_map *m, const struct change *c)
{
	uint32_t *const fields[] = {&m->type, &m->key_size, &m->value_size,
				    &m->max_entries, &m->flags};

	*fields[c->code % NR(fields)] = c->value;
}

static void apply(struct forged *f, const struct change *c)
{
	struct image_prog *p = &f->img.progs[c->index >> 7];
	struct bpf_insn *in = &f->insns[c->index >> 7][c->index % INSNS];

	switch (c->what % 8) {
	case CHANGE_INSN:
		in->code = c->code;
		in->dst_reg = c->reg & 15;
		in->src_reg = c->reg >> 4;
		in->imm = c->value;
		break;
	case CHANGE_OFF:
		in->off = c->value;
		break;
	case CHANGE_MAP:
		change_map(&f->img.maps[c->index % 2], c);
		break;
	case CHANGE_NAME:
		f->names[c->index % 2][c->reg % 15] = c->value;
		f->img.maps[c->index % 2].name[c->reg % 64] = c->code;
		break;
	case CHANGE_PROG:
		p->btf_id = c->reg & 1 ? c->value : 0;
		p->nr_insns = c->code % (INSNS + 1);
		break;
	case CHANGE_TEXT:
		memcpy(f->event + c->reg % 27, &c->value, 4);
		memcpy(f->key + c->code % 27, &c->value, 4);
		break;
	case CHANGE_LINE:
		f->lines[c->index >> 7][c->code % 8] = c->value;
		f->btf[c->reg % 64] = c->value >> 8;
		break;
	}
}

/* One value of a run: what it is, and where in the stack, if it is there. */
struct value {
	enum {
		NUMBER,
		OWN_STACK,
		CONTEXT,
		PACKET,
		UNKNOWN, /* no verifier lets a program have it */
	} kind;
	int off;
};

struct run {
	const struct bpf_insn *in;
	size_t nr, at;
	bool is_xdp;
	struct value reg[16], slot[64];
	uint32_t ways;
	bool is_over;
	bool has_written; /* where it must not */
	bool is_odd;	  /* the verifier would not have taken it so far */
};

static bool is_field(const struct run *r, int off)
{
	return r->is_xdp ? off == 0 || off == 4 || off == 8
			 : off == 76 || off == 80 || off == 140;
}

static bool is_slot(const struct value *v, int off)
{
	return v->kind == OWN_STACK && v->off + off >= -512 &&
	       v->off + off <= -8 && (v->off + off) % 8 == 0;
}

static void run_load(struct run *r, const struct bpf_insn *in)
{
	const struct value base = r->reg[in->src_reg];
	struct value v = {NUMBER, 0};
	bool is_whole = in->code == (BPF_LDX | BPF_MEM | BPF_DW);

	if (base.kind == NUMBER || base.kind == UNKNOWN)
		v.kind = base.kind; /* a map's value, say */
	else if (base.kind == CONTEXT && base.off)
		r->is_odd = true;
	else if (base.kind == CONTEXT && is_field(r, in->off) &&
		 in->code == (BPF_LDX | BPF_MEM | BPF_W))
		v.kind = PACKET;
	else if (is_whole && is_slot(&base, in->off))
		v = r->slot[(base.off + in->off + 512) / 8];
	r->reg[in->dst_reg] = v;
}

static void run_store(struct run *r, const struct bpf_insn *in, bool is_reg)
{
	const struct value base = r->reg[in->dst_reg];
	int from = base.off + in->off, size, i;
	struct value v = {NUMBER, 0};

	r->has_written |= base.kind == CONTEXT || base.kind == PACKET;
	if (base.kind != OWN_STACK)
		return;
	size = (int[]){4, 2, 1, 8}[BPF_SIZE(in->code) >> 3];
	if (from < -512 || from + size > 0) {
		r->is_odd = true;
		return;
	}
	if (is_reg && size == 8 && is_slot(&base, in->off))
		v = r->reg[in->src_reg];
	for (i = from + 512; i < from + 512 + size; i++)
		r->slot[i / 8] = v;
}

static void run_alu(struct run *r, const struct bpf_insn *in)
{
	struct value *to = &r->reg[in->dst_reg], by = {NUMBER, 0};
	unsigned op = BPF_OP(in->code);
	bool is_reg = BPF_SRC(in->code) == BPF_X;
	bool is_wide = BPF_CLASS(in->code) == BPF_ALU64;

	if (is_reg)
		by = r->reg[in->src_reg];
	if (op == BPF_MOV && is_reg && is_wide && !in->off) {
		*to = by;
	} else if (is_wide && (op == BPF_ADD || op == BPF_SUB)) {
		if (to->kind != NUMBER && by.kind == NUMBER) {
			/* Some number: this one. */
			to->off += is_reg	   ? 8
				   : op == BPF_ADD ? in->imm
						   : -(int64_t)in->imm;
			r->is_odd |= is_reg && to->kind == CONTEXT;
			if (to->off < -(1 << 20) || to->off > 1 << 20)
				r->is_odd = true;
		} else if (to->kind == NUMBER && by.kind != NUMBER &&
			   op == BPF_ADD) {
			*to = by;
		} else if (to->kind != NUMBER && op == BPF_ADD) {
			r->is_odd = true; /* two addresses */
		} else {
			*to = (struct value){NUMBER, 0};
		}
	} else {
		r->is_odd |= op != BPF_MOV && is_wide && to->kind != NUMBER;
		*to = (struct value){NUMBER, 0};
	}
}

/* Where to go on. */
static void run_jump(struct run *r, const struct bpf_insn *in)
{
	const struct image_prog p = {.insns = r->in, .nr_insns = r->nr};
	long long target;
	int i;

	if (in->code == (BPF_JMP | BPF_EXIT)) {
		r->is_over = true;
	} else if (in->code == (BPF_JMP | BPF_CALL)) {
		for (i = 0; i <= 5; i++)
			r->reg[i] = (struct value){NUMBER, 0};
		r->is_odd |= in->src_reg == BPF_PSEUDO_CALL;
	} else if (insn_target(&p, r->at, &target)) {
		bool is_taken = r->ways & 1;

		r->ways = r->ways >> 1 | r->ways << 31;
		if (in->code == (BPF_JMP | BPF_JA) ||
		    in->code == (BPF_JMP32 | BPF_JA) || is_taken)
			r->at = target - 1;
		if (target < 0 || target >= (long long)r->nr)
			r->is_odd = r->is_over = true;
	}
}

static void run_step(struct run *r)
{
	const struct bpf_insn *in = &r->in[r->at];

	switch (BPF_CLASS(in->code)) {
	case BPF_LD:
		if (!insn_is_imm64(in)) {
			r->is_odd = true;
			break;
		}
		r->reg[in->dst_reg] = (struct value){NUMBER, 0};
		r->at++;
		break;
	case BPF_LDX:
		run_load(r, in);
		break;
	case BPF_ST:
	case BPF_STX:
		if (BPF_MODE(in->code) == BPF_ATOMIC)
			r->is_odd = true;
		else
			run_store(r, in, BPF_CLASS(in->code) == BPF_STX);
		break;
	case BPF_ALU:
	case BPF_ALU64:
		run_alu(r, in);
		break;
	default:
		run_jump(r, in);
	}
}

/* One way through the program; what is stored where it must not? */
static bool writes(const struct bpf_insn *in, size_t nr, bool is_xdp,
		   uint32_t ways)
{
	struct run r = {.in = in, .nr = nr, .is_xdp = is_xdp, .ways = ways};
	size_t steps;

	r.reg[1].kind = CONTEXT;
	r.reg[10].kind = OWN_STACK;
	for (steps = 0; steps < STEPS && !r.is_over && !r.is_odd && r.at < nr;
	     steps++, r.at++) {
		run_step(&r);
		if (r.has_written)
			return !r.is_odd;
	}
	return false;
}

static void check_stores(const struct image_prog *p, bool is_xdp, uint32_t ways)
{
	size_t at = 0;
	int ret = stores_check(
		p->insns, p->nr_insns,
		is_xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS, &at);

	check(ret == 0 || ret == -EACCES || ret == -EOPNOTSUPP ||
	      ret == -E2BIG);
	check(at <= p->nr_insns + 1);
	if (!ret)
		check(!writes(p->insns, p->nr_insns, is_xdp, ways));
}

/* Each exit follows the verdict, and nothing jumps in between. */
static void check_exits(const struct bpf_insn *in, size_t nr)
{
	const struct image_prog p = {.insns = in, .nr_insns = nr};
	size_t i, before = 0;
	long long target;

	for (i = 0; i < nr; before = i, i += insn_is_imm64(&in[i]) ? 2 : 1) {
		if (in[i].code == 0x95)
			check(i && !in[before].dst_reg && !in[before].src_reg &&
			      (in[before].code == 0xb7 ||
			       in[before].code == 0xb4 ||
			       in[before].code == 0x18) &&
			      in[before].imm == VERDICT);
		if (insn_target(&p, i, &target) && target > 0 &&
		    target < (long long)nr)
			check(in[target].code != 0x95 ||
			      in[i].src_reg == BPF_PSEUDO_FUNC);
	}
}

static void check_verdict(const struct image_prog *p)
{
	size_t nr = p->nr_insns, at, size = nr * sizeof(*p->insns);
	struct bpf_insn *in = malloc(size);
	int ret;

	check(in);
	memcpy(in, p->insns, size);
	ret = verdict_fix(&in, &nr, VERDICT, &at);
	check(ret == 0 || ret == -EINVAL || ret == -EOPNOTSUPP);
	check(ret || nr == p->nr_insns || nr == p->nr_insns + 2);
	if (!ret)
		check_exits(in, nr);
	free(in);
}

/* What is refused has a sentence that a terminal shows on one line. */
static void check_allow(const struct image *img, bool may_change)
{
	const struct allow a = {.text = text,
				.may_change = may_change,
				.has_targets = !may_change,
				.maps_bytes = 1 << 30};
	char err[256] = "";
	int ret = allow_image(img, &a, err, sizeof(err));
	size_t i;

	check(ret == 0 || ret == -EACCES);
	check(!ret == !*err && strlen(err) < sizeof(err) - 1);
	for (i = 0; err[i]; i++)
		check(!iscntrl((unsigned char)err[i]));
}

static void check_shown(struct image *img)
{
	static struct own_event own;
	static struct ctype type;
	char *shown, err[128];
	size_t i;

	check(!lines_renumber(img, text));
	shown = disasm_text(img);
	check(shown);
	for (i = 0; shown[i]; i++)
		check(shown[i] == '\n' || shown[i] == '\t' ||
		      !iscntrl((unsigned char)shown[i]));
	free(shown);
	ctype_from_json(&type, img->types[0].key, img->maps[0].key_size % 512);
	own_event_init(&own, img->types[1].event, err, sizeof(err));
}

static void check_image(struct image *img, size_t size, uint32_t ways)
{
	static struct resolve_names names;
	size_t i;

	check(image_holds(img, size));
	for (i = 0; i < img->nr_progs; i++) {
		check_stores(&img->progs[i], true, ways);
		check_stores(&img->progs[i], false, ways);
		check_verdict(&img->progs[i]);
	}
	check_allow(img, false);
	check_allow(img, true);
	check_shown(img);
	if (image_is_bare(img))
		resolve_in(img, NULL, &names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct forged f;
	struct change c = {};
	struct image *img;
	void *bytes;
	int ret;

	base(&f);
	for (; size >= sizeof(c); data += sizeof(c), size -= sizeof(c)) {
		memcpy(&c, data, sizeof(c));
		apply(&f, &c);
	}
	check(!image_write(&f.img, &bytes, &size));
	ret = image_read(bytes, size, &img);
	check(ret == 0 || ret == -EBADMSG);
	if (ret)
		return 0;
	check_image(img, size, c.value);
	image_free(img);
	return 0;
}
