#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hooks that others use too: what is there stays, decides as before, and is
# named where it is in the way. And what cannot be asked of a hook, and a hook's
# program printed, saved and run again.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq tc clang timeout

hooks=(socket tc xdp tracepoint)

# STATUS ERE ARGUMENT...: one line like ERE and that status, in the server
says()
{
	local want=$1 ere=$2 rc
	shift 2

	in_s timeout -k 1 20 "$TOOL" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	is "exit $rc, $(wc -l <"$tmp/err") line, $(wc -c <"$tmp/out") bytes" \
		"exit $want, 1 line, 0 bytes" "$*: exit $want"
	like "$(cat "$tmp/err")" "^tcpsnoop-c: .*($ere)" "$*: says why"
}

test_usage()
{
	says 2 "'nope'.*socket.*tc.*xdp.*tracepoint" -k nope
	says 2 "'nope'" -k xdp,nope -i s0
	says 2 "''" -k ''
	says 2 "''" -k tc, -i s0
	says 2 '-k tc .*-i' -k tc
	says 2 '-k xdp .*-i' -k xdp
	says 2 '-k xdp .*-i' -k tracepoint,xdp
	says 2 '-k xdp .*-D' -k xdp -D out -i s0
	says 2 '-k xdp .*-D' -k tc,xdp -D both -i s0
	says 2 '-k tracepoint .*-D' -k tracepoint -D both
	says 2 '--print-source .*one hook' -k xdp,tc -i s0 --print-source
	says 2 '--source .*one hook' -k xdp,tc -i s0 --source "$tmp/x.c"
	says 2 'once|twice|already' -k tc,tc -i s0
	says 2 'once|twice|already' -k tc -i s0,s0
	says 2 "''" -k tc -i s0,
	says 2 "'a234567890123456'" -k tc -i a234567890123456
	says 2 'more than 16' -k tc -i "$(seq -s , 17)"
	says 1 'nosuch0' -k tc -i nosuch0
	says 1 'nosuch0' -k xdp -i s0,nosuch0
	says 1 'nosuch0' -k tracepoint -i nosuch0
	says 1 "tcpsnoop_xdp" -k xdp -i s0 --source "$tmp/tc.c"
}

# It attaches to lo, whose packets go on all the same.
test_check()
{
	is "$(in_s $PY tests/live/hooks.py steady "$TOOL" --check)" 0 \
		"--check: no packet is lost on lo"
}

# What --print-source gives is a program for that hook.
test_sources()
{
	local hook

	for hook in "${hooks[@]}"; do
		in_s "$TOOL" -k $hook -i s0 -p 80 --print-source >"$tmp/$hook.c"
		is $? 0 "$hook: --print-source"
		tool_spawn "saved-$hook" "$ns_s" -k $hook -i s0 \
			--source "$tmp/$hook.c" -o json
	done
	for hook in "${hooks[@]}"; do
		tool_wait_tracing "saved-$hook"
	done
	knock 7
	knock 3 10.77.0.2 81
	for hook in "${hooks[@]}"; do
		wait_until 10 has_packets "saved-$hook" 7
		tool_stop "saved-$hook"
		is "$(packets "saved-$hook" '"\(.hook) \(.dport)"' | sort |
			uniq -c | xargs)" "7 $hook 80" "$hook: --source"
		check_summary "saved-$hook"
	done
}

# NAME VALUE: a program that always says VALUE, in $tmp/NAME.o
program()
{
	clang -O2 -target bpf -x c -c -o "$tmp/$1.o" - <<-EOF
	__attribute__((section("theirs"))) int $1(void *ctx) { return $2; }
	char gpl[] __attribute__((section("license"))) = "GPL";
	EOF
}

# What of XDP and TC there is on the server's interfaces
doors()
{
	ip -n "$ns_s" -j -d link show | jq -c '.[] | [.ifname, .xdp]'
	in_s bpftool -j net show | jq -c '.[].tc'
	for i in s0 s1; do
		in_s tc qdisc show dev $i
		in_s tc filter show dev $i ingress
		in_s tc filter show dev $i egress
	done
}

# MODE: a program of theirs, ID; what is there then is in before
foreign_up()
{
	ip -n "$ns_s" link set dev s0 "$1" obj "$tmp/xdp_theirs.o" \
		sec theirs || { flunk "$1: a program"; return; }
	id=$(ip -n "$ns_s" -j link show s0 | jq '.[].xdp.prog.id')
	before=$(doors)
	like "$before" "\"name\":\"xdp_theirs\"" "$1: their program is there"
}

