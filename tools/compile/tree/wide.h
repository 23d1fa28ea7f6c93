/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a tree for programs that we have not seen begins: these types, all that
 * their members lead to, pointers too, and the macros of compat*.h and
 * members.h. Read for its names only, as a program would be; what a kernel
 * lacks is left out.
 */
void tasks(struct task_struct, struct thread_info, struct pt_regs, struct cred,
	   struct kernel_clone_args, struct rusage, struct sched_attr,
	   struct sched_param, struct linux_binprm, struct kernel_siginfo,
	   struct sigaction, struct cgroup, struct cgroup_subsys_state,
	   struct psi_group, struct nsproxy, struct user_namespace,
	   struct pid_namespace, struct uts_namespace, struct ipc_namespace,
	   struct bpf_map, struct bpf_prog, struct module, struct irq_desc,
	   struct irqaction, struct softirq_action, struct timer_list,
	   struct hrtimer, struct work_struct, struct delayed_work,
	   struct completion, struct mutex, struct rw_semaphore,
	   struct percpu_counter, struct trace_entry, struct perf_event,
	   struct bpf_perf_event_data, struct bpf_perf_event_value,
	   struct timespec64, struct old_timespec32, struct __kernel_timespec,
	   struct seq_file, struct kvm_vcpu);

void memory(struct mm_struct, struct vm_area_struct, struct vm_fault,
	    struct page, struct folio, struct pglist_data, struct zone,
	    struct zonelist, struct kmem_cache, struct oom_control,
	    struct shrinker, struct shrink_control, struct mem_cgroup,
	    struct compact_control, struct alloc_context, struct scatterlist);

void files(struct file, struct inode, struct dentry, struct path, struct qstr,
	   struct kiocb, struct iov_iter, struct iovec, struct kvec,
	   struct address_space, struct super_block, struct file_system_type,
	   struct vfsmount, struct files_struct, struct fdtable,
	   struct fs_struct, struct filename, struct kstat, struct open_how,
	   struct readahead_control, struct writeback_control, struct file_lock,
	   struct pollfd, struct pipe_inode_info, struct file_operations,
	   struct shmid_kernel, struct shmid64_ds, struct tty_struct,
	   struct tty_file_private, struct device, struct kobject,
	   struct nfs_open_context, struct nfs_commit_data,
	   struct nfs_renamedata, struct nfs4_state, struct rpc_task);

void blocks(struct bio, struct bio_vec, struct request, struct request_queue,
	    struct gendisk, struct block_device, struct blk_mq_ctx,
	    struct blk_mq_hw_ctx, struct hd_struct, struct scsi_cmnd,
	    struct nvme_command, struct virtqueue, struct virtio_device);

void sockets(struct sock, struct sock_common, struct socket, struct inet_sock,
	     struct inet_connection_sock, struct inet_timewait_sock,
	     struct request_sock, struct inet_request_sock,
	     struct tcp_request_sock, struct tcp_sock, struct udp_sock,
	     struct unix_sock, struct raw_sock, struct tcp6_sock,
	     struct udp6_sock, struct ipv6_pinfo, struct netlink_sock,
	     struct packet_sock, struct mptcp_sock, struct vsock_sock,
	     struct tcp_info, struct tcp_congestion_ops, struct rate_sample,
	     struct msghdr, struct user_msghdr, struct cmsghdr, struct sockaddr,
	     struct sockaddr_in, struct sockaddr_in6, struct sockaddr_un,
	     struct sockaddr_nl, struct sockaddr_ll, struct sockaddr_vm,
	     struct __kernel_sockaddr_storage, struct sockaddr_storage,
	     struct in_addr, struct in6_addr);

void network(struct sk_buff, struct skb_shared_info, struct sk_buff_head,
	     struct tcp_skb_cb, struct inet_skb_parm, struct inet6_skb_parm,
	     struct qdisc_skb_cb, struct net_device, struct net_device_stats,
	     struct rtnl_link_stats64, struct netdev_queue, struct napi_struct,
	     struct softnet_data, struct Qdisc, struct net, struct dst_entry,
	     struct rtable, struct rt6_info, struct fib_info, struct neighbour,
	     struct flowi4, struct flowi6, struct nf_conn, struct nf_hook_state,
	     struct xt_table, struct xdp_buff, struct xdp_frame,
	     struct __sk_buff, struct xdp_md, struct sk_msg_md,
	     struct sk_reuseport_md, struct btf_ptr, struct bpf_sock,
	     struct bpf_sock_addr, struct bpf_sock_ops, struct bpf_sock_tuple,
	     struct bpf_sockopt, struct bpf_sysctl, struct bpf_tcp_sock,
	     struct bpf_tunnel_key, struct bpf_xfrm_state,
	     struct bpf_fib_lookup, struct bpf_redir_neigh,
	     struct bpf_spin_lock, struct bpf_timer, struct bpf_pidns_info,
	     struct bpf_cgroup_dev_ctx, struct bpf_sk_lookup);

