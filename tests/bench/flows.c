// SPDX-License-Identifier: GPL-2.0
/*
 * Hands crafted TCP segments of many flows to a BPF program by
 * BPF_PROG_TEST_RUN, and says what they took there:
 *
 *	flows [-n PACKETS] [-f FLOWS] [-r RATE] [-s ADDR] [-d PORT]
 *	      -p PROG_ID -i IFACE | -e | -w FILE
 *
 * The packets are of FLOWS flows in turn, from ADDR and the addresses above it,
 * IPv4 or IPv6, to PORT. The program, of a socket filter or of TC, is one that
 * someone has loaded and sees them come in at IFACE; or -e, an empty one. Its
 * events go where they always go. Nothing else in the kernel sees a packet, so
 * neither network nor memory bounds how many flows there are.
 *
 * Prints one line, "RUN_NS RUNS", the kernel's account of those runs while it
 * keeps one: the system calls do not count. With -w no program runs, and the
 * packets become a file for tcpdump.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

/* The flows of an address: of source ports 32768 and up. */
#define FLOWS_PER_ADDR 32768
#define BATCH 4 /* a burst must not be what overflows a buffer */
#define PCAP_MAGIC 0xa1b2c3d4
#define PCAP_ETHERNET 1

struct options {
	unsigned long nr_packets, nr_flows, rate; /* rate 0: unpaced */
	uint8_t addr[16];
	int family;
	uint16_t port;
	uint32_t prog_id;
	bool is_empty;
	const char *ifname, *file;
};

struct packet {
	struct ethhdr eth;
	union {
		struct iphdr ip4;
		struct ipv6hdr ip6;
		uint8_t ip[sizeof(struct ipv6hdr)];
	};
	struct tcphdr tcp; /* moved up behind an IPv4 header */
} __attribute__((packed));

static size_t ip_size(const struct options *o)
{
	return o->family == AF_INET ? sizeof(struct iphdr)
				    : sizeof(struct ipv6hdr);
}

static size_t packet_size(const struct options *o)
{
	return sizeof(struct ethhdr) + ip_size(o) + sizeof(struct tcphdr);
}

/* The last four bytes of an address, and NR more. */
static void addr_add(void *to, const void *addr, uint32_t nr)
{
	uint32_t last;

	memcpy(&last, addr, sizeof(last));
	last = htonl(ntohl(last) + nr);
	memcpy(to, &last, sizeof(last));
}

static void ip_fill(const struct options *o, struct packet *p)
{
	if (o->family == AF_INET) {
		p->eth.h_proto = htons(ETH_P_IP);
		p->ip4.version = 4;
		p->ip4.ihl = 5;
		p->ip4.ttl = 64;
		p->ip4.protocol = IPPROTO_TCP;
		p->ip4.tot_len = htons(ip_size(o) + sizeof(p->tcp));
		p->ip4.daddr = htonl(0x0a000001);
	} else {
		p->eth.h_proto = htons(ETH_P_IPV6);
		p->ip6.version = 6;
		p->ip6.hop_limit = 64;
		p->ip6.nexthdr = IPPROTO_TCP;
		p->ip6.payload_len = htons(sizeof(p->tcp));
		memcpy(&p->ip6.saddr, o->addr, sizeof(o->addr));
		inet_pton(AF_INET6, "fd00::1", &p->ip6.daddr);
	}
}

static void packet_fill(const struct options *o, struct packet *p,
			unsigned long flow)
{
	struct tcphdr tcp = {
		.source = htons(FLOWS_PER_ADDR + flow % FLOWS_PER_ADDR),
		.dest = htons(o->port),
		.seq = htonl(1000),
		.ack_seq = htonl(1000),
		.doff = sizeof(tcp) / 4,
		.ack = 1,
		.window = htons(64240),
	};

	if (o->family == AF_INET)
		addr_add(&p->ip4.saddr, o->addr, flow / FLOWS_PER_ADDR);
	else
		addr_add((uint8_t *)&p->ip6.saddr + 12, o->addr + 12,
			 flow / FLOWS_PER_ADDR);
	memcpy(p->ip + ip_size(o), &tcp, sizeof(tcp));
}

