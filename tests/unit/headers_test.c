// SPDX-License-Identifier: GPL-2.0
/* Header trees: which, what is in them, and when a kept one is used again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/header_trees.h"

static void test_content(void **state)
{
	mode_t mask = umask(077);
	struct headers h = get(TEXT, cache);
	const char *text;

	umask(mask);
	assert_true(h.is_btf);
	assert_false(h.is_temporary);
	assert_int_equal(h.nr_types, 1);
	assert_string_equal(h.note, "");
	assert_string_equal(h.dirs[0], h.source);
	assert_string_equal(h.dirs[1], "");
	assert_memory_equal(h.source, all, strlen(all));

	text = read_file(format("%s/include/tree/kernel.h", h.source));
	text = strstr(text, "#define PAGE_SHIFT");
	assert_non_null(text);
	text = strchr(text, '\n');
	assert_string_equal(text, "\n\n"
				  "struct key {\n\tint serial;\n};\n\n"
				  "#define AF_INET 2\n");
	assert_string_equal(
		read_file(format("%s/include/net/sock.h", h.source)),
		"/* linux/kconfig.h has it all. */\n");
	check_mode(h.source, S_IFDIR | 0755);
	check_mode(format("%s/include/net", h.source), S_IFDIR | 0755);
	check_mode(format("%s/include/net/sock.h", h.source), S_IFREG | 0644);
	check_mode(format("%s/include/tree/kernel.h", h.source),
		   S_IFREG | 0644);
}

static void test_version(void **state)
{
	struct headers h = get(TEXT, cache);
	const char *text;
	unsigned a, b, c = 0, code;

	assert_true(sscanf(release, "%u.%u.%u", &a, &b, &c) >= 2);
	text = strstr(read_file(format("%s/include/tree/kernel.h", h.source)),
		      "LINUX_VERSION_CODE");
	assert_non_null(text);
	assert_int_equal(sscanf(text, "LINUX_VERSION_CODE %u", &code), 1);
	assert_int_equal(code, (a << 16) + (b << 8) + (c > 255 ? 255 : c));
}

static void test_stubs(void **state)
{
	struct headers h = get("#include <uapi/linux/tcp.h>\n"
			       "#include <../../x.h>\n#include </x.h>\n"
			       "#include <a/../x.h>\n#include <a//x.h>\n"
			       "#include <bcc/x.h>\n#include <stdarg.h>\n"
			       "#include <linux/types.h/x.h>\n"
			       "#include <linux/kconfig.h>\n"
			       "#include <plain>\n#include <sp ace.h>\n",
			       cache);

	check_mode(format("%s/include/uapi/linux/tcp.h", h.source),
		   S_IFREG | 0644);
	assert_int_equal(nr_entries(h.source), 2);
	/* asm linux tree uapi */
	assert_int_equal(nr_entries(format("%s/include", h.source)), 4);
	assert_non_null(strstr(
		read_file(format("%s/include/linux/kconfig.h", h.source)),
		"CONFIG_BPF_SYSCALL"));
}

static void test_kept(void **state)
{
	struct headers a = get(TEXT, cache), b = get(TEXT, cache), c;

	assert_false(a.was_kept);
	assert_true(b.was_kept);
	assert_string_equal(a.source, b.source);
	assert_int_equal(b.nr_types, 1);
	/* Comments and values make no difference, words do. */
	b = get("/* ... */" TEXT "y = 5;", cache);
	assert_false(b.was_kept);
	c = get("// ...\n" TEXT "y = 6;", cache);
	assert_true(c.was_kept);
	assert_string_equal(b.source, c.source);
	assert_string_not_equal(a.source, c.source);
	assert_int_equal(nr_entries(all), 2);
}

/* Another kernel's types must not be taken for this one's. */
static void test_other_btf(void **state)
{
	struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	struct headers a = get(TEXT, cache), b;

	assert_int_equal(utimensat(AT_FDCWD, btf_path, times, 0), 0);
	b = get(TEXT, cache);
	assert_false(b.was_kept);
	assert_string_not_equal(a.source, b.source);
}

static void check_not_kept(const char *why)
{
	struct headers h = get(TEXT, cache);

	assert_true(h.is_temporary);
	assert_false(h.was_kept);
	assert_int_equal(h.nr_types, 1);
	assert_string_equal(
		h.note, format("cannot keep kernel types in %s: %s", all, why));
	check_mode(h.source, S_IFDIR | 0755);
	headers_release(&h);
	assert_int_equal(access(h.source, F_OK), -1);
	headers_release(&h);
}

