// SPDX-License-Identifier: GPL-2.0
/*
 * A tool that takes packets itself (front/segment_tool.h): it gets the bytes
 * that it wants of each, whatever -x and -w say, in a record that is complete.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "front/filter_opts.h"
#include "front/front.h"
#include "front/segment.h"
#include "live/ns.h"

#define PORT 8080
#define SENT 300   /* bytes of payload, in one segment */
#define HEADERS 52 /* IPv4, TCP with its timestamps */
#define WANTED 200 /* bytes of each packet */
#define WAIT_MS 30000

/* What the tool, a child, has seen. */
static struct seen {
	unsigned nr;	  /* packets */
	unsigned nr_data; /* with payload */
	uint32_t len, payload_len;
	char payload[WANTED];
	char ifname[IF_NAMESIZE];
} * seen;

static struct options {
	struct filter filter;
	struct pcap_filter pcap;
	struct segment_opts segment;
	struct capture_opts capture;
	struct run_opts common;
	struct segments *segments;
} options = {
	.segment = {SEGMENT_DEFAULTS, .no_owner = true},
	.capture = {CAPTURE_DEFAULTS},
	.common = {FRONT_DEFAULTS},
};

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	FILTER_ENDS(NULL),
	RUN_OPTS("packets"),
	OPT_END,
};

static void take(void *arg, struct run *run, struct record *rec)
{
	seen->nr++;
	if (rec->len) {
		seen->nr_data++;
		seen->len = rec->len;
		seen->payload_len = rec->payload_len;
		memcpy(seen->payload, rec->payload, rec->payload_len);
		snprintf(seen->ifname, sizeof(seen->ifname), "%s", rec->ifname);
	}
	run_show(run, rec);
}

static struct segment_tool tool = {
	.filter = &options.filter,
	.pcap = &options.pcap,
	.segment = &options.segment,
	.capture = &options.capture,
	.common = &options.common,
	.want_bytes = WANTED,
	.take = take,
};

static int prepare(void *arg, struct parse_err *err)
{
	return segment_prepare(&tool, err);
}

static char *text(const void *arg, const struct run_program *program)
{
	return segment_text(&tool, program);
}

static int make(void *arg, struct run_tool *run_tool, struct run_program *extra,
		size_t *nr_extra)
{
	options.segments = segments_new(&tool);
	segments_tool(options.segments, run_tool, extra, nr_extra);
	return 0;
}

static void release(void *arg)
{
	segments_free(options.segments);
	segment_release(&tool);
}

static const struct front front = {
	.name = "tcpsnoop-c", /* whose texts it runs */
	.opts = opts,
	.options = &options,
	.common = &options.common,
	.filter = &options.filter,
	.pcap = &options.pcap,
	.prepare = prepare,
	.text = text,
	.make = make,
	.hooks = hooks,
	.release = release,
};

/* The tool, with its words going to ERR_FD. */
static void tool_run(int err_fd)
{
	char *argv[] = {"tool", "-p", "8080", "-d", "30", "-c", "4", NULL};

	dup2(err_fd, STDERR_FILENO);
	if (!freopen("/dev/null", "w", stdout))
		_exit(1);
	_exit(front_main(&front, 7, argv));
}

/* Until the tool says that it is tracing. 0 or -1. */
static int wait_tracing(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char words[4096] = "";
	size_t len = 0;
	ssize_t n;

	while (poll(&p, 1, WAIT_MS) == 1) {
		n = read(fd, words + len, sizeof(words) - 1 - len);
		if (n <= 0)
			break;
		len += n;
		words[len] = 0;
		if (strstr(words, "tracing"))
			return 0;
	}
	print_message("# %s\n", words);
	return -1;
}

static int loopback_up(void)
{
	struct ifreq ifr = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret = ioctl(fd, SIOCSIFFLAGS, &ifr);

	close(fd);
	return ret;
}

/* SYN, ACK, data and FIN come in to PORT: four packets. 0 or -1. */
static int talk(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(PORT),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0), taken;
	char bytes[SENT];

	memset(bytes, 'a', sizeof(bytes));
	memcpy(bytes, "GET /", 5);
	if (bind(server, (struct sockaddr *)&to, sizeof(to)) ||
	    listen(server, 1) ||
	    connect(client, (struct sockaddr *)&to, sizeof(to)))
		return -1;
	taken = accept(server, NULL, NULL);
	if (send(client, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
	    recv(taken, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes))
		return -1;
	close(client);
	close(taken);
	close(server);
	return 0;
}

static int tool_on_talk(void)
{
	int words[2], status;
	pid_t pid;

	if (unshare(CLONE_NEWNET))
		return SKIPPED;
	if (loopback_up() || pipe(words))
		return 1;
	pid = fork();
	if (!pid)
		tool_run(words[1]);
	close(words[1]);
	if (wait_tracing(words[0]) || talk())
		kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void takes_each_packet_with_its_bytes(void **state)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(seen, MAP_FAILED);
	child_check(tool_on_talk, "network namespace");
	assert_int_equal(seen->nr, 4);
	assert_int_equal(seen->nr_data, 1);
	assert_int_equal(seen->len, SENT);
	assert_int_equal(seen->payload_len, WANTED - HEADERS);
	assert_memory_equal(seen->payload, "GET /aaaa", 9);
	assert_string_equal(seen->ifname, "lo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_each_packet_with_its_bytes),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("segment_take", tests, NULL, NULL);
}
