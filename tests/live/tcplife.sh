#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Connections from first to last: their counts against the web server's log,
# the other end of the cable and tshark; every way to end one; and what is no
# connection.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl tcpdump tshark jq ss bpftool
TOOL=$(realpath -m "${BUILD:-build}/tcplife-c")

nr_v4=23 nr_v6=17
declare -A port=()

# LABEL JQ-FILTER
lives() { jq -r "select(.type == \"connection\") | $2" "$tmp/$1.out"; }
has_lives() { [ "$(grep -c '"type":"connection"' "$tmp/$1.out")" -ge "$2" ]; }

# LABEL N: the identities of every summary
check_lives()
{
	is "$(tail -n 1 "$tmp/$1.out" | jq -c '[.type, .shown,
		.seen == .filtered + .matched,
		.matched == .shown + ([.lost[]] | add), .lost]')" \
	   "[\"summary\",$2,true,true,{\"submit\":0,\"ring\":0,\"view\":0}]" \
	   "$1: seen = filtered + matched, matched = shown, nothing lost"
	is "$(lives "$1" .type | wc -l)" "$2" "$1: as many lines"
}

# N URL: N requests, a connection each
requests()
{
	local i

	for ((i = 0; i < $1; i++)); do
		in_c curl -gsfo /dev/null "$2" || return 1
	done
}

# CLIENT-PORT JQ-FILTER: of the connection with it, at the server
life() { lives server "select(.rport == $1) | $2"; }

# NAME SIZE WANT-SERVER WANT-CLIENT: a connection that ends by NAME of
# tcplife.py: how, closed_by, last_state, bytes in and out
ends()
{
	local p line="$1 $2"

	p=$(in_c $PY tests/live/tcplife.py ask 10.77.0.2 81 "$line" \
		2>"$tmp/ask.err") || flunk "$1: asks" "$(cat "$tmp/ask.err")"
	port[$1]=$p
	lab_settle
	expect server "rport == $p" "$1: at the server" "$3"
	expect client "lport == $p" "$1: at the client" "$4"
}

# LABEL JQ-CONDITION NAME WANT
expect()
{
	wait_until 3 found "$1" "$2"
	is "$(lives "$1" "select(.$2) | [.how, .closed_by // \"-\", .last_state,
		.rx_bytes, .tx_bytes] | map(tostring) | join(\" \")")" \
		"$4" "$3"
}
found() { [ -n "$(lives "$1" "select(.$2) | .ts")" ]; } 2>/dev/null

# A connection to port 81 whose line is to be written to descriptor 7; its
# client's port is in $held.
hold()
{
	[ -p "$tmp/hold" ] || mkfifo "$tmp/hold"
	: >"$tmp/held"
	spawn "$ns_c" $PY tests/live/tcplife.py hold 10.77.0.2 81 \
		<"$tmp/hold" >"$tmp/held" 2>/dev/null &
	pids+=($!)
	exec 7>"$tmp/hold"
	wait_until 10 [ -s "$tmp/held" ]
	held=$(cat "$tmp/held")
}

peer_up()
{
	spawn "$ns_s" $PY tests/live/tcplife.py serve "$1" "$2" "$tmp/away" \
		>"$tmp/serve$2" 2>"$tmp/serve$2.err" &
	pids+=($!)
	wait_until 10 grep -q listening "$tmp/serve$2" ||
		flunk "a peer listens" "$(cat "$tmp/serve$2.err")"
}

lab_up
web_up
sed -i "s,access_log .*,log_format ends '\$remote_addr \$remote_port \$request_length \$bytes_sent'; access_log $tmp/access.log ends;," \
	"$tmp/nginx.conf"
kill -HUP "$(cat "$tmp/nginx.pid")"
wait_until 10 web_answers
lab_settle
: >"$tmp/access.log"

