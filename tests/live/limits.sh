#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Limits of the process: at that of a file's size a run ends as on a full disk,
# with its account; with too few descriptors it runs or says so in one line.

# The cache here is this script's own: both hot and cold ones are needed.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq tcpdump prlimit mount
mount -t tmpfs -o mode=755 none /var/cache || skip_all "cannot mount here"
dir=${TOOL%/*}
full='the file is too large \(see ulimit -f\)'
few='(too few open files are allowed|too many open files).*ulimit -n'

# LABEL KIB ARGUMENT...: as tool_start, and then no file may grow beyond that
limited_start()
{
	tool_start "$1" "$ns_s" -i s0 -p 80 --no-owner "${@:3}"
	prlimit --pid "${tool_pid[$1]}" --fsize=$(($2 << 10))
}

# LABEL ERE: traffic until it ends, which it says once, with what it counted
ends_full()
{
	wait_until 20 knock_until_gone "${tool_pid[$1]}" || flunk "$1: ends"
	tool_wait "$1"
	is "${tool_rc[$1]}" 1 "$1: exit status"
	is "$(grep -cE "^tcpsnoop-c: cannot write $2: $full\$" "$tmp/$1.err")" \
		1 "$1: says why, once"
	like "$(cat "$tmp/$1.err")" '[0-9]+ packets shown of [0-9]+ matched, ' \
		"$1: with the account"
}

test_capture()
{
	local nr_file nr_lost

	limited_start capture 32 -w "$tmp/w.pcapng"
	ends_full capture "$tmp/w.pcapng"
	ok "capture: not larger than that" \
		[ "$(stat -c %s "$tmp/w.pcapng")" -le 32768 ]
	nr_file=$(tcpdump -nr "$tmp/w.pcapng" 2>/dev/null | wc -l)
	nr_lost=$(grep -oP '[0-9]+(?= of the packets are not in the)' \
		"$tmp/capture.err")
	is "$((nr_file + ${nr_lost:-0})) packets shown" \
		"$(grep -o '^[0-9]* packets shown' "$tmp/capture.err")" \
		"capture: each packet is in the file or counted as lost"
}

test_stdout()
{
	limited_start text 8
	ends_full text "to stdout"
	limited_start json 8 -o json
	ends_full json "to stdout"
	is "$(sed '$d' "$tmp/json.out" | jq -r .type | sort -u)" packet \
		"json: whole lines, but for the last"
}

# ARGUMENT...: to stdout, a file that may hold nothing
prints()
{
	local err

	# stderr is a pipe, which no limit is for.
	err=$( (ulimit -f 0; exec timeout 60 "$@") 2>&1 >"$tmp/out"
		echo "exit $?")
	like "$err" "^${1##*/}: cannot write to stdout: $full"$'\n'"exit 1\$" \
		"${*##*/}: says why"
}

test_prints()
{
	local program=examples/tcp_intercept/tcp_intercept.c

	# Their headers and programs are kept by then.
	"$dir/kheaders-c" >"$tmp/out"
	"$dir/bpfrun-c" -q -d 0.01 -i lo $program >"$tmp/out"
	prints "$TOOL" --print-source
	prints "$TOOL" --help
	prints "$dir/kheaders-c"
	prints "$dir/bpfrun-c" -q -d 0.01 -o json -i lo $program
}

# Nothing is kept yet, and no header file may be that large.
test_compile()
{
	(ulimit -f 1; exec timeout 60 "$TOOL" -d 0.01) >"$tmp/out" 2>"$tmp/err"
	like "exit $?, $(tail -n 1 "$tmp/err")" \
		"^exit 1, tcpsnoop-c: cannot make kernel headers .*$full" \
		"no room for headers: says why"
	is "$(find /var/cache/tcpsnoop-c/headers -mindepth 1)" "" \
		"no room for headers: nothing is left"
}

# NAME COMMAND...: with each number of descriptors, from those with which a
# program can start at all, it runs, or ends in one line about them.
few_files()
{
	local name=$1 n rc nr_ran=0 nr_said=0 bad=''
	shift

	for ((n = 3; n <= 64; n++)); do
		# Else the loader cannot open the C library.
		prlimit --nofile=$n true 2>/dev/null || continue
		in_s timeout -k 1 60 prlimit --nofile=$n "$@" \
			>/dev/null 2>"$tmp/err" </dev/null
		judge $? "$n: "
	done
	is "$bad" "" "$name: with 3 to 64 descriptors it runs or says why"
	ok "$name: with 64 it runs" [ "$rc" = 0 ]
}

# STATUS LABEL: counts, or adds to bad
judge()
{
	rc=$1
	if [ "$rc" = 0 ] && [ ! -s "$tmp/err" ]; then
		nr_ran=$((nr_ran + 1))
	elif [ "$rc" = 1 ] && [ "$(wc -l <"$tmp/err")" = 1 ] &&
	     grep -qE "$few" "$tmp/err"; then
		nr_said=$((nr_said + 1))
	else
		bad+="$2exit $rc, $(head -n 3 "$tmp/err")"$'\n'
	fi
}

# NAME COMMAND...: 64 may be open, but some are already
leaked_files()
{
	local name=$1 n rc nr_ran=0 nr_said=0 bad=''
	shift

	for ((n = 0; n <= 54; n++)); do
		(for ((fd = 10; fd < n + 10; fd++)); do eval "exec $fd</dev/null"; done
		in_s timeout -k 1 60 prlimit --nofile=64 "$@" </dev/null) \
			>/dev/null 2>"$tmp/err"
		judge $? "$n: "
	done
	is "$bad" "" "$name: with 0 to 54 of 64 in use it runs or says why"
	ok "$name: it ran, with few in use" [ $nr_ran -gt 0 ]
	ok "$name: it did not, with many in use" [ $nr_said -gt 0 ]
}

test_descriptors()
{
	local program=examples/tcp_intercept/tcp_intercept.c short=(-d 0.001 -q)

	# What is compiled, is compiled by a child with the same limit.
	few_files "compiling" "$TOOL" "${short[@]}" --no-cache -i lo
	few_files tcpsnoop-c "$TOOL" "${short[@]}" -i lo -w "$tmp/x" \
		-k xdp,tc,tracepoint,socket,tcp
	few_files "tcpsnoop-c -n" "$TOOL" "${short[@]}" -n bash
	few_files tcplife-c "$dir/tcplife-c" "${short[@]}"
	few_files tcpdrop-c "$dir/tcpdrop-c" "${short[@]}"
	few_files tcpwhy-c "$dir/tcpwhy-c" "${short[@]}"
	few_files bpfrun-c "$dir/bpfrun-c" "${short[@]}" -i lo $program
	few_files kheaders-c "$dir/kheaders-c"
	leaked_files tcpsnoop-c "$TOOL" "${short[@]}" -i lo -w "$tmp/x" \
		-k xdp,tc,tracepoint,socket,tcp
	leaked_files "tcpsnoop-c -n" "$TOOL" "${short[@]}" -n bash
	leaked_files tcplife-c "$dir/tcplife-c" "${short[@]}"
	leaked_files bpfrun-c "$dir/bpfrun-c" "${short[@]}" -i lo $program
	# A program that shall run with many may ask for a low soft limit.
	(ulimit -S -n 20; exec "$TOOL" "${short[@]}") >/dev/null 2>"$tmp/err"
	is "exit $?, $(cat "$tmp/err")" "exit 0, " "a low soft limit is raised"
}

lab_up
test_compile
test_capture
test_stdout
test_prints
test_descriptors
hooks_are_clear
finish
