// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/refusal.h"
#include "kernel/verifier.h"
#include "unit/verifier_logs.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Allocated. */
static char *explain(const char *log)
{
	struct strbuf b = {};
	char *text;

	verifier_explain(&b, log);
	text = strbuf_take(&b, NULL);
	assert_non_null(text);
	return text;
}

static void assert_explained(const char *log, const char *want)
{
	char *text = explain(log);

	assert_string_equal(text, want);
	free(text);
}

static void test_logs(void **state)
{
	size_t i;

	for (i = 0; i < NR(logs); i++)
		assert_explained(logs[i].log, logs[i].text);
}

/* Kernels of all ages; the beginning of the meaning tells the entries apart. */
static const struct {
	const char *message;
	const char *meaning;
} messages[] = {
	{"invalid access to packet, off=0 size=1, R2(id=0,off=0,r=0)",
	 "bytes of the packet"},
	{"R0 invalid mem access 'map_value_or_null'", "a pointer that may be"},
	{"R0 invalid mem access 'sock_or_null'", "a pointer that may be"},
	{"R2 type=map_value_or_null expected=fp", "a pointer that may be"},
	{"R0 pointer arithmetic on map_value_or_null prohibited, null-check it "
	 "first",
	 "a pointer that may be"},
	{"Possibly NULL pointer passed to trusted arg0",
	 "a pointer that may be"},
	{"R1 has unknown scalar with mixed signed bounds, pointer arithmetic "
	 "with it prohibited for !root",
	 "without CAP_PERFMON"},
	{"math between pkt pointer and register with unbounded min value is "
	 "not allowed",
	 "a number is added"},
	{"value 2147483647 makes pkt pointer be out of bounds",
	 "a number is added"},
	{"R4 invalid zero-sized read: u64=[0,4294967295]", "the length given"},
	{"invalid access to map value, value_size=8 off=8 size=8",
	 "the access may reach"},
	{"R1 max value is outside of the array range", "the access may reach"},
	{"R0 unbounded memory access, make sure to bounds check any array "
	 "access into a map",
	 "nothing in the program"},
	{"R2 unbounded memory access, use 'var &= const' or 'if (var < const)'",
	 "nothing in the program"},
	{"R2 min value is negative, either use unsigned or 'var &= const'",
	 "nothing in the program"},
	{"R1 invalid mem access 'scalar'", "a plain number"},
	{"R1 invalid mem access 'inv'", "a plain number"},
	{"R1 invalid mem access 'map_ptr'", "memory of this kind"},
	{"infinite loop detected at insn 3", "a loop comes round"},
	{"back-edge from insn 3 to 1", "the program has a loop"},
	{"BPF program is too large. Processed 1000001 insn", "there are more"},
	{"The sequence of 8193 jumps is too complex.", "there are more"},
	{"combined stack size of 2 calls is 800. Too large", "the variables"},
	{"invalid read from stack R10 off=-8 size=8", "stack is read"},
	{"invalid read from stack off -8+0 size 8", "stack is read"},
	{"invalid indirect read from stack R2 off -8+0 size 8",
	 "stack is read"},
	{"invalid write to stack R10 off=-520 size=8", "an access may leave"},
	{"invalid stack off=-520 size=8", "an access may leave"},
	{"invalid stack type R1 off=-8 access_size=16", "an access may leave"},
	{"invalid variable-offset write to stack R2 var_off=(0x0; 0x3f) off=0 "
	 "size=1",
	 "an access may leave"},
	{"attempt to corrupt spilled pointer on stack", "a pointer kept"},
	{"invalid size of register fill", "a pointer kept"},
	{"program of this type cannot use helper bpf_probe_read#4",
	 "this kind of program"},
	{"unknown func bpf_skb_load_bytes#26", "this kind of program"},
	{"invalid func unknown#9999", "this kind of program"},
	{"cannot call GPL-restricted function from non-GPL compatible program",
	 "the helper is only"},
	{"R0 !read_ok", "a register is used"},
	{"misaligned stack access off 0+0+-12 size 8", "an address is not"},
	{"invalid bpf_context access off=64 size=4", "the context has"},
	{"dereference of modified ctx ptr R1 off=4 disallowed",
	 "the context has"},
	{"variable ctx access var_off=(0x0; 0x4) disallowed",
	 "the context has"},
	{"R10 leaks addr into map", "an address of the kernel"},
	{"R1 pointer comparison prohibited", "an address of the kernel"},
	{"R1 pointer arithmetic with *= operator prohibited", "pointers allow"},
	{"R1 pointer arithmetic on pkt_end prohibited", "pointers allow"},
	{"R1 32-bit pointer arithmetic prohibited", "pointers allow"},
	{"R1 pointer += pointer prohibited", "pointers allow"},
	{"R1 bitwise operator |= on pointer prohibited", "pointers allow"},
	{"R0 subtraction from stack pointer prohibited", "pointers allow"},
	{"Unreleased reference id=2 alloc_insn=9", "something that a helper"},
	{"tail_call would lead to reference leak", "something that a helper"},
	{"At program exit the register R0 has value (0x7; 0x0) should have "
	 "been in (0x0; 0x1)",
	 "the program may return"},
	{"R1 type=scalar expected=map_ptr", "an argument of the call"},
	{"cannot pass map_type 1 into func bpf_perf_event_output#25",
	 "the helper or program"},
	{"cannot write into packet", "this memory is read-only"},
	{"the call stack of 9 frames is too deep !", "functions call"},
	{"jump out of range from insn 1 to 11", "a jump leaves"},
	{"last insn is not an exit or jmp", "a jump leaves"},
	{"unreachable insn 2", "some instructions"},
	{"div by zero", "a division by"},
	{"unknown opcode ff", "the bytecode is malformed"},
};

