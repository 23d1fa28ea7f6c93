/* SPDX-License-Identifier: GPL-2.0 */
/* For tests of pcapng files: a directory for them, and what a file holds. */
#ifndef PCAPNG_FILE_H
#define PCAPNG_FILE_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

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

static inline const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* The path stays valid until the next call. */
static inline struct pcapng_opts options(const char *name)
{
	static char path[128];

	strcpy(path, name[0] == '/' || name[0] == '-' ? name : in_dir(name));
	return (struct pcapng_opts){
		.path = path, .program = "test", .version = "0"};
}

static inline struct pcapng *must_open(const struct pcapng_opts *opts)
{
	char err[4500] = "";
	struct pcapng *p = pcapng_open(opts, err, sizeof(err));

	assert_string_equal(err, "");
	assert_non_null(p);
	return p;
}

/* One packet more; the result. */
static inline int put(struct pcapng *p, const struct record *rec)
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

static inline uint64_t option_value(const uint8_t *block, uint16_t code)
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

static inline void count_block(struct content *c, const uint8_t *block,
			       uint32_t type)
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
static inline struct content read_blocks(int fd)
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

static inline struct content content(const char *name)
{
	int fd = open(in_dir(name), O_RDONLY);

	assert_true(fd >= 0);
	return read_blocks(fd);
}

static inline void remove_file(const char *name)
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

static inline void packets(struct pcapng *p, unsigned nr)
{
	struct record rec = ip4_record();

	while (nr--) {
		assert_int_equal(put(p, &rec), 0);
		rec.ts_ns += 1000000000;
	}
}

/* Packets until an error; how many were given, and it is told only once. */
static inline unsigned until_error(struct pcapng *p, int want, unsigned max)
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

static inline void check_error(const struct pcapng *p, const char *name,
			       const char *why)
{
	char want[256];

	snprintf(want, sizeof(want), "cannot write %s: %s",
		 name[0] == '-' ? "stdout" : in_dir(name), why);
	assert_string_equal(pcapng_error(p), want);
}

/* What is in the file is whole, and what is not is counted. */
static inline void check_cut(struct pcapng *p, const char *name,
			     unsigned nr_given, size_t limit)
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

static inline int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static inline int remove_dir(void **state)
{
	return rmdir(dir);
}

#endif