# The same requests, seen from both ends and by others.
tool_start web "$ns_s" -p 80 -o json
tool_start webc "$ns_c" -r 80 -o json
tool_start v6 "$ns_s" -6 -p 80 -o json
tool_start far "$ns_c" -N "$ns_s" -p 80 -o json
tool_start no "$ns_s" -p 8000-8100 -o json
tool_start host "$ns_s" -R 10.77.0.1 -o json
tool_start text "$ns_s" -p 80
cap_start ref "$ns_s" s0
ok "$nr_v4 requests over IPv4" requests $nr_v4 http://10.77.0.2/big
ok "$nr_v6 requests over IPv6" requests $nr_v6 'http://[fd00:77:0::2]/big'
lab_settle
cap_stop ref 10.77.0.1
for label in web webc v6 far no host text; do
	tool_stop $label
	is "${tool_rc[$label]}" 0 "$label: exit status"
done
check_lives web $((nr_v4 + nr_v6))
check_lives webc $((nr_v4 + nr_v6))
check_lives v6 $nr_v6
check_lives far $((nr_v4 + nr_v6))
check_lives no 0
check_lives host $nr_v4

sort -k2,2n "$tmp/access.log" >"$tmp/log"
is "$(wc -l <"$tmp/log")" $((nr_v4 + nr_v6)) "as many in the server's log"
is "$(lives web '[.raddr, .rport, .rx_bytes, .tx_bytes] | join(" ")' |
	sort -k2,2n)" "$(cat "$tmp/log")" "the bytes are those of its log"
is "$(lives webc '[.laddr, .lport, .tx_bytes, .rx_bytes] | join(" ")' |
	sort -k2,2n)" "$(cat "$tmp/log")" "the client saw the same bytes"
is "$(lives web '[.ip, .dir, .lport, .comm, .uid] | join(" ")' | sort |
	uniq -c | xargs)" "$nr_v4 4 in 80 nginx 0 $nr_v6 6 in 80 nginx 0" \
	"the server's are incoming, and nginx's"
is "$(lives webc '[.ip, .dir, .rport, .comm] | join(" ")' | sort |
	uniq -c | xargs)" "$nr_v4 4 out 80 curl $nr_v6 6 out 80 curl" \
	"the client's are outgoing, and curl's"
is "$(lives web .pid | sort -u)" "$(pgrep -P "$(cat "$tmp/nginx.pid")")" \
	"the process is nginx's worker"
is "$(lives web '[.how, .closed_by, .opened // "-"] | join(" ")' | sort -u)" \
	"fin remote -" "curl closed all of them"

# Segments: the SYN-ACK is the listener's.
tshark -nr "$tmp/ref.pcap" -Y 'tcp' -T fields -e tcp.srcport -e tcp.dstport \
	-e tcp.len 2>/dev/null | awk '
	$2 == 80 { p[$1]; in_[$1]++; din[$1] += $3 > 0 }
	$1 == 80 { p[$2]; out[$2]++; dout[$2] += $3 > 0 }
	END { for (i in p) print i, in_[i], out[i] - 1, din[i], dout[i] }' |
	sort -n >"$tmp/segs"
is "$(lives web '[.rport, .rx_segs, .tx_segs, .rx_data_segs, .tx_data_segs] |
	join(" ")' | sort -n)" "$(cat "$tmp/segs")" \
	"as many segments each way as tshark counts"
# What was sent again may have met a client in TIME_WAIT, which counts nothing.
lives web 'select(.retrans == 0) | .rport' | sort -n >"$tmp/clean"
like "$(wc -l <"$tmp/clean")" '^[1-9]' "some connections had no retransmission"
is "$(lives webc '[.lport, .tx_segs, .rx_segs - 1, .tx_data_segs,
	.rx_data_segs] | join(" ")' | sort -n | join "$tmp/clean" -)" \
	"$(join "$tmp/clean" "$tmp/segs")" "those the client counted the same"

# tshark's time from SYN-ACK to ACK is that of the cable, plus what it takes
# to get to the socket; both are well below a millisecond apart.
tshark -nr "$tmp/ref.pcap" -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 1 ||
	tcp.analysis.initial_rtt && tcp.dstport == 80 && tcp.seq == 1 &&
	tcp.ack == 1 && tcp.len == 0' -T fields -e tcp.srcport -e tcp.dstport \
	-e frame.time_epoch 2>/dev/null | awk '
	$1 == 80 { at[$2] = $3 }
	$2 == 80 && !($1 in done) {
		done[$1]; printf "%d %d\n", $1, ($3 - at[$1]) * 1e6 }' |
	sort -n >"$tmp/handshakes"