void packets(struct ethhdr, struct vlan_hdr, struct vlan_ethhdr, struct arphdr,
	     struct iphdr, struct ipv6hdr, struct ipv6_opt_hdr,
	     struct ipv6_rt_hdr, struct frag_hdr, struct ip_auth_hdr,
	     struct ip_esp_hdr, struct tcphdr, struct udphdr, struct icmphdr,
	     struct icmp6hdr, struct igmphdr, struct gre_base_hdr,
	     struct vxlanhdr, struct sctphdr, struct nlmsghdr,
	     union tcp_word_hdr);

/* One of each enum that programs take names from. */
void enumerators(TCP_ESTABLISHED, TCP_CA_Open, TCP_FLAG_ACK, IPPROTO_TCP,
		 SOCK_STREAM, SS_CONNECTED, ICSK_ACK_SCHED, SKB_GSO_TCPV4,
		 SKB_DROP_REASON_NOT_SPECIFIED, LINUX_MIB_NUM, TCP_MIB_NUM,
		 NF_ACCEPT, NF_INET_LOCAL_IN, IP_CT_ESTABLISHED, BPF_OK,
		 BPF_SOCK_OPS_VOID, BPF_TCP_ESTABLISHED, XDP_PASS, SK_PASS,
		 BPF_ADJ_ROOM_NET, BPF_FIB_LOOKUP_DIRECT, BPF_ANY,
		 BPF_F_INGRESS, BPF_F_INDEX_MASK, PIDTYPE_PID, REQ_OP_READ,
		 REQ_FUA, BIO_NO_PAGE_REF, RQF_STARTED, HRTIMER_NORESTART,
		 HI_SOFTIRQ, NR_FREE_PAGES, ZONE_NORMAL, MIGRATE_UNMOVABLE,
		 PGPGIN, PERF_COUNT_HW_CPU_CYCLES, PERF_TYPE_HARDWARE,
		 ITER_IOVEC, COMPACT_CONTINUE, COMPACT_PRIO_ASYNC,
		 LRU_INACTIVE_ANON, WB_REASON_BACKGROUND, MM_FILEPAGES);

void typedefs(pid_t, uid_t, gid_t, umode_t, mode_t, dev_t, ino_t, off_t, loff_t,
	      sector_t, blkcnt_t, gfp_t, fmode_t, pgoff_t, pgd_t, pte_t, key_t,
	      clockid_t, timer_t, time64_t, ktime_t, cpumask_t, atomic_t,
	      atomic64_t, atomic_long_t, refcount_t, spinlock_t, rwlock_t,
	      seqlock_t, wait_queue_head_t, sigset_t, siginfo_t, kuid_t, kgid_t,
	      blk_opf_t, blk_status_t, blk_qc_t, req_flags_t, vm_fault_t,
	      netdev_features_t, netdev_tx_t, possible_net_t, socket_lock_t,
	      sk_buff_data_t, sockptr_t, sa_family_t, __kernel_sa_family_t,
	      xdp_features_t, irqreturn_t, isolate_mode_t, phys_addr_t,
	      resource_size_t, nodemask_t, uuid_t, guid_t, uintptr_t, ulong,
	      uint, ushort, u_char, u_short, u_int, u_long, u_int8_t, u_int16_t,
	      u_int32_t, u_int64_t, __poll_t, fl_owner_t, filldir_t,
	      bio_end_io_t, rcu_callback_t, work_func_t);

/*
 * Not installed with any kernel's headers: programs that look into them bring
 * a definition of their own.
 */
struct cfs_rq {
};
struct eventpoll {
};
struct kernfs_iattrs {
};
struct mnt_namespace {
};
struct mount {
};
struct nameidata {
};
struct rq {
};
struct scan_control {
};
struct slab {
};
