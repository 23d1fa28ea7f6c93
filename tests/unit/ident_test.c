// SPDX-License-Identifier: GPL-2.0
/* Which words of a C text count, and as what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/ident.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "WORD:USES" sorted, one blank between; a hidden use is not shown. */
static char *describe(const struct ident_set *set)
{
	static const char letters[] = "sueNCiMDm";
	static char buf[4096];
	char *line[256];
	size_t nr = 0;

	for (size_t i = 0; i < set->nr_slots; i++) {
		const struct ident *id = &set->slot[i];
		unsigned left = id->name ? id->uses & ~id->hidden : 0;
		char uses[16], *p = uses;

		for (size_t bit = 0; letters[bit]; bit++)
			if (left & (1u << bit))
				*p++ = letters[bit];
		*p = '\0';
		if (left)
			assert_true(asprintf(&line[nr++], "%.*s:%s",
					     (int)id->len, id->name, uses) > 0);
	}
	qsort(line, nr, sizeof(*line), by_text);
	buf[0] = '\0';
	for (size_t i = 0; i < nr; i++) {
		strcat(strcat(buf, i ? " " : ""), line[i]);
		free(line[i]);
	}
	return buf;
}

#define CHECK(text, expected)                                   \
	do {                                                    \
		struct ident_set set_ = {0};                    \
                                                                \
		assert_int_equal(ident_scan(&set_, text), 0);   \
		assert_string_equal(describe(&set_), expected); \
		ident_set_free(&set_);                          \
	} while (0)

static void test_uses(void **state)
{
	CHECK("", "");
	CHECK("struct sock *sk;", "sk:N sock:s");
	CHECK("union a x; enum b y; c_t z;", "a:u b:e c_t:N x:N y:N z:N");
	CHECK("f(struct sock *sk, AF_INET)", "AF_INET:N f:C sk:N sock:s");
	CHECK("struct\n\tsock\n\t*sk;", "sk:N sock:s");
	CHECK("sk->a.b; sk->c->d; x->e [0] ->f", "a:M b:M c:MD d:M e:M f:M "
						 "sk:N x:N");
	CHECK("a > b; a - > c; a ->d", "a:N b:N c:N d:M");
	CHECK("{ .len = 1, .cb = x }", "cb:M len:M x:N");
	CHECK("struct __attribute__((packed)) k v __attribute__((aligned(8)));",
	      "k:s v:N");
}

static void test_what_is_no_word(void **state)
{
	CHECK("/* struct a */ // struct b\nx", "x:N");
	CHECK("// struct b \\\nx", "x:N");
	CHECK("/* open struct a", "");
	CHECK("\"struct a\" 'b' \"\\\"struct c\" x", "x:N");
	CHECK("\"open struct a\nx", "x:N");
	CHECK("0x1f 10ULL 1.5e3 a1 _b", "_b:N a1:N");
	CHECK("sk /* */ -> /* */ a", "a:M sk:N");
}

static void test_directives(void **state)
{
	CHECK("#include <net/sock.h>\n# include <a.h>\n#include \"b.h\"\n",
	      "a.h:i net/sock.h:i");
	CHECK("#include <net/sock.h\nx", "x:N");
	CHECK("#if defined(A) && B \\\n && C\nx\n#endif\n", "A:N B:N C:N x:N");
	CHECK("#ifdef A\n#ifndef B\n#pragma C\n#error d e\n#line 1 \"f\"\n"
	      "#elif D /* E */\nf",
	      "A:N B:N D:N f:N");
	CHECK("#define SK(x) ((struct sock *)(x))\nSK(y)", "sock:s x:N y:N");
	CHECK("#define TWO struct a; \\\n struct b\n", "a:s b:s");
	CHECK("#define PORT 80\n#define H(a)\nPORT H(PORT)", "");
	CHECK("#define CTX xdp_md\nstruct CTX *c;", "CTX:s c:N xdp_md:sueN");
	CHECK("#define CTX xdp md\n#define F(x) y\n", "md:N xdp:N y:N");
	CHECK("x # define A b\n", "A:N b:N define:N x:N");
	CHECK("#", "");
	CHECK("#define", "");
	CHECK("#include", "");
}

