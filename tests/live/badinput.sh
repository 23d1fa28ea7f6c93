#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is wrong is said once, in one line that names the offender and, where
# there is one, the way out; the exit status is 2 for the command line and 1
# for the machine.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip timeout

# STATUS ERE COMMAND...
says()
{
	local want=$1 ere=$2 rc out err name tool
	shift 2
	tool=${1##*/}
	[[ $tool == *-c ]] || tool=tcpsnoop-c

	name="$(printf '%q ' "${@:1:24}" | tail -c 110)"
	timeout -k 1 20 "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$? out=$(head -c 300 "$tmp/out") err=$(cat "$tmp/err")
	if [ $rc = "$want" ] && [ -z "$out" ] &&
	   [[ "$err" != *$'\n'* && "$err" =~ ^$tool:\ .*($ere) ]]; then
		pass "exit $want: $name"
	else
		flunk "exit $want: $name" "exit $rc, stdout: $out
stderr: $err
want one line like: $tool: .*$ere"
	fi
}

usage() { says 2 "$1" "$TOOL" "${@:2}"; }
cannot() { says 1 "$1" "$TOOL" "${@:2}"; }

for port in 80abc 65536 90-80 -1 80- -80 80,,443 ,80 '80,' ' 80' '80 ' 0x50 \
	    1-2-3 +80 1e3 80.0 99999999999999999999 http '*'; do
	quoted=${port//[*+.]/\\&}
	usage "(-p|--port).*${quoted//,/.*}" -p "$port"
done
usage '(-p|--port)' -p ''
usage '--port.*65536' --port=65536
usage '--port.*65536' --port 80,65536
usage '-r.*80abc' -r 80abc
for addr in 10.0.0.0/33 ::/129 10.0.0 10.0.0.0/ 10.0.0.0/-1 256.0.0.1 /8 \
	    010.0.0.1 1.2.3.4.5 2001:db8:::1 10.0.0.0/8/8 ' ::1' ; do
	usage "$addr" -H "$addr"
done
usage '10\.0\.0\.1/8.*10\.0\.0\.0/8' -H 10.0.0.1/8
usage '-L.*localhost' -L localhost
usage '-R.*10.0.0.0/33' -R 10.0.0.0/8,10.0.0.0/33
usage '-R' -R ''
usage 'foo' -f foo
usage 'syn' -f 'syn,!syn'
usage '-f' -f ''
usage '-f' -f 'syn,'
usage 'sideways.*in.*out.*both' -D sideways
usage 'xml.*text.*json' -o xml
usage 'bogus.*btf.*kernel' --headers bogus
usage "'bogus' is not one of socket, tc, xdp" -k bogus
usage "'bogus' is not one of" -k socket,bogus,tc
usage "'sock' is not one of" -k sock
usage "'sockets' is not one of" -k sockets
usage "'TC' is not one of" -k TC
usage "'' is not one of" -k ''
usage "'' is not one of" -k socket,
usage "'' is not one of" -k ,socket
usage "'tc' is named twice" -i lo -k tc,xdp,tc
usage '-k tc needs -i' -k tc
usage '-k xdp needs -i' -k socket,xdp
usage '-k xdp sees incoming packets only: leave out -D' -i lo -k xdp -D both
usage '-k tcp sees incoming packets only' -k socket,tcp -D out
usage '--source goes with one hook only' -k socket,tcp --source /dev/null
usage '--print-source goes with one hook' -k socket,tcp --print-source
for n in 0 -1 1x '' 99999999999999999999; do
	usage "-c.*$n" -c "$n"
done
for n in 0 -1 abc 1e3 '' 1.2.3; do
	usage "-d.*$n" -d "$n"
done
for n in 3 0 -2 abc 1.5 4294967296; do
	usage "--pages.*$n" --pages "$n"
done
for n in 0 16777217 -1 abc ''; do
	usage "--max-flows.*$n" --max-flows "$n"
done
usage '-s.*-w' -s 100
usage '--rotate-size.*-w' --rotate-size 1M
usage '--rotate-time.*-w' --rotate-time 1
usage '--bogus' --bogus
usage "-Z|'Z'" -Z
usage '-p' -p
usage '--port' --port
usage '--quiet' --quiet=1
usage '--por' --por 80
usage "'-='" -qx=1 -p
usage "unknown host 'nosuch.word'|nosuch.word.*syntax" -o json nosuch.word
usage 'syntax error' tcp and
usage '(a\?b|a.b)' -p $'a\nb'

# An option is known where it is obeyed.
for words in 'tcplife-c -i' 'tcplife-c -x' 'tcplife-c -S' 'tcplife-c --fields' \
	     'tcpwhy-c -x' 'tcpwhy-c -S' 'tcpwhy-c --fields' 'tcpdrop-c -S'; do
	says 2 "unknown option.*${words#* }" \
		"${TOOL%/*}/${words% *}" "${words#* }"
done
says 2 '-s.*-w' "${TOOL%/*}/tcpdrop-c" -s 0

cannot 'nosuch0' -i nosuch0
cannot 'nosuch-ns' -N nosuch-ns
cannot '/etc/passwd' -N /etc/passwd
cannot '999999999' -N 999999999
printf 'int \0x;\n' >"$tmp/binary.c"
: >"$tmp/empty.c"
cannot "$tmp/none.c" --source "$tmp/none.c"
cannot "$tmp/empty.c.*empty" --source "$tmp/empty.c"
cannot "$tmp/binary.c" --source "$tmp/binary.c"
mkfifo "$tmp/fifo.c"
truncate -s 10G "$tmp/huge.c"
long=$tmp/$(printf '%0200d' 0)/$(printf '%0200d' 0).c
cannot '/dev/zero: it is not a regular file' --source /dev/zero
cannot "$tmp: it is a directory" --source "$tmp"
cannot "$tmp/fifo.c: it is not a regular file" --source "$tmp/fifo.c"
cannot "$tmp/huge.c: it is longer than 1 MiB" --source "$tmp/huge.c"
cannot '\.\.\.0+\.c: No such file or directory' --source "$long"

is "$("$TOOL" --help 2>&1 >"$tmp/help"; echo $?)" 0 "--help: status 0, silent"
like "$(cat "$tmp/help")" 'Usage.*EXAMPLES' "--help: usage first"
is "$("$TOOL" -h)" "$(cat "$tmp/help")" "-h is --help"
is "$(awk 'length > 80' "$tmp/help")" "" "--help: 80 columns"
like "$("$TOOL" -V; echo $?)" '^tcpsnoop-c .*[0-9]+\.[0-9]+.*0$' "-V"
finish
