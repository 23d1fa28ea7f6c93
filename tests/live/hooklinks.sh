#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each hook on each kind of link: payload byte by byte, frames of several
# buffers, tags that the device took off, no link header, several interfaces,
# namespaces. (Tags within the frame, IP options, fragments: crafted.sh.)

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq tc clang
hooks=(socket tc tracepoint xdp)
all=xdp,tc,tracepoint,socket

# LABEL WANT JQ-FILTER NAME: how often it says what
sees() { is "$(packets "$1" "$3" | sort | uniq -c | xargs)" "$2" "$1: $4"; }

# LABEL WANT JQ-FILTER NAME: the same for each hook of $all
each_sees()
{
	local hook

	for hook in "${hooks[@]}"; do
		sees "$1" "$2" "select(.hook == \"$hook\") | $3" "$hook: $4"
	done
}

sink_up()
{
	spawn "$ns_s" $PY tests/live/hooks.py sink 80 >"$tmp/sink" &
	pids+=($!)
	wait_until 10 grep -q ready "$tmp/sink" || flunk "a server starts"
}

# FILE: sends it over one connection
upload()
{
	in_c bash -c "cat '$1' >/dev/tcp/10.77.0.2/80"
	lab_settle
}

# LABEL FILE HOOK...: it showed FILE, and all of it at the end
check_payload()
{
	local label=$1 file=$2 hook link
	shift 2

	for hook; do
		case $hook in
		xdp | tc) link=14 ;;
		*) link=0 ;;
		esac
		$PY tests/live/hooks.py payload "$hook" $link \
			"$tmp/$label.out" "$file" 2>"$tmp/err" >"$tmp/rows" ||
			flunk "$label: can be read" "$(tail -n 1 "$tmp/err")"
		verdicts "$label: the payload at " <"$tmp/rows"
	done
}

test_payload()
{
	head -c 60013 /dev/urandom >"$tmp/data"
	tool_start hex "$ns_s" -k $all -x -i s0 -p 80 -o json
	like "$(ip -n "$ns_s" link show s0)" ' xdp ' "XDP runs in the driver"
	upload "$tmp/data"
	ends_with hex 30
	check_payload hex "$tmp/data" "${hooks[@]}"
	tool_start hex-tc "$ns_s" -k tc -x -i s0 -p 80 -o json
	upload "$tmp/data"
	ends_with hex-tc 10
	check_payload hex-tc "$tmp/data" tc
}

# A frame that does not fit in a page comes in several buffers.
test_jumbo()
{
	ip -n "$ns_c" link set c0 mtu 9000
	ip -n "$ns_s" link set s0 mtu 9000
	tool_start jumbo "$ns_s" -k $all -x -i s0 -p 80 -o json
	like "$(ip -n "$ns_s" link show s0)" ' xdp ' \
		"jumbo frames: XDP runs in the driver"
	upload "$tmp/data"
	ends_with jumbo 10
	is "$(packets jumbo 'select(.hook == "xdp") | .len' | sort -n |
		tail -n 1)" 8948 "jumbo: whole frames"
	# The tracepoint shows what is in one piece, which is less here.
	check_payload jumbo "$tmp/data" xdp tc socket
	ip -n "$ns_c" link set c0 mtu 1500
	ip -n "$ns_s" link set s0 mtu 1500
}

# The sender's side puts the tag beside the frame, as a device that takes tags
# off does on arrival. XDP's frame is without it then.
test_tag_beside()
{
	cat >"$tmp/push.c" <<-EOF
	typedef unsigned short u16;
	static long (*push)(void *, u16, u16) = (void *)18;
	__attribute__((section("tc/push"))) int push_tag(void *skb)
	{
		push(skb, 0x0081, 5);
		return 0;
	}
	char gpl[] __attribute__((section("license"))) = "GPL";
	EOF
	clang -O2 -target bpf -c -o "$tmp/push.o" "$tmp/push.c" 2>"$tmp/err" &&
		in_c tc qdisc add dev c0 clsact &&
		in_c tc filter add dev c0 egress bpf da obj "$tmp/push.o" \
			sec tc/push 2>"$tmp/err" || {
		flunk "a filter that puts tags on" "$(cat "$tmp/err")"
		return
	}
	# Nobody answers to tagged ARP.
	ip -n "$ns_c" neigh replace 10.77.0.2 dev c0 lladdr \
		"$(ip -n "$ns_s" -j link show s0 | jq -r '.[].address')"
	tool_start tagged "$ns_s" -k $all -i s0 -p 80 -o json
	in_c timeout 0.5 bash -c ': </dev/tcp/10.77.0.2/80' 2>/dev/null
	ends_with tagged 4
	in_c tc qdisc del dev c0 clsact
	sees tagged "1 socket 5 78 1 tc 5 78 1 tracepoint 5 78 1 xdp null 74" \
		'"\(.hook) \(.vlan) \(.wirelen)"' "the tag, where it is known"
}

