#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# --max-flows: a connection that was forgotten shows its next sequence number
# as it is on the wire; one that was not, relative to the first.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip nginx curl

# Two connections that take turns with four bytes each
talk()
{
	in_c timeout 20 bash -c 'exec 5<>/dev/tcp/10.77.0.2/80 \
		6<>/dev/tcp/10.77.0.2/80
	for part in "GET " "/ind" "ex.h"; do
		printf "$part" >&5; sleep 0.1
		printf "$part" >&6; sleep 0.1
	done'
}

seqs() { awk '{ print $7 }' "$tmp/$1.out" | xargs; }
has_lines() { [ "$(wc -l <"$tmp/$1.out")" -ge "$2" ]; }

# LABEL OPTION...
watch() { tool_start "$1" "$ns_s" --no-owner -p 80 -e 'len > 0' "${@:2}"; }

lab_up
web_up
watch raw -S
watch default
watch two --max-flows 2
watch one --max-flows 1
ok "two connections take turns" talk
for label in raw default two one; do
	wait_until 10 has_lines $label 7 || flunk "$label: shows six packets"
	tool_stop $label
	is "${tool_rc[$label]}" 0 "$label: exit status"
	sed -i '/^TIME/d' "$tmp/$label.out"
done
read -ra first < <(seqs raw)
is "${#first[@]}" 6 "raw: six packets"
is "$(seqs default)" "${first[0]} ${first[1]} 4 4 8 8" \
	"default: both are remembered"
is "$(seqs two)" "$(seqs default)" "--max-flows 2: both are"
is "$(seqs one)" "$(seqs raw)" "--max-flows 1: the other one never is"
finish
