#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What another user does to the account of whose packets these are: he fills the
# table of owners, listens thousands of times, listens and connects where others
# do. Nothing of his shows as root's, or root's as his; what cannot be known is
# counted.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq ss "$PY"
NR_FLOOD=17200		# connections: two entries each, the table has 32768
NR_LISTENERS=5000
stranger=1000
sure='len > 0 || flags & SYN' # no ACK that comes when its time has come
declare -A order_fd=() pid_of=()

# LABEL NAMESPACE UID NAME COMMAND...: a process of strangers.py, which is ready
person()
{
	local label=$1 ns=$2 fd
	shift 2
	mkfifo "$tmp/$label.in"
	spawn "$ns" "$PY" tests/live/strangers.py "$@" <"$tmp/$label.in" \
		>"$tmp/$label.says" 2>"$tmp/$label.err" &
	pids+=($!)
	exec {fd}>"$tmp/$label.in"
	order_fd[$label]=$fd
	wait_until 60 grep -q ready "$tmp/$label.says" ||
		flunk "$label is ready" "$(cat "$tmp/$label.err")"
	pid_of[$label]=$(sed -n 's/ready //p' "$tmp/$label.says")
}

nr_done() { grep -c 'done' "$tmp/$1.says"; }
has_done() { [ "$(nr_done "$1")" -ge "$2" ]; }

# LABEL ORDER...
order()
{
	local label=$1 what
	shift
	for what; do
		local nr
		nr=$(nr_done "$label")
		echo "$what" >&"${order_fd[$label]}"
		wait_until 10 has_done "$label" $((nr + 1)) ||
			flunk "$label: $what" "$(cat "$tmp/$label.err")"
	done
}

# LABEL: it ends, with all that it has made
leave()
{
	kill -KILL -- "-${pid_of[$1]}"
	wait_until 10 is_gone "${pid_of[$1]}" || flunk "$1 ends"
}

# LABEL NAMESPACE ARGUMENT...: until it has looked for owners
tool_start_settled()
{
	tool_start "$1" "$2" -v -o json "${@:3}"
	wait_until 30 grep -q 'owners: .* sockets, in' "$tmp/$1.err" ||
		flunk "$1: looks for owners" "$(cat "$tmp/$1.err")"
}

# LABEL PORT: how many packets to it; and "IFNAME PID KIND" of them, each once
nr_to() { packets "$1" "select(.dport == $2) | .seq" | wc -l; }
owners_to()
{
	packets "$1" "select(.dport == $2) | \"\(.ifname) \(.pid // \"-\") \(
		.owner // \"own\")\"" | sort -u
}

# LABEL JQ-FILTER: of its last line
summary() { tail -n 1 "$tmp/$1.out" | jq -c "$2"; }

# LABEL N: N connections, one after the other, with a byte there and back
visit()
{
	local i

	for ((i = 0; i < $2; i++)); do
		order "$1" open talk close
	done
}

# LABEL: packets that the server sends to root's clients, and whose they are
nr_got() { packets "$1" 'select(.sport == 8300) | .seq' | wc -l; }
pids_of() { packets "$1" 'select(.sport == 8300) | .pid' | sort -u | xargs; }
has_all() { [ "$(nr_got "$1")" -ge "$(nr_got all)" ]; }

# Three clients: of a connection that is older than the tools, of one that comes
# to be when there are too many, of some that come and go then
test_flood()
{
	person server "$ns_c" 0 server serve 0.0.0.0 8300
	person old "$ns_s" 0 mine connect 10.77.0.1 8300
	order old open talk
	tool_start_settled whose "$ns_s" -i s0 -n mine --strict -e "$sure"
	tool_start_settled few "$ns_s" -i s0 -n mine --strict -e "$sure" \
		--max-owners 1024
	tool_start all "$ns_s" -i s0 -r 8300 -e "$sure" --no-owner -o json
	person flood "$ns_s" $stranger stranger flood $NR_FLOOD
	person guest "$ns_s" 0 mine connect 10.77.0.1 8300
	person late "$ns_s" 0 mine connect 10.77.0.1 8300
	order late open talk
	visit guest 10
	order old talk talk talk
	wait_until 10 has_all whose
	tool_stop whose
	is "$(nr_got whose)" "$(nr_got all)" \
		"after $NR_FLOOD connections of another user: all packets show"
	is "$(summary whose .lost.owner) ${tool_rc[whose]}" "0 0" \
		"and no process is unknown"
	is "$(pids_of whose)" "$(printf '%s\n' "${pid_of[old]}" \
		"${pid_of[late]}" "${pid_of[guest]}" | sort | xargs)" \
		"whose they are"
}

knows_late() { pids_of few | grep -q "${pid_of[late]}"; }
late_is_known()
{
	order late talk
	knows_late
}

