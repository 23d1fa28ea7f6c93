// SPDX-License-Identifier: GPL-2.0
/* Files of packets: interfaces, rotation, losses, and destinations that end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "unit/view_print.h"
#include "view/pcapng.h"

#define SECTION 0x0a0d0d0a
#define INTERFACE 1
#define STATISTICS 5
#define PACKET 6

#define FRAME_LEN 100
/* Head and tail 32, data 100, comment 16, flags 8, end 4. */
#define PACKET_SIZE 160

static char dir[] = "/tmp/pcapng_test.XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* The path stays valid until the next call. */
static struct pcapng_opts options(const char *name)
{
	static char path[128];

	strcpy(path, name[0] == '/' || name[0] == '-' ? name : in_dir(name));
	return (struct pcapng_opts){
		.path = path, .program = "test", .version = "0"};
}

static struct pcapng *must_open(const struct pcapng_opts *opts)
{
	char err[4500] = "";
	struct pcapng *p = pcapng_open(opts, err, sizeof(err));

	assert_string_equal(err, "");
	assert_non_null(p);
	return p;
}

/* One packet more; the result. */
static int put(struct pcapng *p, const struct record *rec)
{
	static const uint8_t bytes[FRAME_LEN] = {0x45};
	struct pcapng_frame frame = {bytes, sizeof(bytes), 1500, PCAPNG_RAW};

	return pcapng_packet(p, rec, &frame);
}

/* What a file holds: its blocks by type. */
struct content {
	size_t size, nr_sections, nr_interfaces, nr_packets, nr_statistics;
	uint32_t last_interface;			   /* of a packet */
	uint64_t seen, lost, matched, lost_os, nr_written; /* summed up */
};

static uint64_t option_value(const uint8_t *block, uint16_t code)
{
	const uint8_t *p = block + 20;
	uint64_t value;
	uint16_t head[2];

	for (;; p += 4 + (head[1] + 3) / 4 * 4) {
		memcpy(head, p, sizeof(head));
		if (!head[0])
			return 0;
		memcpy(&value, p + 4, sizeof(value));
		if (head[0] == code)
			return value;
	}
}

static void count_block(struct content *c, const uint8_t *block, uint32_t type)
{
	c->nr_sections += type == SECTION;
	c->nr_interfaces += type == INTERFACE;
	c->nr_packets += type == PACKET;
	c->nr_statistics += type == STATISTICS;
	if (type == PACKET)
		memcpy(&c->last_interface, block + 8, 4);
	if (type != STATISTICS)
		return;
	c->seen += option_value(block, 4);
	c->lost += option_value(block, 5);
	c->matched += option_value(block, 6);
	c->lost_os += option_value(block, 7);
	c->nr_written += option_value(block, 8);
}

/* All of it must be whole blocks, a section first. */
static struct content read_blocks(int fd)
{
	static uint8_t bytes[1 << 22];
	struct content c = {0};
	uint32_t head[2] = {0, 0};
	size_t at, size = 0;
	ssize_t n;

	while ((n = read(fd, bytes + size, sizeof(bytes) - size)) > 0)
		size += n;
	close(fd);
	for (at = 0; at < size; at += head[1]) {
		assert_true(size - at >= 12);
		memcpy(head, bytes + at, sizeof(head));
		assert_true(head[1] >= 12 && head[1] <= size - at);
		assert_memory_equal(bytes + at + head[1] - 4, &head[1], 4);
		assert_true(at || head[0] == SECTION);
		count_block(&c, bytes + at, head[0]);
	}
	c.size = size;
	return c;
}

static struct content content(const char *name)
{
	int fd = open(in_dir(name), O_RDONLY);

	assert_true(fd >= 0);
	return read_blocks(fd);
}

static void remove_file(const char *name)
{
	assert_int_equal(unlink(in_dir(name)), 0);
}

