// SPDX-License-Identifier: GPL-2.0
#include "compile/kconfig.h"

#include <stdbool.h>
#include <string.h>

#include "compile/btf_raw.h"

/* The option is on when there is such a member. */
static const struct {
	const char *option;
	const char *record, *member;
} options[] = {
	{"AUDIT", "task_struct", "audit_context"},
	{"BLK_CGROUP", "bio", "bi_blkg"},
	{"BLK_DEV_INTEGRITY", "bio", "bi_integrity"},
	{"CGROUPS", "task_struct", "cgroups"},
	{"CGROUP_SCHED", "task_struct", "sched_task_group"},
	{"FAIR_GROUP_SCHED", "sched_entity", "parent"},
	{"FSNOTIFY", "inode", "i_fsnotify_mask"},
	{"FUTEX", "task_struct", "robust_list"},
	{"IPV6", "sock_common", "skc_v6_daddr"},
	{"KEYS", "cred", "session_keyring"},
	{"LOCKDEP", "task_struct", "lockdep_depth"},
	{"MEMCG", "mm_struct", "owner"},
	{"MPTCP", "tcp_sock", "is_mptcp"},
	{"NETFILTER", "net", "nf"},
	{"NET_NS", "possible_net_t", "net"},
	{"NET_RX_BUSY_POLL", "sock", "sk_ll_usec"},
	{"NET_SCHED", "sk_buff", "tc_index"},
	{"NF_CONNTRACK", "net", "ct"},
	{"NUMA", "task_struct", "mempolicy"},
	{"NUMA_BALANCING", "task_struct", "numa_faults"},
	{"PERF_EVENTS", "task_struct", "perf_event_ctxp"},
	{"PREEMPT_RCU", "task_struct", "rcu_read_lock_nesting"},
	{"PSI", "task_struct", "psi_flags"},
	{"SECURITY", "cred", "security"},
	{"SMP", "task_struct", "on_cpu"},
	{"SOCK_CGROUP_DATA", "sock", "sk_cgrp_data"},
	{"SYSVIPC", "task_struct", "sysvsem"},
	{"TASK_IO_ACCOUNTING", "task_struct", "ioac"},
	{"TASK_XACCT", "task_struct", "acct_rss_mem1"},
	{"TCP_MD5SIG", "tcp_sock", "md5sig_info"},
	{"THREAD_INFO_IN_TASK", "task_struct", "thread_info"},
	{"UPROBES", "task_struct", "utask"},
	{"XFRM", "sock", "sk_policy"},
};

/* Elements of a member that is an array. */
static const struct {
	const char *macro;
	const char *record, *member;
} lengths[] = {
	{"DNAME_INLINE_LEN", "dentry", "d_iname"},
	{"DNAME_INLINE_LEN", "shortname_store", "string"}, /* 6.14 on */
};

#define NR_OPTIONS (sizeof(options) / sizeof(*options))
#define NR_LENGTHS (sizeof(lengths) / sizeof(*lengths))

struct printer {
	struct strbuf *b;
	struct btf_raw btf;
	const struct ident_set *words;
};

/* With the ones of nameless structs and unions in it; NULL: no such member. */
static const struct btf_member *find_member(const struct btf_raw *btf,
					    uint32_t id, const char *name,
					    int depth)
{
	const struct btf_type *t = btf_raw_type(btf, id);
	const struct btf_member *m, *inner = NULL;

	if (!t || !depth)
		return NULL;
	m = (const struct btf_member *)(t + 1);
	for (size_t i = 0; !inner && i < BTF_INFO_VLEN(t->info); i++, m++) {
		uint32_t type = btf_raw_record(btf, m->type);

		if (!strcmp(btf_raw_name(btf, m->name_off), name))
			return m;
		if (type && !*btf_raw_name(btf, m->name_off))
			inner = find_member(btf, type, name, depth - 1);
	}
	return inner;
}

static bool has_member(const struct btf_raw *btf, uint32_t id, const char *name)
{
	return find_member(btf, id, name, 4);
}

static void print_options(struct printer *p, const char *name, uint32_t id)
{
	for (size_t i = 0; i < NR_OPTIONS; i++)
		if (!strcmp(options[i].record, name) &&
		    has_member(&p->btf, id, options[i].member))
			strbuf_printf(p->b, "#define CONFIG_%s 1\n",
				      options[i].option);
}

static bool wants(const struct printer *p, const char *macro)
{
	size_t len = strlen(macro);
	const struct ident *id;

	if (!p->words)
		return true;
	id = ident_find(p->words, macro, len, ident_hash(macro, len));
	return id && (ident_wanted(id) & IDENT_NAME);
}

static void print_lengths(struct printer *p, const char *name, uint32_t id)
{
	for (size_t i = 0; i < NR_LENGTHS; i++) {
		const struct btf_array *array;
		const struct btf_member *m;
		const struct btf_type *t;

		if (strcmp(lengths[i].record, name) ||
		    !wants(p, lengths[i].macro))
			continue;
		m = find_member(&p->btf, id, lengths[i].member, 4);
		t = m ? btf_raw_type(&p->btf, m->type) : NULL;
		if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_ARRAY)
			continue;
		array = (const void *)(t + 1);
		strbuf_printf(p->b, "#define %s %u\n", lengths[i].macro,
			      array->nelems);
	}
}

/* Structs, unions, and typedefs of nameless ones. */
static bool is_named_record(const struct btf_raw *btf, uint32_t id)
{
	const struct btf_type *t = btf_raw_type(btf, id);
	unsigned kind = BTF_INFO_KIND(t->info);

	return *btf_raw_name(btf, t->name_off) &&
	       (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION ||
		kind == BTF_KIND_TYPEDEF);
}

void kconfig_print(struct strbuf *b, const void *raw, size_t size,
		   const struct ident_set *words)
{
	struct printer p = {.b = b, .words = words};
	int err = btf_raw_open(&p.btf, raw, size);

	for (uint32_t id = 1; !err && id < p.btf.nr; id++) {
		const char *name;
		uint32_t record;

		if (!is_named_record(&p.btf, id))
			continue;
		name = btf_raw_name(&p.btf, btf_raw_type(&p.btf, id)->name_off);
		record = btf_raw_record(&p.btf, id);
		if (!record)
			continue;
		print_options(&p, name, record);
		print_lengths(&p, name, record);
	}
	btf_raw_close(&p.btf);
	strbuf_fail(b, err);
}
