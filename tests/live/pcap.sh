#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# pcap-filter(7) at each hook, over crafted frames (tags, options, fragments,
# extension headers): what tcpdump finds in a capture of the same, as far as it
# is a TCP segment. tests/unit/pcap_test.c has many more expressions.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip tcpdump jq nginx curl

hooks=(socket tc xdp tracepoint tcp)
expressions=(
	'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and net 10.0.0.0/8'
	'vlan and vlan'
	'ip6 protochain 6'
	'ip[0] & 0xf > 5'
	'greater 76 and not ip6'
	'len > 80 or ether host 02:00:00:00:00:02'
)

craft=tests/live/crafted.py
$PY -c 'import scapy' 2>/dev/null || skip_all "no python3-scapy here"

has_last() { grep -q '"sport":65000,' "$tmp/$1.out"; }

# LABEL HOOK [ARGUMENT...]
spawn_tool()
{
	tool_spawn "$1" "$ns_s" --no-owner --compile-limit 120 -k "$2" -i s0 \
		-o json "${@:3}"
}

# LABEL...: all frames pass while these run; the first shows them all
send_to()
{
	local label

	for label; do
		tool_wait_tracing "$label"
	done
	in_c $PY $craft send c0 "$mac" || flunk "all frames are sent"
	wait_until 10 has_last "$1" || flunk "$1: the last frame shows"
	lab_settle
	for label; do
		tool_stop "$label"
		is "${tool_rc[$label]}" 0 "$label: exit status"
	done
}

# LABEL ALL EXPRESSION: as tcpdump, among those that a run without words shows
check()
{
	tcpdump -nr "$tmp/near.pcap" -w "$tmp/part.pcap" "$3" 2>/dev/null
	$PY tests/live/pcap.py "$tmp/part.pcap" | sort -u >"$tmp/theirs"
	packets "$2" .sport | sort -u >"$tmp/all"
	comm -12 "$tmp/theirs" "$tmp/all" >"$tmp/want"
	is "$(packets "$1" .sport | sort)" "$(cat "$tmp/want")" "$1: $3"
	ok "$1: neither none nor all" [ "$(wc -l <"$tmp/want")" -gt 0 -a \
		"$(wc -l <"$tmp/want")" -lt "$(wc -l <"$tmp/all")" ]
}

lab_up
mac=$(ip -n "$ns_s" -j link show s0 | jq -r '.[].address')
ip -n "$ns_c" link set c0 mtu 4000
ip -n "$ns_s" link set s0 mtu 4000
spawn "$ns_s" tcpdump -Z root -i s0 -Q in -U -B 16384 -s 4096 \
	-w "$tmp/near.pcap" 2>"$tmp/near.cap" &
cap_pid[near]=$! cap_ns[near]=$ns_c
pids+=($!)
wait_until 10 grep -q 'listening on' "$tmp/near.cap" ||
	flunk "tcpdump listens" "$(cat "$tmp/near.cap")"

labels=()
declare -A which=([socket]="${!expressions[*]}" [tc]="0 1" [tracepoint]="0 2")
for hook in socket tc tracepoint; do
	spawn_tool $hook-all $hook
	labels+=("$hook-all")
	for i in ${which[$hook]}; do
		spawn_tool $hook-$i $hook "${expressions[i]}"
		labels+=("$hook-$i")
	done
done
# On all interfaces it must tell links apart by itself; words and other options
# must all hold.
tool_spawn any "$ns_s" --no-owner -o json "${expressions[4]}"
spawn_tool both socket -p 80 -e 'len > 0' tcp and ip
spawn_tool joined socket 'tcp and ip and dst port 80 and
	(ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) > 0)'
send_to "${labels[@]}" any both joined
# The mark comes from the other end: only what comes in is captured.
cap_stop near 10.77.0.2
for hook in socket tc tracepoint; do
	for i in ${which[$hook]}; do
		check $hook-$i $hook-all "${expressions[i]}"
	done
done
check any socket-all "${expressions[4]}"
is "$(packets both .sport | sort)" "$(packets joined .sport | sort)" \
	"words, -p and -e together"

# XDP has one place on an interface.
spawn_tool xdp-all xdp
send_to xdp-all
for i in 0 1; do
	spawn_tool xdp-$i xdp "${expressions[i]}"
	spawn_tool xdp-by$i tc
	send_to xdp-by$i xdp-$i
	check xdp-$i xdp-all "${expressions[i]}"
done

# What Linux itself sends has its payload in pages of its own, which the packet
# socket must look into.
web_up
tool_start pieces "$ns_s" --no-owner -o json \
	'tcp[(tcp[12] & 0xf0) >> 2:4] = 0x47455420'
ok "a request is answered" web_answers
wait_until 10 has_packets pieces 1 || flunk "pieces: the request shows"
tool_stop pieces
is "$(packets pieces '"\(.dport) \(.len > 4)"')" "80 true" \
	"a payload that is not in the packet's first piece"

# Words, an expression and the packets' bytes in one program: the most that a
# verifier is to follow.
for hook in "${hooks[@]}"; do
	tool_start full-$hook "$ns_s" --no-owner -k $hook -i s0 -x -o json \
		-e 'mss == 0 && !(tsval && tsval == tsecr)' \
		'tcp[tcpflags] & tcp-push != 0 and dst port 80'
	ok "full-$hook: a request is answered" web_answers
	wait_until 10 has_packets full-$hook 1 ||
		flunk "full-$hook: the request shows"
	tool_stop full-$hook
	is "${tool_rc[full-$hook]}" 0 "full-$hook: exit status"
	is "$(packets full-$hook '"\(.hook) \(.len > 4)"')" "$hook true" \
		"full-$hook: the request, once"
done

# NAME RC WORDS...: on stderr, in one line
wrong()
{
	in_s timeout 20 "$TOOL" -i "${link-s0}" "${@:3}" >"$tmp/out" \
		2>"$tmp/err"
	is "$? $(wc -l <"$tmp/err") $(wc -c <"$tmp/out")" "2 1 0" \
		"$1: exit status, one line"
	like "$(cat "$tmp/err")" "^tcpsnoop-c: .*$2" "$1: says why"
}

wrong "a port by a wrong name" "unknown port 'htpp'" tcp port htpp
wrong "a syntax error" "syntax error" 'tcp and and'
wrong "another link type's" "'wlan" wlan type mgt
wrong "nothing" "the filter is empty" ''
wrong "5,000 parentheses" "parenthes|syntax error|overflow|exhausted" \
	"$(printf '(%.0s' {1..5000})tcp"
wrong "100 kB" "more than 65536 characters" "$(printf 'tcp or %.0s' {1..15000})tcp"
wrong "more than libpcap can do in a second" "needs more than 1 s" \
	--compile-limit 1 "port $(seq -s ' or port ' 1 900)"
wrong "a host that is none" "unknown host|no.such" host no.such.host.invalid
in_s ip tuntap add mode tun tun7 2>/dev/null &&
	link=tun7 wrong "Ethernet, on a link without" "only on ethernet" ether host 1:2:3:4:5:6
finish
