#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens around a run: interfaces and namespaces go, come, change; whose
# a packet is has exited; -w cannot be written; the kernel says what the tool
# does not know; the machine has no time.

# A small disk is mounted here, for nobody else.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq bpftool tcpdump unshare
all=xdp,tc,tracepoint,socket
stack=socket,tracepoint
ns_x=tsx$$
trap 'ip netns del "$ns_x" 2>/dev/null; cleanup' EXIT

# JQ-FILTER: of the packets on stdin, how often it says what, on one line
tally()
{
	jq -r "select(.type == \"packet\") | $1" | sort | uniq -c |
		sed 's/^ *//' | paste -sd ,
}

# LABEL N WANT JQ-FILTER NAME: it shows N packets, ends well and says WANT
ends_with()
{
	wait_until 10 has_packets "$1" "$2" ||
		flunk "$1: shows $2 packets" "$(tally .hook <"$tmp/$1.out")"
	tool_stop "$1"
	is "${tool_rc[$1]}" 0 "$1: exit status"
	check_summary "$1"
	is "$(tally "$4" <"$tmp/$1.out")" "$3" "$1: $5"
}

# LABEL HOOKS N IFNAME...: the same by hook, as many N IFNAME for each of them
hooks_saw()
{
	local label=$1 hooks=$2 hook want='' nr_all=0
	shift 2

	for hook in $(tr , '\n' <<<"$hooks" | sort); do
		for ((i = 1; i < $#; i += 2)); do
			want+=",${!i} $hook ${*:i+1:1}"
			nr_all=$((nr_all + ${!i}))
		done
	done
	ends_with "$label" $nr_all "${want#,}" '"\(.hook) \(.ifname)"' \
		"where they came in"
}

# PREFIX: a run with all hooks on s1, and one without -i
start_both()
{
	tool_start "$1" "$ns_s" -k $all -i s1 -p 80 -o json
	tool_start "$1-any" "$ns_s" -k $stack -p 80 -o json
}

# PREFIX N: they have shown N packets at each hook
have_seen()
{
	wait_until 10 has_packets "$1" $((4 * $2)) &&
		wait_until 10 has_packets "$1-any" $((2 * $2)) ||
		flunk "$1: shows $2 packets a hook"
}

# LABEL ERE: wait until it says so; it looks at the names each second
says()
{
	wait_until 10 grep -qE "$2" "$tmp/$1.err" ||
		flunk "$1: says $2" "$(cat "$tmp/$1.err")"
}

# An interface that was there at the start, and one with the same name later:
# the tracepoint knows the old one by its number.
test_gone()
{
	start_both gone
	knock 3 10.78.0.2
	have_seen gone 3
	ip -n "$ns_s" link del s1
	says gone 's1 is gone'
	knock 2
	lab_cable c1 s1 10.78.0 fd00:78:0
	says gone 's1 is back'
	knock 4 10.78.0.2
	hooks_saw gone-any $stack 2 s0 7 s1
	ends_with gone 24 "7 socket,7 tc,3 tracepoint,7 xdp" .hook \
		"what came back is traced again"
	like "$(cat "$tmp/gone.err")" 's1 is back.* tracepoint' \
		"gone: says which hook does not follow"
}

# Of two interfaces one goes: the other one goes on.
test_half_gone()
{
	tool_start half "$ns_s" -k $all -i s0,s1 -p 80 -o json
	knock 3 10.78.0.2
	wait_until 10 has_packets half 12
	ip -n "$ns_s" link del s1
	knock 2
	hooks_saw half $all 2 s0 3 s1
	lab_cable c1 s1 10.78.0 fd00:78:0
}

# An interface that was not there at the start, with an awkward name
test_new()
{
	local name='a"\b'

	tool_start new "$ns_s" -k $stack -p 80 -o json
	lab_cable c2 "$name" 10.79.1 fd00:79:1
	knock 5 10.79.1.2
	hooks_saw new $stack 5 "$name"
	tool_start awkward "$ns_s" -k $all -i "$name" -p 80 -o json
	knock 2 10.79.1.2
	hooks_saw awkward $all 2 "$name"
	is "$(tail -n 1 "$tmp/awkward.out" | jq -r '.hooks[].ifname' |
		sort -u)" "$name" "the summary: an awkward name"
	ip -n "$ns_s" link del "$name"
}

# Some kernels rename only what is down.
rename()
{
	ip -n "$ns_s" link set "$1" name "$2" 2>/dev/null && return
	ip -n "$ns_s" link set "$1" down
	ip -n "$ns_s" link set "$1" name "$2"
	ip -n "$ns_s" link set "$2" up
}

# -i means a name: hooks leave what no longer has it. The tracepoint goes by
# the number, and what it knows of names is a second old at most.
test_renamed()
{
	start_both renamed
	knock 3 10.78.0.2
	have_seen renamed 3
	rename s1 t1
	says renamed 's1 is gone'
	sleep 1.1
	knock 4 10.78.0.2
	hooks_saw renamed-any $stack 3 s1 4 t1
	rename t1 s1
	says renamed 's1 is back'
	knock 2 10.78.0.2
	wait_until 10 has_packets renamed 23
	ends_with renamed 24 "5 socket,5 tc,9 tracepoint,5 xdp" .hook \
		"by its name"
}

# Down and up, another MTU, another address
test_down_up()
{
	start_both down
	knock 3 10.78.0.2
	have_seen down 3
	ip -n "$ns_s" link set s1 down
	in_c timeout 0.2 bash -c ': </dev/tcp/10.78.0.2/80' 2>/dev/null
	ip -n "$ns_s" link set s1 up
	ok "down: its MTU can be changed" ip -n "$ns_s" link set s1 mtu 9000
	ip -n "$ns_s" link set s1 address 02:00:00:00:00:77
	ip -n "$ns_c" neigh flush dev c1
	knock 4 10.78.0.2
	hooks_saw down $all 7 s1
	hooks_saw down-any $stack 7 s1
}

# Whoever wants our XDP program away must stop us.
test_taken()
{
	tool_start taken "$ns_s" -k xdp,tc -i s1 -p 80 -o json
	is "$(ip -n "$ns_s" link set s1 xdp off 2>/dev/null
		ip -n "$ns_s" link set s1 xdpgeneric off 2>/dev/null
		ip -n "$ns_s" link show s1 | grep -o tcpsnoop_xdp)" \
		tcpsnoop_xdp "our XDP program stays while we run"
	knock 3 10.78.0.2
	hooks_saw taken tc,xdp 3 s1
	is "$(ip -n "$ns_s" link show s1 | grep -c xdp)" 0 "and no longer"
}

