/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Logs of the verifier, got by loading programs that are wrong in one way each
 * on kernel 6.18, at level 1 or 2 (with "func#0"), and what is made of them.
 * Some have lost their beginning; those that name lesson.c came from C.
 */
#ifndef VERIFIER_LOGS_H
#define VERIFIER_LOGS_H

/* clang-format off */
static const struct {
	const char *log;
	const char *text;
} logs[] = {
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int packet_short_check(struct xdp_md *ctx) @ lesson.c:23\n"
			"0: (b4) w0 = 2                        ; R0=2\n"
			"; unsigned char *end = (void *)(long)ctx->data_end; @ lesson.c:26\n"
			"1: (61) r2 = *(u32 *)(r1 +4)          ; R1=ctx() R2=pkt_end()\n"
			"; unsigned char *data = (void *)(long)ctx->data; @ lesson.c:25\n"
			"2: (61) r1 = *(u32 *)(r1 +0)          ; R1=pkt(r=0)\n"
			"; if (data + 14 > end) @ lesson.c:27\n"
			"3: (bf) r3 = r1                       ; R1=pkt(r=0) R3=pkt(r=0)\n"
			"4: (07) r3 += 14                      ; R3=pkt(off=14,r=0)\n"
			"5: (2d) if r3 > r2 goto pc+4          ; R2=pkt_end() R3=pkt(off=14,r=14)\n"
			"; return data[23] == 6 ? XDP_DROP : XDP_PASS; @ lesson.c:29\n"
			"6: (71) r1 = *(u8 *)(r1 +23)\n"
			"invalid access to packet, off=23 size=1, R1(id=0,off=23,r=14)\n"
			"R1 offset is outside of the packet\n"
			"processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"6: (71) r1 = *(u8 *)(r1 +23)\n"
			"invalid access to packet, off=23 size=1, R1(id=0,off=23,r=14)\n"
			"R1 offset is outside of the packet\n"
			"source: lesson.c:29: return data[23] == 6 ? XDP_DROP : XDP_PASS;\n"
			"meaning: bytes of the packet are used that the program has not proved to lie\n"
			"  inside the packet\n"
			"cure: compare before use, with the same pointer: if ((void *)(p + 1) >\n"
			"  data_end) return ...; and again after each step of variable length and each\n"
			"  helper that changes the packet\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int null_unchecked(struct xdp_md *ctx) @ lesson.c:31\n"
			"0: (b4) w1 = 1                        ; R1=1\n"
			"; __u32 key = 1; @ lesson.c:33\n"
			"1: (63) *(u32 *)(r10 -4) = r1         ; R1=1 R10=fp0 fp-8=mmmm????\n"
			"2: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"3: (07) r2 += -4                      ; R2=fp-4\n"
			"; __u64 *n = bpf_map_lookup_elem(&counts, &key); @ lesson.c:34\n"
			"4: (18) r1 = 0xffff888105569400       ; R1=map_ptr(map=counts,ks=4,vs=8)\n"
			"6: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=counts,ks=4,vs=8)\n"
			"; *n += 1; @ lesson.c:35\n"
			"7: (79) r1 = *(u64 *)(r0 +0)\n"
			"R0 invalid mem access 'map_value_or_null'\n"
			"processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"7: (79) r1 = *(u64 *)(r0 +0)\n"
			"R0 invalid mem access 'map_value_or_null'\n"
			"source: lesson.c:35: *n += 1;\n"
			"meaning: a pointer that may be NULL is used, most often the result of a map\n"
			"  lookup that may find nothing\n"
			"cure: test it between the call and the first use: if (!value) return 0;\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int map_index(struct xdp_md *ctx) @ lesson.c:38\n"
			"0: (bf) r6 = r1                       ; R1=ctx() R6=ctx()\n"
			"1: (b4) w1 = 0                        ; R1=0\n"
			"; __u32 key = 0; @ lesson.c:40\n"
			"2: (63) *(u32 *)(r10 -4) = r1         ; R1=0 R10=fp0 fp-8=0000????\n"
			"3: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"4: (07) r2 += -4                      ; R2=fp-4\n"
			"; __u8 *v = bpf_map_lookup_elem(&arr, &key); @ lesson.c:41\n"
			"5: (18) r1 = 0xffff888104254200       ; R1=map_ptr(map=arr,ks=4,vs=64)\n"
			"7: (85) call bpf_map_lookup_elem#1    ; R0=map_value(map=arr,ks=4,vs=64)\n"
			"8: (b4) w1 = 2                        ; R1=2\n"
			"; if (!v) return XDP_PASS; @ lesson.c:42\n"
			"9: (15) if r0 == 0x0 goto pc+4        ; R0=map_value(map=arr,ks=4,vs=64)\n"
			"; return v[ctx->ingress_ifindex] & 1; @ lesson.c:43\n"
			"10: (61) r1 = *(u32 *)(r6 +12)        ; R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R6=ctx()\n"
			"11: (0f) r0 += r1                     ; R0=map_value(map=arr,ks=4,vs=64,smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))\n"
			"12: (71) r1 = *(u8 *)(r0 +0)\n"
			"R0 unbounded memory access, make sure to bounds check any such access\n"
			"processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"12: (71) r1 = *(u8 *)(r0 +0)\n"
			"R0 unbounded memory access, make sure to bounds check any such access\n"
			"source: lesson.c:43: return v[ctx->ingress_ifindex] & 1;\n"
			"meaning: nothing in the program limits this index or length from both sides\n"
			"cure: make it unsigned and bound it just before use: if (i >= N) return 0; or\n"
			"  i &= N - 1; with N a power of two\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int map_out(struct xdp_md *ctx) @ lesson.c:45\n"
			"0: (b4) w1 = 0                        ; R1=0\n"
			"; __u32 key = 0; @ lesson.c:47\n"
			"1: (63) *(u32 *)(r10 -4) = r1         ; R1=0 R10=fp0 fp-8=0000????\n"
			"2: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"3: (07) r2 += -4                      ; R2=fp-4\n"
			"; __u8 *v = bpf_map_lookup_elem(&arr, &key); @ lesson.c:48\n"
			"4: (18) r1 = 0xffff888104254800       ; R1=map_ptr(map=arr,ks=4,vs=64)\n"
			"6: (85) call bpf_map_lookup_elem#1    ; R0=map_value(map=arr,ks=4,vs=64)\n"
			"7: (bf) r1 = r0                       ; R0=map_value(map=arr,ks=4,vs=64) R1=map_value(map=arr,ks=4,vs=64)\n"
			"8: (b4) w0 = 2                        ; R0=2\n"
			"; if (!v) return XDP_PASS; @ lesson.c:49\n"
			"9: (15) if r1 == 0x0 goto pc+2        ; R1=map_value(map=arr,ks=4,vs=64)\n"
			"; return *(__u64 *)(v + 60) & 1; @ lesson.c:50\n"
			"10: (79) r0 = *(u64 *)(r1 +60)\n"
			"invalid access to map value, value_size=64 off=60 size=8\n"
			"R1 min value is outside of the allowed memory range\n"
			"processed 10 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"10: (79) r0 = *(u64 *)(r1 +60)\n"
			"invalid access to map value, value_size=64 off=60 size=8\n"
			"R1 min value is outside of the allowed memory range\n"
			"source: lesson.c:50: return *(__u64 *)(v + 60) & 1;\n"
			"meaning: the access may reach beyond the map value or buffer\n"
			"cure: check index and size against the value's type, just before use: if (i >=\n"
			"  N) return 0; or i &= N - 1; with N a power of two\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; unsigned char *end = (void *)(long)ctx->data_end; @ lesson.c:118\n"
			"0: (61) r7 = *(u32 *)(r1 +4)          ; R1=ctx() R7=pkt_end()\n"
			"; unsigned char *data = (void *)(long)ctx->data; @ lesson.c:117\n"
			"1: (61) r6 = *(u32 *)(r1 +0)          ; R1=ctx() R6=pkt(r=0)\n"
			"; long off = bpf_ktime_get_ns(); @ lesson.c:119\n"
			"2: (85) call bpf_ktime_get_ns#5       ; R0=scalar()\n"
			"; data += off; @ lesson.c:120\n"
			"3: (0f) r6 += r0\n"
			"math between pkt pointer and register with unbounded min value is not allowed\n"
			"processed 4 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"3: (0f) r6 += r0\n"
			"math between pkt pointer and register with unbounded min value is not allowed\n"
			"source: lesson.c:120: data += off;\n"
			"meaning: a number is added to a pointer that may be negative, or of any size\n"
			"cure: make it unsigned and bound it before the addition: off &= 0xff; or if\n"
			"  (off > 255) return ...;\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"kprobe/x\") int deref_kernel(void **ctx) { char *sk = ctx[14]; return sk[16]; } @ lesson.c:224\n"
			"0: (79) r1 = *(u64 *)(r1 +112)        ; R1=scalar()\n"
			"1: (71) r0 = *(u8 *)(r1 +16)\n"
			"R1 invalid mem access 'scalar'\n"
			"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"1: (71) r0 = *(u8 *)(r1 +16)\n"
			"R1 invalid mem access 'scalar'\n"
			"source: lesson.c:224: SEC(\"kprobe/x\") int deref_kernel(void **ctx) { char *sk = ctx[14]; return sk[16]; }\n"
			"meaning: a plain number is used as a pointer: an address in kernel or user\n"
			"  memory, or a packet pointer from before a helper that changed the packet\n"
			"cure: read kernel memory with bpf_probe_read_kernel(), user memory with\n"
			"  bpf_probe_read_user(); after such a helper load data and data_end anew and\n"
			"  compare again\n",
	},
	{
		.log =
			"func#0 @0\n"
			"Live regs before insn:\n"
			"      0: .......... (b4) w1 = 1\n"
			"      1: .1........ (63) *(u32 *)(r10 -4) = r1\n"
			"  1   2: .......... (61) r1 = *(u32 *)(r10 -4)\n"
			"  1   3: .1........ (56) if w1 != 0x0 goto pc-2\n"
			"      4: .......... (b4) w0 = 2\n"
			"      5: 0......... (95) exit\n"
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int loop_forever(struct xdp_md *ctx) @ lesson.c:61\n"
			"0: (b4) w1 = 1                        ; R1=1\n"
			"; volatile int go = 1; @ lesson.c:63\n"
			"1: (63) *(u32 *)(r10 -4) = r1         ; R1=1 R10=fp0 fp-8=mmmm????\n"
			"; while (go) @ lesson.c:64\n"
			"2: (61) r1 = *(u32 *)(r10 -4)         ; R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"3: (56) if w1 != 0x0 goto pc-2        ; R1=0\n"
			"; return XDP_PASS; @ lesson.c:66\n"
			"4: (b4) w0 = 2                        ; R0=2\n"
			"5: (95) exit\n"
			"(0) frame 0 insn 2 +live -8 \n"
			"(0) frame 0 insn 0 +live -8 \n"
			"(0) frame 0 insn 3 +live -8 \n"
			"(0) live stack update done in 3 iterations\n"
			"\n"
			"from 3 to 2: R1=scalar(smin=umin=umin32=1,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"2: R1=scalar(smin=umin=umin32=1,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"; while (go) @ lesson.c:64\n"
			"2: (61) r1 = *(u32 *)(r10 -4)\n"
			"SCC enter (1)\n"
			"3: R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"3: (56) if w1 != 0x0 goto pc-2        ; R1=0\n"
			"; return XDP_PASS; @ lesson.c:66\n"
			"4: (b4) w0 = 2                        ; R0=2\n"
			"5: (95) exit\n"
			"\n"
			"from 3 to 2: R1=scalar(smin=umin=umin32=1,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"2: R1=scalar(smin=umin=umin32=1,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"; while (go) @ lesson.c:64\n"
			"2: (61) r1 = *(u32 *)(r10 -4)\n"
			"infinite loop detected at insn 3\n"
			"cur state: R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"old state: R1=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R10=fp0 fp-8=mmmm????\n"
			"processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0\n",
		.text =
			"2: (61) r1 = *(u32 *)(r10 -4)\n"
			"infinite loop detected at insn 3\n"
			"source: lesson.c:64: while (go)\n"
			"meaning: a loop comes round to the same state, so for all that the verifier\n"
			"  can see it never ends\n"
			"cure: give it a counter with a constant limit, for (i = 0; i < 16; i++), whose\n"
			"  condition depends on nothing that is volatile or read from memory\n",
	},
	{
		.log =
			"r0 = 0                        ; R0=0\n"
			"3: (a5) if r6 < 0xf4240 goto pc-3     ; R6=0x51614\n"
			"1: (07) r6 += 1                       ; R6=0x51615\n"
			"2: (b7) r0 = 0                        ; R0=0\n"
			"3: (a5) if r6 < 0xf4240 goto pc-3     ; R6=0x51615\n"
			"BPF program is too large. Processed 1000001 insn\n"
			"processed 1000001 insns (limit 1000000) max_states_per_insn 4 total_states 16668 peak_states 16668 mark_read 0\n",
		.text =
			"3: (a5) if r6 < 0xf4240 goto pc-3\n"
			"BPF program is too large. Processed 1000001 insn\n"
			"meaning: there are more paths through the program than the verifier is willing\n"
			"  to follow, most often because of a loop or of many branches in a row\n"
			"cure: lower the limit of loops, branch less inside them, and split the work\n"
			"  over tail calls or bpf_loop() (from 5.17)\n",
	},
	{
		.log =
			"(0) live stack update done in 2 iterations\n"
			"returning from callee:\n"
			" frame1: R0=scalar(smin=0,smax=umax=0xffffffff,smin32=-128,smax32=127,var_off=(0x0; 0xffffffff)) R6=scalar() R7=fp() R10=fp0 fp-152=mmmmmmmm fp-160=mmmmmmmm \n"
			"to caller at 15:\n"
			" R0=scalar(smin=0,smax=umax=0xffffffff,smin32=-128,smax32=127,var_off=(0x0; 0xffffffff)) R6=fp() R10=fp0 fp-152=mmmmmmmm fp-160=mmmmmmmm \n"
			"\n"
			"from 30 to 15: R0=scalar(smin=0,smax=umax=0xffffffff,smin32=-128,smax32=127,var_off=(0x0; 0xffffffff)) R6=fp() R10=fp0 fp-152=mmmmmmmm fp-160=mmmmmmmm \n"
			"; return deep(ctx, buf[bpf_get_prandom_u32() & 255]); @ lesson.c:92\n"
			"15: (95) exit\n"
			"combined stack size of 2 calls is 800. Too large\n"
			"processed 31 insns (limit 1000000) max_states_per_insn 0 total_states 3 peak_states 3 mark_read 0\n",
		.text =
			"combined stack size of 2 calls is 800. Too large\n"
			"meaning: the variables of a function and of those it calls take more than the\n"
			"  512 bytes of stack that there are\n"
			"cure: move buffers and large structures to a map, BPF_PERCPU_ARRAY with one\n"
			"  element\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"0: (7a) *(u64 *)(r10 -520) = 0\n"
			"invalid write to stack R10 off=-520 size=8\n"
			"processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"0: (7a) *(u64 *)(r10 -520) = 0\n"
			"invalid write to stack R10 off=-520 size=8\n"
			"meaning: an access may leave the stack, which has 512 bytes, or a helper is to\n"
			"  use more bytes than the variable has\n"
			"cure: bound the index or the length by sizeof the variable, and move what is\n"
			"  large to a map, BPF_PERCPU_ARRAY with one element\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"tc\") int load_len_big(struct __sk_buff *skb) @ lesson.c:147\n"
			"0: (b7) r2 = 0                        ; R2=0\n"
			"; char buf[64] = {0}; @ lesson.c:149\n"
			"1: (7b) *(u64 *)(r10 -8) = r2         ; R2=0 R10=fp0 fp-8=0\n"
			"2: (7b) *(u64 *)(r10 -16) = r2        ; R2=0 R10=fp0 fp-16=0\n"
			"3: (7b) *(u64 *)(r10 -24) = r2        ; R2=0 R10=fp0 fp-24=0\n"
			"4: (7b) *(u64 *)(r10 -32) = r2        ; R2=0 R10=fp0 fp-32=0\n"
			"5: (7b) *(u64 *)(r10 -40) = r2        ; R2=0 R10=fp0 fp-40=0\n"
			"6: (7b) *(u64 *)(r10 -48) = r2        ; R2=0 R10=fp0 fp-48=0\n"
			"7: (7b) *(u64 *)(r10 -56) = r2        ; R2=0 R10=fp0 fp-56=0\n"
			"8: (7b) *(u64 *)(r10 -64) = r2        ; R2=0 R10=fp0 fp-64=0\n"
			"; bpf_skb_load_bytes(skb, 0, buf, (skb->len & 127) + 1); @ lesson.c:150\n"
			"9: (61) r4 = *(u32 *)(r1 +0)          ; R1=ctx() R4=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))\n"
			"10: (54) w4 &= 127                    ; R4=scalar(smin=smin32=0,smax=umax=smax32=umax32=127,var_off=(0x0; 0x7f))\n"
			"11: (04) w4 += 1                      ; R4=scalar(smin=umin=smin32=umin32=1,smax=umax=smax32=umax32=128,var_off=(0x0; 0xff))\n"
			"12: (bf) r3 = r10                     ; R3=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"13: (07) r3 += -64                    ; R3=fp-64\n"
			"; bpf_skb_load_bytes(skb, 0, buf, (skb->len & 127) + 1); @ lesson.c:150\n"
			"14: (b4) w2 = 0                       ; R2=0\n"
			"15: (85) call bpf_skb_load_bytes#26\n"
			"invalid write to stack R3 off=-64 size=128\n"
			"processed 16 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"15: (85) call bpf_skb_load_bytes#26\n"
			"invalid write to stack R3 off=-64 size=128\n"
			"source: lesson.c:150: bpf_skb_load_bytes(skb, 0, buf, (skb->len & 127) + 1);\n"
			"meaning: an access may leave the stack, which has 512 bytes, or a helper is to\n"
			"  use more bytes than the variable has\n"
			"cure: bound the index or the length by sizeof the variable, and move what is\n"
			"  large to a map, BPF_PERCPU_ARRAY with one element\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int wrong_helper(struct xdp_md *ctx) @ lesson.c:94\n"
			"0: (bf) r3 = r10                      ; R3=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"1: (07) r3 += -4                      ; R3=fp-4\n"
			"; bpf_skb_load_bytes(ctx, 0, b, 4); @ lesson.c:97\n"
			"2: (b4) w2 = 0                        ; R2=0\n"
			"3: (b4) w4 = 4                        ; R4=4\n"
			"4: (85) call bpf_skb_load_bytes#26\n"
			"program of this type cannot use helper bpf_skb_load_bytes#26\n"
			"processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"4: (85) call bpf_skb_load_bytes#26\n"
			"program of this type cannot use helper bpf_skb_load_bytes#26\n"
			"source: lesson.c:97: bpf_skb_load_bytes(ctx, 0, b, 4);\n"
			"meaning: this kind of program, this kernel or these privileges do not have\n"
			"  that helper\n"
			"cure: see bpf-helpers(7) for one that the hook has, or use another hook;\n"
			"  tracing helpers want CAP_PERFMON\n",
	},
	{
		.log =
			"func#0 @0\n"
			"Live regs before insn:\n"
			"      0: ..2....... (bf) r0 = r2\n"
			"      1: 0......... (95) exit\n"
			"0: R1=ctx() R10=fp0\n"
			"0: (bf) r0 = r2\n"
			"R2 !read_ok\n"
			"processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"0: (bf) r0 = r2\n"
			"R2 !read_ok\n"
			"meaning: a register is used that holds nothing: a variable without a value on\n"
			"  some path, or R0 when a function ends without return\n"
			"cure: give the variable a value where it is declared, and return a value on\n"
			"  every path\n",
	},
	{
		.log =
			"func#0 @0\n"
			"Live regs before insn:\n"
			"      0: .......... (b7) r0 = 7\n"
			"      1: 0......... (95) exit\n"
			"0: R1=ctx() R10=fp0\n"
			"0: (b7) r0 = 7                        ; R0=7\n"
			"1: (95) exit\n"
			"mark_precise: frame0: last_idx 1 first_idx 0 subseq_idx -1 \n"
			"mark_precise: frame0: regs=r0 stack= before 0: (b7) r0 = 7\n"
			"At program exit the register R0 has smin=7 smax=7 should have been in [0, 1]\n"
			"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"1: (95) exit\n"
			"At program exit the register R0 has smin=7 smax=7 should have been in [0, 1]\n"
			"meaning: the program may return a value that its hook does not know\n"
			"cure: return only constants that the hook declares (for cgroup programs 0 or\n"
			"  1), on every path\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"0: (bf) r1 = r10                      ; R1=fp0 R10=fp0\n"
			"1: (07) r1 += -8                      ; R1=fp-8\n"
			"2: (b7) r2 = 8                        ; R2=8\n"
			"3: (b7) r3 = 0                        ; R3=0\n"
			"4: (85) call bpf_probe_read#4\n"
			"cannot call GPL-restricted function from non-GPL compatible program\n"
			"processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"4: (85) call bpf_probe_read#4\n"
			"cannot call GPL-restricted function from non-GPL compatible program\n"
			"meaning: the helper is only for programs that declare a licence compatible\n"
			"  with the GPL\n"
			"cure: declare one, char LICENSE[] SEC(\"license\") = \"GPL\"; (with BCC: #define\n"
			"  BPF_LICENSE GPL), or do without the helper\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"xdp\") int ctx_write(struct xdp_md *ctx) { ctx->ingress_ifindex = 1; return 0; } @ lesson.c:107\n"
			"0: (b4) w2 = 1                        ; R2=1\n"
			"1: (63) *(u32 *)(r1 +12) = r2\n"
			"invalid bpf_context access off=12 size=4\n"
			"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"1: (63) *(u32 *)(r1 +12) = r2\n"
			"invalid bpf_context access off=12 size=4\n"
			"source: lesson.c:107: SEC(\"xdp\") int ctx_write(struct xdp_md *ctx) { ctx->ingress_ifindex = 1; return 0; }\n"
			"meaning: the context has no such field for this kind of program, or the field\n"
			"  is not one to be used in this size, at this place or for writing\n"
			"cure: use the context's fields by name, ctx->field, as they are declared for\n"
			"  this hook; take whatever else is needed from the packet or by a helper\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"0: (62) *(u32 *)(r10 -4) = 0          ; R10=fp0 fp-8=0000????\n"
			"1: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
			"2: (07) r2 += -4                      ; R2=fp-4\n"
			"3: (18) r1 = 0x0                      ; R1=map_ptr(map=m,ks=4,vs=8)\n"
			"5: (85) call bpf_map_lookup_elem#1    ; R0=map_value(map=m,ks=4,vs=8)\n"
			"6: (15) if r0 == 0x0 goto pc+1        ; R0=map_value(map=m,ks=4,vs=8)\n"
			"7: (7b) *(u64 *)(r0 +0) = r10\n"
			"R10 leaks addr into map\n"
			"processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"7: (7b) *(u64 *)(r0 +0) = r10\n"
			"R10 leaks addr into map\n"
			"meaning: an address of the kernel would get to where it can be seen: a map,\n"
			"  the context, a result\n"
			"cure: store or return what the pointer points to, not the pointer; with\n"
			"  CAP_PERFMON (root) it is allowed\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; long e = ctx->data_end; @ lesson.c:173\n"
			"0: (61) r1 = *(u32 *)(r1 +4)          ; R1=pkt_end()\n"
			"; asm volatile(\"%0 += 1\" : \"+r\"(e)); @ lesson.c:174\n"
			"1: (07) r1 += 1\n"
			"R1 pointer arithmetic on pkt_end prohibited\n"
			"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"1: (07) r1 += 1\n"
			"R1 pointer arithmetic on pkt_end prohibited\n"
			"source: lesson.c:174: asm volatile(\"%0 += 1\" : \"+r\"(e));\n"
			"meaning: pointers allow only the addition or subtraction of a number, in 64\n"
			"  bits, and some not even that\n"
			"cure: calculate with numbers (unsigned long for lengths and offsets), bound\n"
			"  the result and add it to the pointer last\n",
	},
	{
		.log =
			"0: R1=ctx() R10=fp0\n"
			"; SEC(\"tc\") int sk_leak(struct __sk_buff *skb) @ lesson.c:153\n"
			"0: (b4) w2 = 0                        ; R2=0\n"
			"; char t[12] = {0}; @ lesson.c:155\n"
			"1: (63) *(u32 *)(r10 -8) = r2         ; R2=0 R10=fp0 fp-8=????0\n"
			"2: (b7) r2 = 0                        ; R2=0\n"
			"3: (7b) *(u64 *)(r10 -16) = r2        ; R2=0 R10=fp0 fp-16=0\n"
			"4: (bf) r2 = r10                      ; R2=fp0 R10=fp0\n"
			";  @ lesson.c:0\n"
			"5: (07) r2 += -16                     ; R2=fp-16\n"
			"; bpf_sk_lookup_tcp(skb, t, 12, -1, 0); @ lesson.c:156\n"
			"6: (b4) w3 = 12                       ; R3=12\n"
			"7: (b7) r4 = -1                       ; R4=-1\n"
			"8: (b7) r5 = 0                        ; R5=0\n"
			"9: (85) call bpf_sk_lookup_tcp#84     ; R0=sock_or_null(id=2,ref_obj_id=2) refs=2\n"
			"; return 0; @ lesson.c:157\n"
			"10: (b4) w0 = 0                       ; R0=0 refs=2\n"
			"11: (95) exit\n"
			"Unreleased reference id=2 alloc_insn=9\n"
			"BPF_EXIT instruction in main prog would lead to reference leak\n"
			"processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"11: (95) exit\n"
			"Unreleased reference id=2 alloc_insn=9\n"
			"BPF_EXIT instruction in main prog would lead to reference leak\n"
			"source: lesson.c:157: return 0;\n"
			"meaning: something that a helper lent, such as a socket, is not given back on\n"
			"  every path\n"
			"cure: call the releasing helper, such as bpf_sk_release(), before each return,\n"
			"  behind the test for NULL\n",
	},
	{
		/* Put together after 5.10: no file, "inv", states on lines of
		 * their own. */
		.log =
			"; return event->port + sk->port;\n"
			"0: (79) r6 = *(u64 *)(r1 +112)\n"
			"1: (69) r0 = *(u16 *)(r6 +12)\n"
			" R1=ctx(id=0,off=0,imm=0) R6_w=inv(id=0) R10=fp0\n"
			"R6 invalid mem access 'inv'\n"
			"processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
		.text =
			"1: (69) r0 = *(u16 *)(r6 +12)\n"
			"R6 invalid mem access 'inv'\n"
			"source: return event->port + sk->port;\n"
			"meaning: a plain number is used as a pointer: an address in kernel or user\n"
			"  memory, or a packet pointer from before a helper that changed the packet\n"
			"cure: read kernel memory with bpf_probe_read_kernel(), user memory with\n"
			"  bpf_probe_read_user(); after such a helper load data and data_end anew and\n"
			"  compare again\n",
	},
	{
		/* Put together after 4.19: found before any instruction runs. */
		.log = "back-edge from insn 9 to 3\n",
		.text =
			"back-edge from insn 9 to 3\n"
			"meaning: the program has a loop, which this kernel does not allow (from 5.3 on\n"
			"  it may, when bounded)\n"
			"cure: unroll it: #pragma unroll before a for with a constant number of rounds\n",
	},
};
/* clang-format on */

#endif
