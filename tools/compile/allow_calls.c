// SPDX-License-Identifier: GPL-2.0
/* What programs may call that only look at the machine. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile/allow.h"
#include "compile/operand.h"

#define LOOKS(x) [BPF_FUNC_##x] = true

/*
 * The helpers that tell something, and those that change no more than a map of
 * the program's own or send an event to it: what bpf_src/ and its options use,
 * and what a text of one's own may want beside it. Not bpf_trace_printk(), which
 * writes into what all of the machine reads.
 */
static const bool looks[] = {
	LOOKS(map_lookup_elem),
	LOOKS(map_update_elem),
	LOOKS(map_delete_elem),
	LOOKS(map_push_elem),
	LOOKS(map_pop_elem),
	LOOKS(map_peek_elem),
	LOOKS(map_lookup_percpu_elem),
	LOOKS(for_each_map_elem),
	LOOKS(loop),
	LOOKS(probe_read),
	LOOKS(probe_read_str),
	LOOKS(probe_read_user),
	LOOKS(probe_read_user_str),
	LOOKS(probe_read_kernel),
	LOOKS(probe_read_kernel_str),
	LOOKS(copy_from_user),
	LOOKS(copy_from_user_task),
	LOOKS(ktime_get_ns),
	LOOKS(ktime_get_boot_ns),
	LOOKS(ktime_get_coarse_ns),
	LOOKS(ktime_get_tai_ns),
	LOOKS(jiffies64),
	LOOKS(get_prandom_u32),
	LOOKS(get_smp_processor_id),
	LOOKS(get_numa_node_id),
	LOOKS(get_current_pid_tgid),
	LOOKS(get_current_uid_gid),
	LOOKS(get_current_comm),
	LOOKS(get_current_task),
	LOOKS(get_current_task_btf),
	LOOKS(task_pt_regs),
	LOOKS(get_ns_current_pid_tgid),
	LOOKS(get_current_cgroup_id),
	LOOKS(get_current_ancestor_cgroup_id),
	LOOKS(current_task_under_cgroup),
	LOOKS(get_cgroup_classid),
	LOOKS(skb_cgroup_classid),
	LOOKS(skb_cgroup_id),
	LOOKS(skb_ancestor_cgroup_id),
	LOOKS(skb_under_cgroup),
	LOOKS(sk_cgroup_id),
	LOOKS(sk_ancestor_cgroup_id),
	LOOKS(get_netns_cookie),
	LOOKS(get_socket_cookie),
	LOOKS(get_socket_uid),
	LOOKS(get_route_realm),
	LOOKS(get_stackid),
	LOOKS(get_stack),
	LOOKS(get_task_stack),
	LOOKS(get_func_ip),
	LOOKS(get_func_arg),
	LOOKS(get_func_ret),
	LOOKS(get_func_arg_cnt),
	LOOKS(get_attach_cookie),
	LOOKS(get_branch_snapshot),
	LOOKS(read_branch_records),
	LOOKS(perf_event_read),
	LOOKS(perf_event_read_value),
	LOOKS(perf_prog_read_value),
	LOOKS(perf_event_output),
	LOOKS(skb_output),
	LOOKS(xdp_output),
	LOOKS(ringbuf_output),
	LOOKS(ringbuf_reserve),
	LOOKS(ringbuf_submit),
	LOOKS(ringbuf_discard),
	LOOKS(ringbuf_query),
	LOOKS(skb_load_bytes),
	LOOKS(skb_load_bytes_relative),
	LOOKS(xdp_load_bytes),
	LOOKS(xdp_get_buff_len),
	LOOKS(skb_get_tunnel_key),
	LOOKS(skb_get_tunnel_opt),
	LOOKS(csum_diff),
	LOOKS(check_mtu),
	LOOKS(fib_lookup),
	LOOKS(sk_lookup_tcp),
	LOOKS(sk_lookup_udp),
	LOOKS(skc_lookup_tcp),
	LOOKS(sk_release),
	LOOKS(sk_fullsock),
	LOOKS(tcp_sock),
	LOOKS(get_listener_sock),
	LOOKS(skc_to_tcp6_sock),
	LOOKS(skc_to_tcp_sock),
	LOOKS(skc_to_tcp_timewait_sock),
	LOOKS(skc_to_tcp_request_sock),
	LOOKS(skc_to_udp6_sock),
	LOOKS(skc_to_unix_sock),
	LOOKS(sock_from_file),
	LOOKS(tcp_check_syncookie),
	LOOKS(strtol),
	LOOKS(strtoul),
	LOOKS(strncmp),
	LOOKS(snprintf),
	LOOKS(snprintf_btf),
	LOOKS(d_path),
	LOOKS(find_vma),
};

/* Of the kernel's own functions those of bpf_src/common/cast.h and repeat.h. */
static const char *const kfuncs[] = {
	"bpf_cast_to_kern_ctx", "bpf_rdonly_cast",	"bpf_iter_num_new",
	"bpf_iter_num_next",	"bpf_iter_num_destroy",
};

static bool kfunc_looks(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kfuncs) / sizeof(*kfuncs); i++)
		if (!strcmp(kfuncs[i], name))
			return true;
	return false;
}

static const char *kfunc_name(const struct image *img, uint32_t id)
{
	size_t i;

	for (i = 0; i < img->nr_kfuncs; i++)
		if (img->kfuncs[i].id == id)
			return img->kfuncs[i].name;
	return NULL;
}

static int refuse(const char *what, const char *name, char *err,
		  size_t err_size)
{
	snprintf(err, err_size,
		 "the program calls %s%s, which may change the machine; "
		 "bpfrun-c runs such programs",
		 what, name);
	return -EACCES;
}

static int kfunc_check(const struct image *img, uint32_t id, char *err,
		       size_t err_size)
{
	const char *name = kfunc_name(img, id);
	char text[IMAGE_NAME + 2];

	if (name && kfunc_looks(name))
		return 0;
	if (name)
		snprintf(text, sizeof(text), "%s()", name);
	else
		snprintf(text, sizeof(text), "number %u", id);
	return refuse("the kernel's own function ", text, err, err_size);
}

static int helper_check(int nr, char *err, size_t err_size)
{
	const char *name = operand_helper(nr);
	char text[IMAGE_NAME];

	if (nr >= 0 && nr < (int)sizeof(looks) && looks[nr])
		return 0;
	if (name)
		snprintf(text, sizeof(text), "bpf_%s()", name);
	else
		snprintf(text, sizeof(text), "helper number %d", nr);
	return refuse("", text, err, err_size);
}

static int prog_check(const struct image *img, const struct image_prog *p,
		      char *err, size_t err_size)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < p->nr_insns; i++) {
		const struct bpf_insn *in = &p->insns[i];

		if (in->code == (BPF_LD | BPF_DW | BPF_IMM))
			i++;
		else if (in->code != (BPF_JMP | BPF_CALL))
			continue;
		else if (in->src_reg == BPF_PSEUDO_KFUNC_CALL)
			ret = kfunc_check(img, in->imm, err, err_size);
		else if (!in->src_reg)
			ret = helper_check(in->imm, err, err_size);
	}
	return ret;
}

int allow_calls(const struct image *img, char *err, size_t err_size)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < img->nr_progs; i++)
		ret = prog_check(img, &img->progs[i], err, err_size);
	return ret;
}
