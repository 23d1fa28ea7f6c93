#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A compiler that has been taken over: in libbcc's place is forged_bcc.c, which
# gives the tracer images of its own. Whatever is forged in one is refused by
# one clear line, or does no harm: nothing is attached that was not asked for,
# no packet is stopped or changed.

# The cache here is this script's own; the machine's is not touched.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip unshare bpftool "${CC:-gcc}"
mount -t tmpfs -o mode=755 none /var/cache || skip_all "cannot mount here"
here=$(dirname "$0")
lib=${tmp:?}/lib
SENSELESS='the compiler gave an image that makes no sense'
CHANGES='which may change the machine; bpfrun-c runs such programs'
LOOKS='packets wait for it, and this tool only looks; bpfrun-c runs such programs'

# WHAT OPTION...: forged_bcc.c as that
forged_build()
{
	"${CC:-gcc}" -std=gnu11 -O1 -D_GNU_SOURCE -Itools -Iinclude \
		"${@:2}" -o "$1" "$here/forged_bcc.c"
}
mkdir "$lib"
chmod 755 "$lib"
forged_build "$lib/libbcc.so.0" -fPIC -shared -fvisibility=hidden || exit 1
forged_build "$tmp/forge" || exit 1
lab_up

# FORGED TOOL ARGUMENT...: a short run with that image; what it says goes to
# $tmp/out and $tmp/err
forged()
{
	in_s env LD_LIBRARY_PATH="$lib" FORGE="$1" timeout -k 1 60 \
		"${TOOL%/*}/$2" "${@:3}" >"$tmp/out" 2>"$tmp/err" </dev/null
}

# FORGED LINE TOOL ARGUMENT...: refused by that line
refuses()
{
	local rc

	forged "$1" "${@:3}"
	rc=$?
	is "exit $rc: $(cat "$tmp/out" "$tmp/err")" "exit 1: $3: $2" \
		"$3: $1: refused"
}

# FORGED TOOL ARGUMENT...: it runs, and shows nothing, as it sees nothing
runs()
{
	local rc

	forged "$@" -d 0.1 -q -o json
	rc=$?
	like "exit $rc: $(cat "$tmp/out" "$tmp/err")" \
		'^exit 0: \{"type":"summary"[^'$'\n'']*$' "$2: $1: it runs"
}

snoop=(tcpsnoop-c --no-cache --no-owner -i lo -d 0.1 -k)
for hook in socket tc xdp tracepoint; do
	runs nothing "${snoop[@]}" "$hook"
done

# What an image is made of.
while IFS='|' read -r hook what line; do
	refuses "$what" "${line/SENSELESS/$SENSELESS}" "${snoop[@]}" "$hook"
done <<'EOF2'
socket|noise|SENSELESS
socket|half an image|SENSELESS
socket|an unknown section|SENSELESS
socket|a long image|the compiler gave no whole image
socket|a name with an escape|SENSELESS
socket|a map's name with an escape|SENSELESS
socket|a license with an escape|SENSELESS
socket|types with an escape|SENSELESS
socket|a map twice|SENSELESS
socket|a program twice|SENSELESS
socket|a map that is not there|SENSELESS
socket|a descriptor of the tracer|SENSELESS
socket|a variable of the kernel|SENSELESS
socket|half a load|SENSELESS
socket|a call by a register|SENSELESS
socket|a type of the kernel's|SENSELESS
socket|a name for a kernel function|SENSELESS
socket|no such program|the program has no function tcpsnoop_socket()
EOF2

refuses "an endless image" \
	"the compiler was stopped after 1 s (--compile-limit)" "${snoop[@]}" \
	socket --compile-limit 1

# Where it goes.
refuses "another tracepoint" "the compiled program has a function \
raw_tracepoint__sys_enter() that is not in its text: write that name out, or \
RAW_TRACEPOINT_PROBE(sys_enter)" "${snoop[@]}" tracepoint
runs "another tracepoint" "${snoop[@]}" socket
runs "a kernel function" "${snoop[@]}" tracepoint

# What it calls.
refuses "a signal" "the program calls bpf_send_signal(), $CHANGES" \
	"${snoop[@]}" tracepoint
refuses "a helper of another age" \
	"the program calls helper number 4000, $CHANGES" "${snoop[@]}" socket
kernel_function()
{
	bpftool btf dump file /sys/kernel/btf/vmlinux format raw |
		sed -n "s/^\[\([0-9]*\)\] FUNC '$1' .*/\1/p"
}
FORGE_NUMBER=$(kernel_function bpf_task_release)
export FORGE_NUMBER
if [ "$FORGE_NUMBER" ]; then
	refuses "a kernel function by number" "the program calls the kernel's \
own function bpf_task_release(), $CHANGES" "${snoop[@]}" socket
else
	skip "a kernel function by number" "this kernel has none"
fi
FORGE_NUMBER=1
refuses "a kernel function by number" \
	"the program calls what is no function of this kernel" \
	"${snoop[@]}" socket

# Its maps.
while IFS='|' read -r what line; do
	refuses "$what" "$line" "${snoop[@]}" socket
