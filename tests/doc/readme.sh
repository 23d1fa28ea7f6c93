#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs every command of the README, as far as one can from within a test: the
# tool for a moment, make install into a folder of its own, other targets of
# make without doing what they say. A command that nothing here knows fails.

# shellcheck source=tests/live/lib.sh
. "$(dirname "$0")/../live/lib.sh"
need make nginx curl ip

# make, and make in the demo, build what is under test, no other.
unset MAKEFLAGS SANITIZE
[[ $TOOL != */sanitize/* ]] || export SANITIZE=1

# The lines of ```sh blocks, without comments, sudo and trailing blanks
commands()
{
	sed -n '/^```sh$/,/^```$/p' README.md |
		sed -E '/^```/d; s/ +#.*//; s/^sudo //; /^ *$/d'
}

run_demo()
{
	NO_COLOR=1 timeout 240 examples/demo 7 >"$tmp/demo" 2>&1
	is $? 0 "examples/demo: exit status"
	is "$(grep -c '^TIME .* FLAGS ' "$tmp/demo")" 1 \
		"examples/demo: one header line"
	# SYN, ACK, request, ACK, FIN, and an ACK more or less
	is "$(($(grep -c '10\.80\.0\.1:80 ' "$tmp/demo") >= 6 * 5))" 1 \
		"examples/demo: six requests over IPv4"
	like "$(cat "$tmp/demo")" '\[fd80::1\]:80' \
		"examples/demo: one over IPv6"
	like "$(cat "$tmp/demo")" 'packets shown of .* nothing lost' \
		"examples/demo: the summary"
	is "$(compgen -G '/run/netns/demo-*'; pgrep -f /tmp/tcpsnoop-demo;
		find /tmp -maxdepth 1 -name 'tcpsnoop-demo*')" "" \
		"examples/demo: nothing stays behind"
}

# TOOL ARGUMENT...: what it writes goes to $tmp
run_tool()
{
	(cd "$tmp" && timeout -s KILL 60 "$(dirname "$TOOL")/$1" -d 0.3 \
		"${@:2}") >"$tmp/tool" 2>&1
	is $? 0 "build/$*"
}

installed() { (cd "$tmp/root" && find . -type f | sort); }

run_make()
{
	case ${1-} in
	install)
		ok "make install" make -s DESTDIR="$tmp/root" install
		is "$(installed)" "$(for t in tools/*.c; do
			t=$(basename "$t" .c)
			echo "./usr/local/sbin/$t"
			echo "./usr/local/share/bash-completion/completions/$t"
			echo "./usr/local/share/man/man8/$t.8"
		done | sort)" "make install: the files"
		like "$(cat "$tmp/root/usr/local/share/man/man8/tcpsnoop-c.8")" \
			'port LIST|port.*LIST' "the man page has the options"
		ok "the completion is good bash" bash -n \
			"$tmp/root/usr/local/share/bash-completion/completions/tcpsnoop-c" ;;
	uninstall)
		ok "make uninstall" make -s DESTDIR="$tmp/root" uninstall
		is "$(installed)" "" "make uninstall: nothing is left" ;;
	*) ok "make${1+ $*}" make -n "$@" ;;
	esac
}

# FILE ARGUMENT...: a run of the program that is being changed, in $tmp
run_watch()
{
	(cd "$tmp" && timeout -s KILL 60 "$(dirname "$TOOL")/tcpsnoop-c" \
		-d 2 "$@") >"$tmp/tool" 2>&1 &
	wait_until 30 grep -q tracing "$tmp/tool"
	echo '/* changed */' >>"$tmp/mine.c"
	wait $!
	is $? 0 "tcpsnoop-c $*"
	like "$(cat "$tmp/tool")" 'mine.c runs as it was saved' "mine.c: changed"
}

# VARIABLE=VALUE TOOL: of BCC, as far as it starts here
run_bcc()
{
	command -v "$2" >/dev/null || {
		skip "$*" "no $2 here"
		return
	}
	env "$1" timeout -s INT -k 5 20 "$2" >"$tmp/tool" 2>&1 &
	wait_until 20 grep -q '^PID' "$tmp/tool"
	ok "$2: starts without kernel headers" grep -q '^PID' "$tmp/tool"
	pkill -INT -f "^[^ ]*python3 .*$2" 2>/dev/null
	wait $!
}

run_command()
{
	case $1 in
	BCC_*) run_bcc "$@" ;;
	examples/lab) is "$(examples/lab true >/dev/null 2>&1; echo $?)" 0 \
			"examples/lab runs a command" ;;
	build/kheaders-c) ok "$*" [ -d "$(build/kheaders-c)" ] ;;
	build/bpfrun-c) ok "$*" timeout -s KILL 60 \
			"$(dirname "$TOOL")/bpfrun-c" -q -d 0.3 "${@:2}" ;;
	examples/demo) run_demo ;;
	tests/all) is "$(grep -cE '^tests/all( |$)' .ci/run)" 1 \
			"tests/all is what CI runs" ;;
	tests/run) is "$(ls -d "tests/$2")" "tests/$2" "tests/run $2" ;;
	build/tcp*-c)
		case "$*" in
		*--watch*) run_watch "${@:2}" ;;
		*) run_tool "$(basename "$1")" "${@:2}" ;;
		esac ;;
	make) run_make "${@:2}" ;;
	*) flunk "$*" "no test runs this" ;;
	esac
}

# This is root, and what is under test may be built elsewhere.
sudo() { "$@"; }
# shellcheck disable=SC2120 # the commands of the README call it
build/kheaders-c() { "$(dirname "$TOOL")/kheaders-c" "$@"; }

mapfile -t lines < <(commands)
is "$((${#lines[@]} >= 10))" 1 "the README has commands"
for line in "${lines[@]}"; do
	# What a command writes goes to $tmp.
	file=
	[[ $line != *" >"* ]] || file=${line##* >}
	words=()
	eval "words=(${line%" >"*})"
	run_command "${words[@]}"
	[ -z "$file" ] || cp "$tmp/tool" "$tmp/$file"
done
finish
