#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The refusals that learners meet most, each provoked on this kernel by a small
# program in refused/: the line it is about, what it means, and what to do.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip

# NAME HOOK LINE MEANING CURE: words of each; LINE is of the file, "" for none
refused()
{
	local file=$here/refused/$1.c

	in_s timeout 60 "$TOOL" -k "$2" -i lo --source "$file" -d 0.1 \
		>"$tmp/out" 2>"$tmp/err"
	is "$? $(wc -c <"$tmp/out")" "1 0" "$1: could not"
	# As one line: the words may be on either side of a break.
	tr -s ' \n' ' ' <"$tmp/err" >"$tmp/words"
	like "$(cat "$tmp/words")" "meaning: .*$4.* cure:" "$1: what it means"
	like "$(cat "$tmp/words")" "cure: .*$5" "$1: the cure"
	[ -z "$3" ] ||
		like "$(cat "$tmp/err")" "source: .*$1.c:$3: " "$1: the line"
}

# WORD FILE: the number of the line
line() { grep -n -m 1 -F -- "$1" "$here/refused/$2.c" | cut -d : -f 1; }

here=$(dirname "$0")
lab_up
refused unbounded socket "$(line 'seen[skb' unbounded)" \
	'limits this index' 'bound it just before use'
refused packet_end xdp "$(line 'frame[12]' packet_end)" \
	'not proved to lie inside the packet' 'data_end'
refused loop socket "$(line 'while' loop)" 'never ends' 'constant limit'
refused stack socket '' '512 bytes of stack' 'BPF_PERCPU_ARRAY'
refused helper socket "$(line 'route_realm' helper)" 'do not have that helper' \
	'bpf-helpers'
refused uninitialised socket "$(line 'asm volatile' uninitialised)" \
	'a variable without a value' 'where it is declared'
refused null_value socket "$(line '++' null_value)" 'may be NULL' \
	'if \(!value\)'
refused context socket "$(line 'u64' context)" 'in this size' 'by name'
refused license socket "$(line 'perf_submit' license)" 'compatible with the GPL' \
	'BPF_LICENSE GPL'
refused complex socket "$(line 'for (' complex)" 'more paths' 'limit of loops'
finish