static const struct summary counts = {
	.seen = 200,
	.filtered = 100,
	.matched = 100,
	.shown = 40,
	.lost_submit = 10,
	.lost_ring = 20,
	.lost_view = 30,
	.hooks = {{"socket", "", 150, 70}, {"xdp", "eth1", 50, 30}},
	.nr_hooks = 2,
};

static void empty_file(void **state)
{
	struct pcapng_opts opts = options("x");
	struct pcapng *p = must_open(&opts);
	struct content c = content("x");

	assert_int_equal(c.nr_sections, 1); /* at once */
	assert_int_equal(pcapng_close(p, &counts), 0);
	c = content("x");
	assert_int_equal(c.nr_interfaces, 2); /* to hold the statistics */
	assert_int_equal(c.nr_statistics, 2);
	assert_int_equal(c.nr_written, 0);
	assert_int_equal(c.lost, 60);
	assert_int_equal(pcapng_nr_lost(p), 0);
	assert_int_equal(pcapng_close(p, NULL), 0);
	pcapng_free(p);
	pcapng_free(NULL);
	remove_file("x");
}

static void one_interface_each(void **state)
{
	struct pcapng_opts opts = options("x");
	struct pcapng *p = must_open(&opts);
	struct record rec = ip4_record();
	struct pcapng_frame frame = {NULL, 0, 60, PCAPNG_ETHERNET};
	struct content c;

	assert_int_equal(put(p, &rec), 0);
	rec.ifname = "eth1";
	assert_int_equal(put(p, &rec), 0);
	rec.hook = "xdp";
	assert_int_equal(put(p, &rec), 0);
	rec.has_netns = true;
	assert_int_equal(put(p, &rec), 0);
	rec.netns = 4026531840;
	assert_int_equal(put(p, &rec), 0);
	assert_int_equal(pcapng_packet(p, &rec, &frame), 0);
	rec = ip4_record();
	assert_int_equal(put(p, &rec), 0);
	assert_int_equal(pcapng_nr_lost(p), 7); /* so far only buffered */
	assert_int_equal(pcapng_flush(p), 0);
	assert_int_equal(pcapng_nr_lost(p), 0);
	c = content("x");
	assert_int_equal(c.nr_interfaces, 6);
	assert_int_equal(c.nr_packets, 7);
	assert_int_equal(c.last_interface, 0);
	assert_int_equal(pcapng_close(p, &counts), 0);
	pcapng_free(p);
	c = content("x");
	assert_int_equal(c.nr_interfaces, 6);
	assert_int_equal(c.nr_statistics, 6);
	assert_int_equal(c.nr_written, 7);
	assert_int_equal(c.seen, 200);
	assert_int_equal(c.matched, 100);
	assert_int_equal(c.lost, 60);
	assert_int_equal(c.lost_os, 30);
	remove_file("x");
}

static void packets(struct pcapng *p, unsigned nr)
{
	struct record rec = ip4_record();

	while (nr--) {
		assert_int_equal(put(p, &rec), 0);
		rec.ts_ns += 1000000000;
	}
}

static void rotation_by_size(void **state)
{
	static const char *const names[] = {"x.1.pcapng", "x.10.pcapng"};
	struct pcapng_opts opts = options("x.pcapng");
	struct pcapng *p;
	struct content c;
	unsigned i, nr;
	char name[32];

	opts.rotate_bytes = 4096;
	p = must_open(&opts);
	packets(p, 260);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 0);
	pcapng_free(p);
	c = content("x.pcapng");
	/* The packet that makes it full is in it, and the statistics. */
	assert_in_range(c.size, 4096, 4096 + PACKET_SIZE + 80);
	assert_int_equal(c.nr_statistics, 1);
	assert_int_equal(c.nr_written, c.nr_packets);
	assert_int_equal(c.lost, 0); /* not known yet */
	assert_int_equal(content(names[0]).nr_sections, 1);
	assert_int_equal(content(names[1]).lost, 60);
	i = content("x.pcapng").nr_packets;
	remove_file("x.pcapng");
	for (nr = 1; nr <= 10; nr++) {
		snprintf(name, sizeof(name), "x.%u.pcapng", nr);
		i += content(name).nr_packets;
		remove_file(name);
	}
	assert_int_equal(i, 260);
	assert_int_equal(access(in_dir("x.11.pcapng"), F_OK), -1);
}

