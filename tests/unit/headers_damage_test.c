// SPDX-License-Identifier: GPL-2.0
/* Header trees that are damaged, removed or locked, also while they are used. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "base/stop.h"
#include "unit/header_trees.h"

static void damage_kernel_h(const char *tree)
{
	assert_int_equal(truncate(format("%s/include/tree/kernel.h", tree), 10),
			 0);
}

static void damage_fixed(const char *tree)
{
	assert_int_equal(unlink(format("%s/include/tree/bpf.h", tree)), 0);
}

static void damage_state(const char *tree)
{
	const char *path = format("%s/state", tree);
	char text[65536];

	strcpy(text, read_file(path));
	strcpy(strstr(text, "AF_INET"), "AF_INEX");
	write_file(path, text, strlen(text));
}

static void damage_no_state(const char *tree)
{
	write_file(format("%s/state", tree), "", 0);
}

static void damage_longer_state(const char *tree)
{
	int fd = open(format("%s/state", tree), O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, "more\n", 5), 5);
	close(fd);
}

static void damage_writable_dir(const char *tree)
{
	assert_int_equal(chmod(tree, 0775), 0);
}

static void damage_writable_file(const char *tree)
{
	assert_int_equal(chmod(format("%s/include/tree/kernel.h", tree), 0666),
			 0);
}

static void damage_file(const char *tree)
{
	tree_dir_remove(tree);
	write_file(tree, "x", 1);
}

/* What the link points to must stay as it is. */
static void damage_link(const char *tree)
{
	const char *else_where = format("%s/else", top);

	assert_int_equal(rename(tree, else_where), 0);
	assert_int_equal(symlink(else_where, tree), 0);
}

static void damage_kernel_link(const char *tree)
{
	const char *path = format("%s/include/tree/kernel.h", tree);

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
}

static void damage_owner(const char *tree)
{
	if (!geteuid())
		assert_int_equal(chown(tree, 65534, 65534), 0);
	else
		tree_dir_remove(tree);
}

/* FROM to TO, which is as long, in the file NAME of TREE */
static void replace(const char *tree, const char *name, const char *from,
		    const char *to)
{
	const char *path = format("%s/%s", tree, name);
	char text[65536], *at;

	strcpy(text, read_file(path));
	at = strstr(text, from);
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	write_file(path, text, strlen(text));
}

/* The sizes of files stay what they were. */
static void damage_bytes(const char *tree)
{
	replace(tree, "include/tree/kernel.h", "struct key", "strukt key");
}

static void damage_text(const char *tree)
{
	replace(tree, "include/tree/types.h", "typedef", "typedeg");
}

static void damage_stub(const char *tree)
{
	replace(tree, "include/net/sock.h", "it all", "nothin");
}

static void damage_first_stub(const char *tree)
{
	replace(tree, "include/linux/version.h", "/*", "*/");
}

static void damage_hash(const char *tree)
{
	replace(tree, "state", " hash ", " hush ");
}

static void damage_no_stub(const char *tree)
{
	assert_int_equal(unlink(format("%s/include/net/sock.h", tree)), 0);
}

static void (*const damages[])(const char *) = {
	damage_kernel_h,      damage_fixed,	   damage_state,
	damage_no_state,      damage_longer_state, damage_writable_dir,
	damage_writable_file, damage_file,	   damage_link,
	damage_kernel_link,   damage_owner,	   damage_bytes,
	damage_text,	      damage_stub,	   damage_first_stub,
	damage_hash,	      damage_no_stub,
};

#define NR_DAMAGES (sizeof(damages) / sizeof(*damages))

static void test_damage(void **state)
{
	struct headers h = get(TEXT, cache), again;

	assert_false(h.was_damaged);
	for (size_t i = 0; i < NR_DAMAGES; i++) {
		damages[i](h.source);
		h = get(TEXT, cache);
		assert_false(h.was_kept);
		assert_true(h.was_damaged);
		assert_false(h.is_temporary);
		assert_string_equal(h.note, "");
		again = get(TEXT, cache);
		assert_true(again.was_kept);
		assert_false(again.was_damaged);
	}
	check_mode(format("%s/else/state", top), S_IFREG | 0644);
	assert_int_equal(nr_entries(all), 1);
}

