// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "compile/trace_struct.h"
#include "front/program_text.h"
#include "kernel/printk.h"
#include "kernel/probe.h"
#include "kernel/probe_attach.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *function;
	enum probe_kind kind; /* PROBE_NONE: its name says nothing */
	const char *target;
} names[] = {
	{"xdp_drop", PROBE_XDP, ""},
	{"xdp", PROBE_XDP, ""},
	{"tc_count", PROBE_TC_INGRESS, ""},
	{"tc_out", PROBE_TC_EGRESS, ""},
	{"tc_count_out", PROBE_TC_EGRESS, ""},
	{"handle_ingress", PROBE_TC_INGRESS, ""},
	{"handle_egress", PROBE_TC_EGRESS, ""},
	{"tc_egress", PROBE_TC_EGRESS, ""},
	{"cls_main", PROBE_TC_INGRESS, ""},
	{"socket_main", PROBE_SOCKET, ""},
	{"http_filter", PROBE_SOCKET, ""},
	{"tracepoint__sock__inet_sock_set_state", PROBE_TRACEPOINT,
	 "sock:inet_sock_set_state"},
	{"raw_tracepoint__sched_switch", PROBE_RAW_TRACEPOINT, "sched_switch"},
	{"kprobe__tcp_v4_connect", PROBE_KPROBE, "tcp_v4_connect"},
	{"kprobe____netif_receive_skb", PROBE_KPROBE, "__netif_receive_skb"},
	{"kretprobe__inet_csk_accept", PROBE_KRETPROBE, "inet_csk_accept"},
	{"kfunc__tcp_sendmsg", PROBE_FENTRY, "tcp_sendmsg"},
	{"kfunc__vmlinux__tcp_sendmsg", PROBE_FENTRY, "tcp_sendmsg"},
	{"kretfunc__tcp_sendmsg", PROBE_FEXIT, "tcp_sendmsg"},
	{"kretfunc__vmlinux__tcp_sendmsg", PROBE_FEXIT, "tcp_sendmsg"},
	/* BCC scripts name functions freely: then they must be asked about. */
	{"tcp_intercept", PROBE_NONE, NULL},
	{"hello", PROBE_NONE, NULL},
	{"kprobe__", PROBE_NONE, NULL},
	{"tracepoint__sock", PROBE_NONE, NULL},
	{"tracepoint__sock__", PROBE_NONE, NULL},
	{"tracepoint____x", PROBE_NONE, NULL},
	{"", PROBE_NONE, NULL},
};

static void test_names(void **state)
{
	struct probe p;
	size_t i;

	for (i = 0; i < NR(names); i++) {
		bool is_found = probe_by_name(&p, names[i].function);

		if (is_found != (names[i].kind != PROBE_NONE) ||
		    (is_found && p.kind != names[i].kind))
			fail_msg("%s: %d", names[i].function, p.kind);
		if (!is_found)
			continue;
		assert_string_equal(p.function, names[i].function);
		assert_string_equal(p.target, names[i].target);
	}
}

#define X20 "xxxxxxxxxxxxxxxxxxxx"
#define X60 X20 X20 X20
#define X63 X60 "xxx"
#define X319 X60 X60 X60 X60 X60 "xxxxxxxxxxxxxxxxxxx"
#define X320 X60 X60 X60 X60 X60 X20

