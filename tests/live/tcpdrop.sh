#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpdrop-c: drops of every kind that can be provoked here, each in an exact
# number, against the kernel's own counters.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
TOOL=$(realpath -m "${BUILD:-build}/tcpdrop-c")
need ip jq nstat tcpdump tshark

# LABEL JQ-FILTER: the drops
drops() { jq -r "select(.type == \"drop\") | $2" "$tmp/$1.out"; }

# LABEL JQ-FILTER: how many drops there are of each
counted()
{
	drops "$1" "\"\\(.count)\\t\\($2)\"" |
		awk -F '\t' '{ nr[$2] += $1 }
			END { for (k in nr) print nr[k], k }' |
		sort -k2
}

# LABEL N: so many have been told
has_drops()
{
	[ "$(jq -s 'map(.count // 0) | add' "$tmp/$1.out")" -ge "$2" ]
}

# LABEL: what holds in every summary
check_drops()
{
	check_totals "$1"
	is "$(jq -s 'map(.count // 0) | add' "$tmp/$1.out")" \
	   "$(tail -n 1 "$tmp/$1.out" | jq .shown)" \
	   "$1: the counts add up to what was shown"
}

provoke()
{
	ok "the peer has sent all" in_c $PY tests/live/drops.py peer c0 \
		"$(mac_of "$ns_s" s0)" $PEER 10.77.0.2
	# shellcheck disable=SC2016
	in_c bash -c 'for i in 1 2 3 4 5; do
		: </dev/tcp/fd00:77:0::2/81; done' 2>/dev/null
	# Our own on the way out, and another namespace's.
	in_s timeout 0.3 bash -c ': </dev/tcp/10.77.0.1/90' 2>/dev/null
	in_s bash -c 'for i in 1 2 3; do : </dev/tcp/10.77.0.1/91; done' \
		2>/dev/null
}

test_kinds()
{
	local why nr_all=268

	why=$(wall_up 'counter refused { }
		chain in { type filter hook input priority 0;
			tcp dport 89 counter name refused drop; }
		chain out { type filter hook output priority 0;
			tcp dport 90 drop; }')
	[ -z "$why" ] || nr_all=237
	tool_start all "$ns_s" -o json
	tool_start each "$ns_s" -a -o json
	tool_start outside "$ns_c" -N "$ns_s" -o json
	tool_start elsewhere "$ns_c" -p 81-91 -o json
	tool_start file "$ns_s" -w "$tmp/drops.pcapng" -o json
	in_s nstat -n
	provoke
	for label in all each outside file; do
		wait_until 10 has_drops $label $nr_all ||
			flunk "$label: shows all drops"
	done
	for label in all each outside elsewhere file; do
		tool_stop $label
		check_drops $label
	done
	in_s nstat -j >"$tmp/nstat"
	is "$(counted all '"\(.dport) \(.reason) \(.flags | join("+"))"')" "\
106 81 NO_SOCKET SYN
11 82 TCP_CSUM SYN
3 83 TCP_LISTEN_OVERFLOW ACK
13 84 SOCKET_FILTER SYN
7 85 TCP_ACK_UNSENT_DATA PSH+ACK
5 85 TCP_INVALID_SEQUENCE PSH+ACK
3 85 TCP_OLD_DATA PSH+ACK
1 86 TCP_ABORT_ON_DATA PSH+ACK
17 87 TCP_MINTTL SYN
29 88 IP_RPFILTER SYN
23 88 PKT_TOO_SMALL SYN
19 88 TCP_FLAGS FIN+SYN$(
	[ -n "$why" ] || printf '\n31 89 NETFILTER_DROP SYN')" \
	   "all: each reason as often as it was provoked"
	[ -z "$why" ] || skip "a firewall's drops" "$why"
	test_counters "$why"
	for label in each outside; do
		is "$(counted $label '"\(.dport) \(.reason)"')" \
		   "$(counted all '"\(.dport) \(.reason)"')" \
		   "$label: the same as all"
	done
	test_file
	is "$(counted elsewhere '"\(.dport) \(.reason)"')" "3 91 NO_SOCKET" \
	   "elsewhere: the drops of its own namespace alone"
}

# Each drop by itself, with its reason, though repeats are folded in the rows.
test_file()
{
	is "$(tshark -r "$tmp/drops.pcapng" -T fields -e tcp.dstport \
		-e frame.comment -e ip.src 2>"$tmp/tshark.err" |
		sed -nE 's/(.*)\thook tracepoint reason (.*)\t.*/\1 \2/p' |
		sort | uniq -c | sed 's/^ *//' | sort -k2)" \
	   "$(counted all '"\(.dport) \(.reason)"')" \
	   "file: every drop and its reason, as tshark reads it"
	is "$(grep -v "^Running as" "$tmp/tshark.err")" "" "file: tshark has nothing to complain of"
	is "$(tcpdump -nr "$tmp/drops.pcapng" 'dst port 82' 2>/dev/null |
		grep -c 'Flags \[S\]')" 11 "file: tcpdump reads it too"
}

