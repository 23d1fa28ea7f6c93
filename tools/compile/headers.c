// SPDX-License-Identifier: GPL-2.0
#include "compile/headers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/error.h"
#include "base/hash.h"
#include "compile/cache.h"
#include "compile/tree.h"
#include "compile/tree_dir.h"

#define MODULES_DIR "/lib/modules"
#define REMOVED_TRIES 3 /* to keep a tree in a cache that is being removed */

/* A sentence and the error it is about. */
struct sentence {
	char *text;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int fail(const struct sentence *s,
						      int err, const char *fmt,
						      ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->text, s->size, fmt, args);
	va_end(args);
	return err;
}

/* Make the tree in the fresh directory DIR. */
static int fill(const struct tree_recipe *r, const char *btf_path, int dir,
		size_t *nr_types)
{
	return fchmod(dir, 0755) ? -errno
				 : tree_make(r, btf_path, dir, nr_types);
}

/* 0 and held, or -errno: there is no kept tree at PATH that can be used. */
static int find_kept(const struct tree_recipe *r, struct headers *h,
		     const char *path)
{
	int dir = tree_dir_hold(path), err;

	if (dir < 0)
		return dir;
	err = tree_check(r, dir, &h->nr_types);
	if (err) {
		close(dir);
		return err;
	}
	/* The oldest go first. */
	futimens(dir, NULL);
	h->lock = dir;
	return 0;
}

/*
 * PATH gets the tree FRESH, held by h->lock. Another run may have put its own
 * there meanwhile: it is as good when it passes the check.
 */
static int put(const struct tree_recipe *r, struct headers *h,
	       const char *fresh, const char *path)
{
	struct headers other = {};

	if (!rename(fresh, path))
		return 0;
	if (!find_kept(r, &other, path)) {
		tree_dir_remove(fresh);
		close(h->lock);
		h->lock = other.lock;
		return 0;
	}
	tree_dir_remove(path);
	return rename(fresh, path) ? -errno : 0;
}

static int keep_new(const struct tree_recipe *r, const char *btf_path,
		    struct headers *h, const char *all, const char *path)
{
	char fresh[PATH_MAX];
	int err;

	snprintf(fresh, sizeof(fresh), "%s/.XXXXXX", all);
	if (!mkdtemp(fresh))
		return -errno;
	h->lock = tree_dir_hold(fresh);
	err = h->lock < 0 ? h->lock : fill(r, btf_path, h->lock, &h->nr_types);
	if (!err)
		err = put(r, h, fresh, path);
	if (!err) {
		tree_dir_prune(all, HEADERS_KEPT);
		return 0;
	}
	tree_dir_remove(fresh);
	if (h->lock >= 0)
		close(h->lock);
	return err;
}

/*
 * Trees for programs that we have not seen are few and used by others, who
 * know their path: those of our own programs must not drive them out.
 */
static const char *kind(const struct tree_recipe *r)
{
	return r->reach == BTF_NAMED ? "headers" : "headers-wide";
}

/* The directory of all kept trees of a kind, in the cache. */
static int open_all(const char *cache_dir, const char *all)
{
	int dir = cache_open(cache_dir);

	if (dir < 0)
		return dir;
	close(dir);
	if (mkdir(all, 0755) && errno != EEXIST)
		return -errno;
	dir = tree_dir_open(all);
	if (dir >= 0)
		close(dir);
	return dir < 0 ? dir : 0;
}

/* The tree at h->source, held, by the path that everybody uses. */
static int resolve(struct headers *h)
{
	if (!realpath(h->source, h->dirs[0]))
		return -errno;
	strcpy(h->source, h->dirs[0]);
	h->is_held = true;
	return 0;
}

