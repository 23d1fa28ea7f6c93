/* SPDX-License-Identifier: GPL-2.0 */
/* Padding in the structs that btf_dump writes. */
#ifndef BTF_PADS_H
#define BTF_PADS_H

/*
 * TEXT with each run of "long: 64;" lines as one array with a name. Clang makes
 * a number of several hundred bits of such a run, which x86 aligns to 8 bytes
 * and BPF to 16; libbcc changes from one to the other between the layout and
 * the code, and whatever follows was read 8 bytes too late (seen on 7.3, struct
 * net). Allocated, or NULL on lack of memory.
 */
char *btf_pads_name(const char *text);

#endif