static void test_messages(void **state)
{
	const struct refusal *r;
	size_t i;

	for (i = 0; i < NR(messages); i++) {
		r = refusal_find(messages[i].message);
		if (!r || strncmp(r->meaning, messages[i].meaning,
				  strlen(messages[i].meaning)))
			fail_msg("%s: %s", messages[i].message,
				 r ? r->meaning : "not known");
	}
	assert_null(refusal_find(""));
	assert_null(refusal_find("R0 is a new idea of some later kernel"));
}

static void test_unknown_message(void **state)
{
	assert_explained("; x = 1; @ a.c:3\n"
			 "7: (95) exit\n"
			 "something quite new\n"
			 "processed 8 insns (limit 1000000)\n",
			 "7: (95) exit\n"
			 "something quite new\n"
			 "source: a.c:3: x = 1;\n"
			 "meaning: not known here; the message is the kernel's "
			 "own\n");
}

static void test_no_message(void **state)
{
	static const char lost[] = "the log holds no message of the verifier; "
				   "its end may be missing\n";

	assert_explained("", lost);
	assert_explained("\n\n", lost);
	assert_explained("processed 8 insns (limit 1000000)\n"
			 "verification time 71 usec\n"
			 "stack depth 8\n",
			 lost);
	assert_explained("func#0 @0\n0: R1=ctx() R10=fp0\n", lost);
}

/* Level 1: written when the branch was taken, before the line was ended. */
static void test_message_behind_instruction(void **state)
{
	assert_explained(
		"2172: (54) w0 &= 1                    ; R0=scalar()\n"
		"2173: (16) if w0 == 0x0 goto pc+2 BPF program is too large. "
		"Processed 1000001 insn\n"
		"processed 1000001 insns (limit 1000000)\n",
		"2173: (16) if w0 == 0x0 goto pc+2 BPF program is too large. "
		"Processed 1000001 insn\n"
		"meaning: there are more paths through the program than the "
		"verifier is willing\n"
		"  to follow, most often because of a loop or of many branches "
		"in a row\n"
		"cure: lower the limit of loops, branch less inside them, and "
		"split the work\n"
		"  over tail calls or bpf_loop() (from 5.17)\n");
}

static void test_only_last_lines(void **state)
{
	assert_explained("0: (95) exit\n1\n2\n3\n4\n5\n6\n7",
			 "0: (95) exit\n3\n4\n5\n6\n7\n"
			 "meaning: not known here; the message is the kernel's "
			 "own\n");
}

static const struct {
	const char *line; /* of source, in the log */
	const char *text; /* "source: ..." */
} sources[] = {
	{"; a = b; @ x.c:9", "source: x.c:9: a = b;\n"},
	{"; a = b;", "source: a = b;\n"},
	{"; mail @ home; @ x y.c:10", "source: x y.c:10: mail @ home;\n"},
	{"; mail @ home:", "source: mail @ home:\n"},
	{"; x @ y:1z", "source: x @ y:1z\n"},
	{"; @ :1", "source: @ :1\n"},
	{"; \033[2J\x9b\xc2\x9b @ \a.c:1", "source: ?.c:1: ?[2J\x9b??\n"},
	{";  @ x.c:0", ""},
	{"; ", ""},
	{";", ""},
};

static void test_source_lines(void **state)
{
	char log[128], want[256];
	size_t i;

	for (i = 0; i < NR(sources); i++) {
		snprintf(log, sizeof(log), "%s\n0: (95) exit\nnew",
			 sources[i].line);
		snprintf(want, sizeof(want),
			 "0: (95) exit\nnew\n%smeaning: not known here; the "
			 "message is the kernel's own\n",
			 sources[i].text);
		assert_explained(log, want);
	}
}

/* Lines that look almost like an instruction or a state are messages. */
static void test_near_misses(void **state)
{
	static const char *const lines[] = {
		"0: (9) exit", "0: (9z) exit", "0:(95) exit", ": (95) exit",
		"0: (95",      "0: ",	       "0",	      "R10 =fp0",
		"R",	       "R_w=1",	       "Rx=1",
	};
	char want[128];
	size_t i;

	for (i = 0; i < NR(lines); i++) {
		snprintf(want, sizeof(want),
			 "%s\nmeaning: not known here; the message is the "
			 "kernel's own\n",
			 lines[i]);
		assert_explained(lines[i], want);
	}
}

/* For the sanitizers: any part of a log is a log, in memory of its size. */
static void test_cut_logs(void **state)
{
	size_t i, len, nr_empty = 0;
	char *log, *text;

	for (i = 0; i < NR(logs); i++) {
		for (len = 0; len <= strlen(logs[i].log); len += 7) {
			log = strndup(logs[i].log, len);
			text = explain(log);
			nr_empty += !*text;
			free(text);
			text = explain(logs[i].log + len);
			nr_empty += !*text;
			free(text);
			free(log);
		}
	}
	assert_int_equal(nr_empty, 0);
}

static void test_long_line(void **state)
{
	static char log[100000];
	char *text;

	memset(log, 'x', sizeof(log) - 1);
	text = explain(log);
	assert_int_equal(strcspn(text, "\n"), 239);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logs),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_unknown_message),
		cmocka_unit_test(test_no_message),
		cmocka_unit_test(test_message_behind_instruction),
		cmocka_unit_test(test_only_last_lines),
		cmocka_unit_test(test_source_lines),
		cmocka_unit_test(test_near_misses),
		cmocka_unit_test(test_cut_logs),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