lives web '[.rport, .handshake_us] | join(" ")' | sort -n |
	join - "$tmp/handshakes" >"$tmp/both"
is "$(awk '$2 > 0 && $2 - $3 < 2000 && $3 - $2 < 2000' "$tmp/both" | wc -l)" \
	$((nr_v4 + nr_v6)) "each handshake took as long as tshark says"
is "$(lives web 'select(.srtt_us > 0 and .min_rtt_us > 0 and
	.min_rtt_us <= .srtt_us * 8 and .duration_us > 0 and
	.duration_us < 5000000) | .ip' | wc -l)" $((nr_v4 + nr_v6)) \
	"each has round trip times and a duration"
is "$(sed 1d "$tmp/text.out" | awk 'length > 100 && !/fd00:/' | wc -l)" 0 \
	"as text: IPv4 fits in 100 columns"
is "$(sed 1d "$tmp/text.out" | grep -c '<FIN nginx$')" $((nr_v4 + nr_v6)) \
	"as text: a line each"

# Every way to end one, both ends looked at.
peer_up 10.77.0.2 81
tool_start server "$ns_s" -p 81 -o json
tool_start client "$ns_c" -r 81 -o json
tool_start states "$ns_s" --states -p 81 -o json
ends closes_first 100 "fin local FIN_WAIT2 17 100" "fin remote LAST_ACK 100 17"
ends closes_second 9000 "fin remote LAST_ACK 19 9000" \
	"fin local FIN_WAIT2 9000 19"
ends aborts 10 "rst_sent local ESTABLISHED 10 10" \
	"rst_received remote ESTABLISHED 10 10"
ends leaves_unread 30 "rst_sent local ESTABLISHED 47 0" \
	"rst_received remote ESTABLISHED 0 47"
ends is_aborted 40 "rst_received remote ESTABLISHED 14 40" \
	"rst_sent local ESTABLISHED 40 14"
ends half_closes 5000 "fin local FIN_WAIT2 5017 0" "fin remote LAST_ACK 0 5017"
ends is_reset_half_closed 0 "rst_received remote CLOSE_WAIT 23 1" \
	"fin local FIN_WAIT2 0 23"
is "$(life "${port[closes_first]}" .comm)" \
	"$(basename $PY)" \
	"the process that closed is there"

# A port where nobody listens: no connection, but a state that comes and goes.
tool_start refused "$ns_c" -r 82 -o json
tool_start steps "$ns_c" --states -r 82 -o json
knock 5 10.77.0.2 82
tool_stop refused
tool_stop steps
check_lives refused 0
is "$(tail -n 1 "$tmp/refused.out" | jq -c '[.seen, .matched]')" "[0,0]" \
	"a refused SYN is no connection"
is "$(jq -r 'select(.type == "state") | [.dir, .old_state, .new_state, .comm] |
	join(" ")' "$tmp/steps.out" | sort | uniq -c | sed 's/^ *//')" \
	$'5 out CLOSE SYN_SENT bash\n5 out SYN_SENT CLOSE bash' \
	"--states: a refused one shows"