# The kernel's own counts of the same.
test_counters()
{
	local name want got

	while read -r name want; do
		got=$(jq ".kernel.$name // 0" "$tmp/nstat")
		is "$got" "$want" "nstat agrees: $name"
	done <<-EOF
	TcpInCsumErrors $(of TCP_CSUM)
	TcpExtListenOverflows $(of TCP_LISTEN_OVERFLOW)
	TcpExtBeyondWindow $(of TCP_INVALID_SEQUENCE)
	TcpExtDelayedACKLost $(of TCP_OLD_DATA)
	TcpExtTCPAbortOnData $(of TCP_ABORT_ON_DATA)
	TcpExtTCPMinTTLDrop $(of TCP_MINTTL)
	TcpExtIPReversePathFilter $(of IP_RPFILTER)
	TcpInErrs $(($(of TCP_CSUM) + $(of PKT_TOO_SMALL)))
	TcpOutRsts $(($(of NO_SOCKET) + $(of TCP_ABORT_ON_DATA)))
	EOF
	[ -n "$1" ] || is "$(in_s nft -j list counter ip wall refused |
		jq '.nftables[].counter.packets // empty')" \
		"$(of NETFILTER_DROP)" "nft agrees: NETFILTER_DROP"
}

# REASON: how many "all" has
of()
{
	counted all .reason |
		awk -v r="$1" '$2 == r { n = $1 } END { print n + 0 }'
}

test_folding()
{
	is "$(drops each .count | sort -u)" 1 "each: a row for each drop"
	is "$(drops all 'select(.dport == 81 and .ip == 4) | .count' | head -n 1)" \
	   1 "all: the first of many shows by itself"
	ok "all: its repeats are folded" test "$(drops all \
		'select(.dport == 81 and .ip == 4) | .count' | wc -l)" -lt 10
	is "$(drops each '.meaning | length > 20' | sort -u)" true \
	   "each: a meaning with every reason"
	is "$(drops each '[.ifname, .ip, .saddr, .sport, .len, .win, .ttl,
		(.function | length > 0), .offset > 0] | @tsv' | grep -c true)" \
	   "$(drops each .type | wc -l)" "each: every field"
}

test_function()
{
	is "$(drops each 'select(.reason == "TCP_CSUM") | .function' |
		sort -u)" tcp_v4_rcv "the function"
	is "$(drops each 'select(.dport == 81 and .ip == 6) |
		"\(.function) \(.saddr) \(.wirelen)"' | sort | uniq -c | xargs)" \
	   "5 tcp_v6_rcv fd00:77::1 94" "IPv6"
}

test_filters()
{
	tool_start port "$ns_s" -p 81,92-94 -o json
	tool_start few "$ns_s" -a -c 3 -o json
	tool_start six "$ns_s" -6 -i s0 -o json
	tool_start expr "$ns_s" -i lo -e 'dport == 81' -o json
	tool_start text "$ns_s"
	knock 7 10.77.0.2 81
	knock 5 10.77.0.2 95
	knock 2 fd00:77:0::2 81
	in_s bash -c ': </dev/tcp/127.0.0.1/81' 2>/dev/null
	wait_until 10 has_drops port 10
	for label in port few six expr text; do
		tool_stop $label
		is "${tool_rc[$label]}" 0 "$label: exit status"
	done
	is "$(counted port .dport)" "10 81" "port: -p 81"
	is "$(drops few .count | xargs)" "1 1 1" "few: -c 3"
	is "$(counted six '"\(.ifname) \(.ip)"')" "2 s0 6" "six: -6 -i s0"
	is "$(counted expr '"\(.ifname) \(.ip)"')" "1 lo 4" "expr: -e -i lo"
	is "$(awk 'length > 100' "$tmp/text.out")" "" "text: within 100 columns"
	is "$(grep -c NO_SOCKET "$tmp/text.out")" 15 "text: a row a drop"
	is "$(grep -c 'tcpdrop-c: NO_SOCKET: nobody listens' "$tmp/text.err")" \
	   1 "text: the meaning is said once"
}

# Connections that go well lose nothing that this tool would show.
test_success()
{
	tool_start quiet "$ns_s" -p 88 -o json
	in_c bash -c 'for ((i = 0; i < 50; i++)); do
		: </dev/tcp/10.77.0.2/88; done'
	tool_stop quiet
	is "$(drops quiet .reason)" "" "quiet: nothing of 50 good connections"
}

# The peer's FIN comes to a queue that nobody reads any more.
test_unread_fin()
{
	local times=13

	tool_start fin "$ns_s" -p 96 -o json
	spawn "$ns_s" $PY -c "
import socket
s = socket.create_server(('10.77.0.2', 96))
print('ready', flush=True)
for i in range($times):
	s.accept()[0].close()
" >"$tmp/late.out" &
	pids+=($!)
	wait_until 10 grep -q ready "$tmp/late.out"
	in_c bash -c "for ((i = 0; i < $times; i++)); do
		cat </dev/tcp/10.77.0.2/96; done"
	wait_until 10 is_settled "$ns_s"
	tool_stop fin
	is "$(drops fin .reason)" "" "fin: $times closed by both ends lost nothing"
	ok "fin: and the kernel freed them as drops" [ "$(tail -n 1 \
		"$tmp/fin.out" | jq .filtered)" -ge $times ]
}

lab_up
refusals_up tests/live/drops.py
in_s sysctl -qw net.ipv4.conf.all.rp_filter=1
test_kinds
test_folding
test_function
test_filters
test_success
test_unread_fin
finish
