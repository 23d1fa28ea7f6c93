// SPDX-License-Identifier: GPL-2.0
/*
 * Sends a steady mix of frames down one end of a veth pair until it is told to
 * stop (SIGTERM), and says how many there were of each kind:
 *
 *	flood -i IFACE -o IFACE -r RATE
 *
 *	to port 9	flows that nobody has seen before, one after the other,
 *			of a SYN, two segments and a FIN, IPv4 and IPv6 in turn
 *	to port 11	the same segment eight times over, then another's
 *	to port 12	a SYN, each of another client
 *	all else	no whole TCP segment, or to port 10
 *
 * No two of the flows have the same ends before 2^32 of them. Prints one line,
 * "PORT_9 PORT_11 PORT_12 ELSE FLOWS NANOSECONDS"; what the kernel did not take
 * is sent again and counts once. When it cannot keep pace it does not make up
 * for that later: a burst is no steady rate.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "traffic.h"

#define BATCH 64
#define LATE_NS 20000000ull
#define PAYLOAD_MAX 64

enum kind {
	FLOW,
	DROP,
	ATTEMPT,
	ELSE,
	NR_KINDS
};

static const uint16_t ports[NR_KINDS] = {9, 11, 12, 10};

/* Of BATCH frames, the rest are FLOW. */
#define NR_DROP 2
#define NR_ATTEMPT 1
#define NR_ELSE 5

#define FLOW_SEGMENTS 4
#define DROP_REPEATS 8

struct frame {
	struct ethhdr eth;
	uint8_t bytes[sizeof(struct ipv6hdr) + sizeof(struct tcphdr) +
		      PAYLOAD_MAX];
} __attribute__((packed));

/* A segment before it is bytes. */
struct segment {
	uint32_t client; /* each has other ends than all others */
	uint16_t port;
	uint32_t seq;
	unsigned len;
	bool is_v6, is_syn, is_fin;
};

struct flood {
	int fd;
	uint64_t sent[NR_KINDS], gap_ns;
	struct frame frames[BATCH];
	enum kind kinds[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr msgs[BATCH];
	/* Segments made so far, which is more than were sent. */
	uint64_t nr[NR_KINDS];
};

static volatile sig_atomic_t is_over;

static void stop(int sig)
{
	is_over = 1;
}

/* 10.x.y.z or fd00::x, and a port that none of ours is. */
static uint32_t client_addr(const struct segment *s)
{
	return s->client >> 15;
}

static uint16_t client_port(const struct segment *s)
{
	return 32768 | (s->client & 32767);
}

static size_t tcp_put(uint8_t *to, const struct segment *s)
{
	struct tcphdr tcp = {
		.source = htons(client_port(s)),
		.dest = htons(s->port),
		.seq = htonl(s->seq),
		.ack_seq = htonl(s->is_syn ? 0 : 1),
		.doff = sizeof(tcp) / 4,
		.syn = s->is_syn,
		.fin = s->is_fin,
		.ack = !s->is_syn,
		.window = htons(64240),
	};

	memcpy(to, &tcp, sizeof(tcp));
	memset(to + sizeof(tcp), 'x', s->len);
	return sizeof(tcp) + s->len;
}

static size_t ipv4_put(uint8_t *to, const struct segment *s)
{
	size_t len = tcp_put(to + sizeof(struct iphdr), s);
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.tot_len = htons(sizeof(ip) + len),
		.ttl = 64,
		.protocol = IPPROTO_TCP,
		.saddr = htonl(0x0a000000 | (client_addr(s) & 0xffffff)),
		.daddr = htonl(0xac100001),
	};

	ip.check = ip_checksum(&ip);
	memcpy(to, &ip, sizeof(ip));
	return sizeof(ip) + len;
}

static size_t ipv6_put(uint8_t *to, const struct segment *s)
{
	size_t len = tcp_put(to + sizeof(struct ipv6hdr), s);
	struct ipv6hdr ip = {
		.version = 6,
		.payload_len = htons(len),
		.nexthdr = IPPROTO_TCP,
		.hop_limit = 64,
		.saddr.s6_addr = {0xfd},
		.daddr.s6_addr = {0xfd, [15] = 1},
	};
	uint32_t addr_be = htonl(client_addr(s));

	memcpy(ip.saddr.s6_addr + 12, &addr_be, sizeof(addr_be));
	memcpy(to, &ip, sizeof(ip));
	return sizeof(ip) + len;
}

/* Returns the bytes from the link header on. */
static size_t frame_put(struct frame *f, const struct segment *s)
{
	f->eth.h_proto = htons(s->is_v6 ? ETH_P_IPV6 : ETH_P_IP);
	return sizeof(f->eth) +
	       (s->is_v6 ? ipv6_put(f->bytes, s) : ipv4_put(f->bytes, s));
}

static size_t flow_put(struct frame *f, uint64_t nr)
{
	unsigned step = nr % FLOW_SEGMENTS;
	struct segment s = {
		.client = nr / FLOW_SEGMENTS / 2,
		.is_v6 = nr / FLOW_SEGMENTS & 1,
		.port = ports[FLOW],
		.seq = nr + step,
		.is_syn = !step,
		.is_fin = step == FLOW_SEGMENTS - 1,
	};

	if (!s.is_syn && !s.is_fin)
		s.len = nr % PAYLOAD_MAX;
	return frame_put(f, &s);
}

static size_t drop_put(struct frame *f, uint64_t nr)
{
	struct segment s = {
		.client = nr / DROP_REPEATS / 2,
		.is_v6 = nr / DROP_REPEATS & 1,
		.port = ports[DROP],
		.seq = 1,
		.len = 1,
	};

	return frame_put(f, &s);
}

