// SPDX-License-Identifier: GPL-2.0
/*
 * The wording is that of kernel/bpf/verifier.c, 4.14 to 6.18, or LLVM's. A
 * refusal may come with several lines: what tells more stands above what tells
 * less.
 */
#include "kernel/refusal.h"

#include <string.h>

static const struct refusal refusals[] = {
	{
		.find = {"invalid access to packet"},
		.meaning = "bytes of the packet are used that the program has "
			   "not proved to lie inside the packet",
		.cure = "compare before use, with the same pointer: if "
			"((void *)(p + 1) > data_end) return ...; and again "
			"after each step of variable length and each helper "
			"that changes the packet",
	},
	{
		.find = {"null-check it first", "_or_null'",
			 "_or_null expected=", "ossibly NULL pointer"},
		.meaning = "a pointer that may be NULL is used, most often the "
			   "result of a map lookup that may find nothing",
		.cure = "test it between the call and the first use: "
			"if (!value) return 0;",
	},
	{
		.find = {"prohibited for !root"},
		.meaning = "without CAP_PERFMON, pointers may only move within "
			   "bounds known beforehand",
		.cure = "run as root or with CAP_PERFMON, or bound the number "
			"as unsigned before it is added",
	},
	{
		.find = {"math between", "unbounded min value",
			 "pointer be out of bounds"},
		.meaning = "a number is added to a pointer that may be "
			   "negative, or of any size",
		.cure = "make it unsigned and bound it before the addition: "
			"off &= 0xff; or if (off > 255) return ...;",
	},
	{
		.find = {"invalid zero-sized read"},
		.meaning = "the length given to a helper may be 0 or of any "
			   "size",
		.cure = "bound it from both sides before the call: if (len < 1 "
			"|| len > sizeof(buf)) return 0;",
	},
	{
		.find = {"invalid access to map value", "invalid access to mem",
			 "buffer access", "outside of the allowed memory range",
			 "outside of the array range"},
		.meaning = "the access may reach beyond the map value or "
			   "buffer",
		.cure = "check index and size against the value's type, just "
			"before use: if (i >= N) return 0; or i &= N - 1; with "
			"N a power of two",
	},
	{
		.find = {"unbounded memory access", "min value is negative"},
		.meaning = "nothing in the program limits this index or length "
			   "from both sides",
		.cure = "make it unsigned and bound it just before use: if (i "
			">= N) return 0; or i &= N - 1; with N a power of two",
	},
	{
		.find = {"invalid mem access 'scalar'",
			 "invalid mem access 'inv'"},
		.meaning = "a plain number is used as a pointer: an address in "
			   "kernel or user memory, or a packet pointer from "
			   "before a helper that changed the packet",
		.cure = "read kernel memory with bpf_probe_read_kernel(), user "
			"memory with bpf_probe_read_user(); after such a "
			"helper load data and data_end anew and compare again",
	},
	{
		.find = {"invalid mem access", "access beyond struct",
			 "only read is supported"},
		.meaning = "memory of this kind cannot be read or written "
			   "directly",
		.cure = "look in the message at what the register holds; read "
			"kernel structures with bpf_probe_read_kernel(), "
			"change maps through their helpers",
	},
	{
		.find = {"infinite loop detected"},
		.meaning = "a loop comes round to the same state, so for all "
			   "that the verifier can see it never ends",
		.cure = "give it a counter with a constant limit, for (i = 0; "
			"i < 16; i++), whose condition depends on nothing that "
			"is volatile or read from memory",
	},
	{
		.find = {"back-edge from insn"},
		.meaning = "the program has a loop, which this kernel does not "
			   "allow (from 5.3 on it may, when bounded)",
		.cure = "unroll it: #pragma unroll before a for with a "
			"constant number of rounds",
	},
	{
		.find = {"program is too large", "too complex"},
		.meaning = "there are more paths through the program than the "
			   "verifier is willing to follow, most often because "
			   "of a loop or of many branches in a row",
		.cure = "lower the limit of loops, branch less inside them, "
			"and split the work over tail calls or bpf_loop() "
			"(from 5.17)",
	},
	{
		.find = {"BPF_LD_[ABS|IND] instructions not allowed"},
		.meaning = "the packet is read as socket filters and TC "
			   "programs do, by load_byte() or cursor_advance(), "
			   "and this kind of program cannot",
		.cure = "attach it as a socket filter, or read through "
			"ctx->data and ctx->data_end, as XDP does",
	},
	{
		/* LLVM's: the program does not get as far as the kernel. */
		.find = {"BPF stack limit"},
		.meaning = "the local variables of a function are larger than "
			   "the 512 bytes of stack that there are",
		.cure = "put what is large into a map that has one value a "
			"CPU: BPF_PERCPU_ARRAY(room, struct room, 1); and look "
			"it up",
	},
	{
		.find = {"combined stack size"},
		.meaning = "the variables of a function and of those it calls "
			   "take more than the 512 bytes of stack that there "
			   "are",
		.cure = "move buffers and large structures to a map, "
			"BPF_PERCPU_ARRAY with one element",
		.is_of_no_insn = true,
	},
	{
		.find = {"invalid indirect read from stack",
			 "invalid read from stack"},
		.meaning = "stack is read, here or by the helper, that nothing "
			   "was written to (padding between the fields of a "
			   "structure too) or that lies beyond the variable",
		.cure = "clear the whole variable first: struct event e = {}; "
			"or __builtin_memset(&e, 0, sizeof(e)); and give "
			"helpers sizeof(e), not more",
	},
	{
		.find = {"write to stack", "access to stack", "invalid stack",
			 "variable-offset"},
		.meaning =
			"an access may leave the stack, which has 512 bytes, or "
			"a helper is to use more bytes than the variable "
			"has",
		.cure = "bound the index or the length by sizeof the variable, "
			"and move what is large to a map, BPF_PERCPU_ARRAY "
			"with one element",
	},
	{
		.find = {"invalid size of register", "corrupt spilled pointer"},
		.meaning = "a pointer kept on the stack is read or written in "
			   "part",
		.cure = "keep the pointer in a variable of pointer type and "
			"copy it whole",
	},
	{
		.find = {"cannot use helper", "unknown func", "invalid func ",
			 "helper call is not allowed",
			 "calling kernel function"},
		.meaning = "this kind of program, this kernel or these "
			   "privileges do not have that helper",
		.cure = "see bpf-helpers(7) for one that the hook has, or use "
			"another hook; tracing helpers want CAP_PERFMON",
	},
	{
		.find = {"GPL-restricted function", "GPL only function"},
		.meaning = "the helper is only for programs that declare a "
			   "licence compatible with the GPL",
		.cure = "declare one, char LICENSE[] SEC(\"license\") = "
			"\"GPL\"; (with BCC: #define BPF_LICENSE GPL), or do "
			"without the helper",
	},
	{
		.find = {"!read_ok"},
		.meaning = "a register is used that holds nothing: a variable "
			   "without a value on some path, or R0 when a "
			   "function ends without return",
		.cure = "give the variable a value where it is declared, and "
			"return a value on every path",
	},
	{
		.find = {"misaligned"},
		.meaning = "an address is not a multiple of the size that is "
			   "read or written there",
		.cure = "align the structure's fields (no "
			"__attribute__((packed)) on the stack) or copy with "
			"__builtin_memcpy() or byte by byte",
	},
	{
		.find = {"invalid bpf_context access", "modified ctx ptr",
			 "variable ctx access", "offset ctx ptr"},
		.meaning = "the context has no such field for this kind of "
			   "program, or the field is not one to be used in "
			   "this size, at this place or for writing",
		.cure = "use the context's fields by name, ctx->field, as they "
			"are declared for this hook; take whatever else is "
			"needed from the packet or by a helper",
	},
	{
		.find = {"leaks addr", "pointer comparison prohibited"},
		.meaning = "an address of the kernel would get to where it can "
			   "be seen: a map, the context, a result",
		.cure = "store or return what the pointer points to, not the "
			"pointer; with CAP_PERFMON (root) it is allowed",
	},
	{
		.find = {"pointer arithmetic", "pointer += pointer",
			 "pointer -= pointer", "on pointer prohibited",
			 "from stack pointer prohibited"},
		.meaning = "pointers allow only the addition or subtraction of "
			   "a number, in 64 bits, and some not even that",
		.cure = "calculate with numbers (unsigned long for lengths and "
			"offsets), bound the result and add it to the pointer "
			"last",
	},
	{
		.find = {"nreleased reference", "reference leak"},
		.meaning = "something that a helper lent, such as a socket, is "
			   "not given back on every path",
		.cure = "call the releasing helper, such as bpf_sk_release(), "
			"before each return, behind the test for NULL",
	},
	{
		.find = {"At program exit", "should have been in",
			 "R0 is not a known value"},
		.meaning = "the program may return a value that its hook does "
			   "not know",
		.cure = "return only constants that the hook declares (for "
			"cgroup programs 0 or 1), on every path",
	},
	{
		.find = {" expected="},
		.meaning = "an argument of the call is of another kind than "
			   "the helper takes",
		.cure = "compare with bpf-helpers(7): a key or buffer is the "
			"address of a variable on the stack or in a map, a map "
			"is &map, the context is ctx itself",
	},
	{
		.find = {"cannot pass map_type",
			 "not pointing to valid bpf_map"},
		.meaning = "the helper or program cannot work with that map",
		.cure = "use the helper that belongs to the map's type, or "
			"another type of map; see bpf-helpers(7)",
	},
	{
		.find = {"cannot write into", "write into map forbidden"},
		.meaning = "this memory is read-only for this kind of program",
		.cure = "copy it to the stack or a map and change the copy, or "
			"use a helper that writes, such as "
			"bpf_skb_store_bytes()",
	},
	{
		.find = {"call stack of"},
		.meaning = "functions call each other more than 8 deep",
		.cure = "make the inner ones static __always_inline",
	},
	{
		.find = {"jump out of range", "not an exit or jmp"},
		.meaning = "a jump leaves its function, or a function ends "
			   "without exit",
		.cure = "let every path end in return and every label stand "
			"in its own function; in hand-written bytecode an "
			"offset counts from the next instruction",
	},
	{
		.find = {"unreachable insn"},
		.meaning = "some instructions can never run: what follows a "
			   "loop without end, or a slip in hand-written "
			   "bytecode",
		.cure = "remove that code or make it reachable",
	},
	{
		.find = {"div by zero", "division by zero", "invalid shift"},
		.meaning = "a division by the constant 0, or a shift by more "
			   "bits than the register has",
		.cure = "correct the constant; it may come from a macro",
	},
	{
		.find = {"unknown opcode", "uses reserved fields",
			 "frame pointer is read only", "bpf_ld_imm64"},
		.meaning = "the bytecode is malformed, or too new for this "
			   "kernel",
		.cure = "compile afresh without the cache, and for the "
			"kernel's version of the instruction set (-mcpu)",
	},
};

static bool fits(const struct refusal *r, const char *message)
{
	const char *const *find;

	for (find = r->find; *find; find++) {
		if (strstr(message, *find))
			return true;
	}
	return false;
}

const struct refusal *refusal_find(const char *message)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (fits(&refusals[i], message))
			return &refusals[i];
	}
	return NULL;
}
