#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A signal at each step of a start: the tool ends at once, whatever it waits
# for, and nothing is left behind. What it waits for is stopped here, so that
# no moment has to be met.
#
# Its cache and its /run are its own, so that what is left there is its own too.

if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -mn --propagation private "$0"
fi

# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/lib.sh"
need setsid unshare flock ps "${CC:-gcc}"
mount -t tmpfs -o mode=755 none /var/cache &&
	mount -t tmpfs -o mode=755 none /run || skip_all "cannot mount here"
cache=/var/cache/tcpsnoop-c
RUN=$(dirname "$TOOL")/bpfrun-c
KHEADERS=$(dirname "$TOOL")/kheaders-c

# LABEL COMMAND...: as in lib.sh, but here and now
start()
{
	local label=$1
	shift

	env --default-signal=INT,QUIT setsid "$@" >"$tmp/$label.out" \
		2>"$tmp/$label.err" </dev/null &
	tool_pid[$label]=$!
	pids+=($!)
}

# Those that are not reaped yet have ended.
in_session()
{
	ps -eo sid=,stat=,pid= |
		awk -v s="$1" '$1 == s && $2 !~ /^Z/ { print $3 }'
}
is_empty_session() { [ -z "$(in_session "$1")" ]; }

# The compilers of a session, who are nobody
compilers()
{
	ps -eo sid=,uid=,pid= | awk -v s="$1" '$1 == s && $2 == 65534 { print $3 }'
}
has_compiler() { [ -n "$(compilers "$1")" ]; }

# LABEL: its compiler goes no further
compiler_stop()
{
	wait_until 20 has_compiler "${tool_pid[$1]}" ||
		flunk "$1: compiles" "$(cat "$tmp/$1.err")"
	# shellcheck disable=SC2046
	kill -STOP $(compilers "${tool_pid[$1]}")
}

# What starts leave in places of their own while they go on
left_over()
{
	find /run -maxdepth 1 -name 'tcpsnoop-c.*'
	find $cache -name '.*'
} 2>/dev/null
is_tidy() { [ -z "$(left_over)" ]; }

# LABEL STATUS: it has ended by now, with all its processes, and is tidied up
ends()
{
	tool_wait "$1"
	is "${tool_rc[$1]}" "$2" "$1: exit status"
	wait_until 10 is_empty_session "${tool_pid[$1]}"
	is "$(in_session "${tool_pid[$1]}")" "" "$1: no process is left"
	wait_until 10 is_tidy
	is "$(left_over)" "" "$1: nothing is left"
	# Else it would be found again and again.
	rm -rf /run/tcpsnoop-c.*
}

# NAME LEVELS BODY: a program whose preprocessor makes 8^LEVELS statements
slow_text()
{
	printf '#define A(x) x x x x x x x x\nint %s(void *ctx) {\n' "$1"
	printf 'A(%.0s' $(seq "$2")
	printf ';'
	printf ')%.0s' $(seq "$2")
	printf '\nreturn 0; }\n'
}

test_compiling()
{
	local sig how

	slow_text xdp_f 7 >"$tmp/slow.c"
	for how in kept temporary; do
		rm -rf $cache
		# No tree can be kept below a file.
		[ $how = kept ] || : >$cache
		for sig in INT:130 TERM:143 KILL:137; do
			start "$how-$sig" "$RUN" --no-cache "$tmp/slow.c" -i lo
			compiler_stop "$how-$sig"
			kill "-${sig%:*}" "${tool_pid[$how-$sig]}"
			ends "$how-$sig" "${sig#*:}"
		done
	done
	rm -rf $cache
}

# Whatever the moment is: before, in and after the making of the tree
test_any_moment()
{
	local ms

	for ms in 5 10 20 30 45 60 80 100 130 170 210; do
		rm -rf $cache
		start "after-$ms-ms" "$TOOL" --no-cache -d 60
		sleep "$(printf '0.%03d' $ms)"
		kill -KILL "${tool_pid[after-$ms-ms]}"
		ends "after-$ms-ms" 137
	done
}

# The kernel's verifier is given the most that it looks at.
test_verifying()
{
	cat >"$tmp/long.c" <<-'C'
	int xdp_f(struct xdp_md *ctx) {
		u64 x = bpf_get_prandom_u32();
	#pragma clang loop unroll(disable)
		for (int i = 0; i < 120000; i++) {
			x ^= x >> 7; x *= 31; x += bpf_get_prandom_u32();
		}
		return x == 77 ? XDP_DROP : XDP_PASS;
	}
	C
	"$RUN" --print-bytecode "$tmp/long.c" >"$tmp/long.insns"
	is $? 0 "a program that takes a second to verify: compiles"
	start verifying "$RUN" -v "$tmp/long.c" -i lo
	wait_until 10 grep -q 'from the cache' "$tmp/verifying.err"
	kill -INT "${tool_pid[verifying]}"
	ends verifying 130
}

