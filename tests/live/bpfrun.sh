#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bpfrun-c: programs of each kind are attached, and what they send, say and
# count is what happened, a prime number of times; nothing is left behind; what
# is wrong is said in a line. Last, the programs that BCC ships.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq bpftool
RUN=$(dirname "$TOOL")/bpfrun-c
INSTANCES=/sys/kernel/tracing/instances

# LABEL ARGUMENT...: as tool_start, in the server's namespace
run_start()
{
	local label=$1
	shift
	: >"$tmp/$label.err"
	spawn "$ns_s" "$RUN" "$@" >"$tmp/$label.out" 2>"$tmp/$label.err" &
	tool_pid[$label]=$!
	pids+=($!)
	wait_until 60 is_running_or_gone "$label"
	grep -q ' running ' "$tmp/$label.err" ||
		flunk "$label: runs" "$(cat "$tmp/$label.err")"
}

is_running_or_gone()
{
	grep -q ' running ' "$tmp/$1.err" || is_gone "${tool_pid[$1]}"
}

# LABEL...: how many of these runs have a trace instance
instances()
{
	local label nr=0

	for label; do
		[ ! -d "$INSTANCES/bpfrun-${tool_pid[$label]}" ] || nr=$((nr + 1))
	done
	echo $nr
}

# LABEL JQ-FILTER
records() { jq -r "$2" "$tmp/$1.out"; }

has_lines() { [ "$(wc -l <"$tmp/$1.out")" -ge "$2" ]; }

# N PORT: connections to the server that it refuses
refused()
{
	local i

	for ((i = 0; i < $1; i++)); do
		in_c timeout 1 bash -c "exec 3<>/dev/tcp/10.77.0.2/$2"
	done 2>/dev/null
}

test_intercept()
{
	run_start syn examples/tcp_intercept/tcp_intercept.c -i s0 -o json
	refused 7 80
	refused 3 81
	wait_until 5 has_lines syn 7
	tool_stop syn
	is "${tool_rc[syn]}" 0 "tcp_intercept.c: exit status"
	is "$(records syn 'select(.type == "event") | .data |
		[.saddr, .daddr, .dport] | @tsv' | sort | uniq -c |
		xargs)" "7 10.77.0.1 10.77.0.2 80" \
		"tcp_intercept.c: seven SYNs to port 80, as it stands"
	is "$(records syn 'select(.type == "summary") | [.shown, .lost] | @csv')" \
		"7,0" "tcp_intercept.c: the summary"
	run_start port examples/tcp_intercept/tcp_intercept.c -i s0 \
		-D PORT=81 -c 3
	refused 3 80
	refused 5 81
	tool_wait port
	is "${tool_rc[port]}" 0 "-c: exit status"
	is "$(grep -c '^ *[0-9]* 10.77.0.1 .* 81$' "$tmp/port.out")" 3 \
		"-D PORT=81 -c 3: three lines of that port"
	like "$(head -n 1 "$tmp/port.out")" '^ +TS SADDR +DADDR +SPORT DPORT$' \
		"titles are the fields"
}

