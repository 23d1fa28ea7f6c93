#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# -w: what tshark and tcpdump read in the file is what the same run printed as
# JSON, which other tests compare with the wire; and the bytes are the wire's.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl tcpdump tshark capinfos jq

hooks=(socket tc xdp tracepoint)
nr_requests=11

requests()
{
	local i

	for ((i = 0; i < nr_requests - 2; i++)); do
		in_c curl -sfo /dev/null http://10.77.0.2/ || return
	done
	in_c curl -sfo /dev/null http://10.77.0.2/big &&
		in_c curl -gsfo /dev/null 'http://[fd00:77:0::2]/'
}

# FILE HOOK FIELD...: of each packet of the hook
fields()
{
	local file=$1 hook=$2
	shift 2

	tshark -nr "$file" -Y "tcp and frame.interface_description matches
		\"^hook $hook(,|\$)\"" -T fields -E occurrence=f \
		"${@/#/-e}" 2>/dev/null
}

# FILE HOOK: what hook_rows prints, out of the file
file_rows()
{
	fields "$1" "$2" ip.src ipv6.src tcp.srcport tcp.dstport tcp.seq_raw \
		tcp.ack_raw tcp.window_size_value tcp.len frame.time_epoch |
	awk -F '\t' -v OFS='\t' '{ print $1 $2, $3, $4, $5, $6, $7, $8,
		substr($9, 12) }'
}

# LABEL HOOK
hook_rows()
{
	packets "$1" "select(.hook == \"$2\") | [.saddr, .sport, .dport, .seq,
		.ack, .win, .len, .ts[20:29]] | @tsv"
}

# LABEL HOOK: the file has its packets, to the nanosecond, and their process,
# where that is known: what compiles for longest may miss the first connection.
same_rows()
{
	local rows

	rows=$(hook_rows "$1" "$2")
	ok "$1, $2: some packets" [ "$(wc -l <<<"$rows")" -gt $nr_requests ]
	is "$(file_rows "$tmp/$1.pcapng" "$2")" "$rows" \
		"$1, $2: the packets of the JSON"
	is "$(fields "$tmp/$1.pcapng" "$2" frame.comment | sort | uniq -c)" \
	   "$(packets "$1" "select(.hook == \"$2\") | if .pid then
		\"pid \(.pid) \" + (if .owner then \"(\(.comm))\" else
		.comm end) + \" \" else \"\" end + \"hook $2\"" |
		sort | uniq -c)" \
		"$1, $2: process and hook as comments"
}

# FILE LABEL: nobody complains
is_sound()
{
	is "$(tshark -nr "$1" -Y _ws.malformed 2>&1 |
		grep -v '^Running as')" "" "$2: tshark finds nothing odd"
	is "$(tcpdump -nr "$1" 2>"$tmp/tcpdump.err" | wc -l)" \
	   "$(tail -n 1 "$tmp/$2.out" | jq .shown)" \
	   "$2: tcpdump reads as many packets as were shown"
	is "$(grep -v '^reading from\|^Warning: interface names' \
		"$tmp/tcpdump.err")" "" "$2: without a complaint"
}

# LABEL LINK-TYPE OPTION...
run()
{
	local label=$1 type=$2
	shift 2

	tool_start "$label" "$ns_s" -i s0 -p 80 -o json "$@" \
		-w "$tmp/$label.pcapng"
	ok "$label: $nr_requests requests" requests
	lab_settle
	tool_stop "$label"
	is "${tool_rc[$label]}" 0 "$label: exit status"
	check_summary "$label"
	is_sound "$tmp/$label.pcapng" "$label"
	is "$(capinfos -E "$tmp/$label.pcapng" 2>/dev/null | sed -n \
		's/^File encapsulation: *//p')" "$type" "$label: link type"
}

test_hooks()
{
	local hook

	run xdp Ethernet -k xdp
	same_rows xdp xdp
	run tracepoint 'Linux cooked-mode capture v2' -k tracepoint
	same_rows tracepoint tracepoint
	run all 'Linux cooked-mode capture v2' \
		-k "$(IFS=,; echo "${hooks[*]}")"
	for hook in "${hooks[@]}"; do
		same_rows all "$hook"
	done
	is "$(tcpdump -nr "$tmp/all.pcapng" -e 2>/dev/null |
		grep -c ' In ')" "$(packets all .dir | wc -l)" \
		"all: tcpdump shows their direction"
}

# FILE: the TCP payload of each packet that has one
payloads()
{
	tshark -nr "$1" -Y 'tcp.len > 0 and tcp.dstport == 80' -T fields \
		-e tcp.payload 2>/dev/null
}

test_bytes()
{
	cap_start wire "$ns_s" s0
	run whole 'Linux cooked-mode capture v2' -s 0
	cap_stop wire 10.77.0.1
	is "$(payloads "$tmp/whole.pcapng")" "$(payloads "$tmp/wire.pcap")" \
		"-s 0: the payload that tcpdump captured"
	is "$(tshark -nr "$tmp/whole.pcapng" -T fields -e frame.cap_len \
		2>/dev/null)" "$(tshark -nr "$tmp/whole.pcapng" -T fields \
		-e frame.len 2>/dev/null)" "-s 0: whole packets"
	run short 'Linux cooked-mode capture v2' -s 60
	is "$(tshark -nr "$tmp/short.pcapng" -T fields -e frame.cap_len \
		2>/dev/null | sort -un | tail -n 1)" 80 \
		"-s 60: so many bytes of the packet, and 20 of the header"
}

# A packet of a large answer has its payload behind the sk_buff's first piece.
# HOOK...
test_pieces()
{
	local file=$tmp/www/pieces hook

	head -c 20011 /dev/urandom >"$file"
	for hook; do
		tool_start "$hook" "$ns_c" -k "$hook" -i c0 -s 0 \
			-w "$tmp/$hook.pieces" 'src port 80'
	done
	in_c curl -sfo /dev/null http://10.77.0.2/pieces
	lab_settle
	for hook; do
		tool_stop "$hook"
		is "$(tshark -nr "$tmp/$hook.pieces" -Y 'tcp.len > 0' \
			-T fields -e tcp.payload 2>/dev/null | tr -d '\n' |
			tail -c 40022 | md5sum)" \
		   "$(od -An -v -tx1 "$file" | tr -d ' \n' | md5sum)" \
			"$hook, -s 0: all of the payload"
	done
}

# To a pipe, while the text is not shown
test_stdout()
{
	tool_start pipe "$ns_s" -i s0 -p 80 -w -
	ok "-w -: $nr_requests requests" requests
	lab_settle
	tool_stop pipe
	is "$(tshark -nr "$tmp/pipe.out" -Y 'tcp.flags == 2' 2>/dev/null |
		wc -l)" $nr_requests "-w -: a SYN a request"
}

# Files of some ten packets each, all readable, nothing twice or missing
test_rotation()
{
	local file total=0

	tool_start rot "$ns_s" -i s0 -p 80 -o json -s 64 --rotate-size 2K \
		-w "$tmp/rot.pcapng"
	ok "rotation: $nr_requests requests" requests
	lab_settle
	tool_stop rot
	for file in "$tmp"/rot.*pcapng; do
		total=$((total + $(tcpdump -nr "$file" 2>/dev/null | wc -l)))
	done
	is "$total" "$(tail -n 1 "$tmp/rot.out" | jq .shown)" \
		"rotation: every packet is in one of the files"
	ok "rotation: several files" [ -e "$tmp/rot.2.pcapng" ]
}

lab_up
web_up
test_hooks
test_bytes
test_pieces socket tracepoint tcp
test_stdout
test_rotation
finish
