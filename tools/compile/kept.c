// SPDX-License-Identifier: GPL-2.0
#include "compile/kept.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "compile/bcc.h"
#include "compile/cache.h"
#include "compile/embed.h"
#include "compile/recipe.h"

static void hash_str(struct hash *h, const char *s)
{
	hash_add(h, s, strlen(s));
}

/* Which kernel this is: its build id, and its release for those without. */
static void hash_kernel(struct hash *h)
{
	char notes[4096];
	struct utsname u;
	ssize_t n = fd_read_file("/sys/kernel/notes", notes, sizeof(notes));

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

void kept_name(const struct compile_opts *opts, char name[HASH_TEXT])
{
	const struct embedded *e;
	struct hash h;

	hash_init(&h);
	hash_str(&h, VERSION);
	hash_str(&h, TREE_FORMAT);
	hash_add(&h, &(int){IMAGE_FORMAT}, sizeof(int));
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

int kept_open(bool want_warning)
{
	int fd = cache_open(CACHE_DIR);

	if (fd >= 0)
		return fd;
	if (!want_warning)
		return -1;
	log_warn("not using the cache %s: %s", CACHE_DIR,
		 fd == -EPERM	 ? "it belongs to another user"
		 : fd == -EACCES ? "others may enter it (chmod 700)"
				 : error_words(fd));
	return -1;
}

struct image *kept_load(int cache, const char *name,
			const struct compile_opts *opts)
{
	struct image *img = NULL;
	char why[256] = "it is damaged";
	void *bytes;
	size_t size;
	int err = cache_load(cache, name, &bytes, &size);

	if (!err)
		err = image_read(bytes, size, &img);
	if (!err && !compile_allow(opts, img, why, sizeof(why)))
		return img;
	if (err && err != -ENOENT && err != -EBADMSG)
		snprintf(why, sizeof(why), "%s", strerror(-err));
	if (err != -ENOENT)
		log_warn("ignoring %s/%s, compiling afresh: %s", CACHE_DIR,
			 name, why);
	image_free(img);
	return NULL;
}

void kept_store(int cache, const char *name, const struct child_result *res,
		bool want_warning)
{
	int err = cache_store(cache, name, res->bytes, res->size);

	/* It may be removed at any time, and made again. */
	if (err == -ENOENT) {
		cache = cache_open(CACHE_DIR);
		err = cache < 0
			      ? cache
			      : cache_store(cache, name, res->bytes, res->size);
		if (cache >= 0)
			close(cache);
	}
	if (err && err != -ENOENT && want_warning)
		log_warn("cannot keep the program in %s: %s", CACHE_DIR,
			 error_words(err));
}
