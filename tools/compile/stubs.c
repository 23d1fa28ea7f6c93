// SPDX-License-Identifier: GPL-2.0
#include "compile/stubs.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *dir;
	const char *names; /* each ended by a blank */
} groups[] = {
	{"asm", "atomic.h barrier.h byteorder.h cache.h cacheflush.h "
		"cpufeature.h current.h div64.h errno.h ioctl.h irq.h "
		"msr.h page.h page_types.h pgtable.h processor.h "
		"ptrace-abi.h ptrace.h sigcontext.h signal.h socket.h "
		"stat.h syscall.h thread_info.h types.h uaccess.h "
		"unaligned.h unistd.h "},
	{"asm-generic", "errno-base.h errno.h int-ll64.h "},
	{"linux", "acpi.h aio.h aio_abi.h atomic.h audit.h average.h "
		  "backing-dev-defs.h backing-dev.h binfmts.h bio.h bitmap.h "
		  "bitops.h bits.h blk-cgroup.h blk-mq.h blk_types.h "
		  "blkdev.h blktrace_api.h bottom_half.h bpf-cgroup.h bpf.h "
		  "bpf_perf_event.h bpf_verifier.h btf.h buffer_head.h bug.h "
		  "build_bug.h bvec.h cache.h capability.h cdev.h "
		  "cgroup-defs.h cgroup.h clocksource.h compaction.h "
		  "compat.h compiler.h compiler_types.h completion.h cpu.h "
		  "cpufreq.h cpumask.h cred.h crypto.h ctype.h dcache.h "
		  "debugfs.h delay.h device.h dma-mapping.h elf.h err.h "
		  "errno.h errqueue.h etherdevice.h ethtool.h eventfd.h "
		  "eventpoll.h export.h exportfs.h falloc.h fb.h fcntl.h "
		  "fdtable.h file.h filter.h freezer.h fs.h fs_context.h "
		  "fs_struct.h fsnotify.h ftrace.h futex.h genhd.h gfp.h "
		  "gfp_types.h hardirq.h hash.h hashtable.h highmem.h "
		  "hrtimer.h huge_mm.h hugetlb.h i2c.h icmp.h icmpv6.h idr.h "
		  "if.h if_arp.h if_bridge.h if_ether.h if_link.h "
		  "if_macvlan.h if_packet.h if_tun.h if_tunnel.h if_vlan.h "
		  "igmp.h in.h in6.h inet.h inet_diag.h inetdevice.h init.h "
		  "init_task.h inotify.h input.h interrupt.h interval_tree.h "
		  "io.h io_uring.h ioctl.h iomap.h ioprio.h ip.h ipc.h "
		  "ipc_namespace.h ipv6.h irq.h irqdesc.h irqreturn.h jbd2.h "
		  "jhash.h jiffies.h jump_label.h kallsyms.h kasan.h kcov.h "
		  "kdev_t.h kernel.h kernel_stat.h key.h kmod.h kobject.h "
		  "kprobes.h kref.h ksm.h kthread.h ktime.h kvm.h kvm_host.h "
		  "leds.h libata.h limits.h linkage.h list.h list_lru.h "
		  "llist.h local_lock.h lockdep.h lsm_hooks.h magic.h "
		  "major.h math64.h mdio.h memblock.h memcontrol.h memory.h "
		  "mempolicy.h mempool.h memremap.h migrate.h mii.h "
		  "miscdevice.h mm.h mm_inline.h mm_types.h mman.h "
		  "mmap_lock.h mmu_notifier.h mmzone.h module.h "
		  "moduleparam.h mount.h mroute.h msg.h mutex.h namei.h "
		  "net.h net_namespace.h netdev_features.h netdevice.h "
		  "netfilter.h netfilter_ipv4.h netfilter_ipv6.h netlink.h "
		  "netpoll.h nfs.h nfs4.h nfs_fs.h nfs_fs_sb.h nfs_xdr.h "
		  "nodemask.h notifier.h ns_common.h nsproxy.h numa.h nvme.h "
		  "oom.h openat2.h overflow.h page-flags.h pagemap.h "
		  "pagevec.h path.h pci.h percpu-defs.h percpu.h "
		  "percpu_counter.h perf_event.h pgtable.h phy.h pid.h "
		  "pid_namespace.h pipe_fs_i.h pkt_cls.h pkt_sched.h "
		  "platform_device.h plist.h pm.h pm_qos.h pm_runtime.h "
		  "poll.h posix-timers.h prctl.h preempt.h printk.h "
		  "proc_fs.h proc_ns.h property.h psi_types.h ptrace.h "
		  "quota.h radix-tree.h random.h ratelimit.h rbtree.h "
		  "rcupdate.h reboot.h refcount.h regulator/consumer.h "
		  "resource.h rhashtable.h rmap.h route.h rtnetlink.h "
		  "rwlock.h rwsem.h sbitmap.h scatterlist.h sched.h "
		  "sched/clock.h sched/cputime.h sched/debug.h "
		  "sched/jobctl.h sched/loadavg.h sched/mm.h sched/prio.h "
		  "sched/rt.h sched/signal.h sched/stat.h sched/task.h "
		  "sched/topology.h sched/user.h sched/wake_q.h sctp.h "
		  "seccomp.h security.h sem.h semaphore.h seq_file.h "
		  "seqlock.h shm.h shmem_fs.h shrinker.h signal.h "
		  "signal_types.h sizes.h skbuff.h skmsg.h slab.h slab_def.h "
		  "slub_def.h smp.h sock_diag.h socket.h sockios.h sort.h "
		  "spinlock.h spinlock_types.h splice.h stacktrace.h stat.h "
		  "static_key.h stddef.h string.h sunrpc/clnt.h "
		  "sunrpc/sched.h sunrpc/svc.h sunrpc/xprt.h swap.h "
		  "swapops.h syscalls.h sysctl.h sysfs.h task_work.h "
		  "taskstats.h tc_act/tc_bpf.h tcp.h thread_info.h tick.h "
		  "time.h time64.h timekeeping.h timer.h topology.h "
		  "trace_events.h tracepoint.h tty.h uaccess.h udp.h "
		  "uidgid.h uio.h un.h unistd.h usb.h user-return-notifier.h "
		  "user_namespace.h userfaultfd_k.h utsname.h uuid.h "
		  "virtio.h virtio_config.h virtio_net.h virtio_ring.h "
		  "virtio_vsock.h vm_event_item.h vmalloc.h vmstat.h vtime.h "
		  "wait.h watchdog.h wireless.h workqueue.h writeback.h "
		  "xarray.h xattr.h zswap.h "},
	{"net", "act_api.h addrconf.h af_unix.h arp.h bonding.h checksum.h "
		"cls_cgroup.h dsa.h dst.h dst_metadata.h fib_rules.h "
		"flow.h flow_dissector.h genetlink.h gre.h icmp.h "
		"if_inet6.h inet6_hashtables.h inet_common.h "
		"inet_connection_sock.h inet_ecn.h inet_frag.h "
		"inet_hashtables.h inet_sock.h inet_timewait_sock.h "
		"inetpeer.h ip.h ip6_checksum.h ip6_fib.h ip6_route.h "
		"ip6_tunnel.h ip_fib.h ip_tunnels.h ipv6.h l3mdev.h "
		"lwtunnel.h mptcp.h neighbour.h net_namespace.h netevent.h "
		"netfilter/nf_conntrack.h netfilter/nf_conntrack_core.h "
		"netfilter/nf_conntrack_tuple.h netfilter/nf_nat.h "
		"netfilter/nf_tables.h netlink.h netns/generic.h "
		"netns/ipv4.h netns/ipv6.h page_pool.h ping.h pkt_cls.h "
		"pkt_sched.h protocol.h raw.h request_sock.h route.h "
		"rtnetlink.h sch_generic.h scm.h sctp/structs.h "
		"secure_seq.h snmp.h sock.h sock_reuseport.h tcp.h "
		"tcp_states.h timewait_sock.h tls.h tso.h udp.h "
		"udp_tunnel.h udplite.h vxlan.h xdp.h xdp_sock.h xfrm.h "},
	{"scsi", "scsi.h scsi_cmnd.h scsi_device.h scsi_host.h "},
	{"trace", "events/block.h events/sched.h events/skb.h events/sock.h "
		  "events/tcp.h "},
	{"uapi/asm", "ptrace.h unistd.h "},
	{"uapi/linux",
	 "aio_abi.h bpf.h bpf_common.h bpf_perf_event.h btf.h "
	 "capability.h const.h elf.h errno.h ethtool.h fcntl.h "
	 "filter.h fs.h futex.h icmp.h icmpv6.h if.h if_arp.h "
	 "if_ether.h if_link.h if_packet.h if_tun.h if_vlan.h in.h "
	 "in6.h inet_diag.h input.h ip.h ipv6.h kvm.h limits.h "
	 "magic.h mman.h mount.h netfilter.h netfilter_ipv4.h "
	 "netlink.h nfs4.h openat2.h perf_event.h personality.h "
	 "pkt_cls.h pkt_sched.h prctl.h ptrace.h random.h reboot.h "
	 "resource.h rtnetlink.h sched.h sched/types.h seccomp.h "
	 "seg6.h signal.h sock_diag.h socket.h stat.h stddef.h "
	 "string.h sysctl.h taskstats.h tc_act/tc_bpf.h tcp.h "
	 "time.h time_types.h tls.h tty.h types.h udp.h uio.h un.h "
	 "unistd.h usb/ch9.h utsname.h virtio_net.h vm_sockets.h "
	 "wireless.h xattr.h xfrm.h "},
};

#define NR_GROUPS (sizeof(groups) / sizeof(*groups))

int stubs_each(stub_visit visit, void *ctx)
{
	char path[128];
	int err = 0;

	for (size_t i = 0; i < NR_GROUPS; i++) {
		const char *name = groups[i].names, *end;

		for (; !err && (end = strchr(name, ' ')); name = end + 1) {
			snprintf(path, sizeof(path), "%s/%.*s", groups[i].dir,
				 (int)(end - name), name);
			err = visit(ctx, path);
		}
	}
	return err;
}
