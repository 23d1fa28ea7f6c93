#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A CPU that goes offline and comes back does not end a run, and what its
# buffer could not take is counted.
#
# Alone: it takes a CPU away.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq taskset flock
# One at a time may switch a CPU.
exec 9>/run/lock/tcpsnoop-c-cpu && flock 9
cpu=$(($(getconf _NPROCESSORS_CONF) - 1))
switch=/sys/devices/system/cpu/cpu$cpu/online
[ $cpu -gt 0 ] || skip_all "one CPU only"
[ "$(cat $switch 2>/dev/null)" = 1 ] || skip_all "CPU $cpu has no switch"
trap 'echo 1 >$switch; cleanup' EXIT
{ echo 0 >$switch; } 2>"$tmp/err" ||
	skip_all "CPU $cpu does not go off: $(cat "$tmp/err")"
echo 1 >$switch

# LABEL MATCHED
check_account()
{
	tool_stop "$1"
	is "${tool_rc[$1]}" 0 "$1: exit status"
	is "$(tail -n 1 "$tmp/$1.out" | jq -c '[.matched,
		.matched == .shown + ([.lost[]] | add),
		.seen == .filtered + .matched]')" "[$2,true,true]" \
		"$1: every packet is accounted for"
}

lab_up
tool_start online "$ns_s" -p 80 -o json
knock 3 10.77.0.2 80 0
knock 5 10.77.0.2 80 $cpu
ok "a lap on each CPU" wait_until 10 has_packets online 8
echo 0 >$switch
knock 7 10.77.0.2 80 0
ok "packets show while a CPU is off" wait_until 10 has_packets online 15
tool_start offline "$ns_s" -p 80 -o json
knock 2 10.77.0.2 80 0
ok "a start while a CPU is off" wait_until 10 has_packets offline 2
echo 1 >$switch
knock 2 10.77.0.2 80 0
knock 11 10.77.0.2 80 $cpu
ok "packets show after it came back" wait_until 10 has_packets offline 4
check_account online 30
check_account offline 15

# Stopped, the tool cannot have sent what waits there before the CPU goes.
tool_start waiting "$ns_s" -p 80 -o json
kill -STOP "${tool_pid[waiting]}"
knock 6 10.77.0.2 80 $cpu
echo 0 >$switch
kill -CONT "${tool_pid[waiting]}"
check_account waiting 6
is "$(packets waiting .dport | sort | uniq -c | xargs)" "6 80" \
	"what waited on a CPU that went shows at the end"
echo 1 >$switch
finish