test_tun()
{
	[ -c /dev/net/tun ] || { skip "tun" "no /dev/net/tun"; return; }
	$PY -c 'import scapy' 2>/dev/null || { skip tun "no scapy"; return; }
	mkfifo "$tmp/go"
	in_s $PY tests/live/links.py tun tun0 40 <"$tmp/go" >"$tmp/links.out" \
		2>&1 &
	pids+=($!)
	exec 8>"$tmp/go"
	if ! wait_until 20 grep -q ready "$tmp/links.out"; then
		flunk "tun: opens" "$(cat "$tmp/links.out")"
		return
	fi
	tool_start tun "$ns_s" -k $all -i tun0 -p 80 -o json
	tool_start answers "$ns_s" -k tc -i tun0 -D out -p 80 -o json
	echo >&8
	ends_with tun 160
	ends_with answers 40
	exec 8>&-
	each_sees tun "10 4 0 40 10 4 0 48 10 6 0 68 10 6 7 67" \
		'"\(.ip) \(.len) \(.wirelen)"' "what the device was given"
	each_sees tun "$(for ((i = 10000; i < 10040; i++)); do
		echo "1 $i"; done | xargs)" .sport "each segment once"
	sees answers "40 tun0 out RST+ACK" \
		'"\(.ifname) \(.dir) \(.flags | sort | reverse | join("+"))"' \
		"the kernel's answers go out of it"
}

test_interfaces()
{
	lab_cable c1 s1 10.78.0 fd00:78:0
	lab_cable c2 s2 10.79.1 fd00:79:1
	tool_start two "$ns_s" -k $all -i s0,s1 -p 80 -o json
	tool_start one "$ns_s" -k tc,tracepoint,socket -i s1 -p 80 -o json
	tool_start every "$ns_s" -k tracepoint,socket -p 80 -o json
	knock 7
	knock 11 10.78.0.2
	knock 13 10.79.1.2
	ends_with two 72
	ends_with one 33
	ends_with every 62
	each_sees two "7 s0 11 s1" .ifname "-i s0,s1"
	sees one "11 socket s1 11 tc s1 11 tracepoint s1" \
		'"\(.hook) \(.ifname)"' "-i s1"
	sees every "7 socket s0 11 socket s1 13 socket s2 $(
		)7 tracepoint s0 11 tracepoint s1 13 tracepoint s2" \
		'"\(.hook) \(.ifname)"' "without -i"
}

# The tracepoint fires for every namespace of the machine.
test_namespaces()
{
	tool_start server "$ns_s" -k tracepoint -o json
	tool_start client "$ns_c" -k tracepoint -o json
	tool_start other "$ns_c" -N "$ns_s" -k $all -i s0 -o json
	knock 7
	ends_with server 7
	ends_with client 7
	ends_with other 28
	sees server "7 s0 10.77.0.2 80" '"\(.ifname) \(.daddr) \(.dport)"' \
		"what arrives there"
	sees client "7 c0 10.77.0.1 80" '"\(.ifname) \(.daddr) \(.sport)"' \
		"what arrives here, and nothing from there"
	each_sees other "7 s0 10.77.0.2 80" \
		'"\(.ifname) \(.daddr) \(.dport)"' "-N"
	is "$(packets other .hook | xargs)" "$(for ((i = 0; i < 7; i++)); do
		echo xdp tracepoint socket tc; done | xargs)" \
		"a packet's way, door by door"
}

# -c counts what is shown, at whichever hook; each one's numbers are its own.
test_count()
{
	tool_start count "$ns_s" -k $all -i s0 -p 80 -c 5 -o json
	knock 3
	tool_wait count
	is "${tool_rc[count]}" 0 "-c 5: exit status"
	is "$(packets count .hook | xargs)" "xdp tracepoint socket tc xdp" \
		"-c 5: five packets"
	is "$(tail -n 1 "$tmp/count.out" | jq -c '[.matched,
		([.hooks[].matched] | add),
		(.hooks | map([.hook, .matched]))]')" \
	   '[5,5,[["xdp",2],["tc",1],["tracepoint",1],["socket",1]]]' \
		"-c 5: five matched, where they were"
}

lab_up
test_interfaces
test_namespaces
test_count
test_tag_beside
test_tun
sink_up
test_payload
test_jumbo
finish
