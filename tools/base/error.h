/* SPDX-License-Identifier: GPL-2.0 */
/* Error numbers in words. */
#ifndef ERROR_H
#define ERROR_H

/*
 * What strerror(3) says of -errno, and where the cause is one of the limits of
 * our own process, the way out: which of them it is, nobody sees from there.
 */
const char *error_words(int err);

#endif
