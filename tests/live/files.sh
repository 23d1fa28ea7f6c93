#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tools write as root, where another user may write too: his links,
# files and pipes are neither written to nor followed, and nobody else can read
# what is captured.

# A small disk is mounted here, for nobody else.
if [ -z "${PRIVATE-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare -m --propagation private "$0"
fi

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip jq tcpdump setpriv mount mkfifo
other=1234 # a user, whether there is one or not
unset SUDO_UID

as_other()
{
	setpriv --reuid=$other --regid=$other --clear-groups "$@"
}

# An empty directory of the other user's, $theirs, and a file of root's that he
# can give a second name to, whatever fs.protected_hardlinks is: it is writable.
ground()
{
	rm -rf "$tmp/ground"
	mkdir "$tmp/ground" "$tmp/ground/theirs" "$tmp/ground/root"
	theirs=$tmp/ground/theirs victim=$tmp/ground/root/victim
	echo precious >"$victim"
	chmod 666 "$victim"
	chown $other:$other "$theirs"
}

# A short run that captures to FILE; its exit status is in rc.
capture()
{
	in_s timeout -k 1 20 "$TOOL" -i s0 -d 0.05 -q "${@:2}" -w "$1" \
		>"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
}

# NAME FILE ERE: it is refused in one line, and the victim is whole
refuses()
{
	local err

	capture "$2"
	err=$(cat "$tmp/err")
	is "exit $rc, $(wc -l <"$tmp/err") line" "exit 1, 1 line" "$1: refused"
	like "$err" "^${TOOL##*/}: cannot write $2: $3\$" "$1: says why"
	is "$(cat "$victim")" precious "$1: nothing is overwritten"
}

# NAME FILE: it is written, by root for root
is_private()
{
	is "exit $rc, $(cat "$tmp/err")" "exit 0, " "$1: written"
	is "$(stat -c '%F %a %u %h' "$2")" "regular file 600 0 1" \
		"$1: for root alone"
	ok "$1: can be read" tcpdump -nr "$2"
}

test_modes()
{
	local mask

	ground
	for mask in 000 022 077 777; do
		umask $mask
		capture "$theirs/$mask.pcapng"
		umask 022
		is_private "umask $mask" "$theirs/$mask.pcapng"
	done
}

# Another user has an old file of ours open: he sees no more than that.
test_replaced()
{
	ground
	echo old >"$theirs/x"
	chmod 666 "$theirs/x"
	exec 7<"$theirs/x"
	capture "$theirs/x"
	is_private "a file of ours" "$theirs/x"
	is "$(cat <&7)" old "a file of ours: who has it open sees the old one"
	exec 7<&-
}

test_planted()
{
	local link='it is a symbolic link \(name what it leads to\)'

	ground
	as_other ln -s ../root/victim "$theirs/link"
	as_other ln -s ../root/none "$theirs/dangling"
	as_other ln -s /dev/null "$theirs/null"
	as_other ln "$victim" "$theirs/hard"
	as_other touch "$theirs/file"
	as_other mkdir "$theirs/dir"
	as_other ln -s ../root "$theirs/way"
	refuses "a link" "$theirs/link" "$link"
	refuses "a dangling link" "$theirs/dangling" "$link"
	ok "a dangling link: nothing is made" [ ! -e "$tmp/ground/root/none" ]
	refuses "a link to a device" "$theirs/null" "$link"
	refuses "a hard link" "$theirs/hard" 'it has several names, hard .*'
	refuses "a file" "$theirs/file" 'its owner is not the user .*'
	SUDO_UID=$other refuses "a file of who called sudo" "$theirs/file" \
		'its owner is not the user that this runs as \(remove .*'
	refuses "a directory" "$theirs/dir" 'Is a directory'
	refuses "a link on the way" "$theirs/way/victim" 'a symbolic link .*'
	refuses "a link on the way, a new name" "$theirs/way/new" 'a symbol.*'
	ok "a link on the way: nothing is made" [ ! -e "$tmp/ground/root/new" ]
	chmod 600 "$victim"
	SUDO_UID=$other capture "$theirs/way/new"
	is_private "a link on the way, of who called sudo" \
		"$tmp/ground/root/new"
	is "$(stat -c '%F %u' "$theirs/file")" "regular empty file $other" \
		"a file: left as it was"
}

# NAME OWNER WANT: into a pipe of OWNER's that is being read, in a directory
# where anybody may make one; WANT captures arrive, one or none
fifo()
{
	mkfifo "$tmp/sticky/pipe"
	chown "$2" "$tmp/sticky/pipe"
	cat "$tmp/sticky/pipe" >"$tmp/read" &
	pids+=($!)
	exec 8>"$tmp/sticky/pipe"
	capture "$tmp/sticky/pipe"
	exec 8>&-
	wait "${pids[-1]}"
	is "$(tcpdump -nr "$tmp/read" 2>&1 | grep -c '^reading from')" "$3" "$1"
	rm "$tmp/sticky/pipe"
}

test_pipes()
{
	mkdir -m 1777 "$tmp/sticky"
	fifo "a FIFO of root's is written to" 0 1
	SUDO_UID=$other fifo "a FIFO of who called sudo too" $other 1
	fifo "one that another user planted is not" $other 0
	is "$(wc -c <"$tmp/read")" 0 "he reads nothing"
	like "$(cat "$tmp/err")" 'cannot write .*: its owner is not the user' \
		"and root is told"
}

# DESCRIPTOR-NAME: what comes out of a pipe is a capture
piped()
{
	tcpdump -nr "$tmp/read" >"$tmp/tcpdump" 2>&1
	is "exit $rc, $?" "exit 0, 0" "-w $1: a capture comes out"
}

# What has no name in a directory
test_descriptors()
{
	local name

	capture /dev/null
	is "exit $rc, $(cat "$tmp/err")" "exit 0, " "-w /dev/null"
	for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
		capture "$name"
		mv "$tmp/out" "$tmp/read"
		piped "$name, a file"
		capture "$name" > >(cat >"$tmp/err")
	done
	capture >(cat >"$tmp/read")
	wait $!
	piped '>(cat)'
	exec 9> >(cat >"$tmp/read")
	capture /dev/fd/9
	exec 9>&-
	wait $!
	piped /dev/fd/9
	exec 9>"$tmp/read"
	chown $other "$tmp/read"
	capture /proc/self/fd/9
	exec 9>&-
	piped "/proc/self/fd/9, a file"
	is "$(stat -c %u "$tmp/read")" $other "which is still its owner's"
	capture /dev/fd/9
	like "exit $rc, $(cat "$tmp/err")" 'exit 1, .*/dev/fd/9: it was not o' \
		"-w /dev/fd/9, closed: refused"
}

# The next name is taken: the run ends, with all that it had in the first file.
test_rotation_planted()
{
	local in_file

	ground
	as_other ln -s ../root/victim "$theirs/x.1.pcapng"
	tool_start planted "$ns_s" -i s0 -p 80 -o json --rotate-size 1K \
		-w "$theirs/x.pcapng"
	wait_until 10 knock_until_gone "${tool_pid[planted]}" ||
		flunk "planted: ends"
	tool_wait planted
	is "${tool_rc[planted]}" 1 "rotation: a link under the next name ends it"
	is "$(grep -c "^tcpsnoop-c: cannot write $theirs/x.1.pcapng: it is a s" \
		"$tmp/planted.err")" 1 "rotation: says so, once"
	is "$(cat "$victim")" precious "rotation: nothing is overwritten"
	check_summary planted
	in_file=$(tcpdump -nr "$theirs/x.pcapng" 2>/dev/null | wc -l)
	like "$(cat "$tmp/planted.err")" "[^0-9]$((
		$(packets planted .type | wc -l) - in_file)) of the packets" \
		"rotation: what is not in the file is counted"
}

