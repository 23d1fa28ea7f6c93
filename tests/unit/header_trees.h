/* SPDX-License-Identifier: GPL-2.0 */
/* A little BTF, a cache of its own, and header trees from the one in the other. */
#ifndef HEADER_TREES_H
#define HEADER_TREES_H

#include <bpf/btf.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "compile/headers.h"
#include "compile/tree_dir.h"

#define TEXT "#include <net/sock.h>\nstruct key k; x == AF_INET;\n"

static char top[] = "/tmp/header_trees.XXXXXX";
static char btf_path[64], cache[64], all[128], modules[64];
static char release[65];

static inline const char *format(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* One of four buffers in turn. */
static inline const char *format(const char *fmt, ...)
{
	static char bufs[4][2 * PATH_MAX];
	static int at;
	char *buf = bufs[at++ % 4];
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, sizeof(*bufs), fmt, args);
	va_end(args);
	return buf;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

static inline const char *read_file(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, buf, sizeof(buf) - 1);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
	return buf;
}

static inline size_t nr_entries(const char *path)
{
	DIR *d = opendir(path);
	size_t nr = 0;

	assert_non_null(d);
	while (readdir(d))
		nr++;
	closedir(d);
	return nr - 2;
}

static inline int prepare(void **state)
{
	struct btf *b = btf__new_empty();
	struct utsname u;
	const void *raw;
	__u32 size;

	uname(&u);
	snprintf(release, sizeof(release), "%s", u.release);
	assert_non_null(mkdtemp(top));
	snprintf(btf_path, sizeof(btf_path), "%s/vmlinux", top);
	snprintf(cache, sizeof(cache), "%s/cache", top);
	snprintf(all, sizeof(all), "%s/headers", cache);
	snprintf(modules, sizeof(modules), "%s/modules", top);
	btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	btf__add_struct(b, "key", 4);
	btf__add_field(b, "serial", 1, 0, 0);
	raw = btf__raw_data(b, &size);
	write_file(btf_path, raw, size);
	btf__free(b);
	return 0;
}

static inline int clean(void **state)
{
	tree_dir_remove(top);
	return 0;
}

static inline int empty_cache(void **state)
{
	tree_dir_remove(cache);
	return mkdir(cache, 0700);
}

static inline struct headers_opts opts_of(const char *cache_dir)
{
	return (struct headers_opts){
		.choice = HEADERS_AUTO,
		.btf_path = btf_path,
		.modules_dir = modules,
		.cache_dir = cache_dir,
	};
}

static inline struct headers get_held(const char *text, const char *cache_dir)
{
	struct headers_opts opts = opts_of(cache_dir);
	struct headers h;
	char err[512] = "";

	if (headers_get(text, &opts, &h, err, sizeof(err)))
		fail_msg("%s", err);
	return h;
}

/* A kept one is not in use any more. */
static inline struct headers get(const char *text, const char *cache_dir)
{
	struct headers h = get_held(text, cache_dir);

	if (!h.is_temporary)
		headers_release(&h);
	return h;
}

static inline void check_mode(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, mode);
}

#endif
