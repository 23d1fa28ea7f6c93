# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A client and a server in namespaces of their own, joined by a cable, and
# what the tool and tcpdump(8) print of it in one form.

# shellcheck source=tests/live/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
declare -A cap_pid=() cap_ns=()

# LABEL JQ-FILTER
packets() { jq -r "select(.type == \"packet\") | $2" "$tmp/$1.out"; }

# LABEL: it ended well and lost nothing, and all that matched is shown
check_totals()
{
	is "${tool_rc[$1]}" 0 "$1: exit status"
	is "$(tail -n 1 "$tmp/$1.out" | jq -c '[.type, .lost,
		.seen == .filtered + .matched, .matched == .shown]')" \
	   '["summary",{"submit":0,"ring":0,"view":0},true,true]' \
	   "$1: nothing lost"
}

# LABEL N: it has printed N packets
has_packets() { [ "$(grep -c '"type":"packet"' "$tmp/$1.out")" -ge "$2" ]; }

# LABEL [OWNER]: the identities that hold in every summary, and nothing lost but
# OWNER packets of an unknown process, with a filter by process
check_summary()
{
	is "$(tail -n 1 "$tmp/$1.out" | jq -c '[.type,
		.seen == .filtered + .matched,
		.matched == .shown + ([.lost[]] | add), (.lost | del(.owner)),
		.lost.owner // 0,
		([.hooks[].seen] | add) == .seen,
		([.hooks[].matched] | add) == .matched]')" \
	   "[\"summary\",true,true,{\"submit\":0,\"ring\":0,\"view\":0},${2:-0},true,true]" \
	   "$1: seen = filtered + matched, matched = shown, ${2:-nothing} lost"
	is "$(packets "$1" .type | wc -l)" \
	   "$(tail -n 1 "$tmp/$1.out" | jq .shown)" \
	   "$1: as many packets as the summary says"
}

# JQ-FILTER: of the packets on stdin, how often it says what, on one line
tally()
{
	jq -r "select(.type == \"packet\") | $1" | sort | uniq -c |
		sed 's/^ *//' | paste -sd ,
}

# LABEL N: it shows N packets and ends well
ends_with()
{
	wait_until 10 has_packets "$1" "$2" ||
		flunk "$1: shows $2 packets" "$(tally .hook <"$tmp/$1.out")"
	tool_stop "$1"
	is "${tool_rc[$1]}" 0 "$1: exit status"
	check_summary "$1"
}

# LABEL N WANT JQ-FILTER NAME: the same, and it says WANT
ends_saying()
{
	ends_with "$1" "$2"
	is "$(tally "$4" <"$tmp/$1.out")" "$3" "$1: $5"
}