# Each kind of hook and of map; the verdicts are the program's own.
test_kinds()
{
	cat >"$tmp/kinds.c" <<-'C'
	#include <uapi/linux/bpf.h>
	#include <uapi/linux/ptrace.h>
	#include <net/sock.h>
	#include <bcc/proto.h>
	struct seen { char hook[8]; u32 len; };
	struct slot { u32 way; u64 slot; };
	BPF_RINGBUF_OUTPUT(ring, 8);
	BPF_ARRAY(counts, u64, 8);
	BPF_PERCPU_ARRAY(percpu, u64, 8);
	BPF_HISTOGRAM(lens);
	BPF_HISTOGRAM(ways, struct slot);
	BPF_HASH(hash, u32, u64);
	BPF_PROG_ARRAY(jumps, 4);
	static void count(int i) {
		counts.increment(i);
		percpu.increment(i);
	}
	static int is_ours(void *data, void *end) {
		struct ethhdr *eth = data;
		struct iphdr *ip = data + sizeof(*eth);
		struct udphdr *udp = data + sizeof(*eth) + sizeof(*ip);
		if ((void *)(udp + 1) > end || eth->h_proto != htons(ETH_P_IP))
			return 0;
		return ip->protocol == IPPROTO_UDP && udp->dest == htons(PORT);
	}
	int xdp_seven(struct xdp_md *ctx) {
		void *data = (void *)(long)ctx->data;
		void *end = (void *)(long)ctx->data_end;
		static u64 zero;
		if (!is_ours(data, end))
			return XDP_PASS;
		count(0);
		lens.increment(bpf_log2l(end - data));
		u64 *nr = hash.lookup_or_try_init(&(u32){1}, &(u64){0});
		/* Every second one goes no further. */
		if (nr && (*nr)++ % 2)
			return XDP_DROP;
		return XDP_PASS;
	}
	int tc_ingress(struct __sk_buff *skb) {
		if (!is_ours((void *)(long)skb->data, (void *)(long)skb->data_end))
			return TC_ACT_OK;
		count(1);
		struct seen s = {.hook = "tc", .len = skb->len};
		ring.ringbuf_output(&s, sizeof(s), 0);
		struct slot k = {.way = 4, .slot = bpf_log2l(skb->len)};
		ways.increment(k);
		jumps.call(skb, 2);
		return TC_ACT_OK;
	}
	int after(struct __sk_buff *skb) {
		count(2);
		return TC_ACT_OK;
	}
	RAW_TRACEPOINT_PROBE(sys_enter) {
		return 0;
	}
	TRACEPOINT_PROBE(sock, inet_sock_set_state) {
		if (args->sport == 4321 && args->newstate == TCP_LISTEN)
			bpf_trace_printk("listens at %d\n", args->sport);
		return 0;
	}
	int measured(struct pt_regs *ctx) {
		count(3);
		return 0;
	}
	C
	sed -i '/static u64 zero;/d' "$tmp/kinds.c"
	run_start kinds "$tmp/kinds.c" -i s0 -D PORT=4322 -o json \
		-a 'after=jumps[2]' -u "$PY:Py_RunMain=measured"
	like "$(cat "$tmp/kinds.err")" \
		'xdp_seven\(\) at xdp s0' "it says what goes where"
	is "$(instances kinds)" 1 "bpf_trace_printk() has a trace instance of its own"
	in_c bash -c 'for i in {1..13}; do echo >/dev/udp/10.77.0.2/4322; done'
	$PY -c 'import socket
for i in range(3):
	s = socket.socket(); s.bind(("127.0.0.1", 4321)); s.listen(); s.close()
'
	wait_until 5 has_lines kinds 10
	sleep 0.1
	tool_stop kinds
	is "${tool_rc[kinds]}" 0 "each kind: exit status"
	is "$(records kinds 'select(.type == "event") | .data |
		[.hook, .len] | @csv' | sort | uniq -c | xargs)" "7 tc,43" \
		"TC after XDP: seven of thirteen, the ring buffer has them"
	is "$(records kinds 'select(.type == "printk") | .text' | uniq -c |
		xargs)" "3 listens at 4321" "a tracepoint's messages"
	is "$(records kinds 'select(.map == "counts" or .map == "percpu") |
		[.map, .key, .value] | @csv' | tr -d '"' | xargs)" \
		"counts,0,13 counts,1,7 counts,2,7 counts,3,1 percpu,0,13 percpu,1,7 percpu,2,7 percpu,3,1" \
		"XDP, TC, a tail call, a uprobe; copies of CPUs added up"
	is "$(records kinds 'select(.type == "histogram") |
		[.map, .key.way, .scale, .slots[].low, .slots[].count] |
		@csv' | tr -d '"' | xargs)" "lens,,log2,32,13 ways,4,log2,32,7" \
		"histograms, one by key"
	is "$(instances kinds)" 0 "the instance is gone"
	is "$(ip -n "$ns_s" link show s0 | grep -c xdp)" 0 "XDP is gone"
}