# Ours does not replace it, and where ours cannot be, nothing of it is.
test_foreign_xdp()
{
	local id='' before=''

	foreign_up xdpdrv
	says 1 "s0: program $id \(xdp_theirs\) is there" -k xdp -i s0
	is "$(doors)" "$before" "xdpdrv: afterwards the same, no more"
	ip -n "$ns_s" link set dev s0 xdpdrv off
	foreign_up xdpgeneric
	says 1 "s0: program $id \(xdp_theirs\) is there" -k xdp -i s0
	says 1 "program $id \(xdp_theirs\)" -k tc,xdp -i s0
	says 1 "program $id \(xdp_theirs\)" -k socket,xdp,tc -i s1,s0
	says 1 "program $id \(xdp_theirs\)" -k xdp -i s0 --source "$tmp/xdp.c"
	is "$(doors)" "$before" "xdpgeneric: afterwards the same, no more"
	tool_start beside "$ns_s" -k tc,socket,tracepoint -i s0 -p 80 -o json
	knock 3
	wait_until 10 has_packets beside 9
	tool_stop beside
	is "$(packets beside .hook | sort | uniq -c | xargs)" \
		"3 socket 3 tc 3 tracepoint" "xdpgeneric: the other hooks work"
	is "$(doors)" "$before" "xdpgeneric: and leave it there"
	ip -n "$ns_s" link set dev s0 xdpgeneric off
}

test_second_xdp()
{
	tool_start first "$ns_s" -k xdp -i s0 -p 80 -o json
	says 1 'program [0-9]+ \(tcpsnoop_xdp\) is there' -k xdp -i s0
	knock 5
	wait_until 10 has_packets first 5
	tool_stop first
	is "$(packets first .hook | wc -l)" 5 "a second XDP: the first goes on"
	check_summary first
}

# HOOK: of two runs, each sees all, also when the other ends
test_two()
{
	tool_start one "$ns_s" -k "$1" -i s0 -p 80 -o json
	tool_start two "$ns_s" -k "$1" -i s0 -p 80 -o json
	knock 5
	wait_until 10 has_packets two 5
	tool_stop one
	knock 4
	tool_start three "$ns_s" -k "$1" -i s0 -p 80 -o json
	knock 2
	wait_until 10 has_packets two 11
	tool_stop two
	knock 1
	wait_until 10 has_packets three 3
	tool_stop three
	is "$(for label in one two three; do
		packets $label .hook | wc -l
	done | xargs)" "5 11 3" "$1: several runs at once"
}

# SECONDS: what is said to an attempt to connect within them
answers() { in_c timeout "$1" bash -c ': </dev/tcp/10.77.0.2/80' 2>&1; }

# NAME WAY WANT: a filter of theirs that drops, goes on dropping
test_foreign_tc()
{
	local before

	# Dropped is also what would find the client's address again.
	ip -n "$ns_s" neigh replace 10.77.0.1 dev s0 \
		lladdr "$(mac_of "$ns_c" c0)"
	in_s tc qdisc add dev s0 clsact &&
		in_s tc filter add dev s0 "$2" bpf da obj "$tmp/tc_drops.o" \
			sec theirs || { flunk "$1: a filter"; return; }
	before=$(doors)
	like "$before" "tc_drops" "$1: their filter is there"
	is "$(answers 0.2)" "" "$1: it drops"
	tool_start "$1" "$ns_s" -k tc -i s0 -D both -p 80 -o json
	is "$(answers 0.2)" "" "$1: it drops while we look"
	wait_until 10 has_packets "$1" $(($(wc -w <<<"$3") / 2))
	tool_stop "$1"
	is "$(packets "$1" '"\(.dir) \(.flags | sort | join("+"))"' | sort -u |
		xargs)" "$3" "$1: we see what it drops"
	is "$(doors)" "$before" "$1: the same is there afterwards"
	is "$(answers 0.2)" "" "$1: and drops"
	in_s tc qdisc del dev s0 clsact
	like "$(answers 5)" refused "$1: without it, nothing is dropped"
}

lab_up
lab_cable c1 s1 10.78.0 fd00:78:0
program xdp_theirs 2 && program tc_drops 2 || flunk "clang makes programs"
at_first=$(doors)
test_sources
test_usage
test_check
test_foreign_xdp
test_second_xdp
for hook in socket tc tracepoint; do
	test_two $hook
done
test_foreign_tc ingress ingress "in SYN"
test_foreign_tc egress egress "in SYN out ACK+RST"
is "$(doors)" "$at_first" "at the end nothing is left"
finish