static void rotation_by_time(void **state)
{
	struct pcapng_opts opts = options(".x");
	struct pcapng *p;

	opts.rotate_ns = 5000000000;
	p = must_open(&opts);
	packets(p, 12); /* one a second */
	assert_int_equal(pcapng_close(p, NULL), 0);
	pcapng_free(p);
	assert_int_equal(content(".x").nr_packets, 5);
	assert_int_equal(content(".x.1").nr_packets, 5);
	assert_int_equal(content(".x.2").nr_packets, 2);
	remove_file(".x");
	remove_file(".x.1");
	remove_file(".x.2");
}

static void check_refused(const struct pcapng_opts *opts, const char *why)
{
	char err[4500], want[256];

	snprintf(want, sizeof(want), "cannot write %s: %s",
		 strcmp(opts->path, "-") ? opts->path : "stdout", why);
	assert_null(pcapng_open(opts, err, sizeof(err)));
	assert_string_equal(err, want);
}

static void what_cannot_be_opened(void **state)
{
	struct pcapng_opts opts = options("no/x");
	char name[64], path[5000];
	int pty, tty;

	check_refused(&opts, "No such file or directory");
	opts = options(dir);
	check_refused(&opts, "Is a directory");
	opts = options("/dev/full");
	check_refused(&opts, "No space left on device");
	assert_int_equal(openpty(&pty, &tty, name, NULL, NULL), 0);
	opts = options(name);
	check_refused(&opts, "it is a terminal; name a file or a pipe");
	close(pty);
	close(tty);
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	opts = options("fifo");
	check_refused(&opts, "nothing reads from it");
	remove_file("fifo");
	opts = options("/dev/null");
	opts.rotate_ns = 1;
	check_refused(&opts, "only regular files can be rotated");
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	opts.path = path;
	assert_null(pcapng_open(&opts, name, sizeof(name)));
	assert_int_equal(strspn(name + 13, "x"), sizeof(name) - 14);
}

/* Packets until an error; how many were given, and it is told only once. */
static unsigned until_error(struct pcapng *p, int want, unsigned max)
{
	struct record rec = ip4_record();
	unsigned nr = 0, i;
	int err = 0;

	while (!err && nr++ < max)
		err = put(p, &rec);
	assert_int_equal(err, want);
	for (i = 0; i < 10; i++)
		assert_int_equal(put(p, &rec), 0);
	assert_int_equal(pcapng_flush(p), 0);
	return nr + i;
}

static void check_error(const struct pcapng *p, const char *name,
			const char *why)
{
	char want[256];

	snprintf(want, sizeof(want), "cannot write %s: %s",
		 name[0] == '-' ? "stdout" : in_dir(name), why);
	assert_string_equal(pcapng_error(p), want);
}

/* What is in the file is whole, and what is not is counted. */
static void check_cut(struct pcapng *p, const char *name, unsigned nr_given,
		      size_t limit)
{
	struct content c;

	assert_int_equal(pcapng_close(p, &counts), 0);
	c = content(name);
	assert_int_equal(c.nr_packets, nr_given - pcapng_nr_lost(p));
	assert_in_range(c.size, limit - PACKET_SIZE, limit);
	assert_int_equal(c.nr_statistics, 0);
	pcapng_free(p);
	remove_file(name);
}