static int get_kept_once(const struct tree_recipe *r, const char *btf_path,
			 const char *all, const char *path, struct headers *h)
{
	int err = find_kept(r, h, path);

	if (err == -EINTR)
		return err;
	h->was_kept = !err;
	h->was_damaged |= err && err != -ENOENT && err != -EBUSY;
	if (err)
		err = keep_new(r, btf_path, h, all, path);
	if (err)
		return err;
	snprintf(h->source, sizeof(h->source), "%s", path);
	err = resolve(h);
	if (err)
		close(h->lock);
	return err;
}

/* The cache may be removed at any time: then it is made again. */
static int get_kept(const struct tree_recipe *r, const char *btf_path,
		    const char *cache_dir, struct headers *h)
{
	char all[PATH_MAX - HASH_TEXT - 1], path[PATH_MAX], hex[HASH_TEXT];
	struct hash hash;
	int err = -ENOENT;

	hash_init(&hash);
	hash_add(&hash, r->key, r->key_size);
	hash_text(&hash, hex);
	if (snprintf(all, sizeof(all), "%s/%s", cache_dir, kind(r)) >=
	    (int)sizeof(all))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s/%s", all, hex);
	for (int i = 0; err == -ENOENT && i < REMOVED_TRIES; i++) {
		err = open_all(cache_dir, all);
		if (!err)
			err = get_kept_once(r, btf_path, all, path, h);
	}
	return err;
}

/* Made in the fresh directory h->source, held by h->lock, or removed again. */
static int fill_temporary(const struct tree_recipe *r, const char *btf_path,
			  struct headers *h)
{
	int err = fill(r, btf_path, h->lock, &h->nr_types);

	if (!err)
		err = resolve(h);
	h->is_temporary = !err;
	if (err) {
		tree_dir_remove(h->source);
		close(h->lock);
	}
	return err;
}

static int get_temporary(const struct tree_recipe *r, const char *btf_path,
			 struct headers *h)
{
	static const char *const places[] = {"/run", "/tmp"};
	int err = -EINTR;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		h->lock = tree_dir_temporary(places[i], "tcpsnoop-c", h->source,
					     sizeof(h->source));
		err = h->lock < 0 ? h->lock : fill_temporary(r, btf_path, h);
		if (!err || err == -EINTR)
			break;
	}
	return err;
}

static const char *kept_error(int err)
{
	return err == -EPERM	? "it belongs to another user"
	       : err == -EACCES ? "others may write to it"
				: error_words(err);
}

static int get_tree(const struct tree_recipe *r, const char *btf_path,
		    const struct headers_opts *opts, struct headers *h)
{
	int err = -ENOENT;

	if (opts->cache_dir) {
		err = get_kept(r, btf_path, opts->cache_dir, h);
		if (err)
			snprintf(h->note, sizeof(h->note),
				 "cannot keep kernel types in %.150s/%s: %s",
				 opts->cache_dir, kind(r), kept_error(err));
	}
	if (err && err != -EINTR)
		err = get_temporary(r, btf_path, h);
	return err;
}

static int btf_sentence(int err, const char *path, const struct sentence *s)
{
	switch (err) {
	case -ENOENT:
		return fail(s, err,
			    "no kernel types: %s is missing (needs a kernel "
			    "with CONFIG_DEBUG_INFO_BTF=y)",
			    path);
	case -EBADMSG:
		return fail(s, err, "no kernel types: %s is no BTF", path);
	case -EPROTONOSUPPORT:
		return fail(s, err,
			    "no kernel types: %s is of a newer format than "
			    "this program knows",
			    path);
	case -EACCES:
		return fail(s, err, "no kernel types: cannot read %s: %s", path,
			    error_words(err));
	}
	return fail(s, err, "cannot make kernel headers from %s: %s", path,
		    error_words(err));
}

void headers_btf_sentence(int err, const char *path, char *text, size_t size)
{
	btf_sentence(err, path, &(struct sentence){text, size});
}

static int get_btf(const char *text, const struct headers_opts *opts,
		   struct headers *h, const struct sentence *s)
{
	const char *path = opts->btf_path ? opts->btf_path : HEADERS_BTF_PATH;
	struct tree_recipe r;
	int err;

