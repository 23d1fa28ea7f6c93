#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Stock BCC tools on a machine without kernel headers: every TCP tool compiles
# with the tree of kheaders-c, those whose hooks the kernel has print what
# really happened; the trees themselves, and what is said when there is none.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl nft unshare setpriv mount
TOOL=$(realpath -m "${BUILD:-build}/kheaders-c")
[ -r /sys/kernel/btf/vmlinux ] || skip_all "no BTF in this kernel"
$PY -c 'import bcc' 2>/dev/null || skip_all "no python3-bpfcc here"
[ -x /usr/sbin/tcplife-bpfcc ] || skip_all "no bpfcc-tools here"

nr_requests=13
tools=(
	tcpaccept tcpcong tcpconnect tcpconnlat tcpdrop tcplife tcpretrans
	tcprtt tcpstates tcpsubnet tcpsynbl tcptop tcptracer solisten sofdsnoop
	bindsnoop
)

# STATUS ERE COMMAND...: nothing on stdout, one line on stderr
says()
{
	local want=$1 ere=$2 rc out err
	shift 2

	timeout -k 1 20 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$? out=$(cat "$tmp/out") err=$(cat "$tmp/err")
	if [ $rc = "$want" ] && [ -z "$out" ] &&
	   [[ "$err" != *$'\n'* && "$err" =~ ^kheaders-c:\ .*($ere) ]]; then
		pass "exit $want: $ere"
	else
		flunk "exit $want: $ere" "exit $rc: $out
$err"
	fi
}

# The types of a tree, as -v counts them
nr_types() { grep -oE '[0-9]+ types' "$1" | cut -d ' ' -f 1; }

compile()
{
	BCC_KERNEL_SOURCE=$1 timeout 60 $PY tests/live/bcc_compile.py "${@:2}"
}

# TREE TEXT: what a BCC program of this text has to say, or "compiled"
compile_text()
{
	BCC_KERNEL_SOURCE=$1 timeout 30 $PY -c '
import bcc, sys
bcc.BPF(text=sys.argv[1])
print("compiled")' "$2" 2>&1 | grep -oE 'error: .*|^compiled' | head -n 1
}

test_trees()
{
	local kept wide all

	kept=$("$TOOL" -v 2>"$tmp/wide")
	like "$kept" '^/var/cache/tcpsnoop-c/headers-wide/[0-9a-f]{32}$' \
		"a tree is kept in the cache"
	is "$("$TOOL" -v 2>"$tmp/again")" "$kept" "and found again"
	like "$(cat "$tmp/again")" ", found in [0-9]+ ms" "-v says so"
	"$TOOL" -v --all >"$tmp/all.path" 2>"$tmp/all"
	wide=$(nr_types "$tmp/wide") all=$(nr_types "$tmp/all")
	ok "some types by default, $wide" [ "$wide" -gt 1000 ]
	ok "and all, $all" [ "$all" -gt $((3 * wide)) ]
	is "$(compile_text "$(cat "$tmp/all.path")" '
#include <net/sock.h>
int f(void *ctx) { return sizeof(struct bpf_verifier_env) > 1000; }')" \
		compiled "--all: a program of the verifier"
}

# A program that looks into one struct, and one into another
test_for()
{
	local text='
#include <net/sock.h>
int f(void *ctx) { return ((struct sock *)ctx)->sk_state == TCP_CLOSE; }'
	local other='int f(void *ctx) { return sizeof(struct task_struct); }'
	local few

	echo "$text" >"$tmp/prog.c"
	is "$("$TOOL" -v -f "$tmp/prog.c" "$tmp/for" 2>"$tmp/for.err")" \
		"$tmp/for" "--for: a tree for one program"
	few=$(nr_types "$tmp/for.err")
	ok "of few types, $few" [ "$few" -lt 200 ]
	is "$(compile_text "$tmp/for" "$text")" compiled "which it compiles with"
	like "$(compile_text "$tmp/for" "$other")" "incomplete type" \
		"and another does not"
}

