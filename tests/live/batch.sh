#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Events that are sent several at a time: bursts on two CPUs, at all hooks, with
# pauses in which some wait. Each shows, in order, however the programs send
# them, and while the run goes on.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq taskset tshark
lab_up
mac=$(ip -n "$ns_s" -j link show s0 | jq -r ".[0].address")
mapfile -t cpus < <(taskset -pc $$ | sed 's/.*: //' | tr ',' '\n' |
	while IFS=- read -r a b; do seq "$a" "${b:-$a}"; done | head -n 2)

bursts()
{
	local cpu senders=()

	for cpu in "${cpus[@]}"; do
		in_c $PY tests/live/batch.py send c0 "$mac" "$cpu" &
		senders+=($!)
	done
	wait "${senders[@]}"
}

# The C text of a run, changed by a SED-SCRIPT
changed()
{
	in_s "$TOOL" -i s0 -p 80 --print-source >"$tmp/is.c"
	sed "$2" "$tmp/is.c" >"$tmp/$1.c"
	ok "$1: there is something to change" \
		[ "$(diff "$tmp/is.c" "$tmp/$1.c" | wc -l)" -gt 0 ]
}

# LABEL HOOKS ARGUMENT...: all that is sent shows before the run is stopped
shows()
{
	local total=$((3000 * ${#cpus[@]} * $2))

	tool_start "$1" "$ns_s" -i s0 -p 80 -o json --no-owner "${@:3}"
	bursts
	ok "$1: all show while it runs" wait_until 10 has_packets "$1" "$total"
	tool_stop "$1"
	is "${tool_rc[$1]}" 0 "$1: exit status"
	check_summary "$1"
	is "$($PY tests/live/batch.py check "$2" ${#cpus[@]} <"$tmp/$1.out")" \
		"" "$1: each once, in order"
}

shows socket 1
shows hooks 4 -k xdp,tc,socket,tracepoint
shows at-once 1 --wakeup 1
shows payload 1 -x
# With the packets' bytes: each has its own.
shows captures 2 -k socket,tc -s 60 -w "$tmp/captures.pcapng"
is "$(tshark -nr "$tmp/captures.pcapng" -Y 'tcp.dstport == 80' -T fields \
	-e tcp.srcport -e tcp.seq_raw -e ip.src -e frame.comment 2>/dev/null |
	sed 's/hook //' | md5sum)" \
   "$(packets captures 'select(.dport == 80) |
	"\(.sport)\t\(.seq)\t\(.saddr)\t\(.hook)"' | md5sum)" \
	"captures: the file has the bytes of each"
# As on a kernel that has no way to ask for what waits
changed never-asked '/^int events_flush/,/^}/d'
shows never-asked 1 --source "$tmp/never-asked.c"
changed own-field 's/__u32 saddr_be;/__u32 own[3];\n\t&/; s/ev\.hook = HOOK;/& ev.own[0] = 47;/'
shows own-field 1 --source "$tmp/own-field.c"
is "$(packets own-field '.own[0]' | sort | uniq -c | awk '{ print $1, $2 }')" \
	"$((3000 * ${#cpus[@]})) 47" "own-field: it is there in each"
finish
