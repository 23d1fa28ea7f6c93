#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The same requests through every hook, against tcpdump. XDP sees the frames of
# the wire, which are those that tcpdump sees leave at the other end; TC, the
# tracepoint and the socket see what GRO made of them, as does tcpdump at this
# end. The bytes are the same for all.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl tcpdump tshark jq

nr_v4=13 nr_v6=7 nr_up=3
nr_requests=$((nr_v4 + nr_v6 + nr_up))
stack=(socket tc tracepoint)
all=xdp,tc,tracepoint,socket,tcp

# Large answers in both directions; the small ones show that none is lost.
requests()
{
	local i

	for ((i = 0; i < nr_v4 - 2; i++)); do
		fetch http://10.77.0.2/ || return
	done
	fetch http://10.77.0.2/big && fetch http://10.77.0.2/big || return
	for ((i = 0; i < nr_v6; i++)); do
		fetch 'http://[fd00:77:0::2]/' || return
	done
	fetch -T "$tmp/www/big" http://10.77.0.2/up1 &&
		fetch -T "$tmp/www/big" 'http://[fd00:77:0::2]/up2' &&
		fetch -T "$tmp/www/big" http://10.77.0.2/up3
}

fetch() { in_c taskset -c 0 curl -gsfo /dev/null "$@"; }

# The cable takes what TCP hands a card that cuts segments itself, and this end
# joins them again. nginx takes uploads.
merge_up()
{
	ip -n "$ns_c" link set c0 gso_max_segs 65535
	ip -n "$ns_s" link set s0 gso_max_segs 65535
	in_s $PY tests/live/hooks.py gro s0 || flunk "GRO on"
	sed -i "s|root $tmp/www;|& dav_methods PUT; client_max_body_size 0;|" \
		"$tmp/nginx.conf"
	kill -HUP "$(cat "$tmp/nginx.pid")"
	wait_until 10 fetch -T "$tmp/www/index.html" http://10.77.0.2/up0 ||
		flunk "nginx takes uploads" "$(cat "$tmp/error.log")"
	lab_settle
}

