#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# NR_OLD connections (100,000) are open before the tools start. They start as
# quickly, know whose the packets of those connections are, and stay small.
#
# Alone: it makes 100,000 connections.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq ps
NR_OLD=${NR_OLD:-100000}
nr_some=97
port=20000

# "KEY VALUE" of a process's status, in kB
kb_of() { awk -v key="$2:" '$1 == key { print $2 }' "/proc/$1/status"; }

# Two sockets of a connection take some 8 kB, to be safe 20.
fit()
{
	local room=$(($(awk '$1 == "MemAvailable:" { print $2 }' \
		/proc/meminfo) / 20))

	[ $room -lt "$NR_OLD" ] || return
	skip "$NR_OLD connections" "there is memory for $room"
	NR_OLD=$room
}

crowd_up()
{
	ip netns add "$ns_s" && ip -n "$ns_s" link set lo up || exit 1
	# Who connects finds a port at once only among those of one parity.
	in_s sysctl -qw net.ipv4.ip_local_port_range="1024 65535" \
		net.core.somaxconn=65535
	mkfifo "$tmp/orders"
	spawn "$ns_s" $PY tests/live/crowd.py $port "$NR_OLD" \
		<"$tmp/orders" >>"$tmp/crowd.out" 2>"$tmp/crowd.err" &
	pids+=($!)
	exec 7>"$tmp/orders"
	wait_until 60 grep -q full "$tmp/crowd.out" ||
		flunk "$NR_OLD are open" "$(cat "$tmp/crowd.err")"
	is "$(in_s ss -Htn state established | wc -l)" $((2 * NR_OLD)) \
		"$NR_OLD connections are open"
}

# COMMAND N: what crowd.py says goes to $tmp/COMMAND
crowd()
{
	: >"$tmp/crowd.out"
	echo "$1 $2" >&7
	wait_until 20 grep -q 'done' "$tmp/crowd.out" ||
		flunk "$1: of the crowd" "$(cat "$tmp/crowd.err")"
	grep -v 'done' "$tmp/crowd.out" >"$tmp/$1"
}

# FILE: the ends of each connection with their processes
both_ends() { awk '{ print $3, $1, $4; print $1, $3, $2 }' "$1" | sort; }

ms_since() { echo $(((${EPOCHREALTIME/./} - ${1/./}) / 1000)); }

# With -v it says so. Before that, what finds owners may have to be compiled.
has_looked() { grep -q 'owners: .* sockets, in' "$tmp/$1.err"; }

# Only what is in the machine may take time; it is compiled beforehand.
test_snoop()
{
	local since ms

	tool_start warm "$ns_s" -i lo -e 'len > 0' -o json -v
	wait_until 20 has_looked warm
	tool_stop warm
	since=$EPOCHREALTIME
	tool_start snoop "$ns_s" -i lo -e 'len > 0' -o json -v
	ms=$(ms_since "$since")
	ok "snoop: traces at once ($ms ms)" [ "$ms" -lt 2000 ]
	since=$EPOCHREALTIME
	wait_until 20 has_looked snoop
	ms=$(ms_since "$since")
	ok "snoop: has looked at all of them ($ms ms)" [ "$ms" -lt 8000 ]
	crowd talk $nr_some
	wait_until 10 has_packets snoop $((2 * nr_some))
	ok "snoop: is small ($(kb_of "${tool_pid[snoop]}" VmHWM) kB)" \
		[ "$(kb_of "${tool_pid[snoop]}" VmHWM)" -lt 32768 ]
	tool_stop snoop
	is "${tool_rc[snoop]}" 0 "snoop: exit status"
	check_summary snoop
	is "$(packets snoop '"\(.dport) \(.sport) \(.pid)"' | sort)" \
		"$(both_ends "$tmp/talk")" \
		"snoop: $nr_some of the connections, both ends: whose they are"
	is "$(packets snoop .owner | sort -u)" null \
		"snoop: and not the listener's"
}

# While it still looks, nobody is named who is not it.
test_early()
{
	tool_start early "$ns_s" -i lo -e 'len > 0' -o json
	crowd talk $nr_some
	wait_until 10 has_packets early $((2 * nr_some))
	tool_stop early
	check_summary early
	is "$(packets early 'select(.pid) | "\(.dport) \(.sport) \(.pid)"' |
		sort | comm -23 - <(both_ends "$tmp/talk"))" "" \
		"early: nobody else's"
	comment <<<"early: $(packets early 'select(.pid) | .pid' | wc -l) of $((
		2 * nr_some)) are known"
}

# Those of one process among all of them
test_pid()
{
	local pid

	pid=$(awk 'NR == 50 { print $4 }' "$tmp/talk")
	tool_start pid "$ns_s" -P "$pid" -e 'len > 0' -o json
	crowd talk $nr_some
	wait_until 10 has_packets pid "$(grep -c " $pid\$" "$tmp/talk")"
	tool_stop pid
	check_summary pid
	is "$(packets pid '"\(.dport) \(.sport) \(.pid)"' | sort)" \
		"$(both_ends "$tmp/talk" | grep " $pid\$")" \
		"pid: the packets of one process, all of them"
}

# LABEL N: so many connections have been told
has_lives() { [ "$(grep -c '"connection"' "$tmp/$1.out")" -ge "$2" ]; }

test_life()
{
	TOOL=$(realpath -m "${BUILD:-build}/tcplife-c")
	tool_start life "$ns_s" -o json
	crowd close $nr_some
	wait_until 10 has_lives life $((2 * nr_some))
	ok "life: is small ($(kb_of "${tool_pid[life]}" VmHWM) kB)" \
		[ "$(kb_of "${tool_pid[life]}" VmHWM)" -lt 32768 ]
	tool_stop life
	is "${tool_rc[life]}" 0 "life: exit status"
	is "$(jq -r 'select(.type == "connection") |
		"\(.lport) \(.rport) \(.pid)"' "$tmp/life.out" | sort)" \
		"$(both_ends "$tmp/close")" \
		"life: $nr_some connections, both ends: whose they were"
	is "$(jq -r 'select(.type == "connection") | .opened' \
		"$tmp/life.out" | sort -u)" before \
		"life: opened before the start"
}

fit
crowd_up
test_snoop
test_early
test_pid
test_life
finish
