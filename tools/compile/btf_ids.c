// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_ids.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compile/btf_find.h"

#define STRUCT "BTF_ID_"
#define FUNC "KFUNC_"
#define FUNC_BASE 0x40000000 /* no helper has such a number, no BTF either */

static struct bpf_insn call(uint32_t id)
{
	return (struct bpf_insn){.code = BPF_JMP | BPF_CALL,
				 .src_reg = BPF_PSEUDO_KFUNC_CALL,
				 .imm = id};
}

static struct bpf_insn copy(uint8_t to, uint8_t from)
{
	return (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X,
				 .dst_reg = to,
				 .src_reg = from};
}

static struct bpf_insn set(uint8_t to, uint32_t value)
{
	return (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K,
				 .dst_reg = to,
				 .imm = value};
}

/* SIZE: BPF_W, BPF_DW */
static struct bpf_insn load(uint8_t size, uint8_t to, uint8_t from)
{
	return (struct bpf_insn){.code = BPF_LDX | BPF_MEM | size,
				 .dst_reg = to,
				 .src_reg = from};
}

/*
 * With what our own programs do (bpf_src/common/cast.h): a load may be of what
 * was cast, and of what the kernel knows, by the way that led there. 6.2 took
 * each of them but not both. A lack of memory is no answer, and fails B.
 */
static bool kernel_takes_calls(struct strbuf *b, const struct btf_raw *btf)
{
	enum {
		own_ctx = BPF_REG_6,
		length,
		kernel_ctx
	};
	uint32_t own = btf_find_id(btf, BTF_KIND_FUNC, "bpf_cast_to_kern_ctx");
	uint32_t cast = btf_find_id(btf, BTF_KIND_FUNC, "bpf_rdonly_cast");
	uint32_t record = btf_find_id(btf, BTF_KIND_STRUCT, "new_utsname");
	const struct bpf_insn insns[] = {
		copy(own_ctx, BPF_REG_1),
		call(own),
		copy(kernel_ctx, BPF_REG_0),
		copy(BPF_REG_1, BPF_REG_0),
		set(BPF_REG_2, record),
		call(cast),
		load(BPF_W, length, own_ctx),
		{.code = BPF_JMP | BPF_JEQ | BPF_K,
		 .dst_reg = length,
		 .off = 1},
		copy(BPF_REG_0, kernel_ctx),
		load(BPF_DW, BPF_REG_0, BPF_REG_0),
		set(BPF_REG_0, 0),
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd;

	if (!own || !cast || !record)
		return false;
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "probe", "GPL", insns,
			   sizeof(insns) / sizeof(*insns), NULL);
	if (fd == -ENOMEM)
		strbuf_fail(b, fd);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* WORD behind PREFIX, or NULL. */
static const char *behind(const char *word, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(word, prefix, len) ? NULL : word + len;
}

static void print_id(struct strbuf *b, const struct btf_raw *btf,
		     const char *word, bool has_funcs)
{
	const char *record = behind(word, STRUCT);
	const char *func = has_funcs ? behind(word, FUNC) : NULL;
	uint32_t id = 0;

	if (record)
		id = btf_find_id(btf, BTF_KIND_STRUCT, record);
	else if (func)
		id = btf_find_id(btf, BTF_KIND_FUNC, func);
	if (id && record)
		strbuf_printf(b, "#define %s %u\n", word, id);
	else if (id)
		strbuf_printf(b, "#define %s ((void *)%#x)\n", word,
			      FUNC_BASE + id);
}

void btf_ids_print_in(struct strbuf *b, const struct btf_raw *btf,
		      const struct ident_set *words, bool may_call)
{
	char word[128];

	for (size_t i = 0; i < words->nr_slots; i++) {
		const struct ident *id = &words->slot[i];

		if (!id->name || !(ident_wanted(id) & IDENT_NAME))
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)id->len, id->name);
		print_id(b, btf, word, may_call);
	}
}

void btf_ids_print(struct strbuf *b, const void *raw, size_t size,
		   const struct ident_set *words)
{
	struct btf_raw btf;
	int err = btf_raw_open(&btf, raw, size);

	if (!err)
		btf_ids_print_in(b, &btf, words, kernel_takes_calls(b, &btf));
	btf_raw_close(&btf);
	strbuf_fail(b, err);
}

void btf_ids_call(struct bpf_insn *insns, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		struct bpf_insn *in = &insns[i];

		/* Its second half has no code of its own. */
		if (in->code == (BPF_LD | BPF_DW | BPF_IMM)) {
			i++;
			continue;
		}
		if (in->code != (BPF_JMP | BPF_CALL) || in->src_reg ||
		    in->imm < FUNC_BASE)
			continue;
		in->src_reg = BPF_PSEUDO_KFUNC_CALL;
		in->imm -= FUNC_BASE;
	}
}
