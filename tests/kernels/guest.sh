#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tools do under the kernel that runs: the decisive case of each
# feature, a line each on stdout (see row() in guest-lib.sh). check.sh runs it
# in a guest of boot.sh:
#
#	TOOLS=DIR OUT=DIR guest.sh [ID...]	the rows with these ids (all)
#	guest.sh --list				their ids and names
#
# A compilation takes long here: each program is compiled once, and the rows
# about one run of a tool share it. What a run printed stays in $OUT.

# shellcheck source=tests/kernels/guest-lib.sh
. "$(dirname "$(readlink -f "$0")")/guest-lib.sh"
# shellcheck source=tests/kernels/cases-compile.sh
. "$here/cases-compile.sh"
# shellcheck source=tests/kernels/cases-hooks.sh
. "$here/cases-hooks.sh"
# shellcheck source=tests/kernels/cases-tools.sh
. "$here/cases-tools.sh"

rows=(
	"tree|header tree from BTF|row_tree"
	"compile|compile in the child|row_compile"
	"jail|the child's jail|row_jail"
	"kept|second start from the kept image|row_kept"
	"socket4|socket hook, IPv4|row_socket4"
	"socket6|socket hook, IPv6|row_socket6"
	"vlan|socket hook, VLAN device|row_vlan"
	"payload|payload (\`-x\`)|row_payload"
	"bytecode|\`--print-bytecode\`|row_bytecode"
	"refusals|the kernel's refusals explained|row_refusals"
	"headers|\`--headers kernel\`|row_headers"
	"xdp|XDP hook|row_xdp"
	"tc|TC hook|row_tc"
	"tracepoint|tracepoint hook|row_tracepoint"
	"hooks|XDP, TC, tracepoint at once|row_hooks"
	"tcp|TCP hook|row_tcp"
	"owners|owners of packets|row_owners"
	"waking|owners from the first match on|row_waking"
	"functions|programs at kernel functions|row_functions"
	"kprobe|the same without fentry|row_kprobe"
	"tcplife|\`tcplife-c\`|row_tcplife"
	"tcpdrop|\`tcpdrop-c\`|row_tcpdrop"
	"tcpwhy|\`tcpwhy-c\`|row_tcpwhy"
	"firewall|a firewall recognised as such|row_firewall"
	"bpfrun|\`bpfrun-c\`: kprobe, fentry, tracepoint|row_bpfrun"
	"words|pcap-filter and \`-e\`, four hooks|row_words"
)

# Connections for each row: primes, so that no sum looks like another
nr4=7 nr6=5 nr_vlan=3 nr_payload=2 nr_closed=11

# In a function, so that the shell has read it all before an editor changes it
main()
{
	local line id function

	# It mounts and takes names that belong to nobody else in a guest.
	[ -n "${GUEST_KERNEL-}" ] || {
		echo "guest.sh: this is no guest of boot.sh" >&2
		exit 1
	}
	mkdir -p $tmp "$OUT" /var/cache/tcpsnoop-c
	mount -t tmpfs -o mode=700 none /var/cache/tcpsnoop-c
	snoop_plain
	network_up
	peers_up || {
		echo "guest.sh: no traffic can be made" >&2
		exit 1
	}
	for line in "${rows[@]}"; do
		IFS='|' read -r id _ function <<<"$line"
		[ $# = 0 ] || [[ " $* " == *" $id "* ]] || continue
		row "$id" "$function"
	done
	exit
}

if [ "${1-}" = --list ]; then
	printf '%s\n' "${rows[@]}" | cut -d '|' -f 1,2 | tr '|' '\t'
	exit
fi
main "$@"
