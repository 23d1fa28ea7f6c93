/* SPDX-License-Identifier: GPL-2.0 */
/* What programs cost, as the kernel itself measures it. */
#ifndef COST_H
#define COST_H

#include <stdint.h>

struct prog_cost {
	uint64_t runs;
	uint64_t ns;	      /* of all runs together */
	uint32_t nr_insns;    /* after the verifier's rewriting */
	uint32_t nr_jited;    /* bytes of machine code; 0: not compiled */
	uint32_t nr_verified; /* instructions the verifier walked through; 0 on
			       * kernels before 5.16, which do not say */
};

/*
 * Let the kernel measure all programs, which costs some 20 ns a run, until the
 * descriptor that is returned is closed. -errno before Linux 5.8 or without
 * CAP_SYS_ADMIN.
 */
int cost_measure(void);

/* Of the program PROG_FD until now; runs is 0 unless measured. 0 or -errno. */
int cost_of(int prog_fd, struct prog_cost *cost);

#endif
