#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TC where the kernel has no TCX (before 6.6): every tool's filters are known as
# ours by their names, so that all go, at once or at the next start.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip tc jq

bin=$(dirname "$TOOL")
old=$tmp/old
$PY tests/live/no_links.py true 2>"$tmp/err" ||
	skip_all "$(cat "$tmp/err")"

# PROGRAM: TOOL from now on, on such a kernel
tool_is()
{
	printf '#!/bin/sh\nexec %s tests/live/no_links.py %s "$@"\n' \
		$PY "$bin/$1" >"$old"
	chmod +x "$old"
	TOOL=$old
}

# INTERFACE: "WAY NAME" of each filter, and "clsact" when there is one
filters()
{
	local way

	for way in ingress egress; do
		in_s tc filter show dev "$1" $way |
			sed -nE "s/.* handle 0x1 ([a-z_]+):.*/$way \1/p"
	done
	in_s tc qdisc show dev "$1" | grep -o clsact
}

ours=$'ingress tcpsnoop_tc_in\negress tcpsnoop_tc_out\nclsact'

test_check()
{
	tool_is tcpsnoop-c
	in_s "$TOOL" --check >"$tmp/check"
	like "$(cat "$tmp/check")" $'yes  TC hook +attached and off again\n' \
		"--check: TC by a filter"
	is "$(filters lo)" "" "--check: nothing is left on lo"
	is "$(in_s grep -c tcpsnoop /proc/net/unix)" 0 "--check: nor a socket"
}

test_killed()
{
	tool_is tcpsnoop-c
	tool_start killed "$ns_s" -k tc -D both -i s0 -p 80
	is "$(filters s0)" "$ours" "both directions, by name"
	kill -9 "${tool_pid[killed]}"
	wait "${tool_pid[killed]}" 2>/dev/null
	is "$(filters s0)" "$ours" "killed: the filters are still there"
}

# What its functions are called does not matter.
test_another_tool()
{
	cat >"$tmp/tc.c" <<-'END'
	BPF_ARRAY(nr, u64, 1);
	static inline int count(void) { nr.increment(0); return -1; }
	int arriving(struct __sk_buff *skb) { return count(); }
	int leaving(struct __sk_buff *skb) { return count(); }
	END
	tool_is bpfrun-c
	tool_spawn another "$ns_s" -i s0 -a arriving=tc-ingress \
		-a leaving=tc-egress "$tmp/tc.c"
	wait_until 60 grep -q running "$tmp/another.err"
	is "$(filters s0)" "$ours" \
		"bpfrun-c: its filters, and no longer those of the killed one"
	tool_stop another
	is "${tool_rc[another]}" 0 "bpfrun-c: exit status"
	is "$(filters s0)" "" "bpfrun-c: nothing is left"
}

lab_up
test_check
test_killed
test_another_tool
finish