static size_t attempt_put(struct frame *f, uint64_t nr)
{
	struct segment s = {
		.client = nr / 2,
		.is_v6 = nr & 1,
		.port = ports[ATTEMPT],
		.is_syn = true,
	};

	return frame_put(f, &s);
}

/* What is none of the tools' business, in five ways. */
static size_t else_put(struct frame *f, uint64_t nr)
{
	struct segment s = {.client = nr, .port = ports[ELSE], .is_v6 = nr & 1};
	struct iphdr *ip = (struct iphdr *)f->bytes;
	size_t len = frame_put(f, &s);

	switch (nr % NR_ELSE) {
	case 0: /* the half of a TCP header */
		return len - sizeof(struct tcphdr) / 2;
	case 1: /* no protocol that is known */
		f->eth.h_proto = htons(0x88b5);
		break;
	case 2: /* another one above IP */
		s.is_v6 = false;
		len = frame_put(f, &s);
		ip->protocol = IPPROTO_UDP;
		break;
	case 3: /* a later fragment */
		s.is_v6 = false;
		s.port = ports[FLOW];
		len = frame_put(f, &s);
		ip->frag_off = htons(100);
		break;
	default: /* a whole segment, to another port */
		return len;
	}
	if (!s.is_v6) {
		ip->check = 0;
		ip->check = ip_checksum(ip);
	}
	return len;
}

static void batch_make(struct flood *fl)
{
	static size_t (*const put[NR_KINDS])(struct frame *, uint64_t) = {
		flow_put, drop_put, attempt_put, else_put};
	unsigned i;

	for (i = 0; i < BATCH; i++) {
		enum kind kind = fl->kinds[i];

		fl->iov[i].iov_len = put[kind](&fl->frames[i], fl->nr[kind]++);
	}
}

static int batch_send(struct flood *fl)
{
	unsigned done = 0;
	int i, n;

	while (done < BATCH) {
		n = sendmmsg(fl->fd, fl->msgs + done, BATCH - done, 0);
		if (n < 0 && errno != ENOBUFS && errno != EINTR)
			return fail("send");
		for (i = 0; i < n; i++)
			fl->sent[fl->kinds[done + i]]++;
		done += n < 0 ? 0 : n;
	}
	return 0;
}

static void sleep_until(uint64_t ns)
{
	struct timespec ts = {ns / 1000000000, ns % 1000000000};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static int flood(struct flood *fl)
{
	uint64_t start = now_ns(), due = start;

	while (!is_over) {
		batch_make(fl);
		if (batch_send(fl))
			return -1;
		due += fl->gap_ns;
		if (due + LATE_NS < now_ns())
			due = now_ns();
		else
			sleep_until(due);
	}
	printf("%llu %llu %llu %llu %llu %llu\n",
	       (unsigned long long)fl->sent[FLOW],
	       (unsigned long long)fl->sent[DROP],
	       (unsigned long long)fl->sent[ATTEMPT],
	       (unsigned long long)fl->sent[ELSE],
	       (unsigned long long)(fl->nr[FLOW] / FLOW_SEGMENTS),
	       (unsigned long long)(now_ns() - start));
	return 0;
}

/* The kinds spread over the batch, so that none comes in a burst. */
static void kinds_fill(enum kind *kinds)
{
	unsigned i;

	for (i = 0; i < NR_DROP; i++)
		kinds[i * (BATCH / NR_DROP)] = DROP;
	for (i = 0; i < NR_ATTEMPT; i++)
		kinds[i * (BATCH / NR_ATTEMPT) + 1] = ATTEMPT;
	for (i = 0; i < NR_ELSE; i++)
		kinds[i * (BATCH / NR_ELSE) + 2] = ELSE;
}

static int flood_open(struct flood *fl, const char *in, const char *out)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(in),
	};
	struct ifreq ifr = {};
	int one = 1;
	unsigned i;

	fl->fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fl->fd < 0)
		return fail("packet socket");
	if (!addr.sll_ifindex ||
	    bind(fl->fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail(in);
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", out);
	if (ioctl(fl->fd, SIOCGIFHWADDR, &ifr))
		return fail(out);
	if (setsockopt(fl->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one,
		       sizeof(one)))
		return fail("PACKET_QDISC_BYPASS");
	for (i = 0; i < BATCH; i++) {
		struct ethhdr *eth = &fl->frames[i].eth;

		memcpy(eth->h_dest, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
		eth->h_source[0] = 2;
		fl->iov[i].iov_base = &fl->frames[i];
		fl->msgs[i].msg_hdr.msg_iov = &fl->iov[i];
		fl->msgs[i].msg_hdr.msg_iovlen = 1;
	}
	kinds_fill(fl->kinds);
	return 0;
}

int main(int argc, char **argv)
{
	static struct flood fl;
	const struct sigaction sa = {.sa_handler = stop};
	const char *in = NULL, *out = NULL;
	unsigned long rate = 0;
	int c;

	while ((c = getopt(argc, argv, "i:o:r:")) != -1) {
		if (c == 'i')
			in = optarg;
		else if (c == 'o')
			out = optarg;
		else if (c == 'r')
			rate = strtoul(optarg, NULL, 10);
	}
	if (!in || !out || !rate || optind != argc) {
		fputs("usage: flood -i IFACE -o IFACE -r RATE\n", stderr);
		return 2;
	}
	fl.gap_ns = BATCH * 1000000000ull / rate;
	sigaction(SIGTERM, &sa, NULL);
	return flood_open(&fl, in, out) || flood(&fl) ? 1 : 0;
}