/* Programs may include what the tree has anyway, and names below names. */
static void test_odd_names_are_no_damage(void **state)
{
	static const char text[] = "#include <linux/kconfig.h>\n"
				   "#include <tree/kernel.h>\n"
				   "#include <a.h>\n"
				   "#include <a.h/b.h>\n"
				   "#include <c.h/d.h>\n"
				   "#include <c.h>\n" TEXT;

	assert_false(get(text, cache).was_kept);
	assert_true(get(text, cache).was_kept);
}

static int check(const struct headers *h)
{
	const struct headers_opts opts = opts_of(cache);

	return headers_check(TEXT, &opts, h);
}

static void test_check(void **state)
{
	struct headers h;

	for (size_t i = 0; i < NR_DAMAGES; i++) {
		/* Who has it open sees what is in it, and need not care who
		 * else may write there by now. */
		if (damages[i] == damage_writable_dir ||
		    damages[i] == damage_owner || damages[i] == damage_link)
			continue;
		h = get_held(TEXT, cache);
		assert_int_equal(check(&h), 0);
		damages[i](h.source);
		assert_int_equal(check(&h), -ESTALE);
		headers_release(&h);
	}
}

static void test_check_removed(void **state)
{
	struct headers h = get_held(TEXT, cache), other;

	tree_dir_remove(cache);
	assert_int_equal(check(&h), -ESTALE);
	/* Another in its place is no better: the compiler may have seen neither
	 * of them whole. */
	other = get_held(TEXT, cache);
	assert_string_equal(other.source, h.source);
	assert_int_equal(check(&other), 0);
	assert_int_equal(check(&h), -ESTALE);
	headers_release(&other);
	headers_release(&h);
	assert_int_equal(check(&h), 0);
}

/* The cache, too, is made again, for us alone. */
static void test_cache_removed(void **state)
{
	tree_dir_remove(cache);
	assert_false(get(TEXT, cache).is_temporary);
	check_mode(cache, S_IFDIR | 0700);
	assert_true(get(TEXT, cache).was_kept);
}

static atomic_bool is_over;

static void *remover(void *arg)
{
	while (!is_over)
		tree_dir_remove(cache);
	return NULL;
}

/* Whatever is removed at whatever moment: there is a tree. */
static void test_removed_meanwhile(void **state)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, remover, NULL), 0);
	for (int i = 0; i < 300; i++) {
		struct headers h = get_held(TEXT, cache);

		assert_true(h.is_held);
		headers_release(&h);
	}
	is_over = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Who holds a lock for good holds nobody up for good. */
static void test_locked(void **state)
{
	struct headers h = get(TEXT, cache);
	int fd = open(h.source, O_RDONLY | O_DIRECTORY);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(tree_dir_hold(h.source), -EBUSY);
	h = get(TEXT, cache);
	assert_false(h.was_kept);
	assert_false(h.was_damaged);
	assert_false(h.is_temporary);
	close(fd);
	assert_true(get(TEXT, cache).was_kept);
}

/* In a process that holds SIGTERM back while one waits: what it gets. */
static int get_stopped(const char *cache_dir)
{
	const struct headers_opts opts = opts_of(cache_dir);
	struct headers h;
	char err[512];
	int status, ret;
	pid_t pid = fork();

	if (!pid) {
		stop_hold();
		raise(SIGTERM);
		ret = headers_get(TEXT, &opts, &h, err, sizeof(err));
		/* No half of one is left. */
		_exit(ret && !access(h.source, F_OK) ? EEXIST : -ret);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void test_stopped(void **state)
{
	struct headers h;
	int fd;

	assert_int_equal(get_stopped(cache), -EINTR);
	assert_int_equal(nr_entries(all), 0);
	assert_int_equal(get_stopped(NULL), -EINTR);
	h = get(TEXT, cache);
	assert_int_equal(get_stopped(cache), 0);
	fd = open(h.source, O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(get_stopped(cache), -EINTR);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_damage, empty_cache),
		cmocka_unit_test_setup(test_odd_names_are_no_damage,
				       empty_cache),
		cmocka_unit_test_setup(test_check, empty_cache),
		cmocka_unit_test_setup(test_check_removed, empty_cache),
		cmocka_unit_test_setup(test_cache_removed, empty_cache),
		cmocka_unit_test_setup(test_removed_meanwhile, empty_cache),
		cmocka_unit_test_setup(test_locked, empty_cache),
		cmocka_unit_test_setup(test_stopped, empty_cache),
	};

	return cmocka_run_group_tests_name("headers_damage", tests, prepare,
					   clean);
}
