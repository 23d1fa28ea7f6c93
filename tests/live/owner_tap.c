// SPDX-License-Identifier: GPL-2.0
/*
 * For tests/live/owner.sh: the TCP packets of a namespace with their owners, by
 * the interface of tools/kernel/owner.h alone. One line a packet:
 *
 *	in S 10.0.0.1 40000 10.0.0.2 80 PID UID COMM CGROUP listener
 *
 * with "- - - - -" for one without an owner, and "- - - - unknown" for one whose
 * owner cannot be told.
 *
 *	owner_tap [-N NETNS] [-C CGROUP] [-w SNAPSHOT_MS] [-n]
 *
 * says "tracing" on stderr and goes on until SIGINT; with -n no packets are
 * read, to measure what the programs alone cost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "compile/compile.h"
#include "compile/source.h"
#include "event.h"
#include "kernel/netns.h"
#include "kernel/owner.h"
#include "kernel/place.h"

#define HELD_MAX 65536
#define SNAP 120
#define TICK_NS 5000000

struct held {
	uint64_t ts_ns;
	_Alignas(8) uint8_t bytes[SNAP];
	uint32_t ifindex;
	bool is_out;
};

static struct {
	struct owners *owners;
	struct loop *loop;
	int fd;
	struct held held[HELD_MAX];
	size_t first, nr;
	uint64_t nr_overflows, find_ns, nr_finds;
} tap;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void on_signal(void *arg, int sig)
{
	loop_stop(tap.loop);
}

/* The address family of the packet, 0 for one that is no TCP. */
static int packet_parse(const struct held *h, struct owner_packet *p)
{
	const struct iphdr *ip4 = (const void *)h->bytes;
	const struct ip6_hdr *ip6 = (const void *)h->bytes;
	const struct tcphdr *tcp;
	const uint8_t *src, *dst;
	bool is_v4 = ip4->version == 4;

	if (is_v4 ? ip4->protocol != IPPROTO_TCP : ip6->ip6_nxt != IPPROTO_TCP)
		return 0;
	tcp = (const void *)(h->bytes + (is_v4 ? ip4->ihl * 4 : sizeof(*ip6)));
	src = is_v4 ? (const void *)&ip4->saddr : (const void *)&ip6->ip6_src;
	dst = is_v4 ? (const void *)&ip4->daddr : (const void *)&ip6->ip6_dst;
	*p = (struct owner_packet){
		.ts_ns = h->ts_ns,
		.local = h->is_out ? src : dst,
		.remote = h->is_out ? dst : src,
		.lport = ntohs(h->is_out ? tcp->source : tcp->dest),
		.rport = ntohs(h->is_out ? tcp->dest : tcp->source),
		.ifindex = h->ifindex,
		.flags = ((const uint8_t *)tcp)[13],
		.ip = is_v4 ? 4 : 6,
		.is_out = h->is_out,
	};
	return is_v4 ? AF_INET : AF_INET6;
}

static void flags_print(uint16_t flags)
{
	static const char letters[] = "FSRPA";
	size_t i;

	for (i = 0; letters[i]; i++)
		if (flags & 1 << i)
			putchar(letters[i]);
}

static void held_show(const struct held *h)
{
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];
	struct owner_packet p;
	struct owner o;
	int af = packet_parse(h, &p);
	const char *path;
	uint64_t start;
	enum owner_answer answer;

	if (!af)
		return;
	start = now_ns();
	answer = owners_find(tap.owners, &p, &o);
	tap.find_ns += now_ns() - start;
	tap.nr_finds++;
	inet_ntop(af, p.local, local, sizeof(local));
	inet_ntop(af, p.remote, remote, sizeof(remote));
	printf("%s ", p.is_out ? "out" : "in");
	flags_print(p.flags);
	printf(" %s %u %s %u ", p.is_out ? local : remote,
	       p.is_out ? p.lport : p.rport, p.is_out ? remote : local,
	       p.is_out ? p.rport : p.lport);
	if (answer != OWNER_KNOWN) {
		puts(answer == OWNER_NONE ? "- - - - -" : "- - - - unknown");
		return;
	}
	path = owners_cgroup(tap.owners, o.cgroup_id);
	printf("%u %u %s %s %s%s\n", o.pid, o.uid, o.comm, path ?: "?",
	       o.is_listener ? "listener" : "owner",
	       o.is_in_cgroup ? " in" : "");
}

/* Those that are old enough by now. */
static void show_until(uint64_t ts_ns)
{
	while (tap.nr && tap.held[tap.first].ts_ns <= ts_ns) {
		held_show(&tap.held[tap.first]);
		tap.first = (tap.first + 1) % HELD_MAX;
		tap.nr--;
	}
}