# LABEL HOOK DIRECTION: SYNs and payload bytes of it
sums()
{
	packets "$1" "select(.hook == \"$2\" and .dir == \"$3\") |
		[.flags == [\"SYN\"], .len] | @tsv" |
	awk '$1 == "true" { syns++ } { bytes += $2 }
		END { print syns + 0, bytes + 0 }'
}

# FILE: the same of cap_lines' output
line_sums()
{
	awk '$7 == 2 { syns++ } { bytes += $11 }
		END { print syns + 0, bytes + 0 }' "$1"
}

# LABEL HOOK [DIRECTION]: like packet_lines, of one hook
hook_lines()
{
	jq -c "select(.hook == \"$2\" and .dir == \"${3-in}\")" \
		"$tmp/$1.out" >"$tmp/$1-$2.out"
	packet_lines "$1-$2"
}

# LABEL HOOK: field by field as on the wire (XDP) or above GRO
same_lines()
{
	local want=$tmp/merged

	[ "$2" != xdp ] || want=$tmp/wire
	hook_lines "$1" "$2" >"$tmp/lines"
	is "$(sort "$tmp/lines")" "$(sort "$want")" \
		"$1, $2: tcpdump's packets, field by field"
	is "$(sums "$1" "$2" in)" "$(line_sums "$tmp/wire")" \
		"$1, $2: SYNs and bytes as on the wire"
}

# LABEL: what connections in their established state get is their payload
tcp_lines()
{
	hook_lines "$1" tcp | awk '$11 > 0' | sort >"$tmp/lines"
	is "$(cat "$tmp/lines")" "$(awk '$11 > 0' "$tmp/merged" | sort)" \
		"$1, tcp: tcpdump's packets that carry something"
	is "$(sums "$1" tcp in)" "0 $(line_sums "$tmp/wire" | cut -d ' ' -f 2)" \
		"$1, tcp: bytes as on the wire, no SYN"
}

# tcpdump looks at both ends; $tmp/wire, $tmp/merged are what it saw arrive
capture_stop()
{
	# A mark for each: it passes both ends in either direction.
	cap_stop near 10.77.0.1
	cap_stop far 10.77.0.2
	cap_lines far s0 'tcp.dstport == 80' >"$tmp/wire"
	cap_lines near s0 'tcp.dstport == 80' >"$tmp/merged"
	cap_lines near s0 'tcp.srcport == 80' >"$tmp/out"
}

# LABEL...: the requests, while these runs go on, and tcpdump's view of them
serve()
{
	local label

	: >"$tmp/access.log"
	cap_start near "$ns_s" s0
	cap_start far "$ns_c" c0
	ok "$1: $nr_requests requests" requests
	lab_settle
	capture_stop
	for label; do
		tool_stop "$label"
		is "${tool_rc[$label]}" 0 "$label: exit status"
		check_summary "$label"
	done
	is "$(line_sums "$tmp/wire" | cut -d ' ' -f 1)" $nr_requests \
		"$1: tcpdump saw a SYN a request"
	is "$(wc -l <"$tmp/access.log")" $nr_requests \
		"$1: as many lines in the server's log"
}

# All hooks in one run; beside it, one for each hook that lets others in.
test_together()
{
	local hook

	tool_start all "$ns_s" -k $all -i s0 -p 80 -o json
	for hook in "${stack[@]}"; do
		tool_start "$hook" "$ns_s" -k "$hook" -i s0 -p 80 -o json
	done
	tool_start outside "$ns_c" -N "$ns_s" -k tc,tracepoint -i s0 -p 80 \
		-o json
	serve all "${stack[@]}" outside
	for hook in xdp "${stack[@]}"; do
		same_lines all "$hook"
	done
	for hook in "${stack[@]}"; do
		same_lines "$hook" "$hook"
	done
	tcp_lines all
	same_lines outside tc
	same_lines outside tracepoint
	is "$(packets all 'select(.hook != "tcp") | .hook' | sort |
		uniq -c | xargs)" \
	   "$(wc -l <"$tmp/merged") socket $(wc -l <"$tmp/merged") tc $(
		wc -l <"$tmp/merged") tracepoint $(wc -l <"$tmp/wire") xdp" \
		"all: each packet once at each hook"
	ok "GRO merged: more frames than packets ($(wc -l <"$tmp/wire"), $(
		wc -l <"$tmp/merged"))" \
		[ "$(wc -l <"$tmp/wire")" -gt "$(wc -l <"$tmp/merged")" ]
}

# Single runs of hooks that change nothing on the way of a packet: without XDP
# the cable carries merged packets as they are.
test_alone()
{
	tool_start alone-xdp "$ns_s" -k xdp -i s0 -p 80 -o json
	serve alone-xdp
	same_lines alone-xdp xdp
	for hook in "${stack[@]}"; do
		tool_start "alone-$hook" "$ns_s" -k "$hook" -i s0 -p 80 -o json
	done
	serve "${stack[@]/#/alone-}"
	for hook in "${stack[@]}"; do
		same_lines "alone-$hook" "$hook"
	done
}

# What leaves passes TC before it is cut into frames, tcpdump after that.
test_out()
{
	tool_start both "$ns_s" -k tc -i s0 -D both -p 80 -o json
	tool_start out "$ns_s" -k tc -i s0 -D out -p 80 -o json
	tool_start client "$ns_c" -k xdp,tc,socket -i c0 -r 80 -o json
	serve both out client
	same_lines both tc
	is "$(sums both tc out)" "$(line_sums "$tmp/out")" \
		"both: SYNs and bytes out as on the wire"
	is "$(hook_lines both tc out)" "$(hook_lines out tc out)" \
		"-D both and -D out: the same packets out"
	is "$(packets out .dir | sort -u)" out "-D out: nothing else"
	for hook in xdp tc socket; do
		is "$(sums client $hook in)" "$(line_sums "$tmp/out")" \
			"client, $hook: SYNs and bytes as the server sent them"
	done
	ok "fewer packets leave at TC than frames on the wire" \
		[ "$(packets out .len | wc -l)" -lt "$(wc -l <"$tmp/out")" ]
}

lab_up
taskset -cp 0 $$ >/dev/null
web_up
merge_up
test_together
test_alone
test_out
finish