static const struct {
	const char *text, *function;
	enum probe_kind kind;
	const char *target, *err;
} words[] = {
	{"f=xdp", "f", PROBE_XDP, "", NULL},
	{"f=none", "f", PROBE_NONE, "", NULL},
	{"f=kprobe:do_exit", "f", PROBE_KPROBE, "do_exit", NULL},
	{"f=tracepoint:sock:inet_sock_set_state", "f", PROBE_TRACEPOINT,
	 "sock:inet_sock_set_state", NULL},
	{"f=jumps[3]", "f", PROBE_TAIL, "jumps[3]", NULL},
	{"f=uprobe:/lib/libc.so.6:malloc", "f", PROBE_UPROBE,
	 "/lib/libc.so.6:malloc", NULL},
	{"f", NULL, 0, NULL, "'f' is not FUNCTION=HOOK"},
	{"=xdp", NULL, 0, NULL, "'' is no name of a function"},
	{X63 "=xdp", X63, PROBE_XDP, "", NULL},
	{X63 "x=xdp", NULL, 0, NULL,
	 "the function's name '" X60 "...' has more than 63 characters"},
	{"f=" X63 "[0]", "f", PROBE_TAIL, X63 "[0]", NULL},
	{"f=" X63 "x[0]", NULL, 0, NULL,
	 "the array's name '" X60 "...' has more than 63 characters"},
	{"f=kprobe:" X63 X320, "f", PROBE_KPROBE, X63 X320, NULL},
	{"f=kprobe:" X63 X320 "x", NULL, 0, NULL,
	 "what follows 'kprobe' has more than 383 characters"},
	{"f=uprobe:c", NULL, 0, NULL,
	 "'uprobe' must be followed by :BINARY:SYMBOL"},
	{"f=uretprobe:", NULL, 0, NULL,
	 "'uretprobe' must be followed by :BINARY:SYMBOL"},
	{"f=tracepoint:sched", NULL, 0, NULL,
	 "'tracepoint' must be followed by :CAT:EVENT"},
	{"f=xdp:eth0", NULL, 0, NULL, "nothing may follow 'xdp'"},
	{"f=kprobe", NULL, 0, NULL, "'kprobe' must be followed by :FUNCTION"},
	{"f=kprobe:", NULL, 0, NULL, "'kprobe' must be followed by :FUNCTION"},
	{"f=bogus", NULL, 0, NULL,
	 "'bogus' is not one of none, xdp, tc-ingress, tc-egress, socket, "
	 "tracepoint, raw-tracepoint, kprobe, kretprobe, fentry, fexit, "
	 "uprobe, uretprobe or ARRAY[INDEX]"},
};

static void test_words(void **state)
{
	struct parse_err err;
	struct probe p;
	size_t i;

	for (i = 0; i < NR(words); i++) {
		int ret = probe_by_words(&p, words[i].text, &err);

		assert_int_equal(ret, words[i].err ? -EINVAL : 0);
		if (ret) {
			assert_string_equal(err.text, words[i].err);
			continue;
		}
		assert_int_equal(p.kind, words[i].kind);
		assert_string_equal(p.function, words[i].function);
		assert_string_equal(p.target, words[i].target);
	}
}

static void test_symbols(void **state)
{
	struct parse_err err;
	struct probe p;

	assert_int_equal(probe_by_symbol(&p, PROBE_URETPROBE,
					 "/opt/a=b/x:main=count", &err),
			 0);
	assert_int_equal(p.kind, PROBE_URETPROBE);
	assert_string_equal(p.function, "count");
	assert_string_equal(p.target, "/opt/a=b/x:main");
	assert_int_equal(probe_by_symbol(&p, PROBE_UPROBE, "main=count", &err),
			 -EINVAL);
	assert_string_equal(err.text,
			    "'main=count' is not BINARY:SYMBOL=FUNCTION");
	assert_int_equal(probe_by_symbol(&p, PROBE_UPROBE, "c:main", &err),
			 -EINVAL);
	assert_int_equal(probe_by_symbol(&p, PROBE_UPROBE, "c:main=", &err),
			 -EINVAL);
	assert_int_equal(
		probe_by_symbol(&p, PROBE_UPROBE, ":" X63 X319 "=count", &err),
		0);
	assert_string_equal(p.target, ":" X63 X319);
	assert_int_equal(
		probe_by_symbol(&p, PROBE_UPROBE, ":" X63 X320 "=count", &err),
		-EINVAL);
	assert_string_equal(
		err.text, "what follows 'uprobe' has more than 383 characters");
}

static void test_resolve(void **state)
{
	struct parse_err none;
	struct load_error err;
	struct probe p;

	assert_int_equal(
		probe_by_symbol(&p, PROBE_UPROBE, "/nosuch:f=count", &none), 0);
	assert_int_equal(probe_resolve(&p, &err), -ENOENT);
	assert_string_equal(err.text, "cannot attach count() to uprobe "
				      "/nosuch:f: there is no such file");
	probe_release(&p);
	assert_int_equal(
		probe_by_symbol(&p, PROBE_UPROBE, "/tmp:f=count", &none), 0);
	assert_int_equal(probe_resolve(&p, &err), -EISDIR);
	assert_string_equal(err.text, "cannot attach count() to uprobe "
				      "/tmp:f: it is a directory");
	assert_int_equal(probe_by_words(&p, "f=kprobe:do_exit", &none), 0);
	assert_int_equal(probe_resolve(&p, &err), 0);
	probe_release(&p);
}

