// SPDX-License-Identifier: GPL-2.0
/*
 * A libbcc that has been taken over: it compiles nothing, but gives the tracer
 * an image of its own, in which one thing is forged, FORGE in the environment.
 * With main() it prints that image instead: forged_bcc CASE HOOK.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.c"
#include "base/strbuf.c"
#include "base/text.c"
#include "compile/image.c"
#include "compile/image_sound.c"

#include "../unit/image_check.h"
#include "event.h"
#include "owner_entry.h"
#include "tcpwhy_event.h"

#define IMAGE_FD 3 /* of compile/child.c */
#define EXPORT __attribute__((visibility("default")))
#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define INSNS(...)                                                     \
	do {                                                           \
		static const struct bpf_insn insns_[] = {__VA_ARGS__}; \
		insns_set(insns_, NR(insns_));                         \
	} while (0)
#define RETURN(value)                      \
	{.code = 0xb7, .imm = (value)},    \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}
#define CALL(src, nr)                                                     \
	{                                                                 \
		.code = BPF_JMP | BPF_CALL, .src_reg = (src), .imm = (nr) \
	}
#define LOAD(src, nr)                       \
	{.code = BPF_LD | BPF_DW | BPF_IMM, \
	 .dst_reg = 1,                      \
	 .src_reg = (src),                  \
	 .imm = (nr)},                      \
	{                                   \
	}

static char forged[64], number[16];
static struct image img;
static struct bpf_insn by_number[] = {CALL(BPF_PSEUDO_KFUNC_CALL, 0),
				      RETURN(0)};

/* While there is an environment, and no jail. */
__attribute__((constructor)) static void environment_read(void)
{
	snprintf(forged, sizeof(forged), "%s", getenv("FORGE") ?: "nothing");
	snprintf(number, sizeof(number), "%s", getenv("FORGE_NUMBER") ?: "0");
}

static void map_add(const char *name, uint32_t type, uint32_t key,
		    uint32_t value, uint32_t entries)
{
	struct image_map *m = &img.maps[img.nr_maps++];

	*m = (struct image_map){.type = type,
				.key_size = key,
				.value_size = value,
				.max_entries = entries};
	snprintf(m->name, sizeof(m->name), "%s", name);
}

static void insns_set(const struct bpf_insn *insns, size_t nr)
{
	img.progs[0].insns = insns;
	img.progs[0].nr_insns = nr;
}

static void prog_add(const char *name)
{
	static const struct bpf_insn insns[] = {RETURN(0)};

	img.progs[img.nr_progs++] = (struct image_prog){
		.name = name, .insns = insns, .nr_insns = NR(insns)};
}

/* The least that the tool takes: it sees all packets, and none. */
static void honest(const char *prog)
{
	map_add("stats", BPF_MAP_TYPE_PERCPU_ARRAY, 4,
		sizeof(struct hook_stats), 1);
	map_add("events", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0);
	prog_add(prog);
	img.license = "GPL";
}

static void owners_honest(void)
{
	const uint32_t key = sizeof(struct owner_key),
		       entry = sizeof(struct owner_entry);

	map_add("owners", BPF_MAP_TYPE_HASH, key, entry, OWNERS_MIN);
	map_add("owner_maps", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, OWNER_MAPS);
	map_add("owner_shared", BPF_MAP_TYPE_ARRAY, 4,
		sizeof(struct owner_shared), 1);
	map_add("owner_scope", BPF_MAP_TYPE_ARRAY, 4,
		sizeof(struct owner_scope), 1);
	map_add("owner_wanted", BPF_MAP_TYPE_ARRAY, 4, 8, 1);
	prog_add("raw_tracepoint__inet_sock_set_state");
	prog_add("raw_tracepoint__typed__tcp_rcv_space_adjust");
	prog_add("raw_tracepoint__typed__sock_send_length");
	img.license = "GPL";
}

static int is(const char *what)
{
	return !strcmp(forged, what);
}

static void forge_names(void)
{
	if (is("a name with an escape"))
		img.progs[0].name = "tcpsnoop_socket_\033[2J";
	if (is("a map's name with an escape"))
		strcpy(img.maps[0].name, "stats\033[2J");
	if (is("a license with an escape"))
		img.license = "GPL\033[2J";
	if (is("types with an escape"))
		img.types[1].event = "ts_ns\033[2J#u64\n";
	if (is("a map twice"))
		img.maps[1] = img.maps[0];
	if (is("a program twice"))
		prog_add(img.progs[0].name);
	if (is("no such program"))
		img.progs[0].name = "tcpsnoop_other";
	if (is("another tracepoint"))
		prog_add("raw_tracepoint__sys_enter");
	if (is("a kernel function"))
		prog_add("kprobe__do_exit");
	if (is("a program of the interface"))
		prog_add("xdp_other");
}

