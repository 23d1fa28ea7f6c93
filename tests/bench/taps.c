// SPDX-License-Identifier: GPL-2.0
/*
 * Sends TCP segments down one end of a veth pair while sockets at the other
 * end tap them, and says what that took:
 *
 *	taps -i IFACE -o IFACE [-n PACKETS] [-r RATE] [-s ADDR] [-d PORT]
 *	     [-T] [-t TAPS] [-c FILTER | -e | -p PROG_ID]
 *
 * The kernel works off a veth packet in the sender's own system call, filters
 * of packet sockets included, so the sender's time is the cost of both. One
 * filter costs less than the noise of that; TAPS equal ones do not. What they
 * run is -c, a classic filter as "tcpdump -ddd" prints it; -e, an empty BPF
 * program; or -p, a program that someone has loaded, whose every run then
 * counts, and sends events, as if TAPS packets had come.
 *
 * With -T a segment has data, and says when it was sent: its sequence number
 * is the low half of CLOCK_MONOTONIC in microseconds.
 *
 * Prints one line, "SENT NANOSECONDS RUN_NS RUNS". The last two are the
 * kernel's account of -e or -p's program, where it keeps one. The taps keep no
 * packet.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/if.h>
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

#define FRAME_SIZE 60 /* Ethernet's shortest, without checksum */
#define BATCH_FAST 64
#define BATCH_PACED 4 /* a burst must not be what overflows a buffer */
#define CLASSIC_MAX 512
#define SPIN_NS 200000

struct options {
	const char *in, *out;
	unsigned long nr_packets, rate; /* rate 0: as fast as it goes */
	unsigned nr_taps;
	struct in_addr addr;
	uint16_t port;
	const char *classic;
	bool is_empty, has_time;
	uint32_t prog_id;
};

struct frame {
	struct ethhdr eth;
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t pad[FRAME_SIZE - 54];
} __attribute__((packed));

/* ADDR:40000 > 10.0.0.1:PORT, flags [.], to the hardware address of OUT */
static int frame_fill(struct frame *f, int fd, const struct options *o)
{
	struct ifreq ifr = {};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", o->out);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		return fail(o->out);
	memset(f, 0, sizeof(*f));
	memcpy(f->eth.h_dest, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	f->eth.h_source[0] = 2;
	f->eth.h_proto = htons(ETH_P_IP);
	f->ip.version = 4;
	f->ip.ihl = 5;
	f->ip.tot_len = htons(sizeof(f->ip) + sizeof(f->tcp));
	f->ip.ttl = 64;
	f->ip.protocol = IPPROTO_TCP;
	f->ip.saddr = o->addr.s_addr;
	f->ip.daddr = htonl(0x0a000001);
	f->ip.check = ip_checksum(&f->ip);
	f->tcp.source = htons(40000);
	f->tcp.dest = htons(o->port);
	f->tcp.seq = htonl(1);
	f->tcp.ack_seq = htonl(1);
	f->tcp.doff = 5;
	f->tcp.ack = 1;
	f->tcp.window = htons(64240);
	if (o->has_time) {
		f->ip.tot_len = htons(sizeof(*f) - sizeof(f->eth));
		f->ip.check = 0;
		f->ip.check = ip_checksum(&f->ip);
		f->tcp.psh = 1;
	}
	return 0;
}

/* Until it is bound to a protocol, a socket of protocol 0 hears nothing. */
static int packet_bind(int fd, const char *ifname, uint16_t protocol)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(ifname),
	};

	if (!addr.sll_ifindex ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fail(ifname);
	return 0;
}

/* "COUNT\nCODE JT JF K\n..." */
static int classic_read(const char *path, struct sock_filter *code)
{
	FILE *f = fopen(path, "r");
	int i, nr = 0;

	if (!f)
		return fail(path);
	if (fscanf(f, "%d", &nr) != 1 || nr < 1 || nr > CLASSIC_MAX)
		nr = 0;
	for (i = 0; i < nr; i++)
		if (fscanf(f, "%hu %hhu %hhu %u", &code[i].code, &code[i].jt,
			   &code[i].jf, &code[i].k) != 4)
			nr = 0;
	fclose(f);
	errno = EBADMSG;
	return nr ? nr : fail(path);
}

static int classic_attach(int fd, const char *path)
{
	struct sock_filter code[CLASSIC_MAX];
	struct sock_fprog prog = {.filter = code};
	int nr = classic_read(path, code);

	if (nr < 0)
		return nr;
	prog.len = nr;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog));
}

static int tap_attach(int fd, const struct options *o, int prog_fd)
{
	int err;

	if (o->classic)
		err = classic_attach(fd, o->classic);
	else
		err = setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd,
				 sizeof(prog_fd));
	return err ? fail("attach a filter")
		   : packet_bind(fd, o->out, ETH_P_ALL);
}