# Text, at intervals; then SIGKILL.
test_text()
{
	cat >"$tmp/text.c" <<-'C'
	#include <uapi/linux/ptrace.h>
	BPF_HISTOGRAM(dist);
	BPF_HASH(opened, u32, u64, 100);
	TRACEPOINT_PROBE(syscalls, sys_enter_chdir) {
		u32 key = 5;
		dist.increment(args->filename ? 3 : 0);
		opened.increment(key);
		bpf_trace_printk("chdir\n");
		return 0;
	}
	C
	run_start text "$tmp/text.c" --interval 0.5
	(cd / && cd /tmp && cd /usr) || flunk "three calls of chdir()"
	wait_until 5 grep -q '^opened: 1 entry' "$tmp/text.out"
	like "$(cat "$tmp/text.out")" $'[0-9]: chdir\n' "a message in text"
	like "$(cat "$tmp/text.out")" $'\n[0-9:]{8}\n' "the time of day"
	like "$(cat "$tmp/text.out")" \
		$'dist:\n     value         : count     distribution\n' \
		"a linear histogram"
	like "$(cat "$tmp/text.out")" $'opened: 1 entry\n  KEY VALUE\n    5 +[0-9]+' \
		"a hash"
	kill -9 "${tool_pid[text]}"
	wait "${tool_pid[text]}" 2>/dev/null
	is "$(instances text)" 1 "killed, its instance is left"
	run_start next "$tmp/text.c" -c 1
	(cd /) || flunk "a call of chdir()"
	tool_wait next
	is "$(instances text next)" 0 "the next run removes it, and its own"
}

# The compiler makes no map: how large one may be is the kernel's to say.
test_large_map()
{
	cat >"$tmp/million.c" <<-'C'
	struct value { char b[64]; };
	BPF_HASH(million, u64, struct value, 1048576);
	int xdp_f(struct xdp_md *ctx) {
		u64 key = 1;
		million.lookup(&key);
		return XDP_PASS;
	}
	C
	run_start million "$tmp/million.c" -i s0
	tool_stop million
	is "${tool_rc[million]}" 0 "a million entries of 64 bytes"
}

# STATUS ERE ARGUMENT...: one line (more only behind a compiler's), nothing on
# stdout
says()
{
	local rc want=$1 ere=$2
	shift 2

	in_s timeout -k 1 60 "$RUN" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	if [ $rc = "$want" ] && [ ! -s "$tmp/out" ] &&
	   [[ "$(head -n 1 "$tmp/err")" =~ ^bpfrun-c:\ .*$ere ]] &&
	   [ "$(grep -c ^bpfrun-c "$tmp/err")" = 1 ]; then
		pass "exit $want: ${*//$tmp/}"
	else
		flunk "exit $want: ${*//$tmp/}" \
			"exit $rc: $(cat "$tmp/out" "$tmp/err")"
	fi
}

# NAME TEXT: the file $tmp/NAME
text() { printf '%s\n' "$2" >"$tmp/$1"; }

