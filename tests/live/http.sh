#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The main job: what a web server is sent, against tcpdump, packet by packet,
# and against what the server itself logged.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl tcpdump tshark jq

nr_v4=23 nr_v6=17 nr_big=3

# N URL: N requests, a connection each
requests()
{
	local i

	for ((i = 0; i < $1; i++)); do
		in_c taskset -c 0 curl -gsfo /dev/null "$2" || return 1
	done
}

# On one CPU two packets have one order, whoever looks.
lab_up
taskset -cp 0 $$ >/dev/null
web_up
tool_start all "$ns_s" -p 80 -o json
tool_start v6 "$ns_s" -6 -p 80 -o json
tool_start outside "$ns_c" -N "$ns_s" -p 80 -o json
tool_start text "$ns_s" -p 80
cap_start ref "$ns_s" s0

ok "$nr_v4 requests over IPv4" requests $nr_v4 http://10.77.0.2/
ok "$nr_v6 requests over IPv6" requests $nr_v6 'http://[fd00:77:0::2]/'
ok "$nr_big large answers" requests $nr_big http://10.77.0.2/big
lab_settle
cap_stop ref 10.77.0.1
for label in all v6 outside text; do
	tool_stop $label
	is "${tool_rc[$label]}" 0 "$label: exit status"
done

cap_lines ref s0 'tcp.dstport == 80' >"$tmp/want"
nr_want=$(wc -l <"$tmp/want")
like "$nr_want" '^[0-9]{3,}$' "tcpdump saw a few hundred packets"
is "$(packet_lines all)" "$(cat "$tmp/want")" \
	"the same packets as tcpdump, field by field, in its order"
is "$(packet_lines v6)" "$(awk '$2 == 6' "$tmp/want")" "-6: the same"
is "$(packet_lines outside)" "$(cat "$tmp/want")" \
	"-N from another namespace: the same"

is "$(packets all 'select(.flags == ["SYN"]) | .ip' | sort | uniq -c |
	xargs)" "$((nr_v4 + nr_big)) 4 $nr_v6 6" "one SYN a request"
is "$(wc -l <"$tmp/access.log")" $((nr_v4 + nr_v6 + nr_big)) \
	"as many lines in the server's log"
is "$(packets all 'select(.flags == ["SYN"]) | .saddr' | sort)" \
   "$(awk '{ print $1 }' "$tmp/access.log" | sort)" \
   "from the clients in the server's log"
is "$(packets all '[.hook, .dir] | @tsv' | sort -u)" $'socket\tin' \
	"all of them incoming, by the socket hook"

# Both clocks are read in the kernel within one packet's way up.
tshark -nr "$tmp/ref.pcap" -Y 'tcp.dstport == 80' -T fields \
	-e frame.time_epoch 2>/dev/null >"$tmp/epoch"
packets all '(.ts[:19] + "Z" | fromdate | tostring) + .ts[19:29]' >"$tmp/ts"
is "$(paste "$tmp/epoch" "$tmp/ts" | awk '
	{ d = $2 - $1; if (d < -0.1 || d > 0.1) print }
	END { print NR }')" "$nr_want" "the times are tcpdump's"

check_summary all
check_summary v6
is "$(tail -n 1 "$tmp/all.out" | jq '.matched')" "$nr_want" \
	"matched in the summary"
is "$(wc -l <"$tmp/text.out")" $((nr_want + 1)) \
	"as text: a header and a line a packet"
is "$(sed 1d "$tmp/text.out" | awk 'length > 100 && !/fd00:/' | wc -l)" 0 \
	"as text: IPv4 fits in 100 columns"
is "$(grep -c $'\033' "$tmp/text.out")" 0 "as text: no colour in a file"
finish
