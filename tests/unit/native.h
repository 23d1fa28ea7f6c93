/* SPDX-License-Identifier: GPL-2.0 */
/* C texts for BPF, compiled for this machine to be called by a test. */
#ifndef NATIVE_H
#define NATIVE_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * What WRITE writes, as a library that is open; FLAGS are the compiler's, beside
 * its own. Nothing is left on the disk. Fails the test.
 */
static inline void *native_load(const char *flags, void (*write)(FILE *f))
{
	char dir[] = "/tmp/native_test.XXXXXX", source[64], object[64];
	char command[256];
	void *library;
	FILE *f;
	int ret;

	assert_non_null(mkdtemp(dir));
	snprintf(source, sizeof(source), "%s/text.c", dir);
	snprintf(object, sizeof(object), "%s/text.so", dir);
	f = fopen(source, "w");
	assert_non_null(f);
	write(f);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command),
		 "cc -O1 -fno-strict-aliasing %s -fPIC -shared -o %s %s", flags,
		 object, source);
	ret = system(command);
	library = dlopen(object, RTLD_NOW);
	unlink(source);
	unlink(object);
	rmdir(dir);
	assert_int_equal(ret, 0);
	if (!library)
		fail_msg("%s", dlerror());
	return library;
}

#endif
