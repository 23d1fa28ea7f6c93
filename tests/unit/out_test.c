// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/out.h"

#define PIPE_SIZE 65536

/* Records of 100 bytes: "0000000 xxx...\n". */
static void put_records(struct out *o, unsigned int first, unsigned int nr)
{
	char line[128];
	unsigned int i;

	for (i = first; i < first + nr; i++) {
		sprintf(line, "%07u %091u\n", i, 0);
		out_str(o, line);
		out_commit(o);
	}
}

static void assert_records(const char *p, unsigned int first, unsigned int nr)
{
	char line[128];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		sprintf(line, "%07u %091u\n", first + i, 0);
		assert_memory_equal(p + 100 * i, line, 100);
	}
}

/* Everything up to the end of FD, which is closed. */
static char *read_all(int fd, size_t *len)
{
	char *buf = malloc(4 << 20);
	ssize_t n;

	*len = 0;
	while ((n = read(fd, buf + *len, (4 << 20) - *len)) > 0)
		*len += n;
	close(fd);
	return buf;
}

static int temp_file(void)
{
	FILE *f = tmpfile();
	int fd = dup(fileno(f));

	fclose(f);
	return fd;
}

static void test_formats(void **state)
{
	int fd = temp_file();
	struct out *o = out_new(fd);
	char *got, big[40001];
	size_t len;

	memset(big, 'b', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	out_str(o, "");
	out_u64(o, 0);
	out_chr(o, ' ');
	out_u64(o, 1234567890);
	out_pad(o, 3);
	out_pad(o, 0);
	out_u64(o, UINT64_MAX);
	out_mem(o, "a\0b", 3);
	out_printf(o, "%s-%d", "x", -1);
	out_printf(o, "%s", big);
	out_commit(o);
	assert_int_equal(out_flush(o), 0);
	out_free(o);
	lseek(fd, 0, SEEK_SET);
	got = read_all(fd, &len);
	assert_int_equal(len, 42 + 40000);
	assert_memory_equal(got, "0 1234567890   18446744073709551615a\0bx--1",
			    42);
	free(got);
}

static void test_only_committed_records(void **state)
{
	int fd = temp_file();
	struct out *o = out_new(fd);
	size_t len;
	char *got;

	assert_int_equal(out_flush(o), 0);
	out_commit(o); /* nothing: no record */
	assert_int_equal(out_nr_pending(o), 0);
	put_records(o, 0, 2);
	out_str(o, "half a rec");
	assert_int_equal(out_nr_pending(o), 2);
	assert_int_equal(out_flush(o), 0);
	assert_int_equal(out_nr_pending(o), 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), 200);
	out_str(o, "ord\n");
	out_commit(o);
	assert_int_equal(out_flush(o), 0);
	out_free(o);
	out_free(NULL);
	lseek(fd, 0, SEEK_SET);
	got = read_all(fd, &len);
	assert_int_equal(len, 214);
	assert_records(got, 0, 2);
	assert_memory_equal(got + 200, "half a record\n", 14);
	free(got);
}

/* A burst without a flush does not stay in memory. */
static void test_commit_writes_from_64_kib_on(void **state)
{
	int fd = temp_file();
	struct out *o = out_new(fd);

	put_records(o, 0, 655);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	put_records(o, 655, 1);
	assert_int_equal(lseek(fd, 0, SEEK_END), 65600);
	assert_int_equal(out_nr_pending(o), 0);
	out_free(o);
	close(fd);
}

static void *read_slowly(void *fd)
{
	char *all = malloc(1 << 20);
	size_t len = 0;
	ssize_t n;

	do {
		usleep(2000);
		n = read(*(int *)fd, all + len, 7001);
		len += n > 0 ? n : 0;
	} while (n > 0);
	assert_int_equal(len, 300000);
	assert_records(all, 0, 3000);
	free(all);
	return NULL;
}

