// SPDX-License-Identifier: GPL-2.0
#include "compile/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "compile/bcc.h"
#include "compile/cache.h"
#include "compile/child.h"
#include "compile/embed.h"

/* What libbcc calls the text that it is given. */
#define VIRTUAL_NAME "/virtual/main.c"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void hash_str(struct hash *h, const char *s)
{
	hash_add(h, s, strlen(s));
}

/* Which kernel this is: its build id, and its release for those without. */
static void hash_kernel(struct hash *h)
{
	char notes[4096];
	struct utsname u;
	ssize_t n = -1;
	int fd = open("/sys/kernel/notes", O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		n = read(fd, notes, sizeof(notes));
		close(fd);
	}
	hash_add(h, notes, n > 0 ? n : 0);
	if (!uname(&u)) {
		hash_str(h, u.release);
		hash_str(h, u.version);
		hash_str(h, u.machine);
	}
}

/* Which libbcc: the file itself, so that a rebuilt one counts as another. */
static void hash_library(struct hash *h)
{
	const char *path = bcc_library();
	struct stat st;

	if (!path || stat(path, &st))
		return;
	hash_str(h, path);
	hash_add(h, &st.st_size, sizeof(st.st_size));
	hash_add(h, &st.st_mtim, sizeof(st.st_mtim));
}

static void image_name(const struct compile_opts *opts, char name[HASH_TEXT])
{
	const struct embedded *e;
	struct hash h;

	hash_init(&h);
	hash_str(&h, VERSION);
	hash_str(&h, opts->text);
	hash_str(&h, opts->name);
	hash_add(&h, &opts->headers, sizeof(opts->headers));
	hash_kernel(&h);
	hash_library(&h);
	for (e = embedded_files; e->path; e++)
		if (strstr(e->path, "/tree/"))
			hash_str(&h, e->text);
	hash_text(&h, name);
}

/* A descriptor of the cache, or -1 after one warning. */
static int cache_get(void)
{
	int fd = cache_open(CACHE_DIR);

	if (fd >= 0)
		return fd;
	log_warn("not using the cache %s: %s", CACHE_DIR,
		 fd == -EPERM	 ? "it belongs to another user"
		 : fd == -EACCES ? "others may enter it (chmod 700)"
				 : strerror(-fd));
	return -1;
}

static struct image *image_load(int cache, const char *name)
{
	struct image *img = NULL;
	void *bytes;
	size_t size;
	int err = cache_load(cache, name, &bytes, &size);

	if (!err)
		err = image_read(bytes, size, &img);
	if (err && err != -ENOENT)
		log_warn("ignoring %s/%s, compiling afresh: %s", CACHE_DIR,
			 name,
			 err == -EBADMSG ? "it is damaged" : strerror(-err));
	return img;
}

static void image_store(int cache, const char *name,
			const struct child_result *res)
{
	int err = cache_store(cache, name, res->bytes, res->size);

	if (err)
		log_warn("cannot keep the program in %s: %s", CACHE_DIR,
			 strerror(-err));
}

/* TALK with the text's own name in place of libbcc's. Takes TALK over. */
static char *talk_rename(char *talk, const char *name)
{
	char *buf = NULL, *p, *at;
	size_t size;
	FILE *f = open_memstream(&buf, &size);

	if (!f)
		return talk;
	for (p = talk; (at = strstr(p, VIRTUAL_NAME));
	     p = at + strlen(VIRTUAL_NAME))
		fprintf(f, "%.*s%s", (int)(at - p), p, name);
	fputs(p, f);
	fclose(f);
	free(talk);
	return buf;
}

static int image_make(const struct compile_opts *opts, int cache,
		      const char *name, struct image **img,
		      struct compile_report *report, struct compile_error *err)
{
	struct headers_opts hopts = {
		.choice = opts->headers,
		.cache_dir = cache >= 0 ? CACHE_DIR : NULL,
	};
	struct child_result res = {};
	struct headers h;
	uint64_t start = now_ns();
	int ret;

	ret = headers_get(opts->text, &hopts, &h, err->text, sizeof(err->text));
	report->headers_ns = now_ns() - start;
	if (ret)
		return ret;
	if (h.note[0])
		log_warn("%s", h.note);
	report->nr_types = h.nr_types;
	report->is_btf = h.is_btf;
	start = now_ns();
	ret = child_compile(opts->text, opts->name, &h, opts->limit_s, &res,
			    err->text, sizeof(err->text));
	report->child_ns = now_ns() - start;
	headers_release(&h);
	err->detail = talk_rename(res.talk, opts->name);
	if (ret)
		return ret;
	/* What is wrong with the cache was said, if anything is. */
	if (cache >= 0 && opts->want_cache && !h.note[0])
		image_store(cache, name, &res);
	ret = image_read(res.bytes, res.size, img);
	if (ret)
		snprintf(err->text, sizeof(err->text),
			 "the compiler gave an image that makes no sense");
	return ret;
}

int compile(const struct compile_opts *opts, struct image **img,
	    struct compile_report *report, struct compile_error *err)
{
	char name[HASH_TEXT];
	uint64_t start = now_ns();
	int cache = cache_get(), ret = 0;

	memset(report, 0, sizeof(*report));
	memset(err, 0, sizeof(*err));
	*img = NULL;
	image_name(opts, name);
	if (cache >= 0 && opts->want_cache)
		*img = image_load(cache, name);
	report->cache_ns = now_ns() - start;
	report->was_cached = *img;
	if (!*img)
		ret = image_make(opts, cache, name, img, report, err);
	if (cache >= 0)
		close(cache);
	return ret;
}
