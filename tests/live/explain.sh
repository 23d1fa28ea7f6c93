#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --explain: every stage told, with the numbers that other options and the run
# itself give; --stats: what a run of each program cost.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq

nr_syns=11

# What it says on stdout in a run of so many attempts to connect to port 82
lab_up
in_s timeout 60 "$TOOL" -k tc,socket -i s0 -p 82,84-86 --syn --explain --stats \
	-c $((2 * nr_syns)) >"$tmp/out" 2>"$tmp/err" &
pid=$!
wait_until 30 grep -q tracing "$tmp/err" || flunk "starts" "$(cat "$tmp/err")"
knock $nr_syns 10.77.0.2 82
wait $pid
is $? 0 "exit status"

is "$(grep -oE '^[0-9]+\. .*' "$tmp/out" | sed 's/\. .*//' | xargs)" \
	"1 2 3 4 5 3 4 5 6 7 8 9 10" "each stage, those of a program for each"
like "$(cat "$tmp/out")" '-p 82,84-86 --syn --explain' "the command line"
is "$(grep -c 'port == 82' "$tmp/out") $(
	grep -c 'port >= 84 && port <= 86' "$tmp/out")" "2 2" \
	"ports as C, for each program"
"$TOOL" -k tc -i lo -p 82,84-86 --syn --print-source >"$tmp/tc.c"
is "$(sed -nE 's/^ *tcpsnoop_tc.c has ([0-9]+) lines.*/\1/p' "$tmp/out")" \
	"$(wc -l <"$tmp/tc.c")" "as many lines as --print-source"
is "$(grep -cE '^    +0: \(' "$tmp/out")" 2 "bytecode of both, from its start"
is "$(grep -cE '^    [1-9][0-9]* instructions followed in' "$tmp/out") $(
	grep -cE '^    [1-9][0-9]* bytes of stack used' "$tmp/out") $(
	grep -cE 'instructions are [1-9][0-9]* bytes of machine' "$tmp/out")" \
	"2 2 2" "the verifier's and the compiler's numbers"
is "$(grep -E '\(\) at the hook' "$tmp/out" | xargs)" \
	"tcpsnoop_tc_in() at the hook tc, s0 tcpsnoop_socket() at the hook socket, s0" \
	"where they are"
is "$(grep -c '10.77.0.2:82 ' "$tmp/out")" $((2 * nr_syns)) "the packets themselves"
ok "costs: at least a run for each packet" [ "$(sed -nE \
	's/^    tcpsnoop_tc_in\(\): ([0-9]+) runs, [1-9].*/\1/p' "$tmp/out")" \
	-ge $nr_syns ]
is "$(sed -nE 's/^tcpsnoop-c: (.*\(\): [0-9]+ runs, [0-9]+ ns each).*/    \1/p' \
	"$tmp/err")" "$(grep -E 'runs, .* ns each$' "$tmp/out")" \
	"--stats says the same"
is "$(awk '/^10\. /, 0 {
	if (/ seen /) left = $1
	if ($1 == "-") left -= $2
	if ($1 == "=") print $2 - left
}' "$tmp/out" | xargs)" "0 0" "the account adds up"
ok "no line is wider than a terminal" \
	[ "$(grep -vE '^ |^TIME|hook=' "$tmp/out" | wc -L)" -le 80 ]
ok "a screen for each stage" [ "$(awk '/^[0-9]\. / { n = 0 }
	/hook=|^TIME/ { next } { if (++n > m) m = n } END { print m }' \
	"$tmp/out")" -le 50 ]

"$TOOL" --explain -o json >"$tmp/out" 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "2 tcpsnoop-c: --explain goes with text only" \
	"not with JSON"
in_s timeout 30 "$TOOL" -d 0.1 >"$tmp/out" 2>"$tmp/err"
is "$(grep -c 'runs,' "$tmp/err")" 0 "nothing is measured unasked"
finish
