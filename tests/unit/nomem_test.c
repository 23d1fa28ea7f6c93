// SPDX-License-Identifier: GPL-2.0
/*
 * Texts and images that are made while memory is short, for one allocation or
 * from one on: they are whole or they are not there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "compile/btf_tree.h"
#include "compile/cbpf.h"
#include "compile/disasm.h"
#include "compile/expr.h"
#include "compile/image.h"
#include "compile/recipe.h"
#include "compile/source_wrap.h"
#include "compile/talk.h"
#include "front/filter_opts.h"
#include "kernel/verifier.h"
#include "nomem.h"
#include "unit/verifier_logs.h"

/* The allocation that fails, counted down to it; 0: none does. */
static unsigned countdown;
static bool and_on; /* those behind it too */
static bool has_failed;

static bool nomem_fails(void)
{
	if (!countdown || (countdown > 1 && --countdown))
		return false;
	if (!and_on)
		countdown = 0;
	has_failed = true;
	return true;
}

/* What is made: 0 with SIZE bytes allocated, or -errno. */
typedef int (*make_fn)(void **bytes, size_t *size);

static int text_made(char *text, void **bytes, size_t *size)
{
	*bytes = text;
	*size = text ? strlen(text) : 0;
	return text ? 0 : -ENOMEM;
}

#define EXPR "payload(0) == 'G' && host(\"10.0.0.0/8,::1\") || src(\"1.2.3.4\")"

static const bool links[PCAP_LINKS] = {true, true};
static const struct pcap_filter words = {
	.words = (char[]){"tcp or */"},
	.text = {[PCAP_ETHER] = (char[]){"int pcap_ether;"}},
};

static int filter_parse(struct filter *f)
{
	struct parse_err err;
	int ret = parse_ports("80,90-99,7,9,11,13", &f->local_ports, &err);

	if (!ret)
		ret = parse_addrs("10.0.0.0/8,1.2.3.4,::1,fe80::/10,2.2.2.2",
				  &f->hosts, &err);
	if (!ret)
		ret = expr_check(EXPR, &err);
	f->expr = EXPR;
	f->expr_is_packets = true;
	return ret;
}

static char *program_of(const struct filter *f, const struct pcap_filter *w)
{
	const struct source_knob knobs[] = {{"WANT_IN", true}, {}};
	char *macros = strdup("#define DIRECTION DIR_IN\n");

	return filter_source("bpf_src/tcpsnoop_socket.c", f,
			     "tcpsnoop_socket.c", macros, w, links, knobs);
}

static int make_program(void **bytes, size_t *size)
{
	struct filter f = {};
	int ret = filter_parse(&f);

	if (!ret)
		ret = text_made(program_of(&f, &words), bytes, size);
	filter_free(&f);
	return ret;
}

static int make_combined(void **bytes, size_t *size)
{
	static const bool raw[PCAP_LINKS] = {[PCAP_RAW] = true};
	const struct filter none = {};
	struct filter f = {};
	char err[256], *own;
	int ret = filter_parse(&f);

	own = ret ? NULL : program_of(&none, NULL);
	if (own)
		own = filter_combine(own, "own.c", &f, &words, raw, err,
				     sizeof(err));
	if (!ret)
		ret = text_made(own, bytes, size);
	filter_free(&f);
	return ret;
}

static int make_wrapped(void **bytes, size_t *size)
{
	char *text = source_wrap("int f(void)\n{\n}\nint g;\n", "own.c", "f",
				 "struct a {};\nint f(void)\n{\n}\n");

	return text_made(text, bytes, size);
}

static int make_cbpf(void **bytes, size_t *size)
{
	static const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 8),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 7),
		BPF_STMT(BPF_ST, 3),
		BPF_STMT(BPF_LD | BPF_MEM, 3),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct strbuf b = {};

	cbpf_write(&b, "pcap_ether", insns, sizeof(insns) / sizeof(*insns), 54);
	*bytes = strbuf_take(&b, size);
	return b.err;
}

static int make_explanation(void **bytes, size_t *size)
{
	struct strbuf b = {};

	verifier_explain(&b, logs[0].log);
	*bytes = strbuf_take(&b, size);
	return b.err;
}

/* Where there is no memory it stays as it was. */
static int make_talk(void **bytes, size_t *size)
{
	static const char said[] = "/virtual/main.c:3:1: error: no\n"
				   "    3 | /virtual/main.c\n      | ^\n";
	char *talk = strdup(said);
	char *edited = talk ? talk_edit(talk, "mine.c") : NULL;

	if (edited && edited == talk) {
		assert_string_equal(talk, said);
		free(talk);
		edited = NULL;
	}
	return text_made(edited, bytes, size);
}