static void on_tick(void *arg, int fd, uint32_t events)
{
	show_until(now_ns() - OWNERS_SETTLE_NS);
	owners_tend(tap.owners);
}

/* When the kernel had the packet, on the other clock. */
static uint64_t arrival_ns(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct timespec real, ts;

	clock_gettime(CLOCK_REALTIME, &real);
	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	return now_ns() - ((real.tv_sec - ts.tv_sec) * 1000000000ll +
			   real.tv_nsec - ts.tv_nsec);
}

static void on_packet(void *arg, int fd, uint32_t events)
{
	struct sockaddr_ll from;
	char control[64];
	struct held *h;
	struct iovec iov = {.iov_len = SNAP};
	struct msghdr m;

	while (tap.nr < HELD_MAX) {
		h = &tap.held[(tap.first + tap.nr) % HELD_MAX];
		memset(h->bytes, 0, sizeof(h->bytes));
		iov.iov_base = h->bytes;
		m = (struct msghdr){
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		if (recvmsg(fd, &m, MSG_DONTWAIT) < 0)
			return;
		h->ts_ns = arrival_ns(&m);
		h->ifindex = from.sll_ifindex;
		h->is_out = from.sll_pkttype == PACKET_OUTGOING;
		tap.nr++;
	}
	tap.nr_overflows++;
}

static int socket_open(int netns)
{
	int previous = netns_enter(netns), size = 64 << 20, one = 1, fd;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(ETH_P_ALL));
	netns_leave(previous);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one));
	return fd;
}

static struct image *image_get(bool want_cgroup)
{
	const struct source_knob knobs[] = {
		{"WANT_CGROUP", want_cgroup}, {"WANT_OWNER", false}, {}};
	struct compile_opts opts = {
		.text = source_assemble("bpf_src/owner.c", knobs, NULL),
		.name = "owner.c",
		.want_cache = true,
		.limit_s = 250, /* in an emulated machine */
	};
	struct compile_report report;
	struct compile_error err;
	struct image *img;

	if (compile(&opts, &img, &report, &err)) {
		log_err("%s", err.text);
		log_block(err.detail ?: "");
		exit(1);
	}
	free((char *)opts.text);
	return img;
}

static void owners_start(const struct owners_opts *opts, int wait_ms)
{
	struct load_error err;
	int ret;

	tap.owners = owners_open(opts, tap.loop, &err);
	if (!tap.owners) {
		log_err("%s", err.text);
		log_block(err.detail ?: "");
		exit(1);
	}
	ret = owners_wait(tap.owners, wait_ms);
	if (ret)
		log_err("snapshot: %s", strerror(-ret));
}

int main(int argc, char **argv)
{
	static const char *const all[] = {NULL};
	const struct rlimit no_limit = {RLIM_INFINITY, RLIM_INFINITY};
	struct owners_opts opts = {.netns = -1};
	const char *netns = NULL;
	int opt, wait_ms = 1000;
	bool want_packets = true;
	struct place place;
	char err[256];

	/* Before Linux 5.11 maps are charged to it, in the compile child too. */
	setrlimit(RLIMIT_MEMLOCK, &no_limit);
	log_init("owner_tap");
	log_set_level(LOG_VERBOSE);
	while ((opt = getopt(argc, argv, "N:C:w:n")) != -1) {
		if (opt == 'N')
			netns = optarg;
		else if (opt == 'C')
			opts.cgroup = optarg;
		else if (opt == 'w')
			wait_ms = atoi(optarg);
		else
			want_packets = false;
	}
	if (place_find(netns, all, &place, err, sizeof(err)) ||
	    (netns && (opts.netns = netns_open(netns, err, sizeof(err))) < 0)) {
		log_err("%s", err);
		return 1;
	}
	opts.netns_inum = place.netns_inum;
	tap.loop = loop_new(on_signal, NULL);
	loop_take_signals(tap.loop);
	opts.img = image_get(opts.cgroup);
	owners_start(&opts, wait_ms);
	if (want_packets)
		tap.fd = socket_open(opts.netns);
	if (want_packets)
		loop_add(tap.loop, tap.fd, on_packet, NULL);
	loop_timer(tap.loop, TICK_NS, TICK_NS, on_tick, NULL);
	log_info("tracing");
	loop_run(tap.loop);
	if (want_packets)
		on_packet(NULL, tap.fd, 0);
	usleep(OWNERS_SETTLE_NS / 1000);
	show_until(UINT64_MAX);
	log_info("%llu lookups, %llu ns each, %llu overflows",
		 (unsigned long long)tap.nr_finds,
		 (unsigned long long)(tap.nr_finds ? tap.find_ns / tap.nr_finds
						   : 0),
		 (unsigned long long)tap.nr_overflows);
	owners_close(tap.owners);
	image_free((struct image *)opts.img);
	loop_free(tap.loop);
	return 0;
}
