/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs that send the benchmark's packets share. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/ip.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Says WHAT failed, and why by errno. -1. */
static inline int fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
		strerror(errno));
	return -1;
}

/* CLOCK_MONOTONIC */
static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* RFC 791, of a header without options whose checksum is zero; it need not be
 * aligned. In network order, as it is to be stored. */
static inline uint16_t ip_checksum(const void *ip)
{
	uint16_t words[sizeof(struct iphdr) / 2];
	uint32_t sum = 0;
	size_t i;

	memcpy(words, ip, sizeof(words));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

/* A socket filter that is "return 0"; its descriptor, or negative. */
static inline int empty_load(void)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "empty", "GPL", code,
			     2, NULL);
}

#endif
