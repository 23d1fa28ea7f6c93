/* SPDX-License-Identifier: GPL-2.0 */
/* How a C text counts into its histograms: libbcc makes plain maps of them. */
#ifndef HISTOGRAM_SCALE_H
#define HISTOGRAM_SCALE_H

enum histogram_scale {
	HISTOGRAM_NONE, /* not declared by BPF_HISTOGRAM() */
	HISTOGRAM_IS_LOG2,
	HISTOGRAM_IS_LINEAR,
};

/*
 * Of the map NAME. By what it is incremented with: bpf_log2() or bpf_log2l(),
 * there or, where a variable hides that, anywhere in TEXT. Pure.
 */
enum histogram_scale histogram_scale(const char *text, const char *name);

#endif
