# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For guest.sh: whose packets they are, and the tools beside tcpsnoop-c.

row_owners()
{
	local nr

	if ! "$TOOLS/tcpsnoop-c" --help | grep -q -- --pid; then
		absent "no option --pid"
		return
	fi
	run_owners owners && works "$nr segments of $nr with pid and comm"
}

# LABEL: segments with an owner; false, with the verdict, if one lacks it
run_owners()
{
	if ! trace_start "$1" tcpsnoop-c -v -i eth0 -p 80 -o json; then
		failed "$(complaint "$1")"
		return 1
	fi
	# What finds owners is compiled once the tool traces.
	read_errors 'sockets, in'
	talk_owned "$1" 80 "$server_pid"
}

# LABEL PORT PID: of its server
talk_owned()
{
	talk 10.77.0.1 "$2" "$nr_payload"
	trace_stop
	nr=$(count "$1" ".pid == $3 and .comm != null and
		(.flags | index(\"PSH\"))")
	is "$nr" "$nr_payload" "data segments with the server's process"
}

# What finds owners rests until a packet matches.
row_waking()
{
	local line nr fd pid

	if ! trace_start waking tcpsnoop-c -v -i eth0 -p 82 -f psh -o json; then
		failed "$(complaint waking)"
		return
	fi
	read_errors 'once a packet matches'
	mkfifo "$tmp/late"
	spawn server "$py" -IS "$here/peer.py" serve 82 >"$tmp/late" &
	pid=$!
	exec {fd}<"$tmp/late"
	read -r -t "$limit" -u "$fd" line
	talk_owned waking 82 "$pid" &&
		works "$nr segments of $nr with pid and comm"
	kill "$pid"
	exec {fd}<&-
}

# Where a function must stand in for a tracepoint, it did in the run above,
# which is made now if that row was not asked for.
owners_ran() { [ -e "$OUT/owners.err" ] || run_owners owners; }

row_functions()
{
	local way said nr

	owners_ran || return
	way=$("$TOOLS/tcpsnoop-c" --check |
		sed -nE 's/^(yes|no) +kernel functions +//p')
	said=$(sed -n 's/.*owners: sending shows //p' "$OUT/owners.err")
	case $way in
	"by fentry") works "${said:-not needed}" ;;
	"by kprobe") falls_back_on kprobe "${said:-not needed}" ;;
	*) refused "no functions" "$way" ;;
	esac
	[ -z "$said" ] || [[ $said == *", $way" ]] || failed "$said"
}

# The function's other way, where it is needed
row_kprobe()
{
	local nr said

	owners_ran || return
	grep -q 'owners: sending shows' "$OUT/owners.err" || {
		absent "no function is needed"
		return
	}
	export LD_PRELOAD=$TOOLS/no_fentry.so
	run_owners kprobe
	local is_right=$?
	unset LD_PRELOAD
	((!is_right)) || return
	said=$(sed -n 's/.*owners: sending shows //p' "$OUT/kprobe.err")
	if [[ $said == *", by kprobe" ]]; then
		falls_back_on kprobe "$nr segments of $nr with pid and comm"
	else
		failed "sending shows $said"
	fi
}

# TOOL PORT N [ARGUMENT...]: its records while there are N connections to PORT;
# false, with the verdict, when it is not there or does not run
run_tool()
{
	if ! has_tool "$1"; then
		absent "no $1 here"
		return 1
	fi
	if ! trace_start "$1" "$1" -o json "${@:4}"; then
		failed "$(complaint "$1")"
		return 1
	fi
	talk 10.77.0.1 "$2" "$3"
	trace_stop
	is "$trace_status" 0 "exit status"
}

# LABEL JQ-CONDITION JQ: of the array of its records for which it holds
of_records()
{
	jq -rs "map(select(.type != \"summary\") | select($2)) | $3" \
		"$OUT/$1.out"
}

row_tcplife()
{
	run_tool tcplife-c 80 "$nr4" || return
	is "$(of_records tcplife-c '.type == "connection" and .lport == 80' \
		length)" "$nr4" "connections" || return
	works "$nr4 connections of $nr4"
}

row_tcpdrop()
{
	local about='.type == "drop" and .dport == 81' reasons

	run_tool tcpdrop-c 81 "$nr_closed" || return
	is "$(of_records tcpdrop-c "$about" 'map(.count) | add')" "$nr_syn" \
		"drops of refused SYNs" || return
	reasons=$(of_records tcpdrop-c "$about" \
		'map(.reason // "none") | unique | join(" ")')
	case $reasons in
	NO_SOCKET) works "$nr_syn drops, $reasons" ;;
	none) falls_back_on "no reasons" "$nr_syn drops" ;;
	*) failed "reasons: $reasons" ;;
	esac
}

# Each attempt to connect to a closed port has a verdict, and the right one.
row_tcpwhy()
{
	local about='.type == "failure" and .dport == 81'

	run_tool tcpwhy-c 81 "$nr_closed" || return
	is "$(of_records tcpwhy-c "$about" length)" "$nr_closed" \
		"attempts with a verdict" || return
	is "$(of_records tcpwhy-c "$about" 'map(.verdict) | unique | .[]')" \
		"nobody-listens" "verdict" || return
	works "$nr_closed verdicts nobody-listens"
}

# What a rule refuses, so that the peer need not wait for its answer
wall_up()
{
	in_ns server nft -f - 2>&1 <<-EOR
	table ip wall {
		chain in {
			type filter hook input priority 0;
			tcp dport 82 reject with tcp reset
		}
	}
	EOR
}

row_firewall()
{
	local about='.dport == 82 and .reason == "NETFILTER_DROP"' said

	command -v nft >/dev/null || { absent "no nft here"; return; }
	said=$(wall_up) || { failed "${said%%$'\n'*}"; return; }
	run_tool tcpdrop-c 82 "$nr_closed" || return
	is "$(of_records tcpdrop-c "$about" 'map(.count) | add')" "$nr_syn" \
		"drops by the rule" || return
	run_tool tcpwhy-c 82 "$nr_closed" || return
	is "$(of_records tcpwhy-c "$about and .verdict == \"firewall\"" \
		length)" "$nr_closed" "verdicts" || return
	works "$nr_syn drops, $nr_closed verdicts firewall"
}

# Each door is passed once for each connection that is taken
row_bpfrun()
{
	local door

	if ! trace_start bpfrun bpfrun-c -o json "$here/doors.c"; then
		failed "$(complaint bpfrun)"
		return
	fi
	talk 10.77.0.1 80 "$nr4"
	trace_stop
	is "$trace_status" 0 "exit status" || return
	for door in 1 2 3; do
		is "$(jq "select(.map == \"calls\" and .key == $door).value" \
			"$OUT/bpfrun.out")" "$nr4" "calls at door $door" ||
			return
	done
	works "$nr4 connections at each"
}