static void test_slow_reader_gets_all(void **state)
{
	pthread_t reader;
	struct out *o;
	int p[2], flags;

	for (flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
		assert_int_equal(pipe(p), 0);
		fcntl(p[1], F_SETFL, flags);
		o = out_new(p[1]);
		pthread_create(&reader, NULL, read_slowly, &p[0]);
		put_records(o, 0, 3000);
		assert_int_equal(out_flush(o), 0);
		assert_int_equal(out_nr_pending(o), 0);
		close(p[1]);
		pthread_join(reader, NULL);
		close(p[0]);
		out_free(o);
	}
}

/*
 * A reader that has stopped: the stop descriptor ends the wait, the pipe holds
 * whole records only, and a later flush goes on behind them.
 */
static void test_stop_at_a_full_pipe(void **state)
{
	int p[2], stop = eventfd(1, 0);
	char *got = malloc(200000);
	ssize_t len, more;
	struct out *o;

	assert_int_equal(pipe(p), 0);
	assert_int_equal(fcntl(p[1], F_GETPIPE_SZ), PIPE_SIZE);
	o = out_new(p[1]);
	out_set_stop(o, stop);
	put_records(o, 0, 1000);
	assert_int_equal(out_flush(o), -EINTR);
	assert_int_equal(out_flush(o), -EINTR);

	len = read(p[0], got, 200000);
	assert_int_equal(len % 100, 0);
	assert_true(len > PIPE_SIZE - 4096);
	assert_int_equal(out_nr_pending(o), 1000 - len / 100);

	/* there is room now, so that the stop does not matter */
	assert_int_equal(out_flush(o), 0);
	assert_int_equal(out_nr_pending(o), 0);
	more = read(p[0], got + len, 200000 - len);
	assert_int_equal(len + more, 100000);
	assert_records(got, 0, 1000);
	free(got);
	out_free(o);
	close(p[0]);
	close(p[1]);
	close(stop);
}

/* The stop comes in the middle of a record that no pipe takes whole. */
static void test_stop_inside_a_huge_record(void **state)
{
	int p[2], stop = eventfd(1, 0);
	char *record = malloc(150000), *got = malloc(200000);
	struct out *o;
	size_t len;

	assert_int_equal(pipe(p), 0);
	o = out_new(p[1]);
	out_set_stop(o, stop);
	for (len = 0; len < 150000; len++)
		record[len] = 'a' + len % 23;
	out_mem(o, record, 150000);
	out_commit(o);
	assert_int_equal(out_flush(o), -EINTR);
	assert_int_equal(out_nr_pending(o), 1);
	for (len = 0; len < 150000; len += read(p[0], got + len, 4096))
		assert_int_equal(out_flush(o),
				 len + PIPE_SIZE < 150000 ? -EINTR : 0);
	assert_memory_equal(got, record, 150000);
	assert_int_equal(out_nr_pending(o), 0);
	free(record);
	free(got);
	out_free(o);
	close(p[0]);
	close(p[1]);
	close(stop);
}

static void *fire_stop(void *fd)
{
	usleep(50000);
	eventfd_write(*(int *)fd, 1);
	return NULL;
}

/* FD and whoever should read from it: a wait under way is ended by the stop. */
static void assert_stops(int fd)
{
	int stop = eventfd(0, 0);
	struct out *o = out_new(fd);
	pthread_t thread;

	out_set_stop(o, stop);
	pthread_create(&thread, NULL, fire_stop, &stop);
	put_records(o, 0, 10000);
	assert_int_equal(out_flush(o), -EINTR);
	assert_true(out_nr_pending(o) > 0);
	pthread_join(thread, NULL);
	out_free(o);
	close(stop);
}

static void test_stop_while_waiting(void **state)
{
	int p[2], tty, reader;

	assert_int_equal(pipe(p), 0);
	assert_stops(p[1]);
	close(p[0]);
	close(p[1]);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, p), 0);
	assert_stops(p[1]);
	close(p[0]);
	close(p[1]);

	assert_int_equal(openpty(&reader, &tty, NULL, NULL, NULL), 0);
	assert_stops(tty);
	assert_false(fcntl(tty, F_GETFL) & O_NONBLOCK);
	close(tty);
	close(reader);
}