# What only the kernel's own functions tell: the packet as the kernel has it.
test_kernel_functions()
{
	grep -q ' bpf_cast_to_kern_ctx$' /proc/kallsyms || {
		skip "a function of the kernel" "/proc/kallsyms has no \
bpf_cast_to_kern_ctx"
		return
	}
	cat >"$tmp/kfunc.c" <<-'C'
	#include <linux/skbuff.h>
	#ifdef KFUNC_bpf_no_such_function
	#error a function that no kernel has
	#endif
	BPF_HASH(same, u32, u64);
	static struct sk_buff *(*own)(void *) = KFUNC_bpf_cast_to_kern_ctx;
	int socket_syns(struct __sk_buff *skb) {
		struct sk_buff *k = own(skb);
		u32 is_same = k->len == skb->len && k->skb_iif == skb->ifindex;
		if (load_byte(skb, 23) == IPPROTO_TCP &&
		    load_half(skb, 36) == 80 && load_byte(skb, 47) == 2)
			same.increment(is_same);
		return 0;
	}
	C
	run_start kfunc "$tmp/kfunc.c" -i s0 -o json
	refused 7 80
	refused 3 81
	tool_stop kfunc
	is "${tool_rc[kfunc]}" 0 "a function of the kernel: exit status"
	is "$(records kfunc 'select(.type == "map" and .map == "same") |
		[.key, .value] | @csv')" "1,7" \
		"a function of the kernel: what it gives is the packet"
}

# A program of 60,000 tables over the same 200,000 symbols
many_tables()
{
	$PY - "$1" <<-'EOF'
	import struct, sys
	nr, names = 60000, b"\0near\0"
	symbols = struct.pack("=IBBHQQ", 1, 2, 0, 1, 4096, 8) * 200000
	at = 64 + 8 + len(symbols)
	section = lambda kind, off, size, link: struct.pack(
	    "=IIQQQQIIQQ", 0, kind, 0, 0, off, size, link, 0, 8, 24)
	sys.stdout = open(sys.argv[1], "wb")
	sys.stdout.write(
	    b"\x7fELF\2" + bytes([1 if sys.byteorder == "little" else 2, 1]) +
	    bytes(9) + struct.pack("=HHIQQQIHHHHHH", 3, 62, 1, 0, 0, at, 0, 64,
	                           56, 0, 64, nr + 1, 0) +
	    names.ljust(8, b"\0") + symbols + section(3, 64, len(names), 0) +
	    section(2, 72, len(symbols), 0) * nr)
	EOF
}

# Files of others, in which a function is looked for
test_bad_binary()
{
	text odd.c 'int hello(void *ctx) { return 0; }'
	many_tables "$tmp/many"
	mkfifo "$tmp/fifo"
	truncate -s 10G "$tmp/zeroes"
	head -c 1000 "$(realpath "$PY")" >"$tmp/cut"
	says 1 'many:x: it is a damaged ELF file' "$tmp/odd.c" \
		-u "$tmp/many:x=hello"
	says 1 'cut:x: it is a damaged ELF file, or is cut short' "$tmp/odd.c" \
		-u "$tmp/cut:x=hello"
	says 1 'zeroes:x: it is no ELF file' "$tmp/odd.c" \
		-u "$tmp/zeroes:x=hello"
	says 1 'fifo:x: it is not a regular file' "$tmp/odd.c" \
		-u "$tmp/fifo:x=hello"
	says 1 'zero:x: it is not a regular file' "$tmp/odd.c" \
		-u /dev/zero:x=hello
	says 1 'tmp:x: it is a directory' "$tmp/odd.c" -u /tmp:x=hello
	says 2 "'uprobe' must be followed by :BINARY:SYMBOL" "$tmp/odd.c" \
		-a hello=uprobe:c
}

