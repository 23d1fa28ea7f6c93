#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs a command under another kernel:
#
#	boot.sh [-t SECONDS] [-m MB] [-c CPUS] [-w DIR]... [-k FILE]
#		[-f FLAVOUR] VERSION [--] COMMAND [ARGUMENT...]
#
# Boots the kernel (a prefix as for get.sh) under qemu, which emulates the
# machine, with this machine's / in sight: writes go to memory, but below each
# -w DIR to the disk. Runs the command there as root in the current directory,
# passes on its stdout and stderr and exits with its status. 124: no end within
# -t (120 s); 125: the guest died, the end of its console follows. -k keeps the
# console in FILE. stdin is not passed on.
#
# No isolation: run only what you would run as root here.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
store=${KERNEL_STORE:-/var/cache/test-kernels}
limit=120 memory=2048 cpus=2 flavour='' keep=''
writable=()
dir='' files_pid='' qemu_pid='' tail_lines=30

die()
{
	echo "boot.sh: $*" >&2
	exit 2
}

remove_all()
{
	# By now they may have ended, and there may be no console yet.
	set +e
	[[ -z $qemu_pid ]] || kill "$qemu_pid" 2>/dev/null
	[[ -z $files_pid ]] || kill "$files_pid" 2>/dev/null
	[[ -n $dir ]] || return 0
	if [[ -n $keep && -e $dir/console ]]; then
		cp "$dir/console" "$keep"
	fi
	rm -rf "$dir"
}

# The newest fetched kernel that VERSION begins; fetched now when there is none.
find_kernel()
{
	local found

	found=$(find "$store/kernels" -name ok -printf '%h\n' |
		sed -nE "s#.*/(.*)-(${flavour:-cloud-amd64|generic})\$#\1 \2#p" |
		sed -nE "/-(cloud|rt) /d; /^${1//./\\.}[ .+-]/p" |
		sort -V | tail -n 1)
	if [[ -n $found ]]; then
		echo "${found/ /-}"
	else
		"$here/get.sh" "$1" ${flavour:+"$flavour"}
	fi
}

# What the guest's init (guest-init) goes on with, on this machine's /.
write_stage2()
{
	cat <<-EOS
	export PATH=$(printf %q "$PATH") HOME=/root TERM=dumb LANG=C.UTF-8
	export GUEST_KERNEL=$kernel
	mount -t debugfs none /sys/kernel/debug
	mount -t tracefs none /sys/kernel/tracing
	mount -t bpf none /sys/fs/bpf
	mount -t cgroup2 none /sys/fs/cgroup
	mount -t tmpfs -o mode=755 none /run
	mkdir -p /dev/pts /dev/shm /run/netns /run/lock
	mount -t devpts none /dev/pts
	mount -t tmpfs none /dev/shm
	ln -sf /proc/self/fd /dev/fd
	ln -sf fd/0 /dev/stdin
	ln -sf fd/1 /dev/stdout
	ln -sf fd/2 /dev/stderr
	hostname guest
	ip link set lo up
	for port in /sys/class/virtio-ports/*; do
		read -r name <"\$port/name"
		declare "port_\$name=/dev/\${port##*/}"
	done
	cd $(printf %q "$PWD") || cd /
	echo 1 >$dir/started
	( exec ${*@Q} ) </dev/null >"\$port_out" 2>"\$port_err"
	echo \$? >$dir/status
	echo b >/proc/sysrq-trigger
	sleep 99
	EOS
}

prepare_dir()
{
	dir=$(mktemp -d "$store/run.XXXXXX")
	: >"$dir/status"
	: >"$dir/console"
	: >"$dir/writable"
	((${#writable[@]} == 0)) ||
		printf '%s\n' "${writable[@]}" >"$dir/writable"
	write_stage2 "$@" >"$dir/stage2"
}

# virtiofsd shows the guest this machine's files.
start_files()
{
	local i

	/usr/lib/qemu/virtiofsd --socket-path="$dir/files" -o source=/ \
		-o sandbox=chroot -o cache=always -o log_level=err \
		--rlimit-nofile=0 --thread-pool-size=0 2>"$dir/files.log" &
	files_pid=$!
	for ((i = 0; i < 100; i++)); do
		[[ ! -S $dir/files ]] || return 0
		sleep 0.05
	done
	die "virtiofsd did not start: $(<"$dir/files.log")"
}

# No KVM, even where there is a /dev/kvm: nested, it was seen to fail. The
# guest's stdout and stderr come by virtio ports; qemu wants descriptors that
# can only be written to, hence the pipes at 3 and 4.
start_qemu()
{
	local words=(
		console=ttyS0
		panic=-1
		loglevel=4
		mitigations=off
		nokaslr
		no_timer_check
		rcupdate.rcu_expedited=1
		guest.dir="$dir"
		guest.kernel="$store/kernels/$kernel"
	)

	timeout "$limit" qemu-system-x86_64 \
		-M q35,memory-backend=m -accel tcg,thread=multi \
		-cpu max,la57=off -smp "$cpus" -m "$memory" \
		-object memory-backend-memfd,id=m,size="${memory}M",share=on \
		-nodefaults -no-user-config -display none -no-reboot \
		-serial file:"$dir/console" \
		-chardev socket,id=v,path="$dir/files" \
		-device vhost-user-fs-pci,chardev=v,tag=host \
		-add-fd fd=3,set=1 -add-fd fd=4,set=2 \
		-chardev file,id=o,path=/dev/fdset/1,append=on \
		-chardev file,id=e,path=/dev/fdset/2,append=on \
		-device virtio-serial-pci \
		-device virtserialport,chardev=o,name=out \
		-device virtserialport,chardev=e,name=err \
		-kernel "$store/kernels/$kernel/kernel" \
		-initrd "$store/kernels/$kernel/initrd.guest" \
		-append "${words[*]} ${KERNEL_APPEND-}" </dev/null &
	qemu_pid=$!
}

say_dead()
{
	local when=before

	[[ ! -e $dir/started ]] || when=after
	echo "boot.sh: $kernel died $when the command started (qemu: $1);" \
		"its console:"
	tail -n $tail_lines "$dir/console"
	cat "$dir/files.log"
}

while getopts t:m:c:w:k:f: option; do
	case $option in
	t) limit=$OPTARG ;;
	m) memory=$OPTARG ;;
	c) cpus=$OPTARG ;;
	w) writable+=("$(readlink -f "$OPTARG")") ;;
	k) keep=$OPTARG ;;
	f) flavour=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($# > 1)) || die "VERSION and COMMAND are needed"
version=$1
shift
[[ $1 != -- ]] || shift

mkdir -p "$store/kernels"
trap remove_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
kernel=$(find_kernel "$version")
"$here/initrd.sh" "$store/kernels/$kernel" "$kernel"
prepare_dir "$@"
start_files
exec 3> >(exec cat)
out_pid=$!
exec 4> >(exec cat >&2)
err_pid=$!
start_qemu
status=0
wait "$qemu_pid" || status=$?
qemu_pid=''
exec 3>&- 4>&-
wait "$out_pid" "$err_pid"
if ((status == 124)); then
	echo "boot.sh: $kernel: no end within $limit s" >&2
	exit 124
fi
read -r answer <"$dir/status" || {
	say_dead $status >&2
	exit 125
}
exit "$answer"
