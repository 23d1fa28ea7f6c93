#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetches a Debian kernel for boot.sh:
#
#	get.sh VERSION [FLAVOUR]	get.sh 6.1; get.sh 5.10.0-46 amd64
#
# Unpacks the newest kernel that VERSION begins, and its headers, below
# $KERNEL_STORE (/var/cache/test-kernels) and prints its release. Installs
# nothing, and leaves this system's apt alone: it has an apt of its own there,
# with Debian's other suites from the mirror that this system uses.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
store=${KERNEL_STORE:-/var/cache/test-kernels}
prefix=${1:?VERSION is missing}
flavour=${2:-cloud-amd64}
apt=$store/apt
suites=(bullseye bookworm bookworm-backports trixie trixie-backports)
security=(bullseye bookworm trixie)

die()
{
	echo "get.sh: $*" >&2
	exit 1
}

apt_conf()
{
	cat <<-EOC
	Dir::Etc::parts "/dev/null";
	Dir::Etc::sourcelist "$apt/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::State::Lists "$apt/lists";
	Dir::Cache "$apt/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	EOC
	apt-config dump Acquire | sed -nE '/proxy|Acquire::Check-/Ip'
}

# MIRROR
apt_sources()
{
	local suite key=/usr/share/keyrings/debian-archive-keyring.gpg

	for suite in "${suites[@]}"; do
		echo "deb [arch=amd64 signed-by=$key] $1 $suite main"
	done
	for suite in "${security[@]}"; do
		echo "deb [arch=amd64 signed-by=$key]" \
			"${1%debian/}debian-security/ $suite-security main"
	done
}

make_apt()
{
	local mirror

	mkdir -p "$apt"/{lists,cache/archives}/partial
	# shellcheck disable=SC2016
	mirror=$(apt-get indextargets --format '$(REPO_URI)' | sort -u |
		grep -m 1 -E '/debian/$') ||
		die "no Debian mirror in this system's apt sources"
	apt_conf >"$apt/apt.conf"
	apt_sources "$mirror" >"$apt/sources.list"
	APT_CONFIG=$apt/apt.conf apt-get update -qq >&2 ||
		echo "get.sh: some suites failed" >&2
	touch "$apt/ready"
}

# The newest release that the prefix begins, without the flavour
find_release()
{
	apt-cache pkgnames "linux-image-$prefix" |
		sed -n "s/^linux-image-\([0-9].*\)-$flavour\$/\1/p" |
		grep -vE -- '-(cloud|rt)$' |
		grep -E "^${prefix//./\\.}([.+-]|\$)" | sort -V | tail -n 1
}

# From 7.x on the image is several packages; some older kernels have lost their
# headers. RELEASE without flavour
list_packages()
{
	local package with=$1-$flavour

	echo "linux-image-$with"
	for package in "linux-binary-$with" "linux-modules-$with" \
		"linux-base-$with" "linux-headers-$with" \
		"linux-headers-$1-common"; do
		if apt-cache pkgnames "$package" | grep -qxF "$package"; then
			echo "$package"
		elif [[ $package == *headers* ]]; then
			echo "get.sh: there is no $package" >&2
		fi
	done
}

# PACKAGE...: into the directory OUT
unpack()
{
	local package

	mkdir -p "$store/debs" "$out"
	cd "$store/debs"
	apt-get download -qq "$@" >&2
	for package; do
		# The newest, when an older version was fetched before
		# shellcheck disable=SC2012
		dpkg -x "$(ls -t "$package"_*.deb | head -n 1)" "$out"
	done
	[[ -e $out/lib ]] || ln -s usr/lib "$out/lib"
	mkdir -p "$out/usr/src"
	depmod -b "$out" "$release"
}

# FILE: as packages have it in /boot, and later ones beside the modules
link_boot_file()
{
	local file

	for file in "$out/boot/$1-$release" "$out/lib/modules/$release/$1"; do
		[[ ! -e $file ]] || ln -sf "$file" "$out/$1"
	done
	[[ -e $out/$1 ]] || die "$release comes without $1"
}

# qemu boots an uncompressed kernel by its PVH note, which saves seconds of
# emulated unpacking.
link_kernel()
{
	ln -sf vmlinuz "$out/kernel"
	"$here/unpack-vmlinux.sh" "$out/vmlinuz" >"$out/vmlinux" || return 0
	[[ $(head -c 4 "$out/vmlinux" | tail -c 3) != ELF ]] ||
		ln -sf vmlinux "$out/kernel"
}

[[ -e $apt/ready ]] || make_apt
export APT_CONFIG=$apt/apt.conf
if ! bare=$(find_release); then
	die "no suite has a linux-image-$prefix*-$flavour" \
		"(rm $apt/ready to look again)"
fi
release=$bare-$flavour out=$store/kernels/$bare-$flavour
if [[ ! -e $out/ok ]]; then
	rm -rf "$out"
	mapfile -t packages < <(list_packages "$bare")
	unpack "${packages[@]}"
	link_boot_file vmlinuz
	link_boot_file config
	link_kernel
	touch "$out/ok"
fi
echo "$release"