static void test_not_kept(void **state)
{
	write_file(all, "x", 1);
	check_not_kept("Not a directory");
	unlink(all);
	assert_int_equal(symlink(top, all), 0);
	check_not_kept("Not a directory");
	unlink(all);
	assert_int_equal(mkdir(all, 0755), 0);
	assert_int_equal(chmod(all, 0777), 0);
	check_not_kept("others may write to it");
	if (!geteuid()) {
		assert_int_equal(chmod(all, 0755), 0);
		assert_int_equal(chown(all, 65534, 65534), 0);
		check_not_kept("it belongs to another user");
	}
}

static void test_temporary(void **state)
{
	struct headers h = get(TEXT, NULL);

	assert_true(h.is_temporary);
	assert_string_equal(h.note, "");
	check_mode(format("%s/include/net/sock.h", h.source), S_IFREG | 0644);
	headers_release(&h);
	assert_int_equal(access(h.source, F_OK), -1);
}

static void test_bounded(void **state)
{
	struct headers first = get("struct key first;", cache), h;

	for (int i = 0; i < HEADERS_KEPT + 3; i++) {
		h = get(format("struct key number%d;", i), cache);
		assert_false(h.was_kept);
		/* In use, it is not the oldest. */
		assert_true(get("struct key first;", cache).was_kept);
	}
	assert_int_equal(nr_entries(all), HEADERS_KEPT);
	assert_int_equal(access(first.source, F_OK), 0);
	assert_false(get("struct key number0;", cache).was_kept);
}

static void test_in_use(void **state)
{
	struct headers made = get_held("struct key made;", cache), found;

	get("struct key found;", cache);
	found = get_held("struct key found;", cache);
	for (int i = 0; i < 2 * HEADERS_KEPT; i++)
		get(format("struct key number%d;", i), cache);
	assert_int_equal(access(made.source, F_OK), 0);
	assert_true(found.was_kept);
	assert_int_equal(access(found.source, F_OK), 0);
	headers_release(&made);
	headers_release(&found);
	get("struct key last;", cache);
	assert_int_equal(access(made.source, F_OK), -1);
	assert_int_equal(access(found.source, F_OK), -1);
}

static void test_left_behind(void **state)
{
	struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	const char *stale = format("%s/.abcdef", all);
	const char *fresh = format("%s/.ghijkl", all);

	assert_int_equal(mkdir(all, 0755), 0);
	assert_int_equal(mkdir(stale, 0755), 0);
	assert_int_equal(mkdir(fresh, 0755), 0);
	assert_int_equal(utimensat(AT_FDCWD, stale, old, 0), 0);
	get(TEXT, cache);
	assert_int_equal(access(stale, F_OK), -1);
	assert_int_equal(access(fresh, F_OK), 0);
}

static void test_at_the_same_time(void **state)
{
	int nr_good = 0, status;
	pid_t pids[8];

	for (size_t i = 0; i < 8; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			struct headers_opts opts = opts_of(cache);
			struct headers h;
			char err[512];

			_exit(headers_get(TEXT, &opts, &h, err, sizeof(err)) ||
			      h.is_temporary);
		}
	}
	for (size_t i = 0; i < 8; i++) {
		waitpid(pids[i], &status, 0);
		nr_good += !status;
	}
	assert_int_equal(nr_good, 8);
	assert_int_equal(nr_entries(all), 1);
	assert_true(get(TEXT, cache).was_kept);
}

/* As on a full disk: writing fails in the middle of kernel.h. */
static void test_cannot_write(void **state)
{
	struct rlimit was, small = {100, RLIM_INFINITY};
	struct headers_opts opts = opts_of(cache);
	struct headers h;
	char err[512];
	int ret;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	ret = headers_get(TEXT, &opts, &h, err, sizeof(err));
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(ret, -EFBIG);
	assert_string_equal(err, format("cannot make kernel headers from %s: "
					"the file is too large (see ulimit "
					"-f), and no kernel headers "
					"under %s/%s (apt-get install "
					"linux-headers-%s)",
					btf_path, modules, release, release));
	assert_int_equal(nr_entries(all), 0);
}

static void check_error(enum headers_choice choice, const char *btf, int ret,
			const char *expected)
{
	struct headers_opts opts = opts_of(cache);
	struct headers h;
	char err[512] = "";

	opts.choice = choice;
	opts.btf_path = btf;
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), ret);
	assert_string_equal(err, expected);
}

