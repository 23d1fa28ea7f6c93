# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the scripts beside this file: TAP, processes, the tool. Each script
# sources it, says what it finds as TAP and ends with "finish". Whatever it
# starts through these functions is gone when it ends, however it ends. Names
# carry the process id, so that several scripts, and several runs of one, do
# not meet.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
TOOL=$(realpath -m "${BUILD:-build}/tcpsnoop-c")
# Debian's own, which sees Debian's python3-scapy
PY=/usr/bin/python3
[ -x $PY ] || PY=python3
export PYTHONDONTWRITEBYTECODE=1
ns_c=tsc$$ ns_s=tss$$
nr=0 nr_failed=0
pids=()
declare -A tool_pid=() tool_rc=()
tmp=$(mktemp -d) && chmod 755 "$tmp" || exit 1
# Else what nstat(8) counts from is the same for all who run.
export NSTAT_HISTORY=$tmp/nstat.history

cleanup()
{
	local p ns

	for p in "${pids[@]}"; do
		kill -9 -- "-$p" "$p"
	done
	wait
	for ns in "$ns_c" "$ns_s"; do
		[ -e "/run/netns/$ns" ] && ip netns del "$ns"
	done
	rm -rf "$tmp"
} 2>/dev/null
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

comment() { head -n 20 | cut -c -300 | sed 's/^/# /'; }

pass() { echo "ok $((++nr)) - $1"; }

# NAME [TEXT]: the text says why
flunk()
{
	nr_failed=$((nr_failed + 1))
	echo "not ok $((++nr)) - $1"
	[ $# -lt 2 ] || comment <<<"$2"
}

skip() { echo "ok $((++nr)) - $1 # SKIP $2"; }

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# GOT WANT NAME
is()
{
	if [ "$1" = "$2" ]; then
		pass "$3"
	elif [[ "$1$2" == *$'\n'* ]]; then
		flunk "$3" "$(diff -U1 <(echo "$2") <(echo "$1") |
			sed '1s/.*/--- want/; 2s/.*/+++ got/')"
	else
		flunk "$3" "got:  $1"$'\n'"want: $2"
	fi
}

# GOT ERE NAME
like()
{
	if [[ "$1" =~ $2 ]]; then
		pass "$3"
	else
		flunk "$3" "got: $1"$'\n'"want something like: $2"
	fi
}

# NAME COMMAND...
ok()
{
	local name=$1
	shift
	if "$@" >"$tmp/ok.out" 2>&1; then
		pass "$name"
	else
		flunk "$name" "$* failed: $(cat "$tmp/ok.out")"
	fi
}

# Lines "ok NAME" and "bad NAME<TAB>WHY" as TAP; PREFIX goes before a name
verdicts()
{
	local line name why

	while read -r line; do
		IFS=$'\t' read -r name why <<<"${line#* }"
		case $line in
		ok\ *) pass "${1-}$name" ;;
		*) flunk "${1-}$name" "$why" ;;
		esac
	done
}

finish()
{
	echo "1..$nr"
	exit $((nr_failed > 0))
}

need()
{
	[ "$(id -u)" = 0 ] || skip_all "not root"
	for cmd; do
		command -v "$cmd" >/dev/null || skip_all "no $cmd here"
	done
}

# SECONDS COMMAND...: true as soon as the command is
wait_until()
{
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
} 2>/dev/null

# In a namespace; SIGINT and SIGQUIT, which the shell ignores for what runs in
# the background, are as in a terminal.
in_ns()
{
	local ns=$1
	shift
	env --default-signal=INT,QUIT nsenter --net="/run/netns/$ns" "$@"
}
in_c() { in_ns "$ns_c" "$@"; }

# "ip -n" mounts a sysfs for the namespace, which fails where / is no mount
# point (a chroot); only the namespace matters to these tests.
ip()
{
	if [ "$1" = -n ]; then
		in_ns "$2" ip "${@:3}"
	else
		command ip "$@"
	fi
}
in_s() { in_ns "$ns_s" "$@"; }

# The same in the background as a session of its own; its id is in $!.
spawn()
{
	local ns=$1
	shift
	exec env --default-signal=INT,QUIT nsenter --net="/run/netns/$ns" \
		setsid "$@"
}

is_gone() { ! kill -0 "$1"; }

# LABEL NAMESPACE ARGUMENT...: stdout and stderr go to $tmp/LABEL.out and
# .err; returns when the tool says that it is tracing.
tool_start()
{
	tool_spawn "$@"
	tool_wait_tracing "$1"
}

tool_spawn()
{
	local label=$1 ns=$2
	shift 2
	: >"$tmp/$label.err"
	spawn "$ns" "$TOOL" "$@" >"$tmp/$label.out" 2>"$tmp/$label.err" &
	tool_pid[$label]=$!
	pids+=($!)
}

is_tracing_or_gone()
{
	grep -q tracing "$tmp/$1.err" || is_gone "${tool_pid[$1]}"
}

tool_wait_tracing()
{
	wait_until 60 is_tracing_or_gone "$1"
	grep -q tracing "$tmp/$1.err" && return
	flunk "$1: starts tracing" "$(cat "$tmp/$1.err")"
	return 1
}

# LABEL [SIGNAL] [SECONDS]: its exit status is in tool_rc[LABEL]
tool_stop()
{
	kill "-${2:-INT}" "${tool_pid[$1]}" 2>/dev/null
	tool_wait "$1" "${3:-10}"
}

tool_wait()
{
	wait_until "${2:-10}" is_gone "${tool_pid[$1]}" ||
		{ flunk "$1: ends" "still running after ${2:-10} s"
		  kill -9 "${tool_pid[$1]}"; }
	wait "${tool_pid[$1]}" 2>/dev/null
	# shellcheck disable=SC2034 # those who source this look at it
	tool_rc[$1]=$?
}