static const struct image sample = {
	.license = "GPL",
	.maps = {{.name = "stats", .key_size = 4, .value_size = 8}},
	.types = {{.key = "\"int\"", .value = "\"u64\""}},
	.nr_maps = 1,
	.progs = {{.name = "count",
		   .insns = (struct bpf_insn[]){{.code = 0xb7}, {.code = 0x95}},
		   .nr_insns = 2}},
	.nr_progs = 1,
};

static int make_image(void **bytes, size_t *size)
{
	return image_write(&sample, bytes, size);
}

static int make_listing(void **bytes, size_t *size)
{
	struct image *img = NULL;
	int ret = image_write(&sample, bytes, size);

	if (!ret)
		ret = image_read(*bytes, *size, &img);
	if (!ret)
		ret = text_made(disasm_text(img), bytes, size);
	image_free(img);
	return ret;
}

static const char names_types[] =
	"#include <linux/tcp.h>\n"
	"struct sock *f(struct tcp_sock *tp) { return tcp_sk(tp)->next; }\n";

static int make_recipe(void **bytes, size_t *size)
{
	struct tree_recipe r;
	struct strbuf b = {};
	int ret = tree_recipe_init(&r, names_types, BTF_NAMED, "/nosuch");

	if (ret)
		return ret;
	strbuf_mem(&b, r.key, r.key_size);
	tree_recipe_print_macros(&b, &r);
	tree_recipe_free(&r);
	*bytes = strbuf_take(&b, size);
	return b.err;
}

/* A kernel in small, which is made while there is memory. */
static struct btf *kernel;

static int setup(void **state)
{
	int i32, sock;

	libbpf_set_print(NULL);
	kernel = btf__new_empty();
	i32 = btf__add_int(kernel, "int", 4, BTF_INT_SIGNED);
	sock = btf__add_struct(kernel, "sock", 16);
	btf__add_field(kernel, "next", sock + 1, 0, 0);
	btf__add_field(kernel, "port", i32, 64, 0);
	btf__add_ptr(kernel, sock);
	btf__add_struct(kernel, "tcp_sock", 24);
	btf__add_field(kernel, "sk", sock, 0, 0);
	btf__add_field(kernel, "seq", i32, 128, 0);
	return kernel ? 0 : -1;
}

static int teardown(void **state)
{
	btf__free(kernel);
	return 0;
}

static int make_tree(void **bytes, size_t *size)
{
	struct ident_set set = {};
	size_t nr_types;
	char *text = NULL;
	__u32 raw_size;
	const void *raw = btf__raw_data(kernel, &raw_size);
	int ret = ident_scan(&set, names_types);

	if (!ret)
		ret = btf_tree_text(raw, raw_size, &set, BTF_NAMED, &text,
				    &nr_types);
	ident_set_free(&set);
	return ret ?: text_made(text, bytes, size);
}

/* How often memory was short for one, which then was whole or not there. */
static unsigned try_all(make_fn make, const void *whole, size_t whole_size)
{
	unsigned nr_failed = 0, n;
	size_t size;
	void *bytes;
	int ret;

	for (n = 1;; n++) {
		bytes = NULL;
		has_failed = false;
		countdown = n;
		ret = make(&bytes, &size);
		countdown = 0;
		if (ret) {
			assert_int_equal(ret, -ENOMEM);
		} else {
			assert_int_equal(size, whole_size);
			assert_memory_equal(bytes, whole, size);
			free(bytes);
		}
		if (!has_failed)
			return nr_failed;
		nr_failed += ret != 0;
	}
}

/* At least NR_MIN of its allocations matter. */
static void check(make_fn make, unsigned nr_min)
{
	size_t size;
	void *whole;

	assert_int_equal(make(&whole, &size), 0);
	and_on = false;
	assert_true(try_all(make, whole, size) >= nr_min);
	and_on = true;
	assert_true(try_all(make, whole, size) >= nr_min);
	and_on = false;
	free(whole);
}

#define CHECK(name, nr_min)                 \
	static void name(void **state)      \
	{                                   \
		check(make_##name, nr_min); \
	}

CHECK(program, 20)
CHECK(combined, 30)
CHECK(wrapped, 1)
CHECK(cbpf, 2)
CHECK(explanation, 1)
CHECK(talk, 1)
CHECK(image, 1)
CHECK(listing, 3)
CHECK(recipe, 3)
CHECK(tree, 20)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(program),     cmocka_unit_test(combined),
		cmocka_unit_test(wrapped),     cmocka_unit_test(cbpf),
		cmocka_unit_test(explanation), cmocka_unit_test(talk),
		cmocka_unit_test(image),       cmocka_unit_test(listing),
		cmocka_unit_test(recipe),      cmocka_unit_test(tree),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