test_dir()
{
	local own=$tmp/own

	mkdir -m 755 "$own" && chown nobody "$own"
	is "$(setpriv --reuid=nobody --clear-groups "$TOOL" "$own/tree")" \
		"$own/tree" "a directory needs no root"
	ok "others can read it" setpriv --reuid=daemon --clear-groups \
		grep -q 'struct sock {' "$own/tree/include/tree/kernel.h"
	mkdir "$tmp/empty"
	is "$("$TOOL" "$tmp/empty/")" "$tmp/empty" "an empty directory will do"
	is "$(diff -r "$tmp/empty" "$own/tree")" "" "the same tree"
}

test_bad_input()
{
	local own=$tmp/own

	says 2 "unknown option '--fro'.*--for" "$TOOL" --fro x
	says 2 "-f needs a FILE" "$TOOL" -f
	says 2 "--for and --all" "$TOOL" --all --for "$tmp/prog.c"
	says 2 "'b': one DIR" "$TOOL" a b
	says 2 "DIR is empty" "$TOOL" ""
	says 1 "/nowhere: No such file" "$TOOL" --for /nowhere
	says 1 "/tmp: it is a directory" "$TOOL" --for /tmp
	mkfifo "$tmp/fifo.c"
	says 1 "fifo.c: it is not a regular file" "$TOOL" --for "$tmp/fifo.c"
	: >"$tmp/nothing.c"
	says 1 "nothing.c.*empty" "$TOOL" --for "$tmp/nothing.c"
	says 1 "/for: it is not empty" "$TOOL" "$tmp/for"
	says 1 "/nowhere/x: No such file" "$TOOL" /nowhere/x
	says 1 "prog.c: Not a directory" "$TOOL" "$tmp/prog.c"
	ln -s empty "$tmp/link"
	says 1 "link: (it is a symbolic link|Not a directory)" "$TOOL" "$tmp/link"
	mkdir "$own/mine" && chown nobody "$own/mine"
	says 1 "mine: it belongs to another user" "$TOOL" "$own/mine"
	says 1 "/proc/x: No such file" "$TOOL" /proc/x
	says 1 "cannot keep headers in .*name a directory" \
		setpriv --reuid=nobody --clear-groups "$TOOL"
	says 1 "not.*: Permission denied|others may write" \
		setpriv --reuid=nobody --clear-groups "$TOOL" "$tmp/not"
	# shellcheck disable=SC2016
	says 1 "vmlinux is missing.*CONFIG_DEBUG_INFO_BTF" unshare -m bash -c '
		mount -t tmpfs none /sys/kernel/btf && exec "$0"' "$TOOL"
	says 1 "/dev/full|write to stdout" bash -c "exec '$TOOL' >/dev/full"
	says 1 "stdout: it is closed" bash -c "exec '$TOOL' >&-"
}

# No room: said, and the directory is as it was
test_full()
{
	# shellcheck disable=SC2016
	says 1 "No space left" unshare -m bash -c '
		mount -t tmpfs -o size=256k none "$1" && mkdir "$1/d" &&
		"$0" "$1/d" || { rc=$?; ls -A "$1/d" >&2; exit $rc; }' \
		"$TOOL" "$tmp/empty"
}

# LABEL TOOL [ARGUMENT...]: a BCC tool, its output in $tmp/LABEL.out
bcc_start()
{
	local label=$1
	shift
	BCC_KERNEL_SOURCE=$tree PYTHONUNBUFFERED=1 spawn "$ns_c" \
		$PY "/usr/sbin/$1-bpfcc" "${@:2}" >"$tmp/$label.out" \
		2>"$tmp/$label.err" </dev/null &
	tool_pid[$label]=$!
	pids+=($!)
}

# From the client's end
rows() { grep -E '(^| )10\.77\.37\.1[:/ ].* 10\.77\.37\.2' "$tmp/$1.out"; }

# Only rows prove that a BCC tool is there: requests to another address.
is_there()
{
	web_answers
	grep -q 10.77.0.2 "$tmp/$1.out" || is_gone "${tool_pid[$1]}"
}

bcc_wait()
{
	wait_until 30 is_there "$1"
	grep -q 10.77.0.2 "$tmp/$1.out" && return
	flunk "$1: traces" "$(tail -n 5 "$tmp/$1.err")"
}

# PID and local port of each
requests()
{
	local i

	for ((i = 0; i < nr_requests; i++)); do
		# shellcheck disable=SC2016
		in_c bash -c 'echo -n "$$ "; exec curl -sf -o /dev/null \
			-w "%{local_port}\n" http://10.77.37.2/big'
	done
}

