#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tcpwhy-c: each kind of failing attempt provoked for real, each attempt with
# one verdict; none for those that succeed.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
TOOL=$(realpath -m "${BUILD:-build}/tcpwhy-c")
need ip jq nstat

# LABEL JQ-FILTER: the failures
failures() { jq -r "select(.type == \"failure\") | $2" "$tmp/$1.out"; }

# LABEL N: so many have been told
has_failures() { [ "$(grep -c '"failure"' "$tmp/$1.out")" -ge "$2" ]; }

test_kinds()
{
	local why

	why=$(wall_up 'chain in {
		type filter hook input priority 0; tcp dport 86 drop; }')
	[ -z "$why" ] || skip "refused by a firewall" "$why"
	tool_start all "$ns_s" -W 3 -o json
	tool_start port "$ns_c" -N "$ns_s" -p 82 -W 3 -o json
	tool_start text "$ns_s" -W 3
	in_s nstat -n
	ok "the peer has sent all" in_c $PY tests/live/attempts.py peer c0 \
		"$(mac_of "$ns_s" s0)" $PEER 10.77.0.2
	knock 3 fd00:77:0::2 81
	wait_until 10 has_failures all 42
	wait_until 10 has_failures port 5
	sleep 1
	in_s nstat -j >"$tmp/nstat"
	for label in all port text; do
		tool_stop $label
	done
	check_totals all
	check_totals port
	is "$(failures all '"\(.dport) \(.verdict)"' | sort | uniq -c |
		sed 's/^ *//')" "\
11 81 nobody-listens
5 82 queue-full
5 83 syn-dropped
2 84 reset-by-client
3 84 synack-unanswered
11 85 reset-by-application$(
	[ -n "$why" ] || printf '\n5 86 firewall')" \
	   "all: each attempt has its verdict"
	is "$(failures all '"\(.saddr) \(.sport) \(.dport) \(.seq)"' | sort |
		uniq -d)" "" "all: one verdict an attempt"
	is "$(failures port '"\(.dport) \(.verdict)"' | sort | uniq -c |
		xargs)" "5 82 queue-full" "port: -p, from another namespace"
	is "$(awk 'length > 100 && !/\[/' "$tmp/text.out")" "" \
	   "text: within 100 columns"
	is "$(tail -n +2 "$tmp/text.out" | wc -l)" \
	   "$(failures all .type | wc -l)" "text: as many rows"
}

test_evidence()
{
	is "$(failures all 'select(.dport == 82) |
		"\(.queued) \(.limit) \(.acks_dropped)"' | sort | uniq -c |
		xargs)" "2 5 4 0 3 5 4 1" "the queue's length and limit"
	is "$(in_s ss -Hltn sport = :82 | awk '{ print $2, $3 }')" "5 4" \
	   "ss agrees"
	is "$(jq '.kernel.TcpExtListenOverflows' "$tmp/nstat")" 5 \
	   "nstat agrees: each overflow"
	is "$(failures all 'select(.dport == 83) | "\(.reason) \(.syns)"' |
		sort -u)" "SOCKET_FILTER 1" "why a SYN is dropped"
	is "$(failures all 'select(.verdict == "synack-unanswered") |
		.synack_retransmits >= 1' | sort -u)" true \
	   "unanswered: it was sent again"
	is "$(failures all 'select(.dport == 81) | .function' | sort |
		uniq -c | xargs)" "8 tcp_v4_rcv 3 tcp_v6_rcv" "the function"
	is "$(jq '.kernel.TcpAttemptFails' "$tmp/nstat")" \
	   "$(failures all 'select(.verdict == "reset-by-client") | .type' |
		wc -l)" "nstat agrees: resets in the handshake"
}

test_success()
{
	tool_start good "$ns_s" -W 2 -o json
	ok "800 connections, IPv4 to a socket of both" \
		in_c $PY tests/live/attempts.py good 10.77.0.2 800
	ok "200 connections, IPv6" \
		in_c $PY tests/live/attempts.py good fd00:77:0::2 200
	sleep 3
	tool_stop good
	check_totals good
	is "$(failures good .verdict)" "" "good: no verdict on any"
	is "$(tail -n 1 "$tmp/good.out" | jq -c '[.seen, .filtered]')" \
	   "[1000,1000]" "good: each was seen"
	is "$(tail -n 1 "$tmp/good.out" | jq -c '[.hooks[] | .matched]')" \
	   "[0]" "good: none came to user space"
}

lab_up
refusals_up tests/live/attempts.py
test_kinds
test_evidence
test_success
finish
