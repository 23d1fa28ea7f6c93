// SPDX-License-Identifier: GPL-2.0
/* A file of packets on a disk that fills up, which takes a mount. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>

#include "live/ns.h"
#include "unit/pcapng_file.h"

static void full_disk(void **state)
{
	struct pcapng_opts opts = options("disk/x");
	struct pcapng *p;
	unsigned nr;

	if (mounts_unshare()) {
		print_message("# no mount namespace here\n");
		skip();
	}
	assert_int_equal(mkdir(in_dir("disk"), 0700), 0);
	assert_int_equal(mount("disk", in_dir("disk"), "tmpfs", 0, "size=256k"),
			 0);
	p = must_open(&opts);
	nr = until_error(p, -ENOSPC, 10000);
	check_error(p, "disk/x", "No space left on device");
	check_cut(p, "disk/x", nr, 256 << 10);
	assert_int_equal(umount(in_dir("disk")), 0);
	assert_int_equal(rmdir(in_dir("disk")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_disk),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("pcapng disk", tests, make_dir,
					   remove_dir);
}
