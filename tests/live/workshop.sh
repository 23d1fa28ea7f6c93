#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The program itself: printed, saved, run again; and texts that try to make of
# the compiler what it is not.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq
line=$'\n'

# ARGUMENT...: prints, with exit status 0 and nothing on stderr
prints()
{
	"$TOOL" "$@" >"$tmp/out" 2>"$tmp/err"
	is "$? $(wc -l <"$tmp/err")" "0 0" "$*: exit status, silent"
}

prints --print-source -p 80
mv "$tmp/out" "$tmp/80.c"
is "$(grep -cE '[^0-9]80[^0-9]' "$tmp/80.c")" 1 "one port is one comparison"
is "$(grep -cE '^#include "|__u128|range_set' "$tmp/80.c")" 0 \
	"the source is whole"
prints --print-source
is "$(grep -cE '[^0-9]80[^0-9]' "$tmp/out")" 0 "no port, no comparison"
ok "the source is shorter without a filter" \
	[ "$(wc -l <"$tmp/out")" -lt "$(wc -l <"$tmp/80.c")" ]
prints --print-bytecode -p 80
mv "$tmp/out" "$tmp/80.insns"
like "$(cat "$tmp/80.insns")" '[^0-9a-f](0x)?50[^0-9a-f]|[^0-9]80[^0-9]' \
	"port 80 is in the bytecode"
prints --print-bytecode -p 80
is "$(cat "$tmp/out")" "$(cat "$tmp/80.insns")" "the same again"
prints --print-bytecode -p 81
ok "another for another port" [ "$(cat "$tmp/out")" != "$(cat "$tmp/80.insns")" ]
prints --check
ok "--check: a line a feature" [ "$(wc -l <"$tmp/out")" -ge 5 ]
is "$(head -n -1 "$tmp/out" | grep -cvE '^(yes|no) ')" 0 \
	"--check: each says yes or no"
like "$(tail -n 1 "$tmp/out")" 'can run here' "--check: the sum of it"

# A field of one's own, with nothing else told of it
sed 's|^\t__u32 saddr_be;|\t__u32 twice;\n&|
	s|^\tev.hook = HOOK;|\tev.twice = 2 * ntohs(s.tcp.source);\n&|' \
	"$tmp/80.c" >"$tmp/own.c"
lab_up
tool_start own "$ns_s" --source "$tmp/own.c" -o json
in_s timeout 60 "$TOOL" --source "$tmp/own.c" -c 1 >"$tmp/own.txt" 2>&1 &
tool_start saved "$ns_s" --source "$tmp/80.c" -o json
tool_start expr "$ns_s" -e 'dport == 80 && SYN' -o json
# All that is asked for must hold, the text's own filter too.
tool_start more "$ns_s" -i s0 --source "$tmp/80.c" -p 80-81 -4 -f syn \
	-e 'src("10.77.0.1") && mss > 0' -o json tcp dst port 80
# The text has the number of the namespace in it.
in_s "$TOOL" -k tracepoint --print-source >"$tmp/tracepoint.c"
tool_start words "$ns_s" -k tracepoint -i s0 --source "$tmp/tracepoint.c" \
	-o json 'tcp dst port 80 and tcp[tcpflags] == tcp-syn'
tool_start none "$ns_s" -i s0 --source "$tmp/80.c" -p 81 -o json
tool_start not "$ns_s" -i s0 --source "$tmp/80.c" -o json tcp dst port 81
for port in 79 80 81 80; do
	knock 1 10.77.0.2 $port
done
wait_until 10 has_packets own 2
tool_stop own
check_summary own
is "$(packets own '.twice == 2 * .sport')" "true${line}true" \
	"own: a field of one's own is in the JSON"
wait_until 10 grep -q '1 packets shown' "$tmp/own.txt"
is "$(grep -cE ' TWICE$' "$tmp/own.txt")" 1 "own: it has a column"
is "$(awk '/10.77.0.2:80/ { split($4, from, ":"); print $NF - 2 * from[2] }' \
	"$tmp/own.txt")" 0 "own: with its value"
for label in saved expr more words; do
	wait_until 10 has_packets $label 2
	tool_stop $label
	is "$(packets $label .dport | xargs)" "80 80" "$label: shows port 80"
	check_summary $label
done

for label in none not; do
	tool_stop $label
	is "$(packets $label .dport)" "" "$label: both filters at once let nothing through"
	check_summary $label
done
echo 'int tcpsnoop_socket(void *ctx) { return 0; }' >"$tmp/bare.c"
in_s "$TOOL" --source "$tmp/bare.c" -p 80 >"$tmp/out" 2>"$tmp/err"
is "$? $(wc -l <"$tmp/err")" "1 1" "a filter for a text that has no place for it"
like "$(cat "$tmp/err")" 'has no function segment_matches\(\)' "says why"

# What is no filter: an error, in time, that tells nothing of the file.
echo "int s3cr3t_of_root = 1;" >"$tmp/secret.h"
chmod 600 "$tmp/secret.h"
# NAME EXPRESSION [ERE]
hostile()
{
	local rc

	timeout -k 1 30 nsenter --net="/run/netns/$ns_s" \
		"$TOOL" --compile-limit 5 -d 0.1 -o json -e "$2" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	like $rc '^[12]$' "$1: exit status"
	like "$(cat "$tmp/err")" "^tcpsnoop-c: .*${3-}" "$1: says why"
	is "$(grep -c 's3cr3t' "$tmp/out" "$tmp/err" | cut -d: -f2 | xargs)" \
		"0 0" "$1: tells no secret"
	is "$(wc -c <"$tmp/out")" 0 "$1: shows nothing"
}

hostile "a typo" 'dprt == 80' 'filter:1:.*dprt'
hostile "an included file" "1$line#include \"$tmp/secret.h\"$line"
hostile "an included file with a link" \
	"1$line#include \"/proc/self/root$tmp/secret.h\"$line"
hostile "an assembler's include" "({ asm(\".incbin \\\"$tmp/secret.h\\\"\"); 1; })"
hostile "a second function" '1; } int other(void *ctx) { return 7'
hostile "a second function, commented" "1; } int f(void) { return 1; } /*"
hostile "an unended string" '"80'
hostile "an unended comment" '1 /*'
hostile "a loop without end" '({ int i = 0; while (1) i++; i; })'
hostile "a macro that never ends growing" "1$line$(
	for i in {1..40}; do echo "#define m$i m$((i - 1)) + m$((i - 1))"; done
	)${line}#define m0 1${line}m40"
hostile "nothing" ''
# These may be accepted, for what they mean is harmless.
for name in '5,000 parentheses' '60,000 additions' '20,000 negations'; do
	case $name in
	5*) e=$(printf '(%.0s' {1..5000})1$(printf ')%.0s' {1..5000}) ;;
	6*) e=$(printf '1+%.0s' {1..60000})1 ;;
	2*) e=$(printf '!%.0s' {1..20000})1 ;;
	esac
	timeout -k 1 40 nsenter --net="/run/netns/$ns_s" \
		"$TOOL" --compile-limit 20 -d 0.1 -o json -e "$e" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	like $? '^[01]$' "$name: exit status"
done
is "$(ps -eo args= | grep -cE "^$TOOL --compile-limit (5|20) -d 0.1")" 0 "no child is left"
finish
