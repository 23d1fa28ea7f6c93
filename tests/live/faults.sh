#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens around a run: whose a packet is has exited; -w cannot be written;
# the kernel says what the tool does not know; the machine has no time.

# A small disk is mounted here, for nobody else.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq bpftool tcpdump unshare
all=xdp,tc,tracepoint,socket

# Processes that say a word and exit at once: long gone when it is shown.
test_exited()
{
	tool_start exited "$ns_c" -D both -r 80 -e 'len > 0' -o json
	spawn "$ns_s" $PY tests/live/hooks.py sink 80 >"$tmp/sink" &
	pids+=($!)
	wait_until 10 grep -q ready "$tmp/sink" || flunk "a server starts"
	in_c $PY tests/live/faults.py words 10.77.0.2 80 97 >"$tmp/words"
	ends_saying exited 97 "97 out false" '"\(.dir) \(has("owner"))"' \
		"each is its own process's"
	is "$(packets exited '"\(.sport) \(.pid)"' | sort)" \
		"$(sort "$tmp/words")" "exited: the right one's, each"
	kill "${pids[-1]}"
}

# ERE PATH: cannot be written, which is said at once
cannot_write()
{
	in_s timeout 20 "$TOOL" -i s0 -w "$2" >"$tmp/out" 2>"$tmp/err"
	is "exit $?, $(wc -l <"$tmp/err") line" "exit 1, 1 line" \
		"-w $1: exit status"
	like "$(cat "$tmp/err")" "^tcpsnoop-c: cannot write $2: $1" \
		"-w $1: says so"
}

# LABEL ERE N FILE COMMAND...: to FILE, COMMAND after N packets; then it ends,
# and says why
write_until()
{
	local label=$1 ere=$2 nr_first=$3 file=$4
	shift 4

	tool_start "$label" "$ns_s" -i s0 -p 80 -o json -w "$file"
	knock "$nr_first"
	wait_until 10 has_packets "$label" "$nr_first"
	"$@"
	wait_until 10 knock_until_gone "${tool_pid[$label]}" ||
		flunk "$label: ends"
	tool_wait "$label"
	is "${tool_rc[$label]}" 1 "$label: exit status"
	is "$(grep -cE "^tcpsnoop-c: cannot write $file: $ere\$" \
		"$tmp/$label.err")" 1 "$label: says so, once"
	check_summary "$label"
}

test_write()
{
	cannot_write 'No such file or directory' "$tmp/nosuch/x"
	cannot_write 'Is a directory' "$tmp"
	cannot_write 'No space left on device' /dev/full
	write_until deleted 'the file was deleted' 5 "$tmp/w.pcapng" \
		rm "$tmp/w.pcapng"
	ok "deleted: it does not come back" [ ! -e "$tmp/w.pcapng" ]
	mkfifo "$tmp/fifo"
	exec 7<>"$tmp/fifo"
	sleep 60 <&7 &
	exec 7<&-
	pids+=($!)
	write_until reader 'Broken pipe' 5 "$tmp/fifo" kill $!
	mkdir "$tmp/small"
	mount -t tmpfs -o size=4k none "$tmp/small" || return
	write_until full 'No space left on device' 30 "$tmp/small/w.pcapng" :
	tcpdump -nr "$tmp/small/w.pcapng" >"$tmp/read" 2>"$tmp/err"
	is "$(sed -E 's/.* [0-9.]+\.([0-9]+) > .*/\1/' "$tmp/read")" \
		"$(packets full .sport | head -n "$(wc -l <"$tmp/read")")" \
		"full: the first $(wc -l <"$tmp/read") are in the file"
	is "$(grep -vE '^reading from|^Warning: interface' "$tmp/err")" "" \
		"full: which can be read to its end"
	umount "$tmp/small"
}

# TOOL SED-SCRIPT ARGUMENT...: run it as if the kernel said something else
other_kernel()
{
	local script=$2
	TOOL=$(realpath -m "${BUILD:-build}/$1")
	shift 2

	in_s "$TOOL" "$@" --print-source >"$tmp/is.c"
	sed "$script" "$tmp/is.c" >"$tmp/other.c"
	is "$(diff "$tmp/is.c" "$tmp/other.c" | grep -c '^>')" 1 \
		"${TOOL##*/}: its source has a line to change"
	tool_start "${TOOL##*/}" "$ns_s" --source "$tmp/other.c" -o json "$@"
	knock 3 10.77.0.2 81
	knock 5 10.77.0.2 82
	sleep 0.2
	in_s timeout 1 bash -c ': </dev/tcp/127.0.0.1/83' 2>/dev/null
	tool_stop "${TOOL##*/}"
	is "${tool_rc[${TOOL##*/}]}" 0 "${TOOL##*/}: exit status"
}

# A reason that this kernel can name, and the tool has no words for; and one,
# like a state, that nobody knows.
test_newer()
{
	local tool=$TOOL known

	known=$(bpftool btf dump file /sys/kernel/btf/vmlinux 2>/dev/null |
		sed -n "s/.*'SKB_DROP_REASON_UDP_CSUM' val=//p")
	if [ -n "$known" ]; then
		other_kernel tcpdrop-c "s/\(ev.reason = \)reason;/\1$(
			)s.tcp.dest == htons(81) ? $known : 0x7abc;/" -a
		is "$(jq -r 'select(.type == "drop") | [.dport, .reason,
			has("meaning")] | join(" ")' "$tmp/tcpdrop-c.out" |
			sort | uniq -c | xargs)" \
			"3 81 UDP_CSUM false 5 82 0x7abc false$(
			) 1 83 0x7abc false" \
			"tcpdrop-c: reasons without a meaning or a name"
	else
		skip "reasons newer than tcpdrop-c" "this kernel names none"
	fi
	other_kernel tcplife-c 's/\(new_state = ch->new\);/\1 + 100;/' --states
	is "$(jq -r 'select(.type == "state") | "\(.old_state) \(.new_state)"' \
		"$tmp/tcplife-c.out" | xargs)" "CLOSE 102 SYN_SENT 107" \
		"tcplife-c: a state without a name"
	TOOL=$tool
}

# Others take all CPUs; what comes is late, but none of it is lost.
test_busy()
{
	local i hogs=()

	tool_start busy "$ns_s" -k $all -i s0 -p 80 -o json
	for ((i = 0; i < 2 * $(nproc); i++)); do
		timeout 20 sh -c 'while :; do :; done' &
		hogs+=($!)
	done
	knock 199
	wait_until 15 has_packets busy 796
	kill "${hogs[@]}"
	wait "${hogs[@]}" 2>/dev/null
	hooks_saw busy $all 199 s0
}

lab_up
test_busy
test_newer
test_exited
test_write
hooks_are_clear
finish