nr_retransmits() { in_c awk '/^Tcp: [0-9]/ { print $13 }' /proc/net/snmp; }

# A request that is not let through until it was sent again
slow_request()
{
	exec 7<>/dev/tcp/10.77.37.2/80
	nsenter --net="/run/netns/$ns_s" nft -f - <<-EOF
	table inet k {
		chain c {
			type filter hook input priority 0
			ip daddr 10.77.37.2 drop
		}
	}
	EOF
	printf 'GET / HTTP/1.0\r\n\r\n' >&7
	sleep 1
	nsenter --net="/run/netns/$ns_s" nft delete table inet k
	cat <&7 >"$tmp/slow"
	exec 7>&-
}

test_running()
{
	lab_up
	lab_cable c1 s1 10.77.37 fd00:77:37
	web_up
	bcc_start life tcplife -D 80
	bcc_start states tcpstates -D 80
	bcc_start retrans tcpretrans
	bcc_start cong tcpcong -R 80
	bcc_wait life
	bcc_wait states
	wait_until 10 grep -q Tracing "$tmp/retrans.out"
	wait_until 10 grep -q Tracing "$tmp/cong.out"
	requests >"$tmp/requests"
	lab_settle
	test_life
	test_states
	test_retrans
}

stopped()
{
	tool_stop "$1"
	is "$(grep -c Traceback "$tmp/$1.err")" 0 "$1: no error"
}

test_life()
{
	wait_until 5 eval '[ "$(rows life | wc -l)" -ge $nr_requests ]'
	stopped life
	is "$(wc -l <"$tmp/requests")" $nr_requests "$nr_requests requests"
	is "$(rows life | awk '{ print $1, $2, $3, $4, $5, $6, $7, $8 }')" \
	   "$(awk '{ print $1, "curl 10.77.37.1", $2, "10.77.37.2 80 0 97" }' \
		"$tmp/requests")" \
	   "tcplife: process, ports and kilobytes of each"
}

test_states()
{
	local n=$nr_requests

	wait_until 5 eval \
		'[ "$(rows states | grep -c "FIN_WAIT2 *-> CLOSE")" -ge $n ]'
	stopped states
	is "$(rows states | awk '{ print $8, $10 }' | sort | uniq -c |
		awk '{ print $1, $2, $3 }' | sort)" \
	   "$(printf "$n %s\n" 'CLOSE SYN_SENT' 'ESTABLISHED FIN_WAIT1' \
		'FIN_WAIT1 FIN_WAIT2' 'FIN_WAIT2 CLOSE' \
		'SYN_SENT ESTABLISHED' | sort)" \
	   "tcpstates: the five steps of each"
}

test_retrans()
{
	local before n

	before=$(nr_retransmits)
	export -f slow_request
	in_c env tmp="$tmp" ns_s="$ns_s" bash -c slow_request
	n=$(($(nr_retransmits) - before))
	ok "segments were sent again, $n" [ $n -gt 1 ]
	wait_until 5 eval '[ "$(rows retrans | wc -l)" -ge $n ]'
	stopped retrans
	is "$(rows retrans | awk '{ sub(/:.*/, "", $4); print $3, $4, $5, $6, $7 }' |
		sort | uniq -c | awk '{ $1 = $1; print }')" \
	   "$n 4 10.77.37.1 R> 10.77.37.2:80 ESTABLISHED" \
	   "tcpretrans: a row for each"
	is "$(tail -n 1 "$tmp/slow")" hello "and the answer came"
	stopped cong
	like "$(rows cong)" \
		"^10\.77\.37\.1/[0-9]+ +10\.77\.37\.2/80( +[0-9]+){5} +[1-9] *\$" \
		"tcpcong: one connection left the open state"
}

tree=$("$TOOL")
compile "$tree" "${tools[@]}" >"$tmp/compiled" &
compiler=$!
test_trees
test_for
test_dir
test_bad_input
test_full
wait $compiler
verdicts "compiles: " <"$tmp/compiled"
is "$(wc -l <"$tmp/compiled")" ${#tools[@]} "all ${#tools[@]} TCP tools"
test_running
finish