/* The time is for all that is left to be written, and then is over. */
static void assert_gives_up(int fd)
{
	struct out *o = out_new(fd);
	int stop = eventfd(1, 0);

	out_set_stop(o, stop);
	put_records(o, 0, 10000);
	assert_int_equal(out_flush(o), -EINTR);
	out_set_limit(o, 20000000);
	assert_int_equal(out_flush(o), -EINTR);
	assert_int_equal(out_flush(o), -EINTR);
	assert_true(out_nr_pending(o) > 0);
	out_free(o);
	close(stop);
}

static void test_limit(void **state)
{
	int p[2], tty, reader, flags;
	char *got = malloc(200000);
	struct out *o;

	for (flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
		assert_int_equal(pipe(p), 0);
		fcntl(p[1], F_SETFL, flags);
		assert_gives_up(p[1]);
		/* What has room is written also when the time is over. */
		assert_int_equal(read(p[0], got, 200000) % 100, 0);
		o = out_new(p[1]);
		out_set_limit(o, 0);
		put_records(o, 0, 3);
		assert_int_equal(out_flush(o), 0);
		assert_int_equal(read(p[0], got, 200000), 300);
		out_free(o);
		close(p[0]);
		close(p[1]);
	}
	assert_int_equal(openpty(&reader, &tty, NULL, NULL, NULL), 0);
	assert_gives_up(tty);
	close(tty);
	close(reader);
	free(got);
}

static void test_full_disk_sticks(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct out *o = out_new(fd);

	put_records(o, 0, 3);
	assert_int_equal(out_flush(o), -ENOSPC);
	assert_int_equal(out_flush(o), -ENOSPC);
	put_records(o, 3, 2);
	assert_int_equal(out_nr_pending(o), 5);
	assert_int_equal(out_flush(o), -ENOSPC);
	out_free(o);
	close(fd);
}

static void test_closed_pipe_sticks(void **state)
{
	struct out *o;
	int p[2];

	assert_int_equal(pipe(p), 0);
	o = out_new(p[1]);
	put_records(o, 0, 1);
	assert_int_equal(out_flush(o), 0);
	close(p[0]);
	put_records(o, 1, 7);
	assert_int_equal(out_flush(o), -EPIPE);
	assert_int_equal(out_nr_pending(o), 7);
	assert_int_equal(out_flush(o), -EPIPE);
	out_free(o);
	close(p[1]);
}

static void test_hung_up_terminal(void **state)
{
	int tty, reader;
	struct out *o;

	assert_int_equal(openpty(&reader, &tty, NULL, NULL, NULL), 0);
	o = out_new(tty);
	close(reader);
	put_records(o, 0, 1);
	assert_int_equal(out_flush(o), -EIO);
	out_free(o);
	close(tty);
}

static void test_bad_descriptor(void **state)
{
	struct out *o = out_new(-1);

	/* poll(2) passes over negative descriptors */
	put_records(o, 0, 1);
	out_set_stop(o, -1);
	assert_int_equal(out_flush(o), -EBADF);
	out_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_only_committed_records),
		cmocka_unit_test(test_commit_writes_from_64_kib_on),
		cmocka_unit_test(test_slow_reader_gets_all),
		cmocka_unit_test(test_stop_at_a_full_pipe),
		cmocka_unit_test(test_stop_inside_a_huge_record),
		cmocka_unit_test(test_stop_while_waiting),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_full_disk_sticks),
		cmocka_unit_test(test_closed_pipe_sticks),
		cmocka_unit_test(test_hung_up_terminal),
		cmocka_unit_test(test_bad_descriptor),
	};

	signal(SIGPIPE, SIG_IGN);
	alarm(60); /* a hang is a failure */
	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
