#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Limits of the process: at that of a file's size a run ends as on a full disk,
# with its account.

# The cache here is this script's own: nothing may be kept.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq tcpdump prlimit mount
mount -t tmpfs -o mode=755 none /var/cache || skip_all "cannot mount here"
dir=${TOOL%/*}
full='the file is too large \(see ulimit -f\)'

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

lab_up
test_compile
test_capture
test_stdout
test_prints
hooks_are_clear
finish