done <<EOF2
a map that redirects|the map m is a BPF_MAP_TYPE_DEVMAP, through which a program may change the machine; bpfrun-c runs such programs
a map of programs|the map m is a BPF_MAP_TYPE_PROG_ARRAY, through which a program may change the machine; bpfrun-c runs such programs
a map of maps|cannot make the BPF map m: a map of maps is not supported
a map of another age|the map m is of type 99, which is not supported
struct_ops|the map m is of type 26, which is not supported
large keys|the map m has keys of more than 512 bytes
large values|the map m has values of more than 1 MB
many entries|the maps take more than $(($(getconf _PHYS_PAGES) / 2 * $(getconf PAGE_SIZE) >> 20)) MB, half of this machine's memory (m: 4294967295 entries)
odd flags|the map stats has flags that BCC's C does not know
other counters|the map 'stats' must be as --print-source has it
counters of another kind|the map 'stats' must be as --print-source has it
events that are an array|the map 'events' must be as --print-source has it
a batch that is a hash|the map 'batch' must be as --print-source has it
EOF2
refuses "other attempts" "the map 'attempts' must be as --print-source has it" \
	tcpwhy-c --no-cache -q -d 0.1
for what in "other owners" "little shared memory"; do
	refuses "$what" "cannot fill the maps of owners: Invalid argument" \
		tcpsnoop-c --no-cache -P 1 -d 0.1
done

# In the way of packets.
refuses "a write to the packet" "tcpsnoop_xdp() writes to the packet, or to \
what the kernel knows of it: $LOOKS" "${snoop[@]}" xdp
refuses "a write to skb->mark" "tcpsnoop_tc_in() writes to the packet, or to \
what the kernel knows of it: $LOOKS" "${snoop[@]}" tc
refuses "an end by a load" "tcpsnoop_tc_in() reads the packet by load_byte() \
or its like, which may end it (take bpf_skb_load_bytes()): $LOOKS" \
	"${snoop[@]}" tc

# LABEL FORGED HOOK: while it runs, packets come through
passes()
{
	env LD_LIBRARY_PATH="$lib" FORGE="$2" timeout -k 1 60 nsenter \
		--net="/run/netns/${ns_s:?}" "$TOOL" --no-cache --no-owner -i s0 \
		-k "$3" 2>"$tmp/$1.err" >"$tmp/$1.out" </dev/null &
	tool_pid[$1]=$!
	pids+=($!)
	tool_wait_tracing "$1"
	in_c timeout 5 bash -c ': </dev/tcp/10.77.0.2/9' 2>"$tmp/knock"
	like "$? $(cat "$tmp/knock")" '^1 .*Connection refused' \
		"$2: packets pass all the same"
	kill "${tool_pid[$1]}"
	wait "${tool_pid[$1]}"
}
passes xdp "a drop" xdp
passes tc "a drop at TC" tc

# What the compiler says is not obeyed by a terminal.
forged "an escape in what it says" "${snoop[@]}" socket
is "exit $?: $(LC_ALL=C tr -d ' -~\n\t' <"$tmp/err" | od -An -c)" "exit 1: " \
	"what it says: no control character is left"

# A program that is run for what it does: bpfrun-c.
echo 'RAW_TRACEPOINT_PROBE(sched_process_exit) { return 0; }' >"$tmp/own.c"
bpfrun=(bpfrun-c --no-cache "$tmp/own.c" -d 0.1)
forged nothing "${bpfrun[@]}"
is "exit $?" "exit 0" "bpfrun-c: nothing: it runs"
forged "a signal" "${bpfrun[@]}"
is "exit $?" "exit 0" "bpfrun-c: a signal: it runs"
refuses "a kernel function" "the compiled program has a function \
kprobe__do_exit() that is not in its text: where it goes must be said, -a \
kprobe__do_exit=HOOK" "${bpfrun[@]}"
refuses "a program of the interface" "the compiled program has a function \
xdp_other() that is not in its text: where it goes must be said, -a \
xdp_other=HOOK" "${bpfrun[@]}" -i lo
forged "a kernel function" "${bpfrun[@]}" \
	-a kprobe__do_exit=raw-tracepoint:sched_process_exit
is "exit $?" "exit 0" "bpfrun-c: what we say goes where we say"
refuses struct_ops "$tmp/own.c: the map m is of type 26, which is not supported" \
	"${bpfrun[@]}"
refuses "large values" "$tmp/own.c: the map m has values of more than 1 MB" \
	"${bpfrun[@]}"

# An image that was kept is asked the same.
cache=/var/cache/tcpsnoop-c
snoop=(tcpsnoop-c --no-owner -i lo -d 0.1 -k)
runs nothing "${snoop[@]}" socket
kept=$(find $cache -maxdepth 1 -type f)
is "$(wc -l <<<"$kept")" 1 "one image is kept"
while IFS='|' read -r what line; do
	FORGE=$what "$tmp/forge" tcpsnoop_socket >"$tmp/image"
	cat "$tmp/image" >"$kept"
	forged nothing "${snoop[@]}" socket
	is "exit $?: $(head -n 1 "$tmp/err")" "exit 0: tcpsnoop-c: ignoring \
$kept, compiling afresh: $line" "kept: $what: compiled afresh"
	forged nothing "${snoop[@]}" socket
	is "exit $?: $(grep -c ignoring "$tmp/err")" "exit 0: 0" \
		"kept: $what: and kept anew"
done <<EOF2
a signal|the program calls bpf_send_signal(), $CHANGES
large keys|the map m has keys of more than 512 bytes
a name with an escape|it is damaged
a descriptor of the tracer|it is damaged
EOF2
rm "$kept"
forged "a signal" "${snoop[@]}" socket
is "exit $?: $(find $cache -maxdepth 1 -type f)" "exit 1: " \
	"what is refused is not kept"
hooks_are_clear
finish