/*
 * tcpdump's filters count from the link header, ours from the network header:
 * each gets the kind of socket that it is written for.
 */
static int taps_open(const struct options *o, int prog_fd)
{
	int type = o->classic ? SOCK_RAW : SOCK_DGRAM;
	unsigned i;

	if (!o->classic && prog_fd < 0)
		return fail("BPF program");
	for (i = 0; i < o->nr_taps; i++) {
		int fd = socket(AF_PACKET, type, 0);

		if (fd < 0)
			return fail("packet socket");
		if (tap_attach(fd, o, prog_fd))
			return -1;
	}
	return 0;
}

/* Wait until it is time for packet NR of a flow that began at START. */
static void pace(const struct options *o, uint64_t start, unsigned long nr)
{
	uint64_t due;

	if (!o->rate)
		return;
	due = start + nr * 1000000000ull / o->rate;
	/* A slow flow leaves its CPU to others. */
	if (now_ns() + SPIN_NS < due)
		usleep((due - now_ns()) / 1000);
	while (now_ns() < due)
		;
}

static int flood(int fd, const struct options *o, struct frame *f)
{
	struct iovec iov = {.iov_base = f, .iov_len = sizeof(*f)};
	struct mmsghdr msgs[BATCH_FAST] = {};
	unsigned long sent = 0, batch = o->has_time ? 1
					: o->rate   ? BATCH_PACED
						    : BATCH_FAST;
	uint64_t start = now_ns();
	unsigned i;
	int n;

	for (i = 0; i < BATCH_FAST; i++) {
		msgs[i].msg_hdr.msg_iov = &iov;
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	while (sent < o->nr_packets) {
		if (batch > o->nr_packets - sent)
			batch = o->nr_packets - sent;
		pace(o, start, sent);
		if (o->has_time)
			f->tcp.seq = htonl(now_ns() / 1000);
		n = sendmmsg(fd, msgs, batch, 0);
		if (n < 0 && errno != ENOBUFS && errno != EINTR)
			return fail("send");
		if (n > 0)
			sent += n;
	}
	printf("%lu %llu ", sent, (unsigned long long)(now_ns() - start));
	return 0;
}

static int prog_open(const struct options *o)
{
	if (o->prog_id)
		return bpf_prog_get_fd_by_id(o->prog_id);
	return o->is_empty ? empty_load() : -1;
}

static int print_runs(int prog_fd)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	if (prog_fd >= 0 && bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return fail("BPF program");
	printf("%llu %llu\n", (unsigned long long)info.run_time_ns,
	       (unsigned long long)info.run_cnt);
	return 0;
}

static int run(const struct options *o)
{
	struct frame frame;
	int one = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int prog_fd = prog_open(o);

	if (fd < 0)
		return fail("packet socket");
	if (packet_bind(fd, o->in, 0) || frame_fill(&frame, fd, o))
		return -1;
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		return fail("PACKET_QDISC_BYPASS");
	if (o->nr_taps && taps_open(o, prog_fd))
		return -1;
	if (flood(fd, o, &frame))
		return -1;
	return print_runs(prog_fd);
}

static int usage(void)
{
	fputs("usage: taps -i IFACE -o IFACE [-n PACKETS] [-r RATE] [-s ADDR]\n"
	      "            [-d PORT] [-T] [-t TAPS]"
	      " [-c FILTER | -e | -p PROG_ID]\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct options o = {
		.nr_packets = 1000,
		.addr.s_addr = htonl(0x0a000002),
		.port = 9,
	};
	int c;

	while ((c = getopt(argc, argv, "i:o:n:r:s:d:Tt:c:ep:")) != -1) {
		if (c == 'i')
			o.in = optarg;
		else if (c == 'o')
			o.out = optarg;
		else if (c == 'n')
			o.nr_packets = strtoul(optarg, NULL, 10);
		else if (c == 'r')
			o.rate = strtoul(optarg, NULL, 10);
		else if (c == 's')
			o.addr.s_addr = inet_addr(optarg);
		else if (c == 'd')
			o.port = strtoul(optarg, NULL, 10);
		else if (c == 'T')
			o.has_time = true;
		else if (c == 't')
			o.nr_taps = strtoul(optarg, NULL, 10);
		else if (c == 'c')
			o.classic = optarg;
		else if (c == 'e')
			o.is_empty = true;
		else if (c == 'p')
			o.prog_id = strtoul(optarg, NULL, 10);
		else
			return usage();
	}
	if (!o.in || !o.out || optind != argc)
		return usage();
	return run(&o) ? 1 : 0;
}