# A cache whose trees somebody has a lock on, for good
test_locked()
{
	local tree holder

	rm -rf $cache
	echo 'int xdp_f(void *ctx) { return 2; }' >"$tmp/f.c"
	"$RUN" --print-bytecode "$tmp/f.c" >"$tmp/f.insns"
	tree=$(echo $cache/headers/*)
	(exec 9<"$tree" && flock -x 9 && exec sleep 1000) &
	holder=$!
	pids+=("$holder")
	start locked "$RUN" --no-cache "$tmp/f.c" -i lo
	sleep 0.2
	kill -INT "${tool_pid[locked]}"
	tool_wait locked
	# Whether it was running already is a matter of time.
	like "${tool_rc[locked]}" '^(0|130)$' "locked: exit status"
	wait_until 10 is_empty_session "${tool_pid[locked]}"
	is "$(in_session "${tool_pid[locked]}")" "" "locked: no process is left"
	wait_until 10 is_tidy
	is "$(left_over)" "" "locked: nothing is left"
	timeout -k 1 30 "$RUN" --no-cache --print-bytecode "$tmp/f.c" \
		>"$tmp/f.again" 2>"$tmp/f.err"
	is "$? $(cat "$tmp/f.err")" "0 " "a tree that is locked is made anew"
	is "$(cat "$tmp/f.again")" "$(cat "$tmp/f.insns")" "and used"
	kill $holder
}

# LABEL: its process that looks into /proc is stopped at the door.
is_stopped()
{
	ps -eo sid=,stat= | awk -v s="$1" '$1 == s && $2 ~ /^T/ { n++ }
		END { exit !n }'
}

test_snapshot()
{
	cat >"$tmp/stop.c" <<-'C'
	#include <dirent.h>
	#include <dlfcn.h>
	#include <signal.h>
	#include <string.h>
	DIR *opendir(const char *path)
	{
		DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
		if (!strcmp(path, "/proc"))
			raise(SIGSTOP);
		return real(path);
	}
	C
	"${CC:-gcc}" -D_GNU_SOURCE -shared -fPIC -o "$tmp/stop.so" "$tmp/stop.c"
	if [ -n "${SANITIZE-}" ]; then
		skip "a signal while owners are looked for" "preloads"
		return
	fi
	ip link set lo up
	$PY -c '
import socket, sys, time
s = socket.create_server(("127.0.0.1", 0)); print(flush=True)
time.sleep(1000)' >"$tmp/listener" &
	pids+=($!)
	wait_until 10 test -s "$tmp/listener"
	start owners env LD_PRELOAD="$tmp/stop.so" "$TOOL" -v -n nobody
	wait_until 30 is_stopped "${tool_pid[owners]}" ||
		flunk "owners: looks for them" "$(cat "$tmp/owners.err")"
	kill -INT "${tool_pid[owners]}"
	ends owners 130
	is "$(grep -c tracing "$tmp/owners.err")" 0 "owners: it had not begun"
}

# The program that finds owners is compiled while packets show already.
test_compiling_late()
{
	rm -rf $cache
	"$TOOL" -p 80 --no-owner -d 0.001 2>"$tmp/first.err"
	start late "$TOOL" -p 80
	tool_wait_tracing late
	compiler_stop late
	kill -INT "${tool_pid[late]}"
	ends late 0
	like "$(cat "$tmp/late.err")" "0 packets shown of 0 matched" \
		"late: the summary"
}

# A text is saved, and the run ended while it is compiled.
test_compiling_watched()
{
	"$TOOL" -p 80 --no-owner --print-source >"$tmp/watched.c"
	start watched "$TOOL" --no-owner --source "$tmp/watched.c" --watch
	tool_wait_tracing watched
	sed -i 's/port == 80/port == 81/' "$tmp/watched.c"
	compiler_stop watched
	kill -INT "${tool_pid[watched]}"
	ends watched 0
}

test_kheaders()
{
	local ms

	for ms in 5 15 30 50 70 90 120 160; do
		rm -rf $cache "$tmp/dir"
		start "kheaders-$ms-ms" "$KHEADERS" --all
		start "dir-$ms-ms" "$KHEADERS" --all "$tmp/dir"
		sleep "$(printf '0.%03d' $ms)"
		kill -INT "${tool_pid[kheaders-$ms-ms]}" \
			"${tool_pid[dir-$ms-ms]}" 2>/dev/null
		tool_wait "kheaders-$ms-ms"
		tool_wait "dir-$ms-ms"
		is "$(left_over)" "" "kheaders-c after $ms ms: no half of a tree"
		is "$([ -d "$tmp/dir" ] && cd "$tmp/dir" && echo *)" \
			"$([ ! -d "$tmp/dir" ] || echo include state)" \
			"kheaders-c DIR after $ms ms: all of it or nothing"
	done
}

test_compiling
test_any_moment
test_verifying
test_locked
test_snapshot
test_compiling_late
test_compiling_watched
test_kheaders
finish
