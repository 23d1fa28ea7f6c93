#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kinds of links: VLAN devices, devices without a link header, loopback.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq

# TYPE [BEFORE AFTER]: why such a device cannot be made here, or nothing
lacks()
{
	local why

	# shellcheck disable=SC2086
	why=$(ip -n "$ns_c" link add ${2-} name probe0 type "$1" ${3-} 2>&1) ||
		{ echo "this kernel makes no $1 device: ${why##*Error: }"
		  return; }
	ip -n "$ns_c" link del probe0
}

# LABEL WANT JQ-FILTER NAME
sees() { is "$(packets "$1" "$3" | sort | uniq -c | xargs)" "$2" "$1: $4"; }

test_tun()
{
	local p

	[ -c /dev/net/tun ] || { skip "tun" "no /dev/net/tun"; return; }
	$PY -c 'import scapy' 2>/dev/null || { skip tun "no scapy"; return; }
	# The device comes when the tool already looks at all interfaces.
	tool_start all "$ns_s" -p 80 -o json
	mkfifo "$tmp/go"
	in_s $PY tests/live/links.py tun tun0 40 <"$tmp/go" >"$tmp/links.out" \
		2>&1 &
	p=$!
	pids+=("$p")
	exec 8>"$tmp/go"
	if ! wait_until 20 grep -q ready "$tmp/links.out"; then
		flunk "tun: opens" "$(cat "$tmp/links.out")"
		return
	fi
	tool_start tun "$ns_s" -i tun0 -p 80 -o json
	tool_start answers "$ns_s" -i tun0 -D out -p 80 -o json
	echo >&8
	wait_until 10 grep -q sent "$tmp/links.out"
	wait_until 10 has_packets answers 40
	for label in all tun answers; do
		tool_stop $label
		is "${tool_rc[$label]}" 0 "$label: exit status"
		check_summary $label
	done
	exec 8>&-
	sees tun "10 4 0 40 10 4 0 48 10 6 0 68 10 6 7 67" \
		'"\(.ip) \(.len) \(.wirelen)"' "what the device was given"
	is "$(packets tun '[.sport, .seq, .win, .flags[]] | @tsv')" \
	   "$(for ((i = 0; i < 40; i++)); do
		printf '%d\t%d\t%d\tSYN\n' $((10000 + i)) "$i" "$i"; done)" \
	   "tun: each segment as it was sent, in order"
	is "$(packet_lines all)" "$(packet_lines tun)" \
		"all interfaces: the same, of a device that came later"
	sees answers "40 tun0 out RST+ACK 80" \
		'"\(.ifname) \(.dir) \(.flags | sort | reverse | join("+")) \(.sport)"' \
		"the kernel's answers go out of it"
}

test_vlan()
{
	local why

	why=$(lacks vlan 'link c0' 'id 5')
	[ -z "$why" ] || { skip "a VLAN device" "$why"; return; }
	ip -n "$ns_c" link add c0.5 link c0 type vlan id 5
	ip -n "$ns_s" link add s0.5 link s0 type vlan id 5
	ip -n "$ns_c" addr add 10.81.0.1/24 dev c0.5
	ip -n "$ns_s" addr add 10.81.0.2/24 dev s0.5
	ip -n "$ns_c" link set c0.5 up
	ip -n "$ns_s" link set s0.5 up
	tool_start trunk "$ns_s" -i s0 -p 80 -o json
	tool_start vlan "$ns_s" -i s0.5 -p 80 -o json
	tool_start sender "$ns_c" -i c0 -D out -r 80 -o json
	knock 7 10.81.0.2
	for label in trunk vlan sender; do
		wait_until 10 has_packets $label 7
		tool_stop $label
		check_summary $label
	done
	sees trunk "7 5 78" '"\(.vlan) \(.wirelen)"' "the tag, taken off or not"
	sees sender "7 5 78" '"\(.vlan) \(.wirelen)"' "the tag on the way out"
	sees vlan "7 null 74" '"\(.vlan) \(.wirelen)"' "no tag behind it"
}

test_dummy()
{
	local why

	why=$(lacks dummy)
	[ -z "$why" ] || { skip "a dummy device" "$why"; return; }
	ip -n "$ns_c" link add d0 type dummy
	ip -n "$ns_c" addr add 10.82.0.1/24 dev d0
	ip -n "$ns_c" link set d0 up
	tool_start dummy "$ns_c" -i d0 -D both -r 80 --syn -o json
	in_c timeout 0.5 bash -c ': </dev/tcp/10.82.0.9/80' 2>/dev/null
	wait_until 10 has_packets dummy 1
	tool_stop dummy
	like "$(packets dummy .dir | sort -u)" '^out$' "what goes into a dummy"
}

test_wireguard()
{
	local why

	why=$(lacks wireguard)
	[ -z "$why" ] || { skip "wireguard" "$why"; return; }
	command -v wg >/dev/null || { skip wireguard "no wg here"; return; }
	for s in c s; do
		wg genkey >"$tmp/$s.key"
		wg pubkey <"$tmp/$s.key" >"$tmp/$s.pub"
		ip -n "ts$s$$" link add wg0 type wireguard
	done
	in_c wg set wg0 private-key "$tmp/c.key" peer "$(cat "$tmp/s.pub")" \
		endpoint 10.77.0.2:51820 allowed-ips 10.83.0.0/24
	in_s wg set wg0 private-key "$tmp/s.key" listen-port 51820 \
		peer "$(cat "$tmp/c.pub")" allowed-ips 10.83.0.0/24
	ip -n "$ns_c" addr add 10.83.0.1/24 dev wg0
	ip -n "$ns_s" addr add 10.83.0.2/24 dev wg0
	ip -n "$ns_c" link set wg0 up
	ip -n "$ns_s" link set wg0 up
	tool_start wg "$ns_s" -p 80 --syn -o json
	knock 7 10.83.0.2
	wait_until 10 has_packets wg 7
	tool_stop wg
	sees wg "7 wg0 60" '"\(.ifname) \(.wirelen)"' "decrypted, once"
}

test_loopback()
{
	tool_start once "$ns_c" -p 80 -o json
	tool_start both "$ns_c" -D both -o json
	knock 7 127.0.0.1
	in_c bash -c ': </dev/tcp/::1/80' 2>/dev/null
	wait_until 10 has_packets both 16
	for label in once both; do
		tool_stop $label
		check_summary $label
	done
	sees once "7 lo in SYN 4 1 lo in SYN 6" \
		'"\(.ifname) \(.dir) \(.flags[]) \(.ip)"' "a SYN an attempt"
	sees both "8 80 8 other" 'if .dport == 80 then 80 else "other" end' \
		"attempts and answers, each once"
}

lab_up
test_tun
test_vlan
test_dummy
test_wireguard
test_loopback
finish
