#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing on the machine is changed, whatever the program on the command line or
# in a file would do: expressions and texts that send signals, write to packets,
# drop them or say otherwise where they want to be.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip sleep
tmp=${tmp:?} ns_s=${ns_s:?}
RUN=$(dirname "$TOOL")/bpfrun-c
CHANGES='which may change the machine; bpfrun-c runs such programs'
LOOKS='packets wait for it, and this tool only looks; bpfrun-c runs such programs'
WRITES='writes to the packet, or to what the kernel knows of it'

# NAME LINE ARGUMENT...: refused by that line alone
refuses()
{
	local rc

	# Of a long path a program keeps the end.
	(cd "$tmp" && in_s timeout -k 1 60 "$TOOL" -i s0 -d 0.1 --no-owner \
		"${@:3}" >out 2>err </dev/null)
	rc=$?
	is "exit $rc: $(cat "$tmp/out" "$tmp/err")" "exit 1: tcpsnoop-c: $2" \
		"$1"
}

# HOOK FROM TO: its program with that put in the place of this, $tmp/HOOK.c
edit()
{
	in_s "$TOOL" -i s0 -k "$1" --no-owner --print-source >"$tmp/$1.was"
	sed "s/$2/$3/" "$tmp/$1.was" >"$tmp/$1.c"
	cmp -s "$tmp/$1.was" "$tmp/$1.c" && flunk "$1: '$2' is in its text"
}

# HOOK WORD: the number of its line
line() { grep -n -m 1 -F -- "$2" "$tmp/$1.c" | cut -d : -f 1; }

# One connection to a port where nobody listens: at once when packets pass
comes_through()
{
	in_c timeout 5 bash -c ': </dev/tcp/10.77.0.2/9' 2>"$tmp/knock"
	like "$? $(cat "$tmp/knock")" '^1 .*Connection refused' "$1"
}

lab_up

test_expressions()
{
	local pid

	sleep 1000 &
	pid=$!
	pids+=("$pid")
	refuses "a signal by an expression" \
		"the program calls bpf_send_signal(), $CHANGES" \
		-k tracepoint -e 'bpf_send_signal(9) == 0'
	refuses "a message by an expression, by the helper's number" \
		"the program calls bpf_trace_printk(), $CHANGES" -k socket \
		-e '((long (*)(void *, int))6)(0, 0) == 0'
	ok "the process is alive" kill -0 "$pid"
	kill "$pid"
	refuses "skb->mark by an expression" \
		"tcpsnoop_tc_in() (tcpsnoop_tc.c:1) $WRITES: $LOOKS" -k tc \
		-e '(((struct __sk_buff *)ctx)->mark = 7) == 7'
}

# What they return is of no effect.
test_verdicts()
{
	local hook

	edit tc 'return TC_ACT_UNSPEC' 'return 2 \/* TC_ACT_SHOT *\/'
	edit xdp 'return XDP_PASS' 'return XDP_DROP'
	for hook in tc xdp; do
		tool_start "$hook" "$ns_s" -i s0 -k $hook --no-owner \
			--source "$tmp/$hook.c" -o json
		comes_through "$hook: packets that the text drops pass"
		ends_with "$hook" 1
	done
}

test_stores()
{
	edit tc '^\tst->seen++;' 'st->seen++; skb->mark = 7;'
	refuses "skb->mark by a text" "tcpsnoop_tc_in() \
(tc.c:$(line tc 'skb->mark = 7')) $WRITES: $LOOKS" \
		-k tc --source tc.c
	edit tc '^\tst->seen++;' 'st->seen++; skb->cb[0] = load_byte(skb, 0);'
	refuses "skb->cb by a text" "tcpsnoop_tc_in() \
(tc.c:$(line tc 'skb->cb')) $WRITES: $LOOKS" -k tc --source tc.c
	edit tc '^\tst->seen++;' 'st->seen++; st->seen += load_byte(skb, 0) == 9;'
	refuses "load_byte() by a text" "tcpsnoop_tc_in() \
(tc.c:$(line tc 'seen += load_byte')) reads the packet by load_byte() or its like, \
which may end it (take bpf_skb_load_bytes()): $LOOKS" \
		-k tc --source tc.c
	edit xdp '^\tst->seen++;' 'st->seen++; u8 *at = (void *)(long)ctx->data; \
if (at + 60 < (u8 *)(long)ctx->data_end) at[20] = 7;'
	refuses "a byte of the packet by a text" "tcpsnoop_xdp() \
(xdp.c:$(line xdp 'at[20] = 7')) $WRITES: $LOOKS" \
		-k xdp --source xdp.c
}

