#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The compile child as it runs: what a look at it from outside shows, what it
# needs no privilege for, what is said of what it is refused, and that it goes
# when it is to. What it may call is tests/live/jail_test.c's.

# shellcheck source=tests/live/lib-lab.sh
. "$(dirname "$0")/lib-lab.sh"
need ip ps timeout setsid unshare
RUN=$(dirname "$TOOL")/bpfrun-c

# A text that keeps the compiler busy for longer than any test here
slow_text()
{
	local i

	echo '#define m0 1'
	for i in {1..40}; do
		echo "#define m$i m$((i - 1)) + m$((i - 1))"
	done
	echo 'int xdp_slow(struct xdp_md *ctx) { return m28; }'
}

# PID: that of its child's child once this is locked in, in $child
has_child()
{
	child=$(ps -o pid= --ppid "$(ps -o pid= --ppid "$1" | xargs)" | xargs)
	grep -q '^Seccomp:[[:blank:]]*2' "/proc/$child/status"
}

# KEY: what the child's status says of it
status() { sed -n "s/^$1:[[:blank:]]*//p" "/proc/$child/status" | xargs; }

descriptors()
{
	local fd

	for fd in "/proc/$child/fd"/*; do
		echo "${fd##*/}:$(readlink "$fd" | sed 's/:.*//')"
	done | xargs
}

# DEVMAP stands in a comment alone: it means nothing.
test_seen_from_outside()
{
	{ echo '/* no DEVMAP, no XSKMAP here */'; slow_text; } >"$tmp/slow.c"
	exec 9</etc/passwd
	setsid "$RUN" --no-cache --compile-limit 60 --print-bytecode \
		"$tmp/slow.c" >"$tmp/out" 2>&1 &
	tool_pid[slow]=$!
	pids+=($!)
	exec 9<&-
	if ! wait_until 10 has_child "${tool_pid[slow]}"; then
		flunk "a compiler is seen" "$(cat "$tmp/out")"
		return
	fi
	is "$(status CapInh) $(status CapPrm) $(status CapEff) $(status CapBnd)" \
		"$(printf '%016d ' 0 0 0 0 | sed 's/ $//')" "no capability"
	is "$(status Uid), $(status Gid), $(status Groups)" \
		"65534 65534 65534 65534, 65534 65534 65534 65534, " "nobody"
	is "$(status NoNewPrivs)" 1 "no way to more privileges"
	is "$(descriptors)" "0:/dev/null 1:pipe 2:pipe 3:pipe" \
		"two pipes, and no file of ours"
	if [ "$(readlink "/proc/$child/root")" = / ]; then
		skip "its root" "no kernel types here: it needs several places"
	else
		is "$(cd "/proc/$child/root" && echo *)" "include state" \
			"nothing but headers below its root"
	fi
	if unshare --pid --ipc --fork true 2>"$tmp/err"; then
		is "$(status NSpid | wc -w) $(status NSpid | sed 's/.* //')" \
			"2 1" "it is alone in its PID namespace"
		is "$(readlink "/proc/$child/ns/ipc" /proc/self/ns/ipc |
			sort -u | wc -l)" 2 "an IPC namespace of its own"
	else
		skip "its namespaces" "$(cat "$tmp/err")"
	fi
	kill -9 "${tool_pid[slow]}"
	ok "killed with the tool" wait_until 5 is_gone "$child"
}

# Neither maps nor types are made while it compiles.
test_without_privileges()
{
	cat >"$tmp/maps.c" <<-'C'
	BPF_DEVMAP(devices, 4);
	BPF_CPUMAP(cpus, 4);
	BPF_XSKMAP(sockets, 4);
	BPF_HASH(huge, u64, u64, 4194304);
	int xdp_f(struct xdp_md *ctx) {
		u64 k = 1;
		huge.increment(k);
		return devices.redirect_map(0, 0);
	}
	C
	command -v capsh >/dev/null || {
		skip "without CAP_NET_ADMIN and CAP_SYS_ADMIN" "no capsh"
		return
	}
	ok "without CAP_NET_ADMIN and CAP_SYS_ADMIN: it compiles" \
		timeout 60 capsh --drop=cap_net_admin,cap_sys_admin -- -c \
		"'$RUN' --no-cache --print-bytecode '$tmp/maps.c'"
	like "$(cat "$tmp/ok.out")" '\(85\) call bpf_redirect_map' \
		"maps that redirect packets are in it"
}

# What a text makes libbcc ask for
test_refused()
{
	cat >"$tmp/pinned.c" <<-'C'
	BPF_TABLE_PINNED("hash", u64, u64, ids, 64, "/sys/fs/bpf/jail_sh/ids");
	int xdp_f(struct xdp_md *ctx) { u64 k = 1; ids.increment(k); return 2; }
	C
	timeout 60 "$RUN" -v --no-cache --print-bytecode "$tmp/pinned.c" \
		>"$tmp/out" 2>"$tmp/err"
	is $? 1 "a pinned map: exit status"
	like "$(cat "$tmp/err")" \
		'pinned.c: the compiler was refused system calls: mkdir(at)?, bpf' \
		"a pinned map: -v says what was refused"
	timeout 60 "$RUN" --no-cache --print-bytecode "$tmp/pinned.c" \
		>"$tmp/out" 2>"$tmp/err"
	is "$(grep -c refused "$tmp/err")" 0 "a pinned map: only -v does"
}

# A compilation that is not waited for: it goes with the tool, not after it.
test_cancelled()
{
	"$TOOL" -p 80 --print-source >"$tmp/edit.c"
	tool_start edit "$ns_s" --source "$tmp/edit.c" --watch \
		--compile-limit 60
	{ cat "$tmp/edit.c"; slow_text; } >"$tmp/edit.new"
	mv "$tmp/edit.new" "$tmp/edit.c"
	if ! wait_until 10 has_child "${tool_pid[edit]}"; then
		flunk "a saved file is compiled" "$(cat "$tmp/edit.err")"
		return
	fi
	tool_stop edit INT 10
	is "${tool_rc[edit]}" 0 "stopped while it compiles: exit status"
	ok "stopped while it compiles: the compiler is gone" is_gone "$child"
}

lab_up
test_seen_from_outside
test_without_privileges
test_refused
test_cancelled
finish