test_bad_input()
{
	says 2 'which program'
	says 2 "'b.c' is one program too many" a.c b.c
	says 1 'nosuch.c: No such file' nosuch.c
	says 1 'it is a directory' "$tmp"
	says 1 'it is not a regular file' /dev/zero
	mkfifo "$tmp/fifo.c"
	says 1 'fifo.c: it is not a regular file' "$tmp/fifo.c"
	: >"$tmp/empty.c"
	says 1 'it is empty' "$tmp/empty.c"
	says 1 'it is no text' /bin/sh
	text prose.c 'This is not C.'
	says 1 'does not compile' "$tmp/prose.c"
	text none.c 'static int x;'
	says 1 '0 functions that are not static' "$tmp/none.c"
	text odd.c 'int hello(void *ctx) { return 0; }'
	says 1 'where hello\(\) goes .* -a hello=HOOK' "$tmp/odd.c"
	says 2 'hello=bogus.* is not one of' "$tmp/odd.c" -a hello=bogus
	says 1 'no function other\(\)' "$tmp/odd.c" -a other=xdp
	says 2 'say which interface with -i' "$tmp/odd.c" -a hello=xdp
	says 1 'nosuch0: no such interface' "$tmp/odd.c" -a hello=xdp -i nosuch0
	says 1 'nosuch:event: this kernel has none' "$tmp/odd.c" \
		-a hello=tracepoint:nosuch:event
	mkdir "$tmp/event" && echo 1 >"$tmp/event/id"
	says 1 'event: this kernel has none' "$tmp/odd.c" \
		-a "hello=tracepoint:../../../../..$tmp:event"
	says 1 'it has no such function' "$tmp/odd.c" -u c:nosuch_function=hello
	says 1 'there is no such file' "$tmp/odd.c" -u /nosuch:x=hello
	says 1 'is no ELF file' "$tmp/odd.c" -u /etc/passwd:x=hello
	text large.c 'BPF_HASH(huge, u32, u64, 2147483648);
int xdp_f(struct xdp_md *ctx) { u32 i = 0; huge.increment(i); return 2; }'
	says 1 'maps take more than [0-9]+ MB, half of this machine.s memory \(huge: 2147483648 entries\)' \
		"$tmp/large.c" -i s0
	text license.c '#define BPF_LICENSE Proprietary
BPF_PERF_OUTPUT(e);
int xdp_f(struct xdp_md *ctx) { int i = 0; e.perf_submit(ctx, &i, 4); return 2; }'
	says 1 'refuses xdp_f' "$tmp/license.c" -i s0
	like "$(cat "$tmp/err")" 'GPL' "a license that is not GPL: it is said"
	text long.c 'int xdp_f(struct xdp_md *ctx) { return 2; }'
	long=$(printf '%0127d' 0)
	says 1 'refuses xdp_f|no such interface' "$tmp/long.c" -i nosuch0 \
		-D "BPF_LICENSE=$long"
	says 1 "compile: BPF_LICENSE is longer than 127 characters" \
		"$tmp/long.c" -i s0 -D "BPF_LICENSE=1$long"
	says 1 "compile: BPF_LICENSE is empty" "$tmp/long.c" -i s0 \
		-D BPF_LICENSE=
	text map.c "BPF_ARRAY(m${long:0:63}, u64, 1);
int xdp_f(struct xdp_md *ctx) { return 2; }"
	says 1 "compile: the name of the map m0* is longer than 63 char" \
		"$tmp/map.c" -i s0
	says 1 "compile: the name of the function m0* is longer than 63" \
		"$tmp/long.c" -i s0 -D "xdp_f=m${long:0:63}"
	text bounds.c 'int xdp_f(struct xdp_md *ctx) {
	char *data = (void *)(long)ctx->data;
	return data[12] == X ? 1 : 2;
}'
	says 1 'refuses xdp_f' "$tmp/bounds.c" -i s0 -D X=8
	like "$(cat "$tmp/err")" 'source: bounds.c:3: ' \
		"the verifier's word, with the line behind -D"
	says 1 'does not compile' "$tmp/bounds.c" -i s0
	like "$(cat "$tmp/err")" 'bounds.c:3:[0-9]+: error' "a compiler's word"
	is "$(in_s bpftool -j net show | jq -c '.[0] | [.xdp, .tc]')" \
		'[[],[]]' "nothing is attached"
	is "$("$RUN" --help | awk 'length > 80')" "" "--help: 80 columns"
}