# LABEL HOOKS N IFNAME...: the same by hook, as many N IFNAME for each of them
hooks_saw()
{
	local label=$1 hooks=$2 hook want='' nr_all=0
	shift 2

	for hook in $(tr , '\n' <<<"$hooks" | sort); do
		for ((i = 1; i < $#; i += 2)); do
			want+=",${!i} $hook ${*:i+1:1}"
			nr_all=$((nr_all + ${!i}))
		done
	done
	ends_saying "$label" $nr_all "${want#,}" '"\(.hook) \(.ifname)"' \
		"where they came in"
}

# One line a packet: interface, version, ends, flags as a number, seq, ack,
# window, payload, TTL, frame, MSS. The same from a capture below.
packet_lines()
{
	packets "$1" '[.ifname, .ip, .saddr, .sport, .daddr, .dport,
		(.flags | map({FIN:1, SYN:2, RST:4, PSH:8, ACK:16, URG:32,
			ECE:64, CWR:128, AE:256}[.]) | add + 0),
		.seq, .ack, .win, .len, .ttl, .wirelen, .mss // 0] | @tsv'
}

# LABEL NAMESPACE INTERFACE
cap_start()
{
	spawn "$2" tcpdump -Z root -i "$3" -U --immediate-mode -s 256 -B 8192 \
		-w "$tmp/$1.pcap" 'tcp or udp port 9 or ip6' 2>"$tmp/$1.cap" &
	cap_pid[$1]=$! cap_ns[$1]=$2
	pids+=($!)
	wait_until 10 grep -q 'listening on' "$tmp/$1.cap" ||
		flunk "$1: tcpdump listens" "$(cat "$tmp/$1.cap")"
}

has_mark() { tcpdump -nr "$tmp/$1.pcap" 'udp dst port 9' | grep -q .; }

# LABEL ADDRESS: a datagram there, which passes the same interface, marks the
# end, so that stopping cuts nothing off.
cap_stop()
{
	in_ns "${cap_ns[$1]}" bash -c "echo >/dev/udp/$2/9"
	wait_until 10 has_mark "$1" || flunk "$1: tcpdump saw the mark"
	kill "${cap_pid[$1]}"
	wait "${cap_pid[$1]}"
	grep -q '^0 packets dropped by kernel' "$tmp/$1.cap" ||
		flunk "$1: tcpdump missed nothing" "$(cat "$tmp/$1.cap")"
} 2>/dev/null

# LABEL INTERFACE TSHARK-FILTER
cap_lines()
{
	tshark -nr "$tmp/$1.pcap" -Y "tcp and ($3)" -T fields -E occurrence=f \
		-e ip.version -e ip.src -e ipv6.src -e tcp.srcport -e ip.dst \
		-e ipv6.dst -e tcp.dstport -e tcp.flags -e tcp.seq_raw \
		-e tcp.ack_raw -e tcp.window_size_value -e tcp.len -e ip.ttl \
		-e ipv6.hlim -e frame.len -e tcp.options.mss_val 2>/dev/null |
	awk -F '\t' -v OFS='\t' -v ifname="$2" '
	function hex(s,  i, v) {
		for (i = 3; i <= length(s); i++)
			v = v * 16 + index("0123456789abcdef",
					   substr(s, i, 1)) - 1
		return v
	}
	{ print ifname, $1 ? $1 : 6, $2 $3, $4, $5 $6, $7, hex($8), $9, $10,
		$11, $12, $13 $14, $15, $16 + 0 }'
}

# c0 of the client to s0 of the server
lab_up()
{
	[ -e /proc/net/if_inet6 ] || skip_all "no IPv6 in this kernel"
	local ns
	for ns in "$ns_c" "$ns_s"; do
		ip netns add "$ns" || exit 1
		in_ns "$ns" sysctl -qw net.ipv6.conf.default.accept_dad=0
		ip -n "$ns" link set lo up
	done
	lab_cable c0 s0 10.77.0 fd00:77:0
}

# CLIENT-END SERVER-END 10.X.Y FD00:X:Y: .1 and ::1 here, .2 and ::2 there
lab_cable()
{
	# One packet on the cable is one segment: no offload joins several.
	ip link add "$1" netns "$ns_c" gso_max_segs 1 type veth \
		peer name "$2" netns "$ns_s" gso_max_segs 1 || exit 1
	ip -n "$ns_c" addr add "$3.1/24" dev "$1"
	ip -n "$ns_s" addr add "$3.2/24" dev "$2"
	ip -n "$ns_c" addr add "$4::1/64" dev "$1" nodad
	ip -n "$ns_s" addr add "$4::2/64" dev "$2" nodad
	ip -n "$ns_c" link set "$1" up
	ip -n "$ns_s" link set "$2" up
}

# No connection is half open or half closed: every segment has arrived.
is_settled()
{
	[ -z "$(in_ns "$1" ss -Htan state connected exclude time-wait)" ]
}

hooks_are_clear()
{
	is "$(in_s bpftool -j net | jq -c '.[] | [.xdp, .tc]')" '[[],[]]' \
		"nothing is left on the interfaces"
	is "$(in_s ss -0Hn)" "" "no packet socket is left"
}

# NAMESPACE DEVICE
mac_of() { ip -n "$1" -j link show "$2" | jq -r '.[].address'; }

lab_settle()
{
	wait_until 10 is_settled "$ns_c" && wait_until 10 is_settled "$ns_s" &&
		return
	flunk "connections end" "$(in_c ss -Htan; in_s ss -Htan)"
}

# N [ADDRESS [PORT [CPU]]]: the client's connections to a closed port of the
# server, for which it is sent one packet each
knock()
{
	in_c ${4:+taskset -c "$4"} bash -c "for ((i = 0; i < $1; i++)); do
		: </dev/tcp/${2:-10.77.0.2}/${3:-80}; done" 2>/dev/null
	:
}
knock_until_gone() { knock 1; is_gone "$1"; }

# [USER [WORKERS [FORMAT]]]: nginx on port 80 of the server, as root with one
# worker; its log is $tmp/access.log, in nginx's own format or in this one
web_up()
{
	mkdir "$tmp/www" && head -c 100003 /dev/zero >"$tmp/www/big"
	echo hello >"$tmp/www/index.html"
	cat >"$tmp/nginx.conf" <<-EOF
	user ${1:-root};
	worker_processes ${2:-1};
	pid $tmp/nginx.pid;
	error_log $tmp/error.log;
	events { worker_connections 512; }
	http {
		${3:+log_format lab '$3';}
		access_log $tmp/access.log ${3:+lab};
		client_body_temp_path $tmp/t1; proxy_temp_path $tmp/t2;
		fastcgi_temp_path $tmp/t3; uwsgi_temp_path $tmp/t4;
		scgi_temp_path $tmp/t5;
		server { listen 80; listen [::]:80; root $tmp/www; }
	}
	EOF
	spawn "$ns_s" nginx -p "$tmp" -c "$tmp/nginx.conf" -g 'daemon off;' \
		2>"$tmp/nginx.err" &
	pids+=($!)
	wait_until 10 web_answers ||
		flunk "nginx starts" "$(cat "$tmp/nginx.err" "$tmp/error.log")"
	lab_settle
	: >"$tmp/access.log"
}

# SCRIPT: the server half of this Python script; its other half will be PEER, an
# address that nobody has
PEER=10.77.0.50
refusals_up()
{
	spawn "$ns_s" $PY "$1" server 10.77.0.2 >"$tmp/server.out" 2>&1 &
	pids+=($!)
	wait_until 10 grep -q ready "$tmp/server.out" ||
		flunk "the server starts" "$(cat "$tmp/server.out")"
	in_s ip neigh add $PEER lladdr "$(mac_of "$ns_c" c0)" dev s0
}

# CHAINS: a firewall at the server. Prints why there can be none, or nothing.
wall_up()
{
	command -v nft >/dev/null || { echo "no nft here"; return; }
	in_s nft -f - 2>&1 <<<"table ip wall {"$'\n'"$1"$'\n'"}" | head -n 1
}

web_answers() { in_c curl -sfo /dev/null http://10.77.0.2/; }
