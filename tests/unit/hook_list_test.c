// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/types.h>

#include "event.h"
#include "front/hook_list.h"

/* The names of another tool's option. */
static const char *name_of_two(size_t nr, const char **what)
{
	static const char *const names[] = {"tc", "socket", NULL};

	return names[nr];
}

static const struct opt all_hooks = {.arg = "LIST", .object = hook_list_name};
static const struct opt two = {.arg = "LIST", .object = name_of_two};

static struct hook_list list;
static struct parse_err err;

static int parse(const struct opt *o, const char *arg)
{
	*err.text = '\0';
	list = (struct hook_list){};
	return hook_list_parse(o, arg, &list, &err);
}

static void test_each_hook_can_be_named(void **state)
{
	char all[256] = "";
	size_t i;

	for (i = 0; hooks[i]; i++) {
		assert_int_equal(parse(&all_hooks, hooks[i]->name), 0);
		assert_int_equal(list.nr, 1);
		assert_ptr_equal(list.ops[0], hooks[i]);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s",
			 i ? "," : "", hooks[i]->name);
	}
	assert_int_equal(parse(&all_hooks, all), 0);
	assert_int_equal(list.nr, i);
	while (i--)
		assert_ptr_equal(list.ops[i], hooks[i]);
}

static void test_the_last_list_counts(void **state)
{
	assert_int_equal(parse(&all_hooks, "tc,xdp"), 0);
	assert_int_equal(hook_list_parse(&all_hooks, "xdp", &list, &err), 0);
	assert_int_equal(list.nr, 1);
	assert_ptr_equal(list.ops[0], &hook_xdp);
}

static void test_what_is_no_hook_is_refused(void **state)
{
	static const struct {
		const char *arg, *why;
	} bad[] = {
		{"bad", "'bad' is not one of tc, socket"},
		{"xdp", "'xdp' is not one of tc, socket"},
		{"", "'' is not one of tc, socket"},
		{"tc,", "'' is not one of tc, socket"},
		{"t", "'t' is not one of tc, socket"},
		{"tcp", "'tcp' is not one of tc, socket"},
		{"socket,tc,socket", "'socket' is named twice"},
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(&two, bad[i].arg), -EINVAL);
		assert_string_equal(err.text, bad[i].why);
	}
}

static void test_help_is_of_the_hooks(void **state)
{
	const char *what;
	size_t i;

	for (i = 0; hooks[i]; i++) {
		assert_string_equal(hook_list_name(i, &what), hooks[i]->name);
		assert_int_equal(what != NULL, hooks[i]->wants_interface);
	}
	assert_null(hook_list_name(i, &what));
	assert_string_equal((hook_list_name(HOOK_TC, &what), what), "needs -i");
}

/* HOOKS with -i or without, outgoing packets asked for or not. */
static int check(const char *hook, bool has_interface, bool want_out)
{
	assert_int_equal(parse(&all_hooks, hook), 0);
	return hook_list_check(&list, has_interface, want_out, &err);
}

static void test_what_hooks_cannot_is_refused(void **state)
{
	size_t i;

	for (i = 0; hooks[i]; i++) {
		assert_int_equal(check(hooks[i]->name, true, false), 0);
		assert_int_equal(check(hooks[i]->name, false, false),
				 hooks[i]->wants_interface ? -EINVAL : 0);
		assert_int_equal(check(hooks[i]->name, true, true),
				 hooks[i]->is_in_only ? -EINVAL : 0);
	}
	assert_int_equal(check("socket,xdp", false, false), -EINVAL);
	assert_string_equal(err.text, "-k xdp needs -i: it is attached to "
				      "interfaces by name");
	assert_int_equal(check("tc,xdp", true, true), -EINVAL);
	assert_string_equal(err.text,
			    "-k xdp sees incoming packets only: leave out -D");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_hook_can_be_named),
		cmocka_unit_test(test_the_last_list_counts),
		cmocka_unit_test(test_what_is_no_hook_is_refused),
		cmocka_unit_test(test_help_is_of_the_hooks),
		cmocka_unit_test(test_what_hooks_cannot_is_refused),
	};

	return cmocka_run_group_tests_name("hook_list", tests, NULL, NULL);
}