static void full_disk(void **state)
{
	struct pcapng_opts opts = options("disk/x");
	struct pcapng *p;
	unsigned nr;

	if (unshare(CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		skip(); /* needs root */
	assert_int_equal(mkdir(in_dir("disk"), 0700), 0);
	assert_int_equal(mount("disk", in_dir("disk"), "tmpfs", 0, "size=256k"),
			 0);
	p = must_open(&opts);
	nr = until_error(p, -ENOSPC, 10000);
	check_error(p, "disk/x", "No space left on device");
	check_cut(p, "disk/x", nr, 256 << 10);
	assert_int_equal(umount(in_dir("disk")), 0);
	assert_int_equal(rmdir(in_dir("disk")), 0);
}

static void set_limit(size_t limit)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	struct rlimit to = {limit, RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, limit ? &to : &all), 0);
}

/* A write that is taken in part, with and without a call that tells of it. */
static void half_a_write(void **state)
{
	struct pcapng_opts opts = options("x");
	size_t limit;
	struct pcapng *p;
	unsigned nr;

	for (limit = 70000; limit < 70000 + PACKET_SIZE; limit += 3) {
		set_limit(limit);
		p = must_open(&opts);
		nr = until_error(p, -EFBIG, 10000);
		check_error(p, "x", "File too large");
		check_cut(p, "x", nr, limit);
	}
	set_limit(1000);
	p = must_open(&opts);
	packets(p, 10);
	assert_int_equal(pcapng_nr_lost(p), 10);
	assert_int_equal(pcapng_close(p, &counts), -EFBIG);
	check_cut(p, "x", 10, 1000);
	set_limit(0);
}

/* The statistics find no room: no packet is lost by that. */
static void no_room_for_statistics(void **state)
{
	struct pcapng_opts opts = options("x");
	struct pcapng *p = must_open(&opts);
	struct content c;

	packets(p, 10);
	assert_int_equal(pcapng_flush(p), 0);
	set_limit(content("x").size + 10);
	assert_int_equal(pcapng_close(p, &counts), -EFBIG);
	set_limit(0);
	assert_int_equal(pcapng_nr_lost(p), 0);
	c = content("x");
	assert_int_equal(c.nr_packets, 10);
	assert_int_equal(c.nr_statistics, 0);
	pcapng_free(p);
	remove_file("x");
}

