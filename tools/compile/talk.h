/* SPDX-License-Identifier: GPL-2.0 */
/* What the compiler says, as people are to read it. */
#ifndef TALK_H
#define TALK_H

/*
 * TALK with NAME in place of libbcc's name for the text, and without the line
 * numbers that clang puts in front of a quoted line from version 17 on: it
 * counts other lines than the ones that it names. Takes TALK over; TALK itself
 * on lack of memory. Pure.
 */
char *talk_edit(char *talk, const char *name);

#endif
