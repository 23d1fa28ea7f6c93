// SPDX-License-Identifier: GPL-2.0
/* Files of packets: interfaces, rotation, and what cannot be opened. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <pty.h>
#include <cmocka.h>

#include "unit/pcapng_file.h"

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

/* Rotated files are beside the first one, whatever becomes of its path. */
static void directory_moves_before_rotation(void **state)
{
	struct pcapng_opts opts = options("sub/x.pcapng");
	char from[128], to[128];
	struct pcapng *p;

	opts.rotate_bytes = 1;
	assert_int_equal(mkdir(in_dir("sub"), 0700), 0);
	assert_int_equal(mkdir(in_dir("other"), 0700), 0);
	p = must_open(&opts);
	packets(p, 1);
	strcpy(from, in_dir("sub"));
	strcpy(to, in_dir("sub2"));
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(symlink("other", from), 0);
	packets(p, 2);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 0);
	pcapng_free(p);
	assert_int_equal(content("sub2/x.pcapng").nr_packets, 1);
	assert_int_equal(content("sub2/x.1.pcapng").nr_packets, 1);
	assert_int_equal(content("sub2/x.2.pcapng").nr_packets, 1);
	remove_file("sub2/x.pcapng");
	remove_file("sub2/x.1.pcapng");
	remove_file("sub2/x.2.pcapng");
	remove_file("sub");
	assert_int_equal(rmdir(in_dir("sub2")), 0);
	assert_int_equal(rmdir(in_dir("other")), 0);
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
	strcpy(from, in_dir("sub/x.pcapng"));
	assert_int_equal(rename(from, in_dir("x.pcapng")), 0);
	assert_int_equal(rmdir(in_dir("sub")), 0);
	assert_int_equal(put(p, &rec), -ENOENT);
	check_error(p, "sub/x.1.pcapng", "No such file or directory");
	assert_int_equal(put(p, &rec), 0);
	assert_int_equal(pcapng_close(p, &counts), 0);
	assert_int_equal(pcapng_nr_lost(p), 2);
	pcapng_free(p);
	assert_int_equal(content("x.pcapng").nr_packets, 1);
	assert_int_equal(content("x.pcapng").nr_statistics, 1);
	remove_file("x.pcapng");
}

/* By its path from where we were then. */
static void we_move_before_rotation(void **state)
{
	struct pcapng_opts opts = options("x");
	struct pcapng *p;
	int was = open(".", O_PATH | O_DIRECTORY);

	opts.path = "x";
	opts.rotate_bytes = 1;
	assert_int_equal(chdir(dir), 0);
	p = must_open(&opts);
	assert_int_equal(fchdir(was), 0);
	close(was);
	packets(p, 2);
	assert_int_equal(pcapng_close(p, NULL), 0);
	pcapng_free(p);
	assert_int_equal(content("x").nr_packets, 1);
	assert_int_equal(content("x.1").nr_packets, 1);
	remove_file("x");
	remove_file("x.1");
}

/* What others planted under the next name is left alone. */
static void a_link_under_the_next_name(void **state)
{
	struct pcapng_opts opts = options("x.pcapng");
	struct record rec = ip4_record();
	struct pcapng *p;

	opts.rotate_bytes = 1;
	assert_int_equal(symlink("victim", in_dir("x.1.pcapng")), 0);
	p = must_open(&opts);
	packets(p, 1);
	assert_int_equal(put(p, &rec), -ELOOP);
	check_error(p, "x.1.pcapng",
		    "it is a symbolic link (name what it leads to)");
	assert_int_equal(pcapng_close(p, NULL), 0);
	assert_int_equal(pcapng_nr_lost(p), 1);
	pcapng_free(p);
	assert_int_equal(access(in_dir("victim"), F_OK), -1);
	assert_int_equal(content("x.pcapng").nr_statistics, 1);
	remove_file("x.pcapng");
	remove_file("x.1.pcapng");
}

/* A pipe of the shell's, ">(gzip)": written to, never made anew. */
static void descriptor_by_name(void **state)
{
	struct pcapng_opts opts;
	struct pcapng *p;
	char name[32];
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	snprintf(name, sizeof(name), "/dev/fd/%d", fd[1]);
	opts = options(name);
	p = must_open(&opts);
	packets(p, 3);
	assert_int_equal(pcapng_close(p, NULL), 0);
	pcapng_free(p);
	close(fd[1]);
	assert_int_equal(read_blocks(fd[0]).nr_packets, 3);
	opts = options(name);
	check_refused(&opts, "it was not open at the start (sudo closes all "
			     "but 0, 1 and 2)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_file),
		cmocka_unit_test(one_interface_each),
		cmocka_unit_test(rotation_by_size),
		cmocka_unit_test(rotation_by_time),
		cmocka_unit_test(what_cannot_be_opened),
		cmocka_unit_test(directory_moves_before_rotation),
		cmocka_unit_test(directory_goes_before_rotation),
		cmocka_unit_test(we_move_before_rotation),
		cmocka_unit_test(a_link_under_the_next_name),
		cmocka_unit_test(descriptor_by_name),
	};

	return cmocka_run_group_tests_name("pcapng", tests, make_dir,
					   remove_dir);
}