	if (access(path, R_OK))
		return btf_sentence(-errno, path, s);
	err = tree_recipe_init(&r, text, opts->reach, path);
	if (err)
		return btf_sentence(err, path, s);
	err = get_tree(&r, path, opts, h);
	tree_recipe_free(&r);
	if (err)
		return btf_sentence(err, path, s);
	h->is_btf = true;
	return 0;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static void add_dir(struct headers *h, const char *path)
{
	char found[PATH_MAX];
	size_t i;

	if (!realpath(path, found))
		return;
	for (i = 0; h->dirs[i][0]; i++)
		if (!strcmp(h->dirs[i], found))
			return;
	strcpy(h->dirs[i], found);
}

/*
 * As libbcc looks: source where there are both, else build. In Ubuntu's
 * packages that one is full of links, one of which shows where they lead.
 */
static int get_kernel(const struct headers_opts *opts, struct headers *h,
		      const struct sentence *s)
{
	const char *modules =
		opts->modules_dir ? opts->modules_dir : MODULES_DIR;
	char top[PATH_MAX / 2], build[PATH_MAX], source[PATH_MAX];
	char linux_dir[PATH_MAX + 32], path[PATH_MAX + 64];
	struct utsname u;

	uname(&u);
	snprintf(top, sizeof(top), "%s/%s", modules, u.release);
	snprintf(build, sizeof(build), "%s/build", top);
	snprintf(source, sizeof(source), "%s/source", top);
	snprintf(linux_dir, sizeof(linux_dir), "%s/include/linux",
		 is_dir(build) && is_dir(source) ? source : build);
	snprintf(path, sizeof(path), "%s/kconfig.h", linux_dir);
	if (access(path, R_OK))
		return fail(s, -ENOENT,
			    "no kernel headers under %s (apt-get install "
			    "linux-headers-%s)",
			    top, u.release);
	add_dir(h, top);
	add_dir(h, build);
	add_dir(h, source);
	snprintf(path, sizeof(path), "%s/../..", linux_dir);
	add_dir(h, path);
	return 0;
}

int headers_get(const char *text, const struct headers_opts *opts,
		struct headers *h, char *err, size_t err_size)
{
	struct sentence s = {err, err_size};
	char no_kernel[512];
	struct sentence s2 = {no_kernel, sizeof(no_kernel)};
	int ret;

	memset(h, 0, sizeof(*h));
	if (opts->choice == HEADERS_KERNEL)
		return get_kernel(opts, h, &s);
	ret = get_btf(text, opts, h, &s);
	if (!ret || ret == -ENOMEM || opts->choice == HEADERS_BTF)
		return ret;
	memset(h, 0, sizeof(*h));
	if (!get_kernel(opts, h, &s2))
		return 0;
	/* "..., and no kernel headers under ...": the second way out. */
	snprintf(err + strlen(err), err_size - strlen(err), ", and %s",
		 no_kernel);
	return ret;
}

/* Is the tree that LOCK holds still the one at PATH? */
static bool is_in_place(const char *path, int lock)
{
	struct stat here, held;

	return !stat(path, &here) && !fstat(lock, &held) &&
	       here.st_dev == held.st_dev && here.st_ino == held.st_ino;
}

int headers_check(const char *text, const struct headers_opts *opts,
		  const struct headers *h)
{
	const char *path = opts->btf_path ? opts->btf_path : HEADERS_BTF_PATH;
	struct tree_recipe r;
	size_t nr_types;
	int err;

	if (!h->is_held)
		return 0;
	if (!is_in_place(h->source, h->lock))
		return -ESTALE;
	err = tree_recipe_init(&r, text, opts->reach, path);
	if (err)
		return err;
	err = tree_check(&r, h->lock, &nr_types);
	tree_recipe_free(&r);
	return err;
}

void headers_release(struct headers *h)
{
	if (h->is_temporary)
		tree_dir_remove(h->source);
	if (h->is_held)
		close(h->lock);
	h->is_held = h->is_temporary = false;
}