# Unchanged, with the types of this kernel: SCRIPT ARGUMENT... below DIR
DIR=/usr/share/doc/bpfcc-tools/examples
bcc_scripts()
{
	cat <<-'LIST'
	hello_world.py
	networking/simple_tc.py
	networking/net_monitor.py lo
	networking/sockmap.py -c /sys/fs/cgroup
	networking/xdp/xdp_redirect_cpu.py lo 1
	networking/xdp/xdp_redirect_map.py lo lo
	tracing/bitehist.py
	tracing/dddos.py
	tracing/hello_perf_output.py
	tracing/kvm_hypercall.py
	tracing/tcpv4connect.py
	tracing/trace_perf_output.py
	/usr/sbin/tcpaccept-bpfcc
	/usr/sbin/tcpcong-bpfcc
	/usr/sbin/tcpconnect-bpfcc
	/usr/sbin/tcplife-bpfcc
	/usr/sbin/tcpretrans-bpfcc
	/usr/sbin/tcpstates-bpfcc
	/usr/sbin/tcptracer-bpfcc
	LIST
}

# Where this kernel has what they need, they run: NAME OPTION...
bcc_runs()
{
	cat <<-'LIST'
	http-parse-simple -i s0
	kvm_hypercall
	tcpcong
	tcplife
	tcpstates
	tunnel -i s0
	xdp_redirect_cpu -i s0
	xdp_redirect_map -i s0 -a xdp_dummy=none
	hello_perf_output -a hello=tracepoint:syscalls:sys_enter_chdir
	LIST
}

bcc_compile()
{
	local args=() d

	while read -r d; do
		args+=(-D "$d")
	done <"${1%.c}.defines"
	"$RUN" --print-bytecode "${args[@]}" "$1" >"${1%.c}.insns" \
		2>"${1%.c}.err"
}

bcc_extract()
{
	local script args

	mkdir "$tmp/bcc"
	while read -r script args; do
		[[ $script == /* ]] || script=$DIR/$script
		# shellcheck disable=SC2086
		/usr/bin/python3 tests/live/bcc_texts.py "$tmp/bcc" "$script" \
			$args </dev/null >"$tmp/extract" 2>&1 ||
			flunk "$script: has a text" "$(tail -n 1 "$tmp/extract")"
	done < <(bcc_scripts)
	cp "$DIR"/networking/*/*.c "$DIR"/tracing/*.c "$tmp/bcc"
	for f in "$tmp"/bcc/*.c; do
		[ -e "${f%.c}.defines" ] || : >"${f%.c}.defines"
	done
}

test_bcc()
{
	local f name args d

	[ -d $DIR/tracing ] && /usr/bin/python3 -c 'import bcc' 2>/dev/null || {
		skip "the programs that BCC ships" "no bpfcc-tools"
		return
	}
	bcc_extract
	export -f bcc_compile
	export RUN
	printf '%s\n' "$tmp"/bcc/*.c |
		xargs -P "$(nproc)" -I{} bash -c 'bcc_compile {} || : >{}.failed'
	for f in "$tmp"/bcc/*.c; do
		name=$(basename "$f" .c)
		if [ -e "$f.failed" ]; then
			flunk "BCC's $name compiles" "$(cat "${f%.c}.err")"
		else
			pass "BCC's $name compiles"
		fi
	done
	is "$(($(find "$tmp/bcc" -name '*.c' | wc -l) >= 25))" 1 \
		"these are at least 25"
	while read -r name args; do
		while read -r d; do
			args+=" -D $d"
		done <"$tmp/bcc/$name.defines"
		# shellcheck disable=SC2086
		in_s timeout 30 "$RUN" "$tmp/bcc/$name.c" -d 0.1 $args \
			>"$tmp/out" 2>"$tmp/err"
		is "$? $(grep -c ' running ' "$tmp/err")" "0 1" \
			"BCC's $name runs"
	done < <(bcc_runs)
}

lab_up
test_intercept
test_kinds
test_text
test_kernel_functions
test_large_map
test_bad_input
test_bad_binary
test_bcc
finish
