#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Interfaces and namespaces that go, come and change during a run.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq bpftool
all=xdp,tc,tracepoint,socket
stack=socket,tracepoint
ns_x=tsx$$
trap 'ip netns del "$ns_x" 2>/dev/null; cleanup' EXIT

# PREFIX: a run with all hooks on s1, and one without -i
start_both()
{
	tool_start "$1" "$ns_s" -k $all -i s1 -p 80 -o json
	tool_start "$1-any" "$ns_s" -k $stack -p 80 -o json
}

# PREFIX N: they have shown N packets at each hook
have_seen()
{
	wait_until 10 has_packets "$1" $((4 * $2)) &&
		wait_until 10 has_packets "$1-any" $((2 * $2)) ||
		flunk "$1: shows $2 packets a hook"
}

# LABEL ERE: wait until it says so; it looks at the names each second
says()
{
	wait_until 10 grep -qE "$2" "$tmp/$1.err" ||
		flunk "$1: says $2" "$(cat "$tmp/$1.err")"
}

# An interface that was there at the start, and one with the same name later:
# the tracepoint knows the old one by its number.
test_gone()
{
	start_both gone
	knock 3 10.78.0.2
	have_seen gone 3
	ip -n "$ns_s" link del s1
	says gone 's1 is gone'
	knock 2
	lab_cable c1 s1 10.78.0 fd00:78:0
	says gone 's1 is back'
	knock 4 10.78.0.2
	hooks_saw gone-any $stack 2 s0 7 s1
	ends_saying gone 24 "7 socket,7 tc,3 tracepoint,7 xdp" .hook \
		"what came back is traced again"
	like "$(cat "$tmp/gone.err")" 's1 is back.* tracepoint' \
		"gone: says which hook does not follow"
}

# Of two interfaces one goes: the other one goes on.
test_half_gone()
{
	tool_start half "$ns_s" -k $all -i s0,s1 -p 80 -o json
	knock 3 10.78.0.2
	wait_until 10 has_packets half 12
	ip -n "$ns_s" link del s1
	knock 2
	hooks_saw half $all 2 s0 3 s1
	lab_cable c1 s1 10.78.0 fd00:78:0
}

# An interface that was not there at the start, with an awkward name
test_new()
{
	local name='a"\b'

	tool_start new "$ns_s" -k $stack -p 80 -o json
	lab_cable c2 "$name" 10.79.1 fd00:79:1
	knock 5 10.79.1.2
	hooks_saw new $stack 5 "$name"
	tool_start awkward "$ns_s" -k $all -i "$name" -p 80 -o json
	knock 2 10.79.1.2
	hooks_saw awkward $all 2 "$name"
	is "$(tail -n 1 "$tmp/awkward.out" | jq -r '.hooks[].ifname' |
		sort -u)" "$name" "the summary: an awkward name"
	ip -n "$ns_s" link del "$name"
}

# Some kernels rename only what is down.
rename()
{
	ip -n "$ns_s" link set "$1" name "$2" 2>/dev/null && return
	ip -n "$ns_s" link set "$1" down
	ip -n "$ns_s" link set "$1" name "$2"
	ip -n "$ns_s" link set "$2" up
}

# -i means a name: hooks leave what no longer has it. The tracepoint goes by
# the number, and what it knows of names is a second old at most.
test_renamed()
{
	start_both renamed
	knock 3 10.78.0.2
	have_seen renamed 3
	rename s1 t1
	says renamed 's1 is gone'
	sleep 1.1
	knock 4 10.78.0.2
	hooks_saw renamed-any $stack 3 s1 4 t1
	rename t1 s1
	says renamed 's1 is back'
	knock 2 10.78.0.2
	wait_until 10 has_packets renamed 23
	ends_saying renamed 24 "5 socket,5 tc,9 tracepoint,5 xdp" .hook \
		"by its name"
}

# Down and up, another MTU, another address
test_down_up()
{
	start_both down
	knock 3 10.78.0.2
	have_seen down 3
	ip -n "$ns_s" link set s1 down
	in_c timeout 0.2 bash -c ': </dev/tcp/10.78.0.2/80' 2>/dev/null
	ip -n "$ns_s" link set s1 up
	ok "down: its MTU can be changed" ip -n "$ns_s" link set s1 mtu 9000
	ip -n "$ns_s" link set s1 address 02:00:00:00:00:77
	ip -n "$ns_c" neigh flush dev c1
	knock 4 10.78.0.2
	hooks_saw down $all 7 s1
	hooks_saw down-any $stack 7 s1
}

# Whoever wants our XDP program away must stop us.
test_taken()
{
	tool_start taken "$ns_s" -k xdp,tc -i s1 -p 80 -o json
	is "$(ip -n "$ns_s" link set s1 xdp off 2>/dev/null
		ip -n "$ns_s" link set s1 xdpgeneric off 2>/dev/null
		ip -n "$ns_s" link show s1 | grep -o tcpsnoop_xdp)" \
		tcpsnoop_xdp "our XDP program stays while we run"
	knock 3 10.78.0.2
	hooks_saw taken tc,xdp 3 s1
	is "$(ip -n "$ns_s" link show s1 | grep -c xdp)" 0 "and no longer"
}

lacks_c3() { ! ip -n "$ns_c" link show c3; } >/dev/null 2>&1

# HOOK: its name goes; the run keeps it, as long as it is.
test_namespace_ends()
{
	ip netns add "$ns_x"
	ip link add c3 netns "$ns_c" type veth peer name s3 netns "$ns_x"
	ip -n "$ns_c" addr add 10.80.0.1/24 dev c3
	ip -n "$ns_x" addr add 10.80.0.2/24 dev s3
	ip -n "$ns_c" link set c3 up
	ip -n "$ns_x" link set s3 up
	tool_start "ends-$1" "$ns_c" -N "$ns_x" -k "$1" -i s3 -p 80 -o json
	knock 3 10.80.0.2
	ip netns del "$ns_x"
	knock 4 10.80.0.2
	hooks_saw "ends-$1" "$1" 7 s3
	ok "ends-$1: the namespace is gone" wait_until 10 lacks_c3
}

lab_up
lab_cable c1 s1 10.78.0 fd00:78:0
test_gone
test_half_gone
test_new
test_renamed
test_down_up
test_taken
for hook in socket tc xdp tracepoint; do
	test_namespace_ends $hook
done
hooks_are_clear
finish
