#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# SIGKILL at random moments of start, run and stop, for each hook: the machine
# is as it was before. KILLS (40) in all. (While it compiles: lifecycle.sh.)
#
# Alone: what is left on the machine is compared with what was there.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip tc bpftool jq ps
nr_kills=$(((${KILLS:-40} + 3) / 4))
kinds=(starting running stopping)
# No link of TC's own before 6.6: what is left there goes at the next start.
has_tcx=$(grep -c ' tcx_prog_attach' /proc/kallsyms)

# Of all that were started as $tmp/pids
nr_left() { ps -eo sid= | tr -d ' ' | grep -cxFf "$tmp/pids"; }
are_gone() { [ "$(nr_left)" = 0 ]; }

# A random number of milliseconds below N, as a fraction of a second
moment() { printf '0.%03d' $((RANDOM % $1)); }

# Everything on the server's interfaces that a hook might leave there
doors()
{
	local way

	ip -n "$ns_s" -j -d link show | jq -c '.[] | [.ifname, .qdisc, .xdp,
		.promiscuity, .allmulti, .min_mtu, .max_mtu, .num_tx_queues]'
	in_s bpftool -j net show
	in_s tc qdisc show
	for way in ingress egress; do
		in_s tc filter show dev s0 $way
	done
	in_s cat /proc/net/packet
	in_s grep tcpsnoop /proc/net/unix
}

# PID...: lines "TYPE ID" of the programs, maps and links that they hold
held_by()
{
	local dirs=("${@/%//fdinfo}")

	find "${dirs[@]/#//proc/}" -type f -exec \
		sed -nE 's/^(prog|map|link)_id:\s*([0-9]+)$/\1 \2/p' {} + |
		sort -u
} 2>/dev/null

# Lines "TYPE ID NAME"; a link has the name of its program.
in_kernel()
{
	bpftool -j prog show | jq -r '.[] | "prog \(.id) \(.name)"' |
		tee "$tmp/progs"
	bpftool -j map show | jq -r '.[] | "map \(.id) \(.name)"'
	bpftool -j link show | jq -r '.[] | "link \(.id) \(.prog_id)"' |
		awk 'NR == FNR { name[$2] = $3; next }
			{ print $1, $2, name[$3] }' "$tmp/progs" -
} 2>/dev/null

# What nobody holds and has a name of ours; what others hold comes and goes.
left_in_kernel()
{
	local all

	in_kernel >"$tmp/all"
	mapfile -t all < <(ps -eo pid= | tr -d ' ')
	held_by "${all[@]}" >"$tmp/held"
	awk 'FILENAME ~ /names$/ { names[$1]; next }
		FILENAME ~ /held$/ { held[$1, $2]; next }
		$3 in names && !(($1, $2) in held)' \
		"$tmp/names" "$tmp/held" "$tmp/all"
}

left_in_files()
{
	find /run /tmp -maxdepth 1 -name '*tcpsnoop*'
	find /var/cache/tcpsnoop-c -name '.*' -o -name '*.tmp'
} 2>/dev/null

everything()
{
	doors
	left_in_kernel
	left_in_files
}

# What was not there before, of what was not each time we looked so far: while
# we look, others come and go.
look_again()
{
	everything | grep -vxFf "$tmp/before" | sort >"$tmp/new"
	[ -e "$tmp/left" ] || cp "$tmp/new" "$tmp/left"
	comm -12 "$tmp/left" "$tmp/new" >"$tmp/both"
	mv "$tmp/both" "$tmp/left"
}
is_nothing_left() { look_again && [ ! -s "$tmp/left" ]; }

# LABEL: the three kinds of moments
kill_starting()
{
	sleep "$(moment 150)"
	kill -9 "${tool_pid[$1]}"
}

kill_running()
{
	tool_wait_tracing "$1"
	(knock 20) &
	sleep "$(moment 100)"
	kill -9 "${tool_pid[$1]}"
	wait $!
}

kill_stopping()
{
	tool_wait_tracing "$1"
	(knock 5) &
	sleep "$(moment 30)"
	kill -INT "${tool_pid[$1]}"
	sleep "$(moment 20)"
	kill -9 "${tool_pid[$1]}"
	wait $!
}

# LABEL ARGUMENT...: killed in turn at each kind of moment
kill_often()
{
	local label=$1 i
	shift

	: >"$tmp/pids"
	for ((i = 0; i < nr_kills; i++)); do
		tool_spawn "$label" "$ns_s" "$@"
		echo "${tool_pid[$label]}" >>"$tmp/pids"
		"kill_${kinds[i % 3]}" "$label"
		wait "${tool_pid[$label]}"
	done 2>/dev/null
	wait_until 5 are_gone
	is "$(nr_left)" 0 "$label: no process is left after $nr_kills kills"
}

# LABEL ARGUMENT...: a run that ends well; the names of what it holds
run_well()
{
	tool_start "$1" "$ns_s" "${@:2}" -o json
	knock 3
	# What finds owners starts after the hook, but before the first row.
	wait_until 10 has_packets "$1" 3
	held_by "${tool_pid[$1]}" >"$tmp/held"
	is "$(cut -d ' ' -f 1 "$tmp/held" | uniq | xargs)" "link map prog" \
		"$1: it holds links, maps and programs"
	in_kernel | awk 'NR == FNR { held[$1, $2]; next }
		($1, $2) in held { print $3 }' "$tmp/held" - >>"$tmp/names"
	tool_stop "$1"
	is "${tool_rc[$1]}" 0 "$1: exit status"
	check_summary "$1"
}

# LABEL ARGUMENT...
test_kills()
{
	run_well "$1-before" "${@:2}"
	everything >"$tmp/before"
	kill_often "$@"
	if [[ "$*" == *tc* ]] && [ "$has_tcx" = 0 ]; then
		run_well "$1-next" "${@:2}"
	fi
	rm -f "$tmp/left"
	wait_until 10 is_nothing_left
	is "$(<"$tmp/left")" "" "$1: the machine is as before"
	is "$(doors)" "$(<"$tmp/doors")" "$1: its interfaces are as before"
	run_well "$1-after" "${@:2}"
}

lab_up
doors >"$tmp/doors"
: >"$tmp/names"
test_kills socket -p 80
test_kills tc -k tc -i s0 -p 80
test_kills xdp -k xdp -i s0 -p 80
test_kills tracepoint -k tracepoint -i s0 -p 80
finish
