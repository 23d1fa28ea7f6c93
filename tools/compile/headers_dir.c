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

static int open_empty(const char *path, bool *was_made)
{
	int dir, err;

	*was_made = !mkdir(path, 0755);
	if (!*was_made && errno != EEXIST)
		return -errno;
	dir = tree_dir_open(path);
	if (dir < 0)
		return dir;
	err = check_empty(dir);
	if (!err)
		return dir;
	close(dir);
	return err;
}

/* What a failure leaves: everything there is ours. */
static void clear(const char *path, bool was_made)
{
	static const char *const parts[] = {"include", "state"};
	char part[PATH_MAX];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		snprintf(part, sizeof(part), "%s/%s", path, parts[i]);
		tree_dir_remove(part);
	}
	if (was_made)
		rmdir(path);
}

static const char *dir_error(int err)
{
	return err == -EPERM	   ? "it belongs to another user"
	       : err == -EACCES	   ? "others may write to it, or you may not"
	       : err == -ELOOP	   ? "it is a symbolic link"
	       : err == -ENOTEMPTY ? "it is not empty"
				   : strerror(-err);
}

/* For users other than the one who made it, whatever the umask. */
static int fill(const struct tree_recipe *r, const char *btf_path, int dir,
		size_t *nr_types)
{
	if (fchmod(dir, 0755))
		return -errno;
	return tree_make(r, btf_path, dir, nr_types);
}

static int fill_path(const struct tree_recipe *r, const char *btf_path,
		     const char *path, struct headers *h, char *err,
		     size_t err_size)
{
	bool was_made;
	int dir = open_empty(path, &was_made), ret;

	if (dir < 0) {
		snprintf(err, err_size, "cannot fill %s: %s", path,
			 dir_error(dir));
		return dir;
	}
	ret = fill(r, btf_path, dir, &h->nr_types);
	close(dir);
	if (!ret && !realpath(path, h->source))
		ret = -errno;
	if (!ret)
		return 0;
	clear(path, was_made);
	headers_btf_sentence(ret, btf_path, err, err_size);
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