# The same where there is no room for them all, until there is again
test_few()
{
	knows_late && flunk "few: knows what there is no room for"
	leave flood
	ok "few: once there is room a connection that had none is known" \
		wait_until 10 late_is_known
	tool_stop all
	tool_stop few
	check_summary few "$(summary few .lost.owner)"
	is "$(summary few '.shown + .lost.owner')" "$(nr_got all)" \
		"few: each packet shows or counts as unknown"
	ok "few: those of 11 connections do, mostly" \
		[ "$(summary few .lost.owner)" -ge 11 ]
	is "${tool_rc[few]}" 3 "few: --strict says so"
	like "$(cat "$tmp/few.err")" \
		'there is room for the owners of 1024 connections' \
		"few: and so does a warning"
	like "$(cat "$tmp/few.err")" \
		"LOST [0-9]+: [0-9]+ of an unknown process" \
		"few: and the summary"
	is "$(pids_of few)" "$(printf '%s\n' "${pid_of[old]}" \
		"${pid_of[late]}" | sort | xargs)" "few: what shows is right"
}

test_listeners()
{
	person served "$ns_s" 0 served serve 0.0.0.0 8310
	person guest3 "$ns_c" 0 guest connect 10.77.0.2 8310
	order guest3 open talk
	person crowd "$ns_s" $stranger stranger crowd $NR_LISTENERS
	tool_start_settled many "$ns_s" -i s0
	order guest3 talk
	wait_until 5 has_packets many 2
	tool_stop many
	is "$(grep -c 'cannot look' "$tmp/many.err")" 0 \
		"$NR_LISTENERS listeners of another user: the snapshot succeeds"
	is "$(owners_to many 8310)" "s0 ${pid_of[served]} own" \
		"and older connections are known"
	leave crowd
}

# One port, two devices, two users
test_devices()
{
	person on_lo "$ns_s" $stranger stranger serve 0.0.0.0 8400 lo
	person on_s0 "$ns_s" 0 served serve 0.0.0.0 8400 s0
	tool_start_settled devices "$ns_s"
	person guest_s0 "$ns_c" 0 guest connect 10.77.0.2 8400
	person guest_lo "$ns_s" 0 guest connect 127.0.0.1 8400
	visit guest_s0 3
	visit guest_lo 3
	wait_until 5 eval '[ $(nr_to devices 8400) -ge 20 ]'
	tool_stop devices
	is "$(packets devices 'select(.dport == 8400 and .flags == ["SYN"]) |
		"\(.ifname) \(.pid) \(.owner)"' | sort -u | xargs)" \
	   "lo ${pid_of[on_lo]} listener s0 ${pid_of[on_s0]} listener" \
		"one port on two devices: each SYN is of who listens there"
	is "$(packets devices 'select(.dport == 8400 and .pid and
		(.owner | not)) | "\(.ifname) \(.pid)"' | sort -u | xargs)" \
	   "lo ${pid_of[on_lo]} s0 ${pid_of[on_s0]}" "and so are the others"
}

# Two processes share a port: whose a SYN is cannot be told.
test_shared_port()
{
	local syns='select(.dport == 8500 and .flags == ["SYN"])'

	person one "$ns_s" $stranger one serve 0.0.0.0 8500 "" shares
	tool_start_settled shared "$ns_s" -i s0
	person guest5 "$ns_c" 0 guest connect 10.77.0.2 8500
	visit guest5 3
	wait_until 5 eval '[ $(packets shared "$syns | .seq" | wc -l) -ge 3 ]'
	person two "$ns_s" $stranger two serve 0.0.0.0 8500 "" shares
	tool_start_settled of_two "$ns_s" -i s0 -n two
	visit guest5 12
	wait_until 5 eval '[ $(packets shared "$syns | .seq" | wc -l) -ge 15 ]'
	tool_stop shared
	tool_stop of_two
	is "$(packets shared "$syns | .pid" | uniq -c | xargs)" \
		"3 ${pid_of[one]} 12 null" \
		"two share a port: a SYN is of the one that is there, of no one then"
	ok "what was accepted is of who did" [ "$(packets shared 'select(
		.dport == 8500 and .pid and (.owner | not)) | .comm' |
		sort -u | xargs)" = "one two" ]
	check_summary of_two "$(summary of_two .lost.owner)"
	ok "for a filter they are unknown" \
		[ "$(summary of_two .lost.owner)" -ge 12 ]
	is "$(packets of_two .comm | sort -u)" two "a filter shows only sure ones"
}

has_retransmitted()
{
	in_s ss -Htnoi state syn-sent "sport = :8600" | grep -q 'retrans:'
}

# Both ends of root's connection, by another device
test_same_ends()
{
	person far "$ns_c" 0 far serve 0.0.0.0 8601
	person near "$ns_s" 0 near connect 10.77.0.1 8601 s0 8600
	order near open talk
	tool_start_settled ends "$ns_s" -i s0
	tool_start_settled ends_of "$ns_s" -i s0 -P "${pid_of[near]}"
	order near talk
	person thief "$ns_s" $stranger thief attempt 10.77.0.1 8601 lo 8600
	wait_until 10 has_retransmitted || flunk "it tries again"
	order near talk talk talk
	wait_until 5 eval '[ $(nr_to ends 8600) -ge 5 ]'
	sleep 0.1
	tool_stop ends
	tool_stop ends_of
	is "$(packets ends 'select(.dport == 8600) | .pid' | uniq | xargs)" \
		"${pid_of[near]} null" \
		"another socket has the same ends: nobody is said to be it"
	is "$(summary ends_of '.shown + .lost.owner')" \
		"$(nr_to ends 8600)" "and what may be asked for is not dropped"
}

lab_up
test_flood
test_few
test_listeners
test_devices
test_shared_port
test_same_ends
finish
