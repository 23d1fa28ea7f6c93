#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each filter option against a predicate over what tcpdump saw: one tool a
# line of the table, all at once, over the same traffic.
#
# Alone: some 70 compilers at once leave others no time.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip tcpdump tshark jq
help=tests/live/filters.py
ports=$($PY $help list ports)
ranges=$($PY $help list ranges)
prefixes=$($PY $help list prefixes)
prefixes6=$($PY $help list prefixes6)

# arguments | what must hold (names: scope() in filters.py)
table="
                       | True
-p 80                  | lport == 80
--port=443             | lport == 443
-p 80,443              | lport in (80, 443)
-p 80 -p 443           | lport in (80, 443)
-p 8000-8100           | 8000 <= lport <= 8100
-p 8050-8100,53,8000   | lport in (8050, 8100, 53, 8000)
-p 8001-8049,8101-9000 | lport == 8101
-p 0-65535             | True
-r 5432                | rport == 5432
-r 5432-5433 -D both   | rport in (5432, 5433)
-r 1024-65535 -p 80    | rport >= 1024 and lport == 80
-H 10.77.0.3           | H('10.77.0.3')
-H fd00:77::/64        | H('fd00:77::/64')
-H 10.78.0.0/16,::1    | H('10.78.0.0/16,::1')
-H 0.0.0.0/0           | ip == 4
-H ::/0                | ip == 6
-H 0.0.0.0/0,::/0      | True
-H 128.0.0.0/1,0.0.0.0/1 | ip == 4
-L 10.77.0.2/31        | L('10.77.0.2/31')
-L 10.77.0.3,fd00:78::2 -p 53-443 | L('10.77.0.3,fd00:78::2') and lport < 444
-R 10.80.3.0/28        | R('10.80.3.0/28')
-R 10.80.6.31,10.80.7.32 | R('10.80.6.31,10.80.7.32')
-R fd00:80:0:10::/60   | R('fd00:80:0:10::/60')
-R 10.77.0.1 -L 10.77.0.3 | R('10.77.0.1') and L('10.77.0.3')
-R 10.77.0.0/16 -H fd00::/8,10.77.0.3 | R('10.77.0.0/16') and H('10.77.0.3')
-L ::1 -D both         | L('::1')
-L 10.77.0.2 -D both   | L('10.77.0.2')
-R fd00:77::1 -D out   | R('fd00:77::1')
-f syn                 | syn
-f syn,ack -D both     | syn and ack
-f syn,!ack            | syn and not ack
-f FIN,!psh            | fin and not psh
-f fin -f !psh         | fin and not psh
-f rst                 | rst
-f !ack                | not ack
--syn                  | syn and not ack
--syn -p 80 -6         | syn and not ack and lport == 80 and ip == 6
-4                     | ip == 4
-6                     | ip == 6
-4 -p 80 -D both       | ip == 4 and lport == 80
-D in -p 443           | lport == 443
-D out                 | True
-D both                | True
-D both -p 80          | lport == 80
-D out -p 80           | lport == 80
-D both -r 80          | rport == 80
-i s0                  | ifname == 's0'
-i s1 -p 80            | ifname == 's1' and lport == 80
-i lo                  | ifname == 'lo'
-i lo -D both          | ifname == 'lo'
-p $ports              | lport in PORTS
-p $ranges             | lport in RANGES
-p $ports -D both      | lport in PORTS
-R $prefixes           | R(PREFIXES)
-H $prefixes,$prefixes6 | H(PREFIXES) or H(PREFIXES6)
-R $prefixes6 -L $prefixes6,fd00:77::2 | R(PREFIXES6) and L('fd00:77::2')
-e dport==80           | dport == 80
-e src(\"10.77.0.1,fd00:77::1\") | R('10.77.0.1,fd00:77::1')
-e dst(\"10.77.0.3\")+(mss!=0) | L('10.77.0.3') or mss != 0
-e ip(\"10.77.0.0/16\")&&host(\"10.77.0.2\") | H('10.77.0.2')
-e payload(0)>=0&&len<999 | 0 < len < 999
-e payload32(0)<0      | len < 4
-e dir==OUT&&flags&SYN -D both | dir == 'out' and syn
-e tsval&&!tsecr       | syn and not ack
-e wscale>=0&&sack_ok -D both | syn
-e vlan==-1&&ttl==64 -p 80 | lport == 80
-k tracepoint -e wscale>=0&&mss>99&&tsval | syn
-k tracepoint -p $ports -e payload32(0)<0&&!tsecr&&src(\"0.0.0.0/0\") | lport in PORTS and syn and not ack and ip == 4
-R $prefixes,10.77.0.1 -p $ports,7 | (R(PREFIXES) or R('10.77.0.1')) \
and (lport in PORTS or lport == 7)
"

lab_up
lab_cable c1 s1 10.78.0 fd00:78:0
ip -n "$ns_s" addr add 10.77.0.3/24 dev s0
ip -n "$ns_s" addr add fd00:77::3/64 dev s0 nodad
ip -n "$ns_c" route add local 10.80.0.0/16 dev lo
ip -n "$ns_c" route add local fd00:80::/32 dev lo
in_c sysctl -qw net.ipv6.ip_nonlocal_bind=1
ip -n "$ns_s" route add 10.80.0.0/16 via 10.77.0.1
ip -n "$ns_s" route add fd00:80::/32 via fd00:77::1
spawn "$ns_s" $PY $help serve >"$tmp/serve.out" 2>&1 &
pids+=($!)

labels=()
while IFS='|' read -r args predicate; do
	[ -n "$predicate" ] || continue
	label=t${#labels[@]}
	labels+=("$label")
	read -ra words <<<"$args"
	tool_spawn "$label" "$ns_s" --no-owner --compile-limit 120 -o json \
		"${words[@]}"
	printf '%s\t%s\t%s\t%s\n' "$label" "${words[*]}" "${predicate# }" \
		"$tmp/$label.out" >>"$tmp/cases"
done <<<"$table"
for label in "${labels[@]}"; do
	tool_wait_tracing "$label"
done
for i in s0 s1 lo; do
	cap_start $i "$ns_s" $i
done

ok "the server answers" wait_until 10 grep -q ready "$tmp/serve.out"
ok "traffic from the client" in_c $PY $help drive
ok "traffic from the server" in_s $PY $help call
lab_settle
cap_stop s0 10.77.0.1
cap_stop s1 10.78.0.1
cap_stop lo 127.0.0.1
for label in "${labels[@]}"; do
	kill -INT "${tool_pid[$label]}"
done
bad=
for label in "${labels[@]}"; do
	tool_wait "$label"
	[ "${tool_rc[$label]}" = 0 ] || bad+="$label: ${tool_rc[$label]} "
done
is "$bad" "" "every tool ends with 0"

for i in s0 s1 lo; do
	cap_lines $i $i tcp
done >"$tmp/reference"
verdicts < <($PY $help check "$tmp/cases" "$tmp/reference" 2>"$tmp/err" ||
	printf 'bad the output can be read\t%s\n' "$(tail -n 1 "$tmp/err")")
check_summary t0
check_summary t1
finish
