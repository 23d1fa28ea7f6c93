// SPDX-License-Identifier: GPL-2.0
/* Files of packets that end or fill up: nothing is cut, what is lost is counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "unit/pcapng_file.h"

#define TOO_LARGE "the file is too large (see ulimit -f)"

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
		check_error(p, "x", TOO_LARGE);
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
	check_error(p, "-", TOO_LARGE);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_a_write),
		cmocka_unit_test(no_room_for_statistics),
		cmocka_unit_test(stdout_is_a_file),
		cmocka_unit_test(reader_goes),
		cmocka_unit_test(reader_sleeps),
		cmocka_unit_test(full_pipe_at_the_start),
		cmocka_unit_test(deleted_meanwhile),
	};

	return cmocka_run_group_tests_name("pcapng losses", tests, make_dir,
					   remove_dir);
}
