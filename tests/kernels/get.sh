#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetches a kernel of Debian's, or of Ubuntu's where Debian has none, for
# boot.sh:
#
#	get.sh VERSION [FLAVOUR]	get.sh 6.1; get.sh 5.10.0-46 amd64
#
# Unpacks the newest kernel that VERSION begins, and its headers, below
# $KERNEL_STORE (/var/cache/test-kernels) and prints its release. Installs
# nothing, and leaves this system's apt alone: it has an apt of its own there,
# with Debian's other suites from the mirror that this system uses, and Ubuntu's
# from $UBUNTU_MIRROR. FLAVOUR is Debian's cloud-amd64, else Ubuntu's generic.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
store=${KERNEL_STORE:-/var/cache/test-kernels}
prefix=${1:?VERSION is missing}
flavours=("${@:2}")
((${#flavours[@]})) || flavours=(cloud-amd64 generic)
apt=$store/apt
suites=(bullseye bookworm bookworm-backports trixie trixie-backports)
security=(bullseye bookworm trixie)
ubuntu=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
ubuntu_suites=(jammy-updates noble-updates)

die()
{
	echo "get.sh: $*" >&2
	exit 1
}

apt_conf()
{
	cat <<-EOC
	Dir::Etc::parts "/dev/null";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt/sources";
	Dir::State::Lists "$apt/lists";
	Dir::Cache "$apt/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	EOC
	apt-config dump Acquire | sed -nE '/proxy|Acquire::Check-/Ip'
}

# MIRROR
debian_sources()
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

# NAME: the list of sources on stdin, from now on looked at too
add_sources()
{
	cat >"$apt/sources/$1.new"
	mv "$apt/sources/$1.new" "$apt/sources/$1.list"
	apt-get update -qq >&2 || echo "get.sh: some suites failed" >&2
}

add_debian()
{
	local mirror

	mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial}
	# shellcheck disable=SC2016
	mirror=$(APT_CONFIG='' apt-get indextargets --format '$(REPO_URI)' |
		sort -u | grep -m 1 -E '/debian/$') ||
		die "no Debian mirror in this system's apt sources"
	APT_CONFIG='' apt_conf >"$apt/apt.conf"
	debian_sources "$mirror" | add_sources debian
}

# What is signed by a key that Debian has in a package
add_ubuntu()
{
	local suite key=$store/usr/share/keyrings/ubuntu-archive-keyring.gpg

	[[ -e $key ]] || unpack "$store" ubuntu-keyring ||
		die "cannot get Ubuntu's key"
	for suite in "${ubuntu_suites[@]}"; do
		echo "deb [arch=amd64 signed-by=$key] $ubuntu $suite main"
	done | add_sources ubuntu
}

# The newest release of FLAVOUR that the prefix begins
find_release()
{
	apt-cache pkgnames "linux-image-$prefix" |
		sed -n "s/^linux-image-\([0-9].*\)-$1\$/\1/p" |
		grep -vE -- '-(cloud|rt)$' |
		grep -E "^${prefix//./\\.}([.+-]|\$)" | sort -V | tail -n 1
}

find_kernel()
{
	local flavour bare

	for flavour in "${flavours[@]}"; do
		[[ $flavour != generic || -e $apt/sources/ubuntu.list ]] ||
			add_ubuntu
		if bare=$(find_release "$flavour"); then
			echo "$bare $flavour"
			return 0
		fi
	done
	die "no suite has a linux-image-$prefix* of ${flavours[*]}" \
		"(rm -r $apt/sources to look again)"
}

# From 7.x on Debian's image is several packages, as all of Ubuntu's are; some
# older kernels have lost their headers.
list_packages()
{
	local package headers=linux-headers-$release

	echo "linux-image-$release"
	for package in linux-{binary,modules,modules-extra,base}-"$release"; do
		! apt-cache pkgnames "$package" | grep -qxF "$package" ||
			echo "$package"
	done
	if apt-cache pkgnames "$headers" | grep -qxF "$headers"; then
		echo "$headers"
		# Those that they share with the other flavours
		apt-cache depends "$headers" |
			sed -n "s/.* Depends: \(linux-.*headers-.*\)/\1/p"
	else
		echo "get.sh: there are no $headers" >&2
	fi
}

# DIR PACKAGE...
unpack()
{
	local dir=$1 package
	shift

	mkdir -p "$store/debs" "$dir"
	(
		cd "$store/debs"
		apt-get download -qq "$@" >&2
		for package; do
			# The newest, when an older one was fetched before
			# shellcheck disable=SC2012
			dpkg -x "$(ls -t "$package"_*.deb | head -n 1)" "$dir"
		done
	)
}

# Modules and headers where modprobe and boot.sh look for them
unpack_kernel()
{
	local packages

	mapfile -t packages < <(list_packages)
	unpack "$out" "${packages[@]}"
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

export APT_CONFIG=$apt/apt.conf
[[ -e $apt/sources/debian.list ]] || add_debian
found=$(find_kernel)
release=${found/ /-} out=$store/kernels/${found/ /-}
if [[ ! -e $out/ok ]]; then
	rm -rf "$out"
	unpack_kernel
	link_boot_file vmlinuz
	link_boot_file config
	link_kernel
	touch "$out/ok"
fi
echo "$release"