static void test_errors(void **state)
{
	const char *none = format("%s/none", top);
	const char *bad = format("%s/bad", top);
	char no_kernel[512], no_btf[512];

	snprintf(no_kernel, sizeof(no_kernel),
		 "no kernel headers under %s/%s (apt-get install "
		 "linux-headers-%s)",
		 modules, release, release);
	snprintf(no_btf, sizeof(no_btf),
		 "no kernel types: %s is missing (needs a kernel with "
		 "CONFIG_DEBUG_INFO_BTF=y)",
		 none);
	check_error(HEADERS_BTF, none, -ENOENT, no_btf);
	check_error(HEADERS_KERNEL, none, -ENOENT, no_kernel);
	check_error(HEADERS_AUTO, none, -ENOENT,
		    format("%s, and %s", no_btf, no_kernel));
	write_file(bad, "this is no BTF, but long enough", 31);
	check_error(HEADERS_BTF, bad, -EBADMSG,
		    format("no kernel types: %s is no BTF", bad));
}

static void make_kconfig(const char *dir)
{
	char include[PATH_MAX];

	snprintf(include, sizeof(include), "%s/include", dir);
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(mkdir(include, 0755), 0);
	strcat(include, "/linux");
	assert_int_equal(mkdir(include, 0755), 0);
	write_file(format("%s/kconfig.h", include), "", 0);
}

static void test_real_headers(void **state)
{
	struct headers_opts opts = opts_of(cache);
	char of_kernel[256], build[256], source[256], err[512];
	struct headers h;

	opts.choice = HEADERS_KERNEL;
	snprintf(of_kernel, sizeof(of_kernel), "%s/%s", modules, release);
	snprintf(build, sizeof(build), "%s/linux-headers", top);
	snprintf(source, sizeof(source), "%s/linux-headers-common", top);
	make_kconfig(build);
	assert_int_equal(mkdir(modules, 0755), 0);
	assert_int_equal(mkdir(of_kernel, 0755), 0);
	assert_int_equal(symlink(build, format("%s/build", of_kernel)), 0);
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), 0);
	assert_false(h.is_btf);
	assert_string_equal(h.source, "");
	assert_string_equal(h.dirs[0], of_kernel);
	assert_string_equal(h.dirs[1], build);
	assert_string_equal(h.dirs[2], "");

	/* Debian's way: two directories, and kconfig.h is in the second. */
	assert_int_equal(mkdir(source, 0755), 0);
	assert_int_equal(symlink(source, format("%s/source", of_kernel)), 0);
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)),
			 -ENOENT);
	assert_int_equal(rmdir(source), 0);
	make_kconfig(source);
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), 0);
	assert_string_equal(h.dirs[0], of_kernel);
	assert_string_equal(h.dirs[1], build);
	assert_string_equal(h.dirs[2], source);
	assert_string_equal(h.dirs[3], "");

	/* Ubuntu's way: one directory, with links to another one. */
	assert_int_equal(unlink(format("%s/source", of_kernel)), 0);
	tree_dir_remove(format("%s/include", build));
	assert_int_equal(mkdir(format("%s/include", build), 0755), 0);
	assert_int_equal(symlink("../../linux-headers-common/include/linux",
				 format("%s/include/linux", build)),
			 0);
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), 0);
	assert_string_equal(h.dirs[0], of_kernel);
	assert_string_equal(h.dirs[1], build);
	assert_string_equal(h.dirs[2], source);
	assert_string_equal(h.dirs[3], "");

	/* BTF comes first, real headers where there is none. */
	opts.choice = HEADERS_AUTO;
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), 0);
	assert_true(h.is_btf);
	opts.btf_path = "/nowhere";
	assert_int_equal(headers_get(TEXT, &opts, &h, err, sizeof(err)), 0);
	assert_false(h.is_btf);
	assert_string_equal(h.source, "");
	tree_dir_remove(modules);
}

#define WITH_CACHE(test) cmocka_unit_test_setup(test, empty_cache)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_CACHE(test_content),
		WITH_CACHE(test_version),
		WITH_CACHE(test_stubs),
		WITH_CACHE(test_kept),
		WITH_CACHE(test_other_btf),
		WITH_CACHE(test_not_kept),
		WITH_CACHE(test_temporary),
		WITH_CACHE(test_bounded),
		WITH_CACHE(test_in_use),
		WITH_CACHE(test_left_behind),
		WITH_CACHE(test_at_the_same_time),
		WITH_CACHE(test_cannot_write),
		WITH_CACHE(test_errors),
		WITH_CACHE(test_real_headers),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