static void forge_maps(void)
{
	struct image_map *stats = &img.maps[0], *events = &img.maps[1];

	if (is("a map that redirects"))
		map_add("m", BPF_MAP_TYPE_DEVMAP, 4, 4, 1);
	if (is("a map of programs"))
		map_add("m", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1);
	if (is("a map of maps"))
		map_add("m", BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 1);
	if (is("a map of another age"))
		map_add("m", 99, 4, 4, 1);
	if (is("struct_ops"))
		map_add("m", BPF_MAP_TYPE_STRUCT_OPS, 4, 4, 1);
	if (is("large keys"))
		map_add("m", BPF_MAP_TYPE_HASH, 1 << 20, 4, 1);
	if (is("large values"))
		map_add("m", BPF_MAP_TYPE_ARRAY, 4, 1 << 30, 1);
	if (is("many entries"))
		map_add("m", BPF_MAP_TYPE_ARRAY, 4, 1 << 20, UINT32_MAX);
	if (is("odd flags"))
		img.maps[0].flags = 1u << 31;
	if (is("other counters"))
		stats->value_size = 4096;
	if (is("counters of another kind"))
		stats->type = BPF_MAP_TYPE_HASH;
	if (is("events that are an array"))
		*events = (struct image_map){"events", BPF_MAP_TYPE_ARRAY, 4,
					     4096, 64};
	if (is("a batch that is a hash"))
		map_add("batch", BPF_MAP_TYPE_HASH, 512, 4096, 64);
	if (is("a batch that is small"))
		map_add("batch", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 1);
}

static void forge_insns(void)
{
	if (is("a signal"))
		INSNS({.code = 0xb7, .dst_reg = 1}, /* signal 0 */
		      CALL(0, BPF_FUNC_send_signal), RETURN(0));
	if (is("a helper of another age"))
		INSNS(CALL(0, 4000), RETURN(0));
	if (is("a call by a register"))
		INSNS({.code = 0x8d}, RETURN(0));
	if (is("a kernel function by number")) {
		by_number[0].imm = atoi(number);
		insns_set(by_number, NR(by_number));
	}
	if (is("a map that is not there"))
		INSNS(LOAD(BPF_PSEUDO_MAP_FD, 7), RETURN(0));
	if (is("a descriptor of the tracer"))
		INSNS(LOAD(BPF_PSEUDO_MAP_VALUE, 5), RETURN(0));
	if (is("a variable of the kernel"))
		INSNS(LOAD(BPF_PSEUDO_BTF_ID, 5), RETURN(0));
	if (is("half a load"))
		INSNS(RETURN(0), {.code = BPF_LD | BPF_DW | BPF_IMM});
	if (is("a drop"))
		INSNS(RETURN(1)); /* XDP_DROP */
	if (is("a drop at TC"))
		INSNS(RETURN(2)); /* TC_ACT_SHOT */
	if (is("a write to the packet"))
		INSNS({.code = BPF_LDX | BPF_W | BPF_MEM,
		       .dst_reg = 2,
		       .src_reg = 1},
		      {.code = BPF_ST | BPF_B | BPF_MEM, .dst_reg = 2},
		      RETURN(2));
	if (is("a write to skb->mark"))
		INSNS({.code = BPF_ST | BPF_W | BPF_MEM,
		       .dst_reg = 1,
		       .off = offsetof(struct __sk_buff, mark)},
		      RETURN(-1));
	if (is("an end by a load"))
		INSNS({.code = BPF_ALU64 | BPF_MOV | BPF_X,
		       .dst_reg = 6,
		       .src_reg = 1},
		      {.code = BPF_LD | BPF_ABS | BPF_B, .imm = 100000},
		      RETURN(-1));
	if (is("a type of the kernel's"))
		img.progs[0].btf_id = 70000;
	if (is("a name for a kernel function")) {
		img.kfuncs[0] = (struct image_kfunc){7, "bpf_rdonly_cast"};
		img.nr_kfuncs = 1;
	}
}

