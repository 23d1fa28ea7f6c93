// SPDX-License-Identifier: GPL-2.0
/* What an image's maps are taken for, and what a hook's programs are loaded as. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "kernel/attempts.h"
#include "kernel/session.h"

static const struct map_shape shape =
	MAP_SHAPE("m", PERCPU_ARRAY, int, struct hook_stats);
static const struct map_shape any_value = {
	.name = "m",
	.type = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size = 4,
};

static void a_map_of_that_shape(void **state)
{
	struct image img = {
		.maps = {{.name = "n"},
			 {.name = "m",
			  .type = BPF_MAP_TYPE_PERCPU_ARRAY,
			  .key_size = 4,
			  .value_size = sizeof(struct hook_stats)}},
		.nr_maps = 2,
	};
	const struct loaded l = {.img = &img, .map_fds = {7, 8}};

	assert_true(load_map_fits(&img, &shape));
	assert_true(load_map_fits(&img, &any_value));
	assert_int_equal(load_map_fd(&l, &shape), 8);
	img.maps[1].value_size++;
	assert_false(load_map_fits(&img, &shape));
	assert_true(load_map_fits(&img, &any_value));
	assert_int_equal(load_map_fd(&l, &shape), -EINVAL);
	img.maps[1].value_size -= 2;
	assert_int_equal(load_map_fd(&l, &shape), -EINVAL);
	img.maps[1].value_size++;
	img.maps[1].key_size = 8;
	assert_int_equal(load_map_fd(&l, &shape), -EINVAL);
	assert_int_equal(load_map_fd(&l, &any_value), -EINVAL);
	img.maps[1].key_size = 4;
	img.maps[1].type = BPF_MAP_TYPE_PERCPU_HASH;
	assert_int_equal(load_map_fd(&l, &shape), -EINVAL);
	/* One that is not there is no wrong one. */
	img.nr_maps = 1;
	assert_true(load_map_fits(&img, &shape));
	assert_int_equal(load_map_fd(&l, &shape), -ENOENT);
}

static void what_a_session_reads(void **state)
{
	struct session_plan plan = {};
	struct image img = {
		.maps = {{.name = "attempts",
			  .type = BPF_MAP_TYPE_LRU_HASH,
			  .key_size = sizeof(struct why_key),
			  .value_size = 8}},
		.nr_maps = 1,
	};
	struct load_error err;

	assert_int_equal(session_fits(&plan, &img, &err), 0);
	plan.reads = attempts_reads;
	assert_int_equal(session_fits(&plan, &img, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"the map 'attempts' must be as --print-source has it");
	assert_null(err.detail);
	img.maps[0].value_size = sizeof(struct why_attempt);
	assert_int_equal(session_fits(&plan, &img, &err), 0);
}

/* A program has no say in what it is loaded as. */
static void what_hooks_programs_are(void **state)
{
	static struct session_plan plan = {.parts = {{.prog_flags = 5}}};
	const struct session s = {.plan = &plan};
	size_t i;

	for (i = 0; hooks[i]; i++) {
		const struct session_prog p = {.prog = {.ops = hooks[i]}};
		const struct load_as as = session_load_as(&s, &p);
		bool is_in_way = hooks[i] == &hook_tc || hooks[i] == &hook_xdp;

		assert_int_equal(as.type, hooks[i]->type);
		assert_int_equal(as.flags, 5);
		assert_int_equal(as.attach_type, 0);
		assert_int_equal(as.btf_id, 0);
		assert_int_equal(as.is_in_way, is_in_way);
		assert_int_equal(as.verdict, hooks[i] == &hook_tc    ? -1
					     : hooks[i] == &hook_xdp ? XDP_PASS
								     : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_of_that_shape),
		cmocka_unit_test(what_a_session_reads),
		cmocka_unit_test(what_hooks_programs_are),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
