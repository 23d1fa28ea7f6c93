# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# For guest.sh: from a program's text to what the kernel says of it.

row_tree()
{
	local image

	run_syn
	image=$(sed -n 's/.*image: compiled, with //p' "$OUT/syn.err")
	case $image in
	'' | "0 types"*) failed "${image:-$(complaint syn)}" ;;
	*BTF) works "$image" ;;
	*) falls_back_on "real headers" "$image" ;;
	esac
}

row_compile()
{
	local took

	need_syn || return
	took=$(sed -n 's/.*, \(compile [0-9.]* ms\).*/\1/p' "$OUT/syn.err")
	works "$took of emulated time"
}

# A secret that root can read, and the compiler must not
row_jail()
{
	local jail

	echo '#error THE SECRET' >"$tmp/secret.h"
	echo "#include \"$tmp/secret.h\"" >"$OUT/secret.c"
	if snoop_start jail --source "$OUT/secret.c"; then
		trace_stop
		failed "it compiled a file that is not there for it"
		return
	fi
	if grep -q 'THE SECRET' "$OUT/jail.err" ||
	   ! grep -q 'does not compile' "$OUT/jail.err"; then
		failed "$(tr '\n' ' ' <"$OUT/jail.err")"
		return
	fi
	jail=$("$TOOLS/tcpsnoop-c" --check | sed -n "s/^.*compiler's jail *//p")
	case $jail in
	Landlock*) works "$jail" ;;
	chroot*) falls_back_on chroot "$jail" ;;
	*) failed "--check says: $jail" ;;
	esac
}

row_kept()
{
	need_syn || return
	if ! snoop_start kept -v --syn -p 80 -o json; then
		failed "$(complaint kept)"
		return
	fi
	trace_stop
	if grep -q 'image: from the cache' "$OUT/kept.err"; then
		works "$(sed -n 's/.*time: //p' "$OUT/kept.err")"
	else
		failed "it compiled again"
	fi
}

row_bytecode()
{
	local nr nr_raw

	need_syn || return
	"$TOOLS/${snoop[0]}" "${snoop[@]:1}" --syn -p 80 --print-bytecode \
		>"$OUT/bytecode.out" 2>"$OUT/bytecode.err" || {
		failed "$(complaint bytecode)"
		return
	}
	nr=$(grep -cE '^>? +[0-9]+: \([0-9a-f]{2}\) ' "$OUT/bytecode.out")
	nr_raw=$(grep -c ' raw ' "$OUT/bytecode.out")
	if [ "$nr" -lt 100 ] || [ "$nr_raw" -gt 0 ]; then
		failed "$nr instructions, $nr_raw that are none"
	else
		works "$nr instructions"
	fi
}

# CASE: why it is refused, in the kernel's words; false if they are not known
refusal()
{
	{ echo "#define CASE $1"; cat "$here/refused.c"; } >"$OUT/refused$1.c"
	if snoop_start "refused$1" --source "$OUT/refused$1.c"; then
		trace_stop
		echo "case $1 is not refused"
		return 1
	fi
	sed -nE '1d; /source:/q; s/^ +//p' "$OUT/refused$1.err" | tail -n 1
	grep -q '^ *meaning:' "$OUT/refused$1.err" &&
		grep -q '^ *source: ' "$OUT/refused$1.err" &&
		! grep -q 'meaning: not known' "$OUT/refused$1.err"
}

row_refusals()
{
	local i words all=''

	for i in 1 2 3 4; do
		if ! words=$(refusal "$i"); then
			failed "case $i: $words"
			return
		fi
		all+=${all:+; }$words
	done
	works "$all"
}

# Recent kernels' headers are beyond this libbcc, and Debian has none for some:
# that is no fault of ours as long as the errors are in those headers. Headers
# lie in several places, to which only Landlock can confine the compiler.
row_headers()
{
	local first

	if snoop_start headers --headers kernel --syn -p 80; then
		trace_stop
		works
		return
	fi
	if [ ! -s "$OUT/headers.err" ]; then
		skipped "too slow here" "no end within $limit s"
		return
	fi
	first=$(sed -nE '/: error: /{s/^ *//p;q}' "$OUT/headers.err")
	case $(complaint headers):$first in
	"no kernel headers"*) refused "no headers" "$(complaint headers)" ;;
	*"confine it to the header files: Function not implemented:")
		refused "no Landlock" "$(complaint headers)" ;;
	*:*include/*) refused "they do not compile" "$first" ;;
	*) failed "$(complaint headers) $first" ;;
	esac
}
