#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A machine that cannot do it: missing capabilities, libraries, headers, room
# for the output. Each says what is missing, and leaves nothing behind.

# What is mounted here is nobody else's: nothing of the machine is touched.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip unshare nsenter timeout

# NAME ERE COMMAND...: exit status 1, nothing on stdout, one line like ERE
refuses()
{
	local name=$1 ere=$2 rc

	timeout -k 1 60 "${@:3}" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	is "exit $rc, $(wc -l <"$tmp/err") line, $(wc -c <"$tmp/out") bytes" \
		"exit 1, 1 line, 0 bytes" "$name"
	like "$(cat "$tmp/err")" "^tcpsnoop-c: .*($ere)" "$name: the reason"
}

mount -t tmpfs -o mode=755 none /var/cache
no_bcc='' no_headers=''
for f in $(ldconfig -p | awk '$1 == "libbcc.so.0" { print $NF }'); do
	no_bcc+="mount --bind /dev/null $(realpath "$f");"
done
for d in /sys/kernel/btf /lib/modules /usr/src; do
	[ ! -d $d ] || no_headers+="mount -t tmpfs none $d;"
done
for f in /sys/kernel/kheaders.tar.xz /proc/kheaders.tar.xz; do
	[ ! -e $f ] || no_headers+="mount --bind /dev/null $f;"
done

install -m 755 "$TOOL" "$tmp/tool"
if command -v setpriv >/dev/null; then
	refuses "as nobody" 'CAP_[A-Z_]+' setpriv --reuid 65534 --regid 65534 \
		--clear-groups "$tmp/tool" -p 80 -d 1
else
	skip "as nobody" "no setpriv here"
fi
if command -v capsh >/dev/null; then
	refuses "without CAP_NET_RAW" CAP_NET_RAW \
		capsh --drop=cap_net_raw -- -c "$tmp/tool -p 80 -d 1"
	refuses "without CAP_BPF" CAP_BPF capsh \
		--drop=cap_bpf,cap_sys_admin -- -c "$tmp/tool -p 80 -d 1"
	if [ "$(cat /proc/sys/kernel/perf_event_paranoid)" -gt 0 ]; then
		refuses "without CAP_PERFMON" CAP_PERFMON capsh \
			--drop=cap_perfmon,cap_sys_admin -- \
			-c "$tmp/tool -p 80 -d 1"
	else
		skip "without CAP_PERFMON" "perf_event_paranoid is 0 or less"
	fi
	ip netns add "$ns_c"
	refuses "-N without CAP_SYS_ADMIN" CAP_SYS_ADMIN capsh \
		--drop=cap_sys_admin -- -c "$tmp/tool -N $ns_c -p 80 -d 1"
	ip netns del "$ns_c"
else
	skip "without one capability" "no capsh here"
fi

# NAME ERE SHELL-COMMANDS ARGUMENT...: the same with something hidden
refuses_hiding()
{
	refuses "$1" "$2" nsenter --net="/run/netns/$ns_s" \
		unshare -m --propagation private bash -ec \
		"$3"' exec "$@"' - "$TOOL" --no-cache "${@:4}" -p 80 -d 1
}

lab_up
refuses_hiding "no libbcc" 'libbcc.*apt' "$no_bcc"
refuses_hiding "no BTF and no headers" 'BTF.*headers' "$no_headers"
refuses_hiding "--headers btf without" BTF "$no_headers" --headers btf
refuses_hiding "--headers kernel without" headers "$no_headers" \
	--headers kernel

# NAME ERE REDIRECTION: ends with 1 and the reason once there is a packet
cannot_write()
{
	: >"$tmp/err"
	eval "spawn '$ns_s' '$TOOL' -p 80 -o json 2>'$tmp/err' $3 &"
	pids+=($!)
	local pid=$!

	wait_until 20 grep -qs . "$tmp/err"
	if ! wait_until 20 knock_until_gone $pid; then
		flunk "$1: ends"
		kill -9 $pid
	fi
	wait $pid 2>/dev/null
	is $? 1 "$1: exit status"
	like "$(cat "$tmp/err")" "tcpsnoop-c: [^"$'\n'"]*($2)" "$1: the reason"
}

cannot_write "a full disk" 'No space left' '>/dev/full'
cannot_write "a closed stdout" 'Bad file descriptor|closed' '>&-'
small=/var/cache/small
mkdir $small && mount -t tmpfs -o size=4k none $small &&
	cannot_write "a disk that fills up" 'No space left' ">$small/out"
is "$(head -n -1 $small/out | grep -cv '^{.*}$')" 0 \
	"a disk that fills up: only the last line may be cut"
is "$(in_s ss -0Hn)" "" "no packet socket is left"
finish
