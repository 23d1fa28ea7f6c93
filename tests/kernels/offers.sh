#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a kernel offers, a line each, whatever our tools make of it:
#
#	boot.sh VERSION -- tests/kernels/offers.sh
#
# For finding out why a row of check.sh is as it is.
set -u

tracing=/sys/kernel/tracing
[ -n "${GUEST_KERNEL-}" ] || {
	echo "offers.sh: this is no guest of boot.sh" >&2
	exit 1
}

say() { printf '%-26s %s\n' "$1" "${*:2}"; }

# NAME COMMAND...
try()
{
	local said

	if said=$("${@:2}" 2>&1); then
		say "$1" yes
	else
		say "$1" "no: ${said:0:120}"
	fi
}

# GROUP/EVENT: its fields with their offsets
fields()
{
	sed -nE '/common_/d; s/\[.*\];/;/
		s/.*field:.*[ *]([a-z_0-9]+);\toffset:([0-9]+);.*/\1@\2/p' \
		"$tracing/events/$1/format" | xargs
}

set_up_links()
{
	ip netns add other
	ip link add v0 type veth peer name v1 netns other
	ip link set v0 up
}

say kernel "$(uname -r)"
say "BTF" "$(stat -c %s /sys/kernel/btf/vmlinux 2>&1)"
say "BTF of modules" $(($(find /sys/kernel/btf -type f | wc -l) - 1))
say "headers" "$(find "/lib/modules/$(uname -r)/build/" -maxdepth 0 2>&1)"
say "kheaders" "$(find /sys/kernel/kheaders.tar.xz 2>&1)"
say "security modules" "$(mount -t securityfs none /sys/kernel/security
	cat /sys/kernel/security/lsm)"
say "tracers" "$(<$tracing/available_tracers)"
say "functions to trace" "$(wc -l <$tracing/available_filter_functions)"
for group in sock tcp skb net; do
	say "events/$group" "$(find $tracing/events/$group -mindepth 1 \
		-maxdepth 1 -type d -printf '%f ')"
done
for event in skb/kfree_skb tcp/tcp_retransmit_skb tcp/tcp_probe \
	tcp/tcp_send_reset tcp/tcp_receive_reset sock/inet_sock_set_state; do
	say "$event" "$(fields $event)"
done
say "drop reasons" "$(grep -oE '\{ *[0-9]+, *"[A-Z0-9_]+" *\}' \
	$tracing/events/skb/kfree_skb/format | wc -l)"
try "veth between namespaces" set_up_links
try clsact tc qdisc add dev v0 clsact
try netem tc qdisc add dev v0 root netem loss 5% delay 5ms
try dummy ip link add d0 type dummy
try bridge ip link add b0 type bridge
try nf_conntrack modprobe nf_conntrack
try nf_tables modprobe nf_tables
bpftool feature probe kernel >/run/features 2>/dev/null
say "BPF program types" "$(sed -n \
	's/^eBPF program_type \(.*\) is available/\1/p' /run/features | xargs)"
say "BPF map types" "$(sed -n \
	's/^eBPF map_type \(.*\) is available/\1/p' /run/features | xargs)"
