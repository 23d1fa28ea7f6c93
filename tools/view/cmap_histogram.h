/* SPDX-License-Identifier: GPL-2.0 */
/* A map whose keys are, or end in, slots: cmap.c's other half. */
#ifndef CMAP_HISTOGRAM_H
#define CMAP_HISTOGRAM_H

#include "view/cmap.h"

/* cmap_text() and cmap_json() of a histogram. */
int cmap_histogram_text(const struct cmap *m, struct out *o);
int cmap_histogram_json(const struct cmap *m, struct out *o);

/* The numbers of M's entries in the order of their keys; allocated. */
size_t *cmap_order(const struct cmap *m);

#endif
