#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How a run ends: by signals, by itself, with its reader or its terminal. Each
# time with the summary, and with nothing left behind; after SIGKILL too.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip bpftool jq setsid ss

# LABEL SHOWN: it ended well, with the summary on stderr
check_end()
{
	is "${tool_rc[$1]}" 0 "$1: exit status"
	like "$(sed '/tracing/d' "$tmp/$1.err")" "[^0-9]$2[^0-9]" \
		"$1: the summary on stderr, with the number shown"
}

# PID: what its descriptors hold of BPF
bpf_ids()
{
	sed -nE 's/^(prog|map)_id:[[:space:]]*/\1 id /p' /proc/"$1"/fdinfo/* |
		sort -u
} 2>/dev/null

# "prog id 12"
bpf_exists() { bpftool "${1%% *}" show id "${1##* }"; } >/dev/null 2>&1

is_all_gone()
{
	local id

	while read -r id; do
		[ -z "$id" ] || ! bpf_exists "$id" || return 1
	done <<<"$1"
}

in_session() { ps -eo sid=,pid=,args= | awk -v s="$1" '$1 == s'; }
is_empty_session() { [ -z "$(in_session "$1")" ]; }

lab_up
for sig in INT TERM HUP; do
	tool_start "SIG$sig" "$ns_s" -p 80 -o json
	knock 3
	wait_until 10 has_packets "SIG$sig" 3
	tool_stop "SIG$sig" $sig
	check_end "SIG$sig" 3
	check_summary "SIG$sig"
done

tool_start count "$ns_s" -p 80 -c 5 -o json
knock 9
tool_wait count
check_end count 5
is "$(packets count .dport | xargs)" "80 80 80 80 80" "-c 5: five packets"
tool_start text "$ns_s" -p 80 -c 5
knock 9
tool_wait text
is "$(wc -l <"$tmp/text.out")" 6 "-c 5 as text: a header and five lines"
is "$(grep -cxF "$(head -n 1 "$tmp/text.out")" "$tmp/text.out")" 1 \
	"the header line is there once"
tool_start duration "$ns_s" -p 80 -d 1 -o json
knock 2
tool_wait duration
check_end duration 2
tool_spawn quiet "$ns_s" -q -p 80 -d 1
tool_wait quiet
is "$(cat "$tmp/quiet.err")" "" "-q: nothing on stderr"

# Two at once; the image of the second is perhaps just being made.
tool_spawn twin1 "$ns_s" -p 80,81 -o json
tool_spawn twin2 "$ns_s" -p 80,81 -o json
tool_wait_tracing twin1
tool_wait_tracing twin2
knock 7 10.77.0.2 81
wait_until 10 has_packets twin1 7
wait_until 10 has_packets twin2 7
kill -USR1 "${tool_pid[twin1]}"
wait_until 10 grep -q '[^0-9]7[^0-9]' "$tmp/twin1.err"
like "$(sed 1d "$tmp/twin1.err")" '[^0-9]7[^0-9]' "SIGUSR1: the counts so far"
maps=$(awk '{ print $6 }' "/proc/${tool_pid[twin1]}/maps" | sort -u)
like "$maps" 'tcpsnoop-c' "its maps can be read"
is "$(grep -E 'LLVM|clang|libbcc\.so' <<<"$maps")" "" \
	"neither LLVM nor libbcc in its maps"
is_alone() { [ "$(in_session "$1" | wc -l)" -eq 1 ]; }
ok "the compile child is gone" wait_until 10 is_alone "${tool_pid[twin1]}"
is "$(is_gone "${tool_pid[twin1]}"; echo $?)" 1 "SIGUSR1 does not end it"
tool_stop twin1
tool_stop twin2
is "$(packet_lines twin1)" "$(packet_lines twin2)" "two at once see the same"

# Through a pipe: a line at once, and an end when the reader has enough.
mkfifo "$tmp/pipe"
spawn "$ns_s" "$TOOL" -p 80 2>"$tmp/piped.err" >"$tmp/pipe" &
tool_pid[piped]=$!
pids+=($!)
exec 7<"$tmp/pipe"
tool_wait_tracing piped
knock 1
read -r -t 10 -u 7 line
is $? 0 "in a pipe: the header comes at once"
read -r -t 10 -u 7 line
is $? 0 "in a pipe: a lone packet comes while it runs"
exec 7<&-
wait_until 20 knock_until_gone "${tool_pid[piped]}"
tool_wait piped
is "${tool_rc[piped]}" 1 "a closed pipe: exit status"
like "$(cat "$tmp/piped.err")" '[^0-9]1[^0-9]' "a closed pipe: the summary"
# A reader that does not read: the pipe is full, and still it ends.
spawn "$ns_s" "$TOOL" -p 80 -o json 2>"$tmp/full.err" >"$tmp/pipe" &
tool_pid[full]=$!
pids+=($!)
exec 7<"$tmp/pipe"
tool_wait_tracing full
knock 997
tool_stop full
cat <&7 >"$tmp/full.out"
exec 7<&-
like "${tool_rc[full]}" '^[01]$' "a full pipe: ends"
is "$(grep -cv '^{.*}$' "$tmp/full.out")" 0 "a full pipe: no line is cut"

# Its terminal goes away.
in_s $PY - "$TOOL" "$tmp/tty.err" <<'EOF' >"$tmp/tty.rc" &
import os, pty, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
pid, tty = pty.fork()
if not pid:
    os.dup2(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT), 2)
    os.execv(sys.argv[1], [sys.argv[1], "-p", "80"])
for _ in range(600):
    time.sleep(0.05)
    if os.path.exists(sys.argv[2]) and b"tracing" in open(
            sys.argv[2], "rb").read():
        break
os.close(tty)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOF
waiter=$!
pids+=("$waiter")
wait_until 40 is_gone $waiter
is "$(cat "$tmp/tty.rc")" 0 "a closed terminal: exit status"
like "$(sed 1d "$tmp/tty.err")" '[^0-9]0[^0-9]' "a closed terminal: summary"

# Lost packets are told, not hidden: one page a CPU, and nobody reads.
for strict in '' --strict; do
	tool_start lossy "$ns_s" -p 80 --pages 1 -o json $strict
	kill -STOP "${tool_pid[lossy]}"
	knock 499
	kill -CONT "${tool_pid[lossy]}"
	tool_stop lossy
	is "${tool_rc[lossy]}" "$([ $strict ] && echo 3 || echo 0)" \
		"a run that lost something: exit status ${strict:-without --strict}"
	is "$(tail -n 1 "$tmp/lossy.out" | jq -c '[.matched,
		.matched == .shown + ([.lost[]] | add),
		([.lost[]] | add) > 0, .seen == .filtered + .matched]')" \
		'[499,true,true,true]' "what was lost is in the summary"
	like "$(cat "$tmp/lossy.err")" 'LOST [0-9]' "stderr says so"
done

# What had come behind the last packet that was asked for is not of this run.
tool_start last "$ns_s" -p 80 -o json -c 3
kill -STOP "${tool_pid[last]}"
knock 20
kill -CONT "${tool_pid[last]}"
tool_wait last
is "$(tail -n 1 "$tmp/last.out" | jq -c '[.matched, .shown]')" '[3,3]' \
	"packets behind the last one are left out"
check_summary last

# SIGKILL while it compiles, loads, attaches, traces: nothing is left.
for delay in 0.01 0.03 0.1 0.2 0.3 0.5 tracing; do
	tool_spawn killed "$ns_s" --no-cache -p 80
	pid=${tool_pid[killed]}
	if [ $delay = tracing ]; then
		tool_wait_tracing killed
		like "$(bpf_ids "$pid")" 'map id .*prog id' "it holds maps and programs"
	else
		sleep $delay
	fi
	ids=$(bpf_ids "$pid")
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	wait_until 10 is_empty_session "$pid"
	is "$(in_session "$pid")" "" "killed after $delay: no process is left"
	ok "killed after $delay: no program or map is left" \
		wait_until 10 is_all_gone "$ids"
	is "$(in_s ss -0Hn)" "" "killed after $delay: no packet socket is left"
done
finish