lacks_c3() { ! ip -n "$ns_c" link show c3; } >/dev/null 2>&1

# HOOK: its name goes; the run keeps it, as long as it is.
test_namespace_ends()
{
	ip netns add "$ns_x"
	ip link add c3 netns "$ns_c" type veth peer name s3 netns "$ns_x"
	ip -n "$ns_c" addr add 10.80.0.1/24 dev c3
	ip -n "$ns_x" addr add 10.80.0.2/24 dev s3
	ip -n "$ns_c" link set c3 up
	ip -n "$ns_x" link set s3 up
	tool_start "ends-$1" "$ns_c" -N "$ns_x" -k "$1" -i s3 -p 80 -o json
	knock 3 10.80.0.2
	ip netns del "$ns_x"
	knock 4 10.80.0.2
	hooks_saw "ends-$1" "$1" 7 s3
	ok "ends-$1: the namespace is gone" wait_until 10 lacks_c3
}

# Processes that say a word and exit at once: long gone when it is shown.
test_exited()
{
	tool_start exited "$ns_c" -D both -r 80 -e 'len > 0' -o json
	spawn "$ns_s" $PY tests/live/hooks.py sink 80 >"$tmp/sink" &
	pids+=($!)
	wait_until 10 grep -q ready "$tmp/sink" || flunk "a server starts"
	in_c $PY tests/live/faults.py words 10.77.0.2 80 97 >"$tmp/words"
	ends_with exited 97 "97 out false" '"\(.dir) \(has("owner"))"' \
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
lab_cable c1 s1 10.78.0 fd00:78:0
test_gone
test_half_gone
test_new
test_renamed
test_down_up
test_taken
for hook in socket tc xdp tracepoint; do
	test_namespace_ends $hook
done
test_busy
test_newer
test_exited
test_write
is "$(in_s bpftool -j net | jq -c '.[] | [.xdp, .tc]')" '[[],[]]' \
	"nothing is left on the interfaces"
is "$(in_s ss -0Hn)" "" "no packet socket is left"
finish
