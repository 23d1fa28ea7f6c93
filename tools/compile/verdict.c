// SPDX-License-Identifier: GPL-2.0
#include "compile/verdict.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compile/insn.h"
#include "compile/operand.h"

#define EPILOGUE 2 /* r0 = verdict; exit */

struct fix {
	struct bpf_insn *in;
	size_t nr;
	int32_t verdict;
	bool *is_target; /* of a jump, a flag an instruction */
	bool is_far;	 /* an exit was sent to the end */
};

static bool sets_verdict(const struct bpf_insn *in, int32_t verdict)
{
	return (in->code == (BPF_ALU64 | BPF_MOV | BPF_K) ||
		in->code == (BPF_ALU | BPF_MOV | BPF_K) || insn_is_imm64(in)) &&
	       in->dst_reg == BPF_REG_0 && !in->src_reg && in->imm == verdict;
}

/* BEFORE is the instruction in front of the exit AT: no way leads in between. */
static bool is_right(const struct fix *f, size_t at, size_t before)
{
	return at && !f->is_target[at] &&
	       sets_verdict(&f->in[before], f->verdict);
}

/* Loads that end the program when the packet is too short. */
static bool may_end(const struct bpf_insn *in)
{
	return BPF_CLASS(in->code) == BPF_LD && !insn_is_imm64(in);
}

static bool leaves(const struct bpf_insn *in)
{
	return in->code == (BPF_JMP | BPF_CALL) &&
	       (in->src_reg == BPF_PSEUDO_CALL ||
		(!in->src_reg && in->imm == BPF_FUNC_tail_call));
}

static int exit_fix(struct fix *f, size_t at)
{
	size_t off = f->nr - at - 1;

	if (off > INT16_MAX)
		return -E2BIG;
	f->in[at] = (struct bpf_insn){.code = BPF_JMP | BPF_JA, .off = off};
	f->is_far = true;
	return 0;
}

static int exits_fix(struct fix *f, size_t *at)
{
	size_t i, before = 0;
	int ret = 0;

	for (i = 0; !ret && i < f->nr; before = *at) {
		const struct bpf_insn *in = &f->in[i];

		*at = i;
		if (leaves(in))
			return -EOPNOTSUPP;
		if (may_end(in) && f->verdict)
			return -EINVAL;
		if (in->code == (BPF_JMP | BPF_EXIT) && !is_right(f, i, before))
			ret = exit_fix(f, i);
		i += insn_is_imm64(in) ? 2 : 1;
	}
	return ret;
}

/* A jump past the end would lead into what is put there. */
static int targets_find(struct fix *f, size_t *at)
{
	const struct image_prog p = {.insns = f->in, .nr_insns = f->nr};
	long long target;
	size_t i;

	for (i = 0; i < f->nr; i += insn_is_imm64(&f->in[i]) ? 2 : 1) {
		*at = i;
		if (!insn_target(&p, i, &target))
			continue;
		if (target < 0 || target >= (long long)f->nr)
			return -EOPNOTSUPP;
		f->is_target[target] = true;
	}
	return 0;
}

int verdict_fix(struct bpf_insn **insns, size_t *nr, int32_t verdict,
		size_t *at)
{
	struct fix f = {.nr = *nr, .verdict = verdict};
	size_t size = *nr * sizeof(*f.in);
	int ret = -ENOMEM;

	*at = 0;
	f.is_target = calloc(f.nr, sizeof(*f.is_target));
	f.in = malloc(size + EPILOGUE * sizeof(*f.in));
	if (f.is_target && f.in) {
		memcpy(f.in, *insns, size);
		ret = targets_find(&f, at);
		if (!ret)
			ret = exits_fix(&f, at);
	}
	free(f.is_target);
	if (ret || !f.is_far) {
		free(f.in);
		return ret;
	}
	f.in[f.nr++] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K,
					 .imm = verdict};
	f.in[f.nr++] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
	free(*insns);
	*insns = f.in;
	*nr = f.nr;
	return 0;
}
