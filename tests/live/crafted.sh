#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Crafted frames (the table is frames.py): what is malformed never shows as
# something it is not, and what only looks odd shows as it is. Watched through
# each hook: incoming with and without a filter, where the kernel has taken the
# first VLAN tag off or, at XDP and the tracepoint, not yet; and outgoing, where
# all tags are still in the frame.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq
$PY -c 'import scapy' 2>/dev/null || skip_all "no python3-scapy here"
craft=tests/live/crafted.py
hooks=(tc xdp tracepoint)

# LABEL DIRECTION PORT
check()
{
	$PY $craft check "$2" "$3" "$tmp/$1.out" >"$tmp/$1.rows" 2>"$tmp/err" ||
		flunk "$1: the output can be read" "$(tail -n 1 "$tmp/err")"
	verdicts "$1: " <"$tmp/$1.rows"
}

has_last() { grep -q '"sport":65000,' "$tmp/$1.out"; }

lab_up
# The longest frame must fit.
ip -n "$ns_c" link set c0 mtu 4000
ip -n "$ns_s" link set s0 mtu 4000
tool_start port80 "$ns_s" -p 80 -o json
tool_start any "$ns_s" -o json
tool_start any-tc "$ns_s" -k tc -i s0 -o json
tool_start leaving "$ns_c" -D out -r 80 -o json
tool_start leaving-tc "$ns_c" -k tc -i c0 -D out -r 80 -o json
for hook in "${hooks[@]}"; do
	tool_start "$hook" "$ns_s" -k "$hook" -i s0 -p 80 -o json
done
ok "all frames are sent" in_c $PY $craft send c0 \
	"$(ip -n "$ns_s" -j link show s0 | jq -r '.[].address')"
for label in port80 any any-tc leaving leaving-tc "${hooks[@]}"; do
	wait_until 10 has_last $label || flunk "$label: the last frame shows"
	tool_stop $label
	is "${tool_rc[$label]}" 0 "$label: exit status"
	check_summary $label
done
check port80 in 80
check any in 0
check any-tc in 0
check leaving out 80
check leaving-tc out 80
for hook in "${hooks[@]}"; do
	check "$hook" in 80
done
finish
