/* SPDX-License-Identifier: GPL-2.0 */
/* Out of the kernel's own structs. */
#ifndef COMMON_KERNEL_H
#define COMMON_KERNEL_H

/* TO stays as it is when that memory is none; a member may be volatile. */
#define kernel_read(to, from) \
	bpf_probe_read_kernel(&(to), sizeof(to), (const void *)&(from))

/* The number that "ls -L -i /proc/PID/ns/net" shows; 0: cannot be told. */
static inline u32 net_inum(struct net *net)
{
	u32 inum = 0;

	kernel_read(inum, net->ns.inum);
	return inum;
}

#endif
