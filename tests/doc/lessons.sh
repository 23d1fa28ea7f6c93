#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The workshop: every command of its pages is run in the lab and its output
# compared (lessons.py), and the lab leaves nothing behind, however it ends.
#
# Alone: readme.sh starts labs too, and each takes away what killed ones leave.

# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/../live/lib.sh"
need ip nginx curl openssl jq setpriv nsenter

BUILD=$(dirname "$TOOL")
export BUILD

# How many processes of the lab in $dir there are, itself not counted
members() { grep -lzxF "LAB=$dir" /proc/[0-9]*/environ 2>/dev/null | wc -l; }
is_taken_away()
{
	[[ ! -e $dir && $(members) == 0 ]] && ! pgrep -f "$dir" >/dev/null
}

# Starts a lab that goes on, with a tracer in a session of its own.
lab_start()
{
	timeout 60 examples/lab bash -c 'echo $LAB; exec setsid bpfrun-c \
		examples/11-xdp-drop/drop.c -i eth0' >"$tmp/lab" 2>&1 &
	pids+=($!)
	wait_until 30 grep -q 'Ctrl-C to stop' "$tmp/lab" ||
		flunk "the lab starts" "$(cat "$tmp/lab")"
	dir=$(head -n 1 "$tmp/lab")
	ok "its processes are told by LAB" [ "$(members)" -ge 2 ]
}

test_lab()
{
	local guard

	examples/lab bash -c 'client curl -sk https://10.80.0.1/; exit 47' \
		>"$tmp/out" 2>&1
	is "$? $(cat "$tmp/out")" "47 hello" "the command's output and status"
	lab_start
	kill -KILL "${dir##*.}"
	ok "killed: its guard takes it away" \
		wait_until 10 is_taken_away
	lab_start
	guard=$(pgrep -f -- "--guard $dir")
	kill -KILL "$guard" "${dir##*.}"
	sleep 0.2
	is "$(test -d "$dir" && echo there)" there \
		"killed with its guard: it stays"
	examples/lab true
	ok "and the next one takes it away" is_taken_away
}

# LABEL PAGE...: in one lab, one after the other
lessons()
{
	timeout 280 examples/lab $PY tests/doc/lessons.py "${@:2}" \
		>"$tmp/$1" 2>"$tmp/$1.err"
}

# The shell, with no word typed into it, and the line of the index
test_index()
{
	sed 's/^sudo //' examples/README.md >"$tmp/README.md"
	is "$(examples/lab 2>&1 </dev/null | grep -c 'client COMMAND')" 1 \
		"sudo examples/lab"
	is "$(sed -n '/^examples.lab bash/,/^```$/p' "$tmp/README.md" |
		sed '$d' | bash 2>&1)" \
	   "$(sed -n '/^```text/,/^```/p' "$tmp/README.md" | sed '1d; $d')" \
		"the index's command"
	is "$(grep -oE '\([0-9]+-[a-z-]*/README' examples/README.md | xargs)" \
	   "$(cd examples && printf '(%s/README\n' [0-9]*-* | xargs)" \
		"the index names every lesson"
}

# Two at a time: they mostly wait.
pages=(examples/[0-9]*/README.md)
odd=() even=()
for page in "${pages[@]}"; do
	((${#odd[@]} > ${#even[@]})) && even+=("$page") || odd+=("$page")
done
lessons even "${even[@]}" &
lessons odd "${odd[@]}"
wait $!
grep -hE '^(ok|bad) ' "$tmp/odd" "$tmp/even" | sort -sk 2,2 >"$tmp/verdicts"
verdicts <"$tmp/verdicts"
is "$(cat "$tmp/odd.err" "$tmp/even.err")" "" "nothing on stderr"
is "$(sed -nE 's/^ok ([^:]*): its parts/\1/p' "$tmp/verdicts" | xargs)" \
	"$(cd examples && echo [0-9]*-*)" "every lesson was run"
test_index
test_lab
finish