/* Wait until it is time for packet NR of those that began at START. */
static void pace(const struct options *o, uint64_t start, unsigned long nr)
{
	uint64_t due;

	if (!o->rate || nr % BATCH)
		return;
	due = start + nr * 1000000000ull / o->rate;
	while (now_ns() < due)
		;
}

static int run(const struct options *o, int prog_fd, struct packet *p)
{
	struct __sk_buff skb = {
		.ifindex = o->ifname ? if_nametoindex(o->ifname) : 0,
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = p,
		    .data_size_in = packet_size(o), .ctx_in = &skb,
		    .ctx_size_in = sizeof(skb), .repeat = 1);
	uint64_t start = now_ns();
	unsigned long i;

	if (o->ifname && !skb.ifindex)
		return fail(o->ifname);
	for (i = 0; i < o->nr_packets; i++) {
		pace(o, start, i);
		packet_fill(o, p, i % o->nr_flows);
		if (bpf_prog_test_run_opts(prog_fd, &opts))
			return fail("BPF_PROG_TEST_RUN");
	}
	return 0;
}

static int runs_get(int prog_fd, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(prog_fd, info, &len) ? fail("BPF program")
							   : 0;
}

static int measure(const struct options *o, struct packet *p)
{
	int fd = o->is_empty ? empty_load() : bpf_prog_get_fd_by_id(o->prog_id);
	struct bpf_prog_info before, after;

	if (fd < 0)
		return fail("BPF program");
	if (runs_get(fd, &before) || run(o, fd, p) || runs_get(fd, &after))
		return -1;
	printf("%llu %llu\n",
	       (unsigned long long)(after.run_time_ns - before.run_time_ns),
	       (unsigned long long)(after.run_cnt - before.run_cnt));
	return 0;
}

/* A record, whose time is one packet a microsecond. */
static void record_write(FILE *f, const void *packet, uint32_t size,
			 unsigned long nr)
{
	const uint32_t head[] = {nr / 1000000, nr % 1000000, size, size};

	fwrite(head, sizeof(head), 1, f);
	fwrite(packet, size, 1, f);
}

static int file_write(const struct options *o, struct packet *p)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, digits, snaplen, link;
	} head = {PCAP_MAGIC, 2, 4, 0, 0, 65535, PCAP_ETHERNET};
	FILE *f = fopen(o->file, "w");
	unsigned long i;
	bool failed;

	if (!f)
		return fail(o->file);
	fwrite(&head, sizeof(head), 1, f);
	for (i = 0; i < o->nr_packets; i++) {
		packet_fill(o, p, i % o->nr_flows);
		record_write(f, p, packet_size(o), i);
	}
	failed = ferror(f);
	return fclose(f) || failed ? fail(o->file) : 0;
}

static bool addr_parse(struct options *o, const char *text)
{
	o->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(o->family, text, o->addr) == 1;
}

static int usage(void)
{
	fputs("usage: flows [-n PACKETS] [-f FLOWS] [-r RATE] [-s ADDR] "
	      "[-d PORT]\n"
	      "             -p PROG_ID -i IFACE | -e | -w FILE\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct options o = {.nr_packets = 1000, .nr_flows = 1, .port = 9};
	struct packet p = {};
	int c;

	addr_parse(&o, "10.9.0.0");
	while ((c = getopt(argc, argv, "n:f:r:s:d:p:i:ew:")) != -1) {
		if (c == 'n')
			o.nr_packets = strtoul(optarg, NULL, 10);
		else if (c == 'f')
			o.nr_flows = strtoul(optarg, NULL, 10);
		else if (c == 'r')
			o.rate = strtoul(optarg, NULL, 10);
		else if (c == 's' && !addr_parse(&o, optarg))
			return usage();
		else if (c == 'd')
			o.port = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			o.prog_id = strtoul(optarg, NULL, 10);
		else if (c == 'i')
			o.ifname = optarg;
		else if (c == 'e')
			o.is_empty = true;
		else if (c == 'w')
			o.file = optarg;
		else if (c != 's')
			return usage();
	}
	if (optind != argc || !o.nr_flows ||
	    !(o.prog_id || o.is_empty || o.file))
		return usage();
	ip_fill(&o, &p);
	return (o.file ? file_write(&o, &p) : measure(&o, &p)) ? 1 : 0;
}
