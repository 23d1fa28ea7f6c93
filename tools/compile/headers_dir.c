// SPDX-License-Identifier: GPL-2.0
/* A header tree in a directory of the user's. */
#include "compile/headers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_create.h"
#include "compile/tree.h"
#include "compile/tree_dir.h"

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* 0, -ENOTEMPTY, or another -errno. */
static int check_empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *de;

	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (de = readdir(d)))
		if (!is_dot(de->d_name))
			err = -ENOTEMPTY;
	closedir(d);
	return err;
}

/* The user's directory, by the one that it is in: its path may change. */
struct place {
	int parent;
	const char *name;
	bool was_made;
	char path[PATH_MAX];
};

static int place_open(struct place *p, const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len >= sizeof(p->path))
		return -ENAMETOOLONG;
	memcpy(p->path, path, len);
	p->path[len] = '\0';
	p->parent = file_open_dir(p->path, &p->name);
	/* The root directory is in itself. */
	if (p->parent >= 0 && !*p->name)
		p->name = ".";
	return p->parent < 0 ? p->parent : 0;
}

/* Make the directory, or see that it is empty and ours. */
static int open_empty(struct place *p)
{
	int dir, err;

	p->was_made = !mkdirat(p->parent, p->name, 0755);
	if (!p->was_made && errno != EEXIST)
		return -errno;
	dir = tree_dir_open_at(p->parent, p->name);
	if (dir < 0)
		return dir;
	err = check_empty(dir);
	if (!err)
		return dir;
	close(dir);
	return err;
}

/* What a failure leaves: everything there is ours. */
static void clear(const struct place *p, int dir)
{
	tree_dir_remove_at(dir, "include");
	tree_dir_remove_at(dir, "state");
	if (p->was_made)
		unlinkat(p->parent, p->name, AT_REMOVEDIR);
}

static const char *dir_error(int err)
{
	return err == -EPERM	   ? "it belongs to another user"
	       : err == -EACCES	   ? "others may write to it, or you may not"
	       : err == -ELOOP	   ? "it is a symbolic link"
	       : err == -ENOTEMPTY ? "it is not empty"
				   : file_words(err);
}

/* For users other than the one who made it, whatever the umask. */
static int fill(const struct tree_recipe *r, const char *btf_path, int dir,
		size_t *nr_types)
{
	if (fchmod(dir, 0755))
		return -errno;
	return tree_make(r, btf_path, dir, nr_types);
}

static int fill_place(const struct tree_recipe *r, const char *btf_path,
		      struct place *p, struct headers *h, char *err,
		      size_t err_size)
{
	int dir = open_empty(p), ret;

	if (dir < 0) {
		snprintf(err, err_size, "cannot fill %s: %s", p->path,
			 dir_error(dir));
		return dir;
	}
	ret = fill(r, btf_path, dir, &h->nr_types);
	if (!ret && !realpath(p->path, h->source))
		ret = -errno;
	if (ret) {
		clear(p, dir);
		headers_btf_sentence(ret, btf_path, err, err_size);
	}
	close(dir);
	return ret;
}

static int fill_path(const struct tree_recipe *r, const char *btf_path,
		     const char *path, struct headers *h, char *err,
		     size_t err_size)
{
	struct place p;
	int ret = place_open(&p, path);

	if (ret) {
		snprintf(err, err_size, "cannot fill %s: %s", path,
			 dir_error(ret));
		return ret;
	}
	ret = fill_place(r, btf_path, &p, h, err, err_size);
	close(p.parent);
	return ret;
}

int headers_fill(const char *text, const struct headers_opts *opts,
		 const char *dir, struct headers *h, char *err, size_t err_size)
{
	const char *path = opts->btf_path ? opts->btf_path : HEADERS_BTF_PATH;
	struct tree_recipe r;
	int ret;

	memset(h, 0, sizeof(*h));
	if (access(path, R_OK)) {
		ret = -errno;
		headers_btf_sentence(ret, path, err, err_size);
		return ret;
	}
	ret = tree_recipe_init(&r, text, opts->reach, path);
	if (ret) {
		headers_btf_sentence(ret, path, err, err_size);
		return ret;
	}
	ret = fill_path(&r, path, dir, h, err, err_size);
	tree_recipe_free(&r);
	h->is_btf = !ret;
	return ret;
}