# The states of one connection, in order, with their times adding up.
tool_stop states
is "$(jq -r "select(.rport == ${port[closes_second]}) |
	[.old_state, .new_state] | join(\" \")" "$tmp/states.out")" \
"SYN_RECV ESTABLISHED
ESTABLISHED CLOSE_WAIT
CLOSE_WAIT LAST_ACK
LAST_ACK CLOSE" "--states: each step, in order"
is "$(jq "select(.rport == ${port[closes_second]} and
	.old_state != \"SYN_RECV\") | .duration_us" "$tmp/states.out" |
	awk -v all="$(life "${port[closes_second]}" .duration_us)" '
	{ sum += $1 } END { d = all - sum; print (d > -300 && d < 300) }')" 1 \
	"--states: the times add up to the duration"

# Through a socket of IPv6 that takes IPv4 too.
peer_up :: 83
tool_start mapped "$ns_s" -4 -p 83 -o json
in_c $PY tests/live/tcplife.py ask 10.77.0.2 83 'closes_first 5' \
	'closes_first 6' >"$tmp/mapped"
in_c $PY tests/live/tcplife.py ask fd00:77:0::2 83 'closes_first 7' >/dev/null
lab_settle
tool_stop mapped
is "$(lives mapped '[.ip, .laddr, .raddr, .tx_bytes] | join(" ")')" \
	$'4 10.77.0.2 10.77.0.1 5\n4 10.77.0.2 10.77.0.1 6' \
	"IPv4 through a socket of IPv6 shows as IPv4, and only that"

# One that is older than the tool, between two that are not; and 300 ms.
hold
tool_start older "$ns_s" -p 81,83 -o json
in_c bash -c 'exec 5<>/dev/tcp/10.77.0.2/83; sleep 0.3
	echo closes_first 50 >&5; cat <&5 >/dev/null'
echo "closes_first 60" >&7
wait_until 5 has_lives older 2
tool_stop older
is "$(lives older '[.lport, .opened // "-", .dir // "-", ((.duration_us //
	0) >= 300000), .handshake_us != null, .rx_bytes, .tx_bytes, .how,
	.closed_by] | map(tostring) | join(" ")')" \
"83 - in true true 16 50 fin local
81 before - false false 16 60 fin local" "an older one is named as such"

# The table is full and forgets: nothing is mixed up, the counts are right.
tool_start small "$ns_s" -p 81 -o json --max-connections 1024
hold
knock 2500 10.77.0.2 83
echo "closes_first 70" >&7
wait_until 5 has_lives small 1
tool_stop small
is "$(lives small '[.rport, .rx_bytes, .tx_bytes, .how] | join(" ")')" \
	"$held 16 70 fin" "with more connections than it remembers"

# The second SYN-ACK comes after a second.
nr_late=0
tool_start late "$ns_s" -p 81 -o json
if $PY -c 'import scapy.all' 2>/dev/null; then
	waited=$(in_c $PY tests/live/tcplife.py late 10.77.0.2 81 c0 10.77.0.9 \
		2>"$tmp/late.err") || flunk "a late peer" "$(cat "$tmp/late.err")"
	nr_late=1
	wait_until 5 has_lives late 1
	is "$(lives late '[.raddr, .dir, .how, .retrans] | join(" ")')" \
		"10.77.0.9 in rst_received 1" "a SYN-ACK that was sent again"
	is "$(lives late .handshake_us | awk -v w="$waited" '
		{ d = $1 - w; print (d > -3000 && d < 200000) }')" 1 \
		"its handshake took as long as since the first one"
else
	skip "a SYN-ACK that was sent again" "no scapy"
fi
tool_stop late

# kill -9 leaves nothing.
tool_start killed "$ns_s" -p 81 -o json
ids=$(sed -nE 's/^(prog|map)_id:[[:space:]]*/\1 id /p' \
	"/proc/${tool_pid[killed]}"/fdinfo/* 2>/dev/null | sort -u)
like "$ids" 'map id .*prog id' "it holds maps and programs"
kill -9 "${tool_pid[killed]}"
wait "${tool_pid[killed]}" 2>/dev/null
is_all_gone()
{
	local kind id

	while read -r kind _ id; do
		! bpftool "$kind" show id "$id" >/dev/null 2>&1 || return 1
	done <<<"$ids"
}
ok "killed: no program or map is left" wait_until 10 is_all_gone

# The peer is gone, with and without data on the way.
for name in times_out is_probed; do
	hold
	echo "$name 10" >&7
	wait_until 10 grep -qx $name "$tmp/serve81"
	[ $name = times_out ] && ip -n "$ns_c" addr del 10.77.0.1/24 dev c0 ||
		ip -n "$ns_c" link set c0 down
	: >"$tmp/away"
	wait_until 20 found server "rport == $held"
	is "$(life "$held" '[.how, .closed_by // "-", .last_state, .tx_bytes,
		.retrans > 0] | map(tostring) | join(" ")')" \
	"timeout - ESTABLISHED $([ $name = times_out ] && echo '10 true' ||
		echo '0 false')" "$name: at the server"
	ip -n "$ns_c" link set c0 up
	ip -n "$ns_c" addr replace 10.77.0.1/24 dev c0
done
tool_stop server
tool_stop client
check_lives server $((11 + nr_late))

finish
