#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --source FILE --watch: a file that is saved takes the place of the program
# that runs, with no packet missed; one that cannot leaves it running.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq

said() { grep -cE "$2" "$tmp/$1.err"; }
has_said() { [ "$(said "$1" "$2")" -ge "$3" ]; }

# HOOK NR: the NRth text of it, which differs in a comment alone
save()
{
	{ cat "$tmp/$1.c"; echo "/* $2 */"; } >"$tmp/$1-new.c"
	mv "$tmp/$1-new.c" "$tmp/$1-run.c"
}

# HOOK: saved again and again under traffic
test_nothing_is_missed()
{
	local hook=$1 i nr_syns

	"$TOOL" -k "$hook" -N "$ns_s" -i s0 -p 80 --syn --print-source \
		>"$tmp/$hook.c"
	cp "$tmp/$hook.c" "$tmp/$hook-run.c"
	tool_start "$hook" "$ns_s" -k "$hook" -i s0 \
		--source "$tmp/$hook-run.c" --watch -o json
	touch "$tmp/go"
	in_c $PY tests/live/watch.py 10.77.0.2 80 "$tmp/go" >"$tmp/sent" &
	wait_until 10 has_packets "$hook" 11
	for i in 1 2 3; do
		save "$hook" $i
		wait_until 30 has_said "$hook" 'runs as it was saved' $i ||
			flunk "$hook: swap $i" "$(cat "$tmp/$hook.err")"
	done
	rm "$tmp/go"
	wait $!
	nr_syns=$(cat "$tmp/sent")
	lab_settle
	tool_stop "$hook"
	is "${tool_rc[$hook]}" 0 "$hook: exit status"
	check_summary "$hook"
	is "$(packets "$hook" .sport | sort -u | wc -l)" $nr_syns \
		"$hook: every one of $nr_syns attempts to connect"
	# A tracepoint may show one twice: once by each.
	[ "$hook" = tracepoint ] ||
		is "$(packets "$hook" .sport | wc -l)" $nr_syns \
			"$hook: and none of them twice"
}

# What is saved changes what is shown; what is wrong changes nothing.
test_changes()
{
	local run=$tmp/edit.c

	"$TOOL" -p 80 --syn --print-source >"$run"
	tool_start edit "$ns_s" --source "$run" --watch -o json
	knock 2 10.77.0.2 80
	knock 2 10.77.0.2 81
	wait_until 10 has_packets edit 2
	sed -i 's/port == 80/port == 81/' "$run"
	wait_until 30 has_said edit 'runs as it was saved' 1
	knock 3 10.77.0.2 81
	wait_until 10 has_packets edit 5
	sed 's/return port == 81/retrun port == 82/' "$run" >"$run.wrong"
	cp "$run.wrong" "$run"
	wait_until 30 has_said edit 'the program that runs goes on' 1
	like "$(cat "$tmp/edit.err")" "edit.c:[0-9]+:[0-9]+: error: .*retrun" \
		"a mistake is shown"
	sed 's/st->matched++;/st->matched++; for (;;) st->seen++;/' \
		"$run.wrong" | sed 's/retrun/return/' >"$run.endless"
	cp "$run.endless" "$run"
	wait_until 30 has_said edit 'the program that runs goes on' 2
	like "$(cat "$tmp/edit.err")" 'the kernel refuses tcpsnoop_socket' \
		"a refusal is shown"
	sed 's/"events"/"others"/; s/BPF_PERF_OUTPUT(events)/BPF_HASH(events)/' \
		"$run.wrong" | sed 's/retrun/return/' >"$run.map"
	cp "$run.map" "$run"
	wait_until 30 has_said edit 'the program that runs goes on' 3
	: >"$run"
	wait_until 30 has_said edit 'the program that runs goes on' 4
	mkfifo "$run.fifo"
	mv "$run.fifo" "$run"
	wait_until 30 has_said edit 'the program that runs goes on' 5
	like "$(cat "$tmp/edit.err")" \
		'edit.c: it is not a regular file: the program that runs goes' \
		"a FIFO in its place is not waited for"
	rm "$run"
	wait_until 10 has_said edit 'edit.c is gone' 1
	knock 5 10.77.0.2 81
	wait_until 10 has_packets edit 10
	sed 's/retrun port == 82/return port == 83/' "$run.wrong" >"$run"
	wait_until 30 has_said edit 'runs as it was saved' 2
	knock 7 10.77.0.2 81
	knock 7 10.77.0.2 83
	wait_until 10 has_packets edit 17
	tool_stop edit
	is "${tool_rc[edit]}" 0 "edit: exit status"
	check_summary edit
	is "$(packets edit .dport | uniq -c | xargs)" "2 80 8 81 7 83" \
		"each program showed what it was to show, the old ones too"
	is "$(said edit 'is gone')" 1 "that the file is gone is said once"
}

"$TOOL" --watch >"$tmp/out" 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "2 tcpsnoop-c: --watch goes with --source only" \
	"not without a file"
lab_up
for hook in socket tc xdp tracepoint; do
	test_nothing_is_missed $hook
done
test_changes
is "$(ps -eo args= | grep -c "^$TOOL .*$tmp.*--watch")" 0 "no child is left"
finish