/* Behind what the shell's file holds already; our blocks alone are cut. */
static void stdout_is_a_file(void **state)
{
	int saved = dup(STDOUT_FILENO), fd, err[2];
	struct record rec = ip4_record();
	struct pcapng_opts opts = options("-");
	struct content c;
	struct pcapng *p;
	unsigned nr;

	fd = open(in_dir("x"), O_RDWR | O_CREAT | O_APPEND, 0600);
	assert_true(saved >= 0 && fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	set_limit(70000);
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	p = must_open(&opts);
	for (nr = 1, err[0] = 0; !err[0] && nr < 10000; nr++)
		err[0] = put(p, &rec);
	err[1] = pcapng_close(p, NULL);
	dup2(saved, STDOUT_FILENO);
	set_limit(0);
	close(saved);
	assert_int_equal(err[0], -EFBIG);
	assert_int_equal(err[1], 0);
	check_error(p, "-", "File too large");
	lseek(fd, 3, SEEK_SET);
	c = read_blocks(fd);
	assert_int_equal(c.nr_packets + pcapng_nr_lost(p), nr - 1);
	assert_in_range(c.size, 70000 - 3 - PACKET_SIZE, 70000 - 3);
	pcapng_free(p);
	remove_file("x");
}

static int fifo_reader(void)
{
	int fd;

	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(mkfifo(in_dir("x"), 0600), 0);
	fd = open(in_dir("x"), O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	return fd;
}

static void reader_goes(void **state)
{
	struct pcapng_opts opts = options("x");
	int fd = fifo_reader();
	struct pcapng *p = must_open(&opts);

	packets(p, 10);
	assert_int_equal(pcapng_flush(p), 0);
	packets(p, 5);
	close(fd);
	assert_int_equal(pcapng_flush(p), -EPIPE);
	check_error(p, "x", "Broken pipe");
	packets(p, 5);
	assert_int_equal(pcapng_flush(p), 0);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 10);
	pcapng_free(p);
	remove_file("x");
}

/* A pipe is full and we are to stop: nothing hangs, and no block is cut. */
static void reader_sleeps(void **state)
{
	struct pcapng_opts opts = options("x");
	int fd = fifo_reader(), stop = eventfd(1, EFD_CLOEXEC);
	struct pcapng *p = must_open(&opts);
	struct content c;

	pcapng_set_stop(p, stop);
	packets(p, 1000);
	assert_int_equal(pcapng_flush(p), -EINTR);
	assert_int_equal(pcapng_flush(p), -EINTR);
	assert_string_equal(pcapng_error(p), "");
	assert_int_equal(pcapng_close(p, &counts), -EINTR);
	check_error(p, "x", "stopped while its reader takes nothing");
	c = read_blocks(fd);
	assert_in_range(c.nr_packets, 300, 420); /* of 64 KiB */
	assert_int_equal(c.nr_packets + pcapng_nr_lost(p), 1000);
	pcapng_free(p);
	close(stop);
	remove_file("x");
}

static void full_pipe_at_the_start(void **state)
{
	static char zeros[1 << 20];
	struct pcapng_opts opts = options("x");
	int fd = fifo_reader(), fill = open(in_dir("x"), O_WRONLY | O_NONBLOCK);
	struct pcapng *p;
	struct content c;

	while (write(fill, zeros, 4096) > 0)
		;
	p = must_open(&opts); /* does not wait */
	packets(p, 1);
	assert_int_equal(pcapng_nr_lost(p), 1);
	while (read(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fill);
	assert_int_equal(pcapng_close(p, &counts), 0);
	c = read_blocks(fd);
	assert_int_equal(c.nr_packets, 1);
	assert_int_equal(c.lost, 60);
	pcapng_free(p);
	remove_file("x");
}

static void deleted_meanwhile(void **state)
{
	struct pcapng_opts opts = options("x");
	struct pcapng *p = must_open(&opts);

	packets(p, 10);
	assert_int_equal(pcapng_flush(p), 0);
	packets(p, 5);
	remove_file("x");
	assert_int_equal(pcapng_flush(p), -ESTALE);
	check_error(p, "x", "the file was deleted");
	packets(p, 1);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 16);
	pcapng_free(p);
}

static void directory_goes_before_rotation(void **state)
{
	struct pcapng_opts opts = options("sub/x.pcapng");
	struct record rec = ip4_record();
	char from[128];
	struct pcapng *p;

	opts.rotate_bytes = 1;
	assert_int_equal(mkdir(in_dir("sub"), 0700), 0);
	p = must_open(&opts);
	packets(p, 1);
	strcpy(from, in_dir("sub"));
	assert_int_equal(rename(from, in_dir("sub2")), 0);
	assert_int_equal(put(p, &rec), -ENOENT);
	check_error(p, "sub/x.1.pcapng", "No such file or directory");
	assert_int_equal(put(p, &rec), 0);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 2);
	pcapng_free(p);
	assert_int_equal(content("sub2/x.pcapng").nr_packets, 1);
	assert_int_equal(content("sub2/x.pcapng").nr_statistics, 1);
	remove_file("sub2/x.pcapng");
	assert_int_equal(rmdir(in_dir("sub2")), 0);
}

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_file),
		cmocka_unit_test(one_interface_each),
		cmocka_unit_test(rotation_by_size),
		cmocka_unit_test(rotation_by_time),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(full_disk),
		cmocka_unit_test(half_a_write),
		cmocka_unit_test(no_room_for_statistics),
		cmocka_unit_test(stdout_is_a_file),
		cmocka_unit_test(reader_goes),
		cmocka_unit_test(reader_sleeps),
		cmocka_unit_test(full_pipe_at_the_start),
		cmocka_unit_test(deleted_meanwhile),
		cmocka_unit_test(directory_goes_before_rotation),
	};

	return cmocka_run_group_tests_name("pcapng", tests, make_dir,
					   remove_dir);
}
