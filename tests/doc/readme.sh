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

run_command()
{
	case $1 in
	examples/demo) run_demo ;;
	tests/all) like "$(tail -n 1 .ci/run)" '^exec tests/all$' \
			"tests/all is what CI runs" ;;
	tests/run) is "$(ls -d "tests/$2")" "tests/$2" "tests/run $2" ;;
	build/tcp*-c) run_tool "$(basename "$1")" "${@:2}" ;;
	make) run_make "${@:2}" ;;
	*) flunk "$*" "no test runs this" ;;
	esac
}

mapfile -t lines < <(commands)
is "$((${#lines[@]} >= 10))" 1 "the README has commands"
for line in "${lines[@]}"; do
	words=()
	eval "words=($line)"
	run_command "${words[@]}"
done
finish