# Our directory is renamed and a link of the other user's put in its place.
test_rotation_moved()
{
	ground
	mkdir "$theirs/dir"
	tool_start moved "$ns_s" -i s0 -p 80 -o json --rotate-size 1K \
		-w "$theirs/dir/x.pcapng"
	as_other mv "$theirs/dir" "$theirs/was"
	as_other ln -s ../root "$theirs/dir"
	knock 50
	wait_until 10 has_packets moved 50
	tool_stop moved
	is "${tool_rc[moved]}" 0 "a moved directory: exit status"
	is "$(ls "$tmp/ground/root")" victim "a moved directory: none elsewhere"
	ok "a moved directory: the files are in it" [ -e "$theirs/was/x.2.pcapng" ]
}

# While it rotates he makes the next names links, and takes them away, as ours.
test_rotation_raced()
{
	local round racer

	ground
	setpriv --reuid=$other --regid=$other --clear-groups \
		$PY tests/live/files.py race "$theirs" ../root/victim 2000000 &
	racer=$!
	pids+=("$racer")
	for ((round = 0; round < 10; round++)); do
		tool_start raced "$ns_s" -i s0 -p 80 -o json --rotate-size 1K \
			-w "$theirs/x"
		knock 30
		tool_stop raced
	done
	is_gone $racer && flunk "raced: somebody raced all the time"
	kill $racer
	wait $racer 2>/dev/null
	is "$(cat "$victim")" precious "raced: nothing is overwritten"
	is "$(stat -c %a "$victim")" 666 "raced: nor its mode changed"
}

# His directory is on a full disk, and while we fill the one we made there he
# puts a link to another in its place: what we remove after that is ours.
test_kheaders()
{
	local TOOL=${TOOL%/*}/kheaders-c

	mkdir "$tmp/small" "$tmp/own"
	mount -t tmpfs -o "size=300k,uid=$other" none "$tmp/small" || return
	mkdir "$tmp/own/include" && touch "$tmp/own/include/precious"
	as_other bash -c 'cd "$1" && until mv kh was 2>/dev/null; do :; done
		ln -s "$2" kh' - "$tmp/small" "$tmp/own" &
	pids+=($!)
	"$TOOL" "$tmp/small/kh" >"$tmp/out" 2>"$tmp/err"
	like "exit $?, $(cat "$tmp/err")" 'exit 1, .*No space left' \
		"kheaders-c: no room for a tree"
	wait "${pids[-1]}"
	is "$(ls "$tmp/own/include")" precious \
		"kheaders-c: only its own files are removed"
	is "$(ls "$tmp/small/was")" "" "kheaders-c: and all of them"
	mkdir "$tmp/own/d" && chown $other "$tmp/small"
	"$TOOL" "$tmp/small/kh/d" >"$tmp/out" 2>"$tmp/err"
	like "exit $?, $(cat "$tmp/err")" 'exit 1, .*kh/d: a symbolic link' \
		"kheaders-c: a link of another user's on the way"
	umount "$tmp/small"
}

lab_up
for TOOL in "$TOOL" "${TOOL%/*}/tcpdrop-c"; do
	test_modes
	test_replaced
	test_planted
done
TOOL=${TOOL%/*}/tcpsnoop-c
test_pipes
test_descriptors
test_rotation_planted
test_rotation_moved
test_rotation_raced
test_kheaders
hooks_are_clear
finish