static void test_own_definitions(void **state)
{
	CHECK("struct a { u32 b; }; struct a c; union d { struct a e; };",
	      "b:N c:N e:N u32:N");
	CHECK("enum a { B, C = 2, D = (E, F) }; enum a x = B;", "E:N F:N x:N");
	CHECK("enum { B = G, C }; C", "G:N");
	CHECK("enum a; enum a b;", "a:e b:N");
	CHECK("typedef struct { u8 b; } key_t; key_t k;", "b:N k:N u8:N");
	CHECK("typedef u32 id_t; id_t i; typedef int (*fn)(pid_t p); fn f;",
	      "f:N i:N int:C p:N pid_t:N u32:N");
	CHECK("BPF_HASH(counts, u32, struct v); counts.x; BPF_TABLE(\"a\", b);",
	      "BPF_HASH:C BPF_TABLE:C b:N u32:N v:s x:M");
	CHECK("F(counts, u32) counts", "F:C counts:N u32:N");
}

static void test_wanted(void **state)
{
	struct ident_set set = {0};
	struct ident *id;

	assert_int_equal(ident_scan(&set, "struct sock {}; sock(); a->sock; "
					  "enum sock b; sock"),
			 0);
	id = ident_find(&set, "sock", 4, ident_hash("sock", 4));
	assert_non_null(id);
	assert_int_equal(ident_wanted(id), IDENT_ENUM | IDENT_NAME);
	assert_null(ident_find(&set, "soc", 3, ident_hash("soc", 3)));
	ident_set_free(&set);
	ident_set_free(NULL);
}

/* What the macros in MACROS add to TEXT, and the lines that get printed. */
static void check_macros(const char *text, const char *macros, unsigned how,
			 unsigned unless, const char *words,
			 const char *printed)
{
	struct ident_set set = {0};
	int has_grown = 1;
	struct strbuf b = {};
	char *out;

	assert_int_equal(ident_scan(&set, text), 0);
	while (has_grown) {
		has_grown = 0;
		assert_int_equal(
			ident_expand(&set, macros, how, unless, &has_grown), 0);
	}
	assert_string_equal(describe(&set), words);
	ident_print_macros(&b, &set, macros);
	out = strbuf_take(&b, NULL);
	assert_string_equal(out, printed);
	free(out);
	ident_set_free(&set);
}

static void test_macros(void **state)
{
	static const char macros[] = "/* some */\n"
				     "#define CAST(p) \\\n"
				     "\t((struct tcp_sock *)(p))\n"
				     "#define tcp_sk(p) CAST(p)\n"
				     "#define AF_INET 2\n";
	const unsigned how = IDENT_NAME | IDENT_CALL;

	check_macros("tcp_sk(sk)", macros, how, 0,
		     "CAST:m p:N sk:N tcp_sk:m tcp_sock:s",
		     "#define CAST(p) \\\n\t((struct tcp_sock *)(p))\n"
		     "#define tcp_sk(p) CAST(p)\n");
	check_macros("x == AF_INET", macros, how, 0, "AF_INET:m x:N",
		     "#define AF_INET 2\n");
	check_macros("x->AF_INET", macros, how, 0, "AF_INET:M x:N", "");
	check_macros("#define AF_INET 3\nAF_INET", macros, how, 0, "", "");
	check_macros("#define tcp_sk(x) x\ntcp_sk(s)", macros, how, 0,
		     "s:N x:N", "");
}

static void test_member_macros(void **state)
{
	static const char macros[] = "#define sk_state __c.skc_state\n";
	const unsigned not = IDENT_NAME | IDENT_CALL;

	check_macros("sk->sk_state", macros, IDENT_MEMBER, not,
		     "__c:N sk:N sk_state:Mm skc_state:M",
		     "#define sk_state __c.skc_state\n");
	/* The program has a member of this name itself. */
	check_macros("struct e { u8 sk_state; }; e->sk_state", macros,
		     IDENT_MEMBER, not, "e:N sk_state:NM u8:N", "");
}

static void test_hide(void **state)
{
	struct ident_set set = {0};

	assert_int_equal(ident_scan(&set, "u8 a; struct k b; X c; struct l d"),
			 0);
	ident_hide(&set, "typedef unsigned char u8;\n"
			 "struct k { int l; };\n"
			 "struct l;\n"
			 "#define X d\n"
			 "#define Y struct m\n");
	assert_string_equal(describe(&set), "a:N b:N c:N d:N l:s");
	ident_set_free(&set);
}

static void test_many(void **state)
{
	struct ident_set set = {0};
	char *text = malloc(100000 * 8), *p = text;

	for (int i = 0; i < 100000; i++)
		p += sprintf(p, "w%x ", i);
	assert_int_equal(ident_scan(&set, text), 0);
	assert_int_equal(set.nr, 100000);
	assert_non_null(ident_find(&set, "w1869f", 6, ident_hash("w1869f", 6)));
	ident_set_free(&set);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uses),
		cmocka_unit_test(test_what_is_no_word),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_own_definitions),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_macros),
		cmocka_unit_test(test_member_macros),
		cmocka_unit_test(test_hide),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