/* The head of a program, and nothing behind it, in five directories below TOP */
static void cut_program_make(const char *top, char *path, size_t size)
{
	char head[64];
	FILE *f = fopen("/proc/self/exe", "re");
	size_t i, len = snprintf(path, size, "%s", top);

	assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
	fclose(f);
	for (i = 0; i < 5; i++) {
		len += snprintf(path + len, size - len, "/" X60);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(path + len, size - len, "/" X20 X20);
	f = fopen(path, "we");
	assert_int_equal(fwrite(head, 1, sizeof(head), f), sizeof(head));
	fclose(f);
}

/* The cause is there whatever is too long in front of it. */
static void test_the_cause_is_never_cut_off(void **state)
{
	static const char cause[] =
		"xxx:function: it is a damaged ELF file, or is cut short";
	char top[] = "/tmp/probe_test.XXXXXX", path[PROBE_TARGET];
	char said[2 * PROBE_TARGET], command[64];
	struct parse_err none;
	struct load_error err;
	struct probe p;

	assert_non_null(mkdtemp(top));
	cut_program_make(top, path, sizeof(path));
	snprintf(said, sizeof(said), "%s:function=" X63, path);
	assert_int_equal(probe_by_symbol(&p, PROBE_URETPROBE, said, &none), 0);
	assert_int_equal(probe_resolve(&p, &err), -EBADMSG);
	assert_string_equal(err.text + strlen(err.text) - strlen(cause), cause);
	probe_release(&p);
	snprintf(command, sizeof(command), "rm -r %s", top);
	assert_int_equal(system(command), 0);
}

static void test_array_entries(void **state)
{
	static const struct {
		const char *text, *map;
		unsigned index;
	} targets[] = {
		{"jumps[3]", "jumps", 3}, {"j[0]", "j", 0},
		{"jumps[]", NULL, 0},	  {"jumps[3", NULL, 0},
		{"jumps[3]x", NULL, 0},	  {"[3]", NULL, 0},
		{"jumps[-]", NULL, 0},	  {"", NULL, 0},
		{"jumps", NULL, 0},
	};
	char map[IMAGE_NAME];
	unsigned index;
	size_t i;

	for (i = 0; i < NR(targets); i++) {
		bool is = probe_tail_parse(targets[i].text, map, &index);

		assert_int_equal(is, targets[i].map != NULL);
		if (!is)
			continue;
		assert_string_equal(map, targets[i].map);
		assert_int_equal(index, targets[i].index);
	}
}

static void test_tracepoints_of_a_text(void **state)
{
	struct trace_event e[3];

	assert_int_equal(
		trace_events_find(
			"/* TRACEPOINT_PROBE(a, b) */ \"TRACEPOINT_PROBE(c,d)\"\n"
			"TRACEPOINT_PROBE(sock, inet_sock_set_state) {}\n"
			"TRACEPOINT_PROBE (sock,\n inet_sock_set_state) {}\n"
			"int f(struct tracepoint__syscalls__sys_enter_open *a);\n"
			"TRACEPOINT_PROBE(x) tracepoint__y TRACEPOINT_PROBE",
			e, 3),
		2);
	assert_string_equal(e[0].category, "sock");
	assert_string_equal(e[0].name, "inet_sock_set_state");
	assert_string_equal(e[1].category, "syscalls");
	assert_string_equal(e[1].name, "sys_enter_open");
	assert_int_equal(trace_events_find("TRACEPOINT_PROBE(a, b) "
					   "TRACEPOINT_PROBE(a, c)",
					   e, 1),
			 1);
}

/* As /sys/kernel/tracing/events/.../format has them, but for the events. */
static const char format[] =
	"name: sys_enter_x\n"
	"ID: 7\n"
	"format:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
	"\n"
	"\tfield:int __syscall_nr;\toffset:8;\tsize:4;\tsigned:1;\n"
	"\tfield:int dfd;\toffset:16;\tsize:8;\tsigned:0;\n"
	"\tfield:const char * name;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:char comm[16];\toffset:32;\tsize:16;\tsigned:0;\n"
	"\tfield:__u8 saddr[4];\toffset:48;\tsize:4;\tsigned:0;\n"
	"\tfield:__data_loc char[] text;\toffset:52;\tsize:4;\tsigned:0;\n"
	"\tfield:enum zone zone;\toffset:56;\tsize:4;\tsigned:0;\n"
	"\tfield:long state;\toffset:64;\tsize:8;\tsigned:1;\n"
	"\tfield:unsigned long args[6];\toffset:72;\tsize:48;\tsigned:0;\n"
	"\tfield:struct odd s;\toffset:120;\tsize:12;\tsigned:0;\n"
	"\n"
	"print fmt: \"%s\", REC->name\n";

static void test_tracepoint_struct(void **state)
{
	struct trace_event e = {"syscalls", "sys_enter_x"};
	struct strbuf b = {};
	char *text;

	assert_true(trace_struct_write(&b, &e, format));
	text = strbuf_take(&b, NULL);
	assert_string_equal(
		text,
		"struct tracepoint__syscalls__sys_enter_x { "
		"unsigned long long __do_not_use__; int __syscall_nr; "
		"char __pad_12[4]; unsigned long long dfd; "
		"const char * name; char comm[16]; unsigned char saddr[4]; "
		"int data_loc_text; unsigned int zone; char __pad_60[4]; "
		"long long state; unsigned long long args[6]; "
		"unsigned char s[12]; };");
	free(text);
}

static void test_no_tracepoint(void **state)
{
	struct trace_event e = {"a", "b"};
	struct strbuf b = {};

	assert_false(trace_struct_write(&b, &e, ""));
	assert_false(trace_struct_write(&b, &e, "No such file"));
	assert_null(b.p);
}

/* Lines of trace_pipe, Linux 6.18 */
static void test_messages(void **state)
{
	char line[] = "           nginx-1234    [001] ..s1.   361.502398: "
		      "bpf_trace_printk: hi: bpf_trace_printk: ho";
	char cut[] = "         kworker-u8:1-77    [000] d..21 1.0: other: x";
	char plain[] = "second line";
	struct printk_line l;

	printk_parse(line, &l);
	assert_string_equal(l.comm, "nginx");
	assert_int_equal(l.pid, 1234);
	assert_int_equal(l.cpu, 1);
	assert_int_equal(l.ts_ns, 361502398000);
	assert_string_equal(l.text, "hi: bpf_trace_printk: ho");
	printk_parse(cut, &l);
	assert_int_equal(l.pid, -1);
	assert_string_equal(
		l.text,
		"         kworker-u8:1-77    [000] d..21 1.0: other: x");
	printk_parse(plain, &l);
	assert_int_equal(l.pid, -1);
	assert_string_equal(l.text, "second line");
}

static void test_every_cut_of_a_message(void **state)
{
	static const char line[] =
		"           nginx-1234    [001] ..s1.   361.502398: "
		"bpf_trace_printk: hi";
	struct printk_line l;
	size_t len, nr_whole = 0;

	for (len = 0; len < sizeof(line); len++) {
		char *copy = strndup(line, len);

		printk_parse(copy, &l);
		nr_whole += l.pid == 1234;
		free(copy);
	}
	assert_int_equal(nr_whole, strlen("hi") + 1);
}

static void test_own_line_numbers(void **state)
{
	char *s = program_renumber("a.c:12:3: error: x\n"
				   "a.c:3:1: note: y\n"
				   "in a.c a.c: a.c:x b.c:12\n",
				   "a.c", 4);

	assert_string_equal(s, "a.c:8:3: error: x\n"
			       "-D:3:1: note: y\n"
			       "in a.c a.c: a.c:x b.c:12\n");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_symbols),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_the_cause_is_never_cut_off),
		cmocka_unit_test(test_array_entries),
		cmocka_unit_test(test_tracepoints_of_a_text),
		cmocka_unit_test(test_tracepoint_struct),
		cmocka_unit_test(test_no_tracepoint),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_every_cut_of_a_message),
		cmocka_unit_test(test_own_line_numbers),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