test_texts()
{
	edit socket '^\tst->seen++;' 'st->seen++; bpf_trace_printk("hi\\n");'
	refuses "a message by a text" \
		"the program calls bpf_trace_printk(), $CHANGES" \
		--source "$tmp/socket.c"
	edit socket '^BPF_PERCPU_ARRAY(stats, struct hook_stats, 1);' \
		'struct more { struct hook_stats s; u64 more[100]; }; \
BPF_PERCPU_ARRAY(stats, struct more, 1);'
	sed -i 's/struct hook_stats \*st = stats_slot();/int zero = 0; \
struct more *m = stats.lookup(\&zero); struct hook_stats *st = m ? \&m->s : 0;/
		s/return stats.lookup(&zero);/return (void *)stats.lookup(\&zero);/' \
		"$tmp/socket.c"
	refuses "other counters by a text" \
		"the map 'stats' must be as --print-source has it" \
		--source "$tmp/socket.c"
	edit socket '^BPF_PERF_OUTPUT(events);' \
		'BPF_PERF_OUTPUT(events); BPF_PROG_ARRAY(jumps, 4);'
	refuses "a map of programs by a text" "the map jumps is a \
BPF_MAP_TYPE_PROG_ARRAY, through which a program may change the machine; \
bpfrun-c runs such programs" --source "$tmp/socket.c"
}

# A tracepoint that no word of the text names; one that it does.
test_targets()
{
	in_s "$TOOL" -i s0 -k tracepoint --no-owner --print-source \
		>"$tmp/tracepoint.was"
	{
		cat "$tmp/tracepoint.was"
		echo '#define MADE(a, b) int raw_tracepoint__##a##b(void *ctx)'
		echo 'MADE(sched_process_, exit) { return 0; }'
	} >"$tmp/made.c"
	refuses "a tracepoint that is pasted together" "the compiled program \
has a function raw_tracepoint__sched_process_exit() that is not in its text: \
write that name out, or RAW_TRACEPOINT_PROBE(sched_process_exit)" \
		-k tracepoint --source "$tmp/made.c"
	{
		cat "$tmp/tracepoint.was"
		echo 'RAW_TRACEPOINT_PROBE(sched_process_exit) { return 0; }'
	} >"$tmp/more.c"
	tool_start more "$ns_s" -k tracepoint -i s0 --no-owner -o json \
		--source "$tmp/more.c"
	knock 1
	ends_with more 1
}

# LABEL WORD: it has said that
has_said() { grep -q -- "$2" "$tmp/$1.err"; }

test_watch()
{
	cp "$tmp/socket.was" "$tmp/watched.c"
	tool_start watched "$ns_s" -i s0 --no-owner --watch -o json \
		--source "$tmp/watched.c"
	knock 1
	sed 's/^\tst->seen++;/st->seen++; bpf_trace_printk("hi\\n");/' \
		"$tmp/socket.was" >"$tmp/new.c"
	mv "$tmp/new.c" "$tmp/watched.c"
	ok "a saved text that would do more is refused" wait_until 30 has_said \
		watched "the program calls bpf_trace_printk(), $CHANGES: the \
program that runs goes on"
	knock 1
	ends_with watched 2
}

# The same are run by bpfrun-c for what they do.
test_bpfrun()
{
	cat >"$tmp/drop.c" <<-'C'
	BPF_ARRAY(nr, u64, 1);
	int xdp_drop_nine(struct xdp_md *ctx) {
		u8 *at = (void *)(long)ctx->data;
		if (at + 54 > (u8 *)(long)ctx->data_end)
			return XDP_PASS;
		if (at[23] != IPPROTO_TCP || at[36] != 0 || at[37] != 9)
			return XDP_PASS;
		nr.increment(0);
		at[22] = 1;
		return XDP_DROP;
	}
	C
	TOOL=$RUN tool_spawn drop "$ns_s" "$tmp/drop.c" -i s0 -o json
	ok "bpfrun-c: it runs" wait_until 30 has_said drop '^bpfrun-c: running '
	in_c timeout 1 bash -c ': </dev/tcp/10.77.0.2/9' 2>"$tmp/knock"
	is "$? $(cat "$tmp/knock")" "124 " "bpfrun-c: what it drops is dropped"
	tool_stop drop
	is "${tool_rc[drop]-}" 0 "bpfrun-c: exit status"
	# The cache of the other kind of run does not let it in here.
	refuses "what bpfrun-c has kept" \
		"the program has no function tcpsnoop_xdp()" \
		-k xdp --source "$tmp/drop.c"
	cat >"$tmp/pinned.c" <<-'C'
	BPF_TABLE_PINNED("hash", u32, u64, pinned, 16, "/sys/fs/bpf/only_looks");
	int xdp_pinned(struct xdp_md *ctx) {
		u32 key = 0;
		pinned.increment(key);
		return XDP_PASS;
	}
	C
	in_s timeout 60 "$RUN" "$tmp/pinned.c" -i s0 -d 0.1 >"$tmp/out" \
		2>"$tmp/err" </dev/null
	is "exit $? $(head -n 1 "$tmp/err")" \
		"exit 1 bpfrun-c: $tmp/pinned.c: the program does not compile" \
		"bpfrun-c: a pinned table is refused"
	ok "nothing is pinned" test ! -e /sys/fs/bpf/only_looks
}

test_expressions
test_verdicts
test_stores
test_texts
test_targets
test_watch
test_bpfrun
hooks_are_clear
finish