static void image_forge_bytes(char *bytes, size_t *size)
{
	struct section s = {.tag = 77, .len = 8};

	if (is("noise"))
		memset(bytes, 0xa5, *size);
	if (is("half an image"))
		*size /= 2;
	if (is("an unknown section")) {
		memcpy(bytes + *size, &s, sizeof(s));
		memset(bytes + *size + sizeof(s), 0, 8);
		*size += sizeof(s) + 8;
		image_forge(bytes, *size);
	}
}

static void *image_make(const char *prog, size_t *size)
{
	char *bytes;
	void *p;

	if (!strcmp(prog, "owner"))
		owners_honest();
	else
		honest(prog);
	if (!strcmp(prog, "raw_tracepoint__inet_sock_set_state"))
		map_add("attempts", BPF_MAP_TYPE_LRU_HASH,
			sizeof(struct why_key), sizeof(struct why_attempt),
			WHY_ATTEMPTS);
	if (is("other attempts"))
		img.maps[2].value_size = 4096;
	if (!strcmp(prog, "owner") && is("other owners"))
		img.maps[0].value_size = 4096;
	if (!strcmp(prog, "owner") && is("little shared memory"))
		img.maps[2].value_size = 8;
	forge_names();
	forge_maps();
	forge_insns();
	if (image_write(&img, &p, size))
		return NULL;
	bytes = calloc(1, *size + 64);
	memcpy(bytes, p, *size);
	image_forge_bytes(bytes, size);
	return bytes;
}

/* Which of the tools' texts this is, by a function that only it has. */
static const char *prog_of(const char *text)
{
	static const char *const names[] = {
		"tcpsnoop_socket",
		"tcpsnoop_tc_in",
		"tcpsnoop_xdp",
	};
	size_t i;

	if (strstr(text, "sock_claim"))
		return "owner";
	if (strstr(text, "netif_receive_skb"))
		return "raw_tracepoint__typed__netif_receive_skb";
	if (strstr(text, "why_attempt"))
		return "raw_tracepoint__inet_sock_set_state";
	for (i = 0; i < NR(names); i++)
		if (strstr(text, names[i]))
			return names[i];
	return "raw_tracepoint__sched_process_exit";
}

EXPORT void *bpf_module_create_c_from_string(const char *text, unsigned flags,
					     const char *cflags[],
					     int nr_cflags, int allow_rlimit,
					     const char *dev_name);

EXPORT void *bpf_module_create_c_from_string(const char *text, unsigned flags,
					     const char *cflags[],
					     int nr_cflags, int allow_rlimit,
					     const char *dev_name)
{
	size_t size, done = 0;
	char *bytes;
	ssize_t n;

	if (is("an escape in what it says")) {
		fprintf(stderr, "\033[2Jerror: \033]0;title\007\302\2332J\n");
		fflush(stderr);
		_exit(2);
	}
	if (is("a long image")) {
		bytes = calloc(1, IMAGE_MAX + 1);
		for (; done<IMAGE_MAX + 1; done += n> 0 ? n : IMAGE_MAX)
			n = write(IMAGE_FD, bytes, IMAGE_MAX + 1 - done);
		_exit(0);
	}
	if (is("an endless image"))
		for (bytes = calloc(1, 1 << 20);;)
			if (write(IMAGE_FD, bytes, 1 << 20) < 0)
				_exit(0);
	bytes = image_make(prog_of(text), &size);
	for (; bytes && done < size; done += n) {
		n = write(IMAGE_FD, bytes + done, size - done);
		if (n < 0)
			break;
	}
	_exit(0);
}

#define NEVER(name)             \
	EXPORT void name(void); \
	EXPORT void name(void)  \
	{                       \
		abort();        \
	}

NEVER(bpf_num_functions)
NEVER(bpf_function_name)
NEVER(bpf_function_start_id)
NEVER(bpf_function_size_id)
NEVER(bpf_module_license)
NEVER(bpf_num_tables)
NEVER(bpf_table_name)
NEVER(bpf_table_fd_id)
NEVER(bpf_table_key_desc_id)
NEVER(bpf_table_leaf_desc_id)
NEVER(bpf_perf_event_fields)
NEVER(bpf_perf_event_field)
NEVER(bcc_func_load)

int main(int argc, char **argv)
{
	size_t size;
	char *bytes = argc == 2 ? image_make(argv[1], &size) : NULL;

	return bytes && fwrite(bytes, size, 1, stdout) == 1 ? 0 : 1;
}
