// SPDX-License-Identifier: GPL-2.0
/* Whose packets are shown, and which program sent an event. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* For its statics. */
#include "front/segment.c"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct owner nginx = {
	.pid = 7, .uid = 33, .comm = "nginx", .is_in_cgroup = true};
/* As the kernel cuts it: 15 bytes and a zero. */
static const struct owner longest = {.pid = 8, .comm = "fifteen-letters"};

static const struct {
	uint32_t pid;
	const char *comm, *cgroup;
	bool nginx, longest;
} wanted[] = {
	{0, NULL, NULL, true, true},
	{7, NULL, NULL, true, false},
	{8, NULL, NULL, false, true},
	{9, NULL, NULL, false, false},
	{0, "nginx", NULL, true, false},
	{0, "ngin", NULL, false, false},
	{0, "nginx: worker", NULL, false, false},
	{0, "fifteen-letters", NULL, false, true},
	{0, "fifteen-letters-and-more", NULL, false, true},
	{0, "fifteen-letter", NULL, false, false},
	{0, NULL, "/web", true, false},
	/* All that is asked for must fit. */
	{7, "nginx", "/web", true, false},
	{8, "nginx", NULL, false, false},
	{8, NULL, "/web", false, false},
	{8, "fifteen-letters", NULL, false, true},
};

static void test_whose_packets(void **state)
{
	size_t i;

	for (i = 0; i < NR(wanted); i++) {
		const struct segment_opts o = {.pid = wanted[i].pid,
					       .comm = wanted[i].comm,
					       .cgroup = wanted[i].cgroup};

		assert_int_equal(owner_fits(&o, &nginx), wanted[i].nginx);
		assert_int_equal(owner_fits(&o, &longest), wanted[i].longest);
	}
}

/* The part of an event from HOOK, of SIZE bytes. */
static size_t part_of(const struct hook_list *list, uint8_t hook, size_t size)
{
	const struct tcp_event ev = {.hook = hook};
	struct filter filter = {};
	struct pcap_filter pcap = {};
	struct capture_opts capture = {};
	struct segment_opts opts = {.no_owner = true};
	struct run_opts common = {.hooks = *list};
	const struct segment_tool segment_tool = {
		.filter = &filter,
		.pcap = &pcap,
		.segment = &opts,
		.capture = &capture,
		.common = &common,
	};
	struct segments *s = segments_new(&segment_tool);
	struct run_program extra = {};
	struct run_tool tool;
	size_t part, nr_extra = 0;

	assert_non_null(s);
	segments_tool(s, &tool, &extra, &nr_extra);
	part = tool.part(tool.arg, &ev, size);
	segments_free(s);
	return part;
}

/* The bytes that come with a packet: what -x, -w or the tool want most of. */
static void test_how_much_comes_along(void **state)
{
	struct capture_opts capture = {};
	struct run_opts common = {};
	struct segment_tool tool = {.capture = &capture, .common = &common};

	assert_int_equal(segment_caplen(&tool), 0);
	tool.want_bytes = 600;
	assert_int_equal(segment_caplen(&tool), 600);
	common.want_hex = true;
	assert_int_equal(segment_caplen(&tool), 4096);
	tool.want_bytes = 5000;
	assert_int_equal(segment_caplen(&tool), 5000);
	capture.write = "file";
	capture.snaplen = 8000;
	assert_int_equal(segment_caplen(&tool), 8000);
}

static void test_which_program(void **state)
{
	const struct hook_list three = {{&hook_xdp, &hook_tcp, &hook_socket},
					3};
	const struct hook_list one = {{&hook_tc}, 1};

	assert_int_equal(part_of(&three, HOOK_XDP, TCP_EVENT_V4_SIZE), 0);
	assert_int_equal(part_of(&three, HOOK_TCP, TCP_EVENT_V4_SIZE), 1);
	assert_int_equal(part_of(&three, HOOK_SOCKET, TCP_EVENT_V6_SIZE), 2);
	/* What no program of ours sends is counted with the first. */
	assert_int_equal(part_of(&three, HOOK_TC, TCP_EVENT_V6_SIZE), 0);
	assert_int_equal(part_of(&three, HOOK_TCP + 1, TCP_EVENT_V6_SIZE), 0);
	assert_int_equal(part_of(&three, HOOK_TCP + 2, TCP_EVENT_V6_SIZE), 0);
	assert_int_equal(part_of(&three, 255, TCP_EVENT_V6_SIZE), 0);
	assert_int_equal(part_of(&three, HOOK_TCP, TCP_EVENT_V4_SIZE - 1), 0);
	assert_int_equal(part_of(&three, HOOK_TCP, 0), 0);
	assert_int_equal(part_of(&one, HOOK_TC, TCP_EVENT_V4_SIZE), 0);
	assert_int_equal(part_of(&one, HOOK_XDP, TCP_EVENT_V4_SIZE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whose_packets),
		cmocka_unit_test(test_which_program),
		cmocka_unit_test(test_how_much_comes_along),
	};

	return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
